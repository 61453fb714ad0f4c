"""The lines of a passage, by which its sentences are told apart: what stands over it, then those.

What they are made of, tokens, terms and vectors, depends on nothing but the passage. What was read
ahead of the question is looked up (index/readings.py); the rest is read now, and gives the same.
"""

from collections.abc import Iterator, Sequence
from dataclasses import dataclass

from documents.models import Sentence
from documents.records import StoredPassage
from index.analyzer import terms
from index.encoder import Encoder, Vectors
from index.late_interaction import LateInteraction, TokenIndex
from index.reading import Reading
from index.readings import Readings
from rag.reading import read_as


@dataclass(frozen=True, slots=True, eq=False)
class Lines:
    """The n `texts` of a passage's lines, of which the last n - 1 are its `sentences`.

    `tokens` and `terms` are those of each line. `vectors`, float32 (n - 1, dimension), are those of
    each sentence under its headings, None where nobody read them ahead.
    """

    texts: Sequence[str]
    sentences: Sequence[Sentence]
    tokens: TokenIndex
    terms: Sequence[Sequence[str]]
    vectors: Vectors | None


@dataclass(frozen=True, slots=True)
class LineReader:
    """Reads lines, or looks up in `readings`, if there are any, what was read ahead."""

    interaction: LateInteraction
    readings: Readings | None = None

    def read(self, passages: Sequence[StoredPassage]) -> list[Lines]:
        """Return the lines of each of `passages`, which are of different rows."""
        texts = {stored.row: _texts(stored) for stored in passages}
        known = self.readings.known(texts) if self.readings else {}
        unknown = [stored for stored in passages if stored.row not in known]
        tokens = iter(
            self.interaction.encoder.token_ids(
                [text for stored in unknown for text in texts[stored.row]]
            )
        )
        found = []
        for stored in passages:
            lines, sentences = texts[stored.row], _sentences(stored)
            if (read := known.get(stored.row)) is not None:
                found.append(Lines(lines, sentences, read.tokens, read.terms, read.vectors))
            else:
                index = TokenIndex.build([next(tokens) for _ in lines])
                said = [list(dict.fromkeys(terms(line, stored.passage.language))) for line in lines]
                found.append(Lines(lines, sentences, index, said, None))
        return found

    def ahead(
        self, passages: Sequence[StoredPassage], encoder: Encoder
    ) -> Iterator[tuple[int, Sequence[str], Reading]]:
        """Yield the row of each of `passages`, its lines, and what there is to read of them."""
        read = LineReader(self.interaction).read(passages)
        vectors = encoder.encode_passages([text for lines in read for text in in_context(lines)])
        start = 0
        for stored, lines in zip(passages, read, strict=True):
            stop = start + len(lines.sentences)
            yield stored.row, lines.texts, Reading(vectors[start:stop], lines.tokens, lines.terms)
            start = stop


def in_context(lines: Lines) -> list[str]:
    """Return each sentence under the title and the headings that stand over it."""
    over, *sentences = lines.texts
    return [over + sentence for sentence in sentences]


def _sentences(stored: StoredPassage) -> list[Sentence]:
    """Return the sentences of a passage; headings give context and are none."""
    return [sentence for sentence in stored.passage.sentences if not sentence.heading]


def _texts(stored: StoredPassage) -> list[str]:
    """Return what stands over the sentences of a passage, and each of them."""
    passage = stored.passage
    said = [
        passage.text[sentence.start - passage.start : sentence.end - passage.start]
        for sentence in _sentences(stored)
    ]
    return [read_as(stored.document.title, passage.heading_path, ""), *said]
