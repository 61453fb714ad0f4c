"""The vectors of sentences as they are read closely: kept from before, or made now.

Either way they are rounded to 16 bits, so that an answer does not depend on which it was.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import numpy as np

from documents.records import StoredPassage
from index.encoder import Encoder, Vectors
from index.readings import Readings
from index.remembering_encoder import within
from rag.evidence import Evidence
from rag.reading import read_as


@dataclass(frozen=True, slots=True)
class SentenceVectors:
    """What `encoder` makes of sentences, each under its title and headings.

    `readings` are what it made before anybody asked; None where nothing is read ahead.
    """

    encoder: Encoder
    readings: Readings | None = None

    def of_question(self, text: str, *, collection: str) -> Vectors:
        """Return the vector of a question, ``float32 (dimension,)``."""
        vector: Vectors = within(self.encoder, collection).encode_questions([text])[0]
        return vector

    def of(self, evidence: Sequence[Evidence]) -> Vectors:
        """Return the vector of each sentence of one collection, ``float32 (n, dimension)``."""
        passages = {one.found.hit.stored.row: one.found.hit.stored for one in evidence}
        known = self._known(passages.values())
        vectors: list[Vectors | None] = []
        missing: list[str] = []
        for one in evidence:
            stored = one.found.hit.stored
            if (row := stored.row) in known:
                starts = [s.start for s in stored.passage.sentences if not s.heading]
                vectors.append(known[row][starts.index(one.sentence.start)])
            else:
                vectors.append(None)
                missing.append(_in_context(stored, one.text))
        made = iter(self._made(missing, next(iter(passages.values())).document.collection))
        return np.stack([next(made) if vector is None else vector for vector in vectors])

    def _known(self, passages: Iterable[StoredPassage]) -> dict[int, Vectors]:
        if self.readings is None:
            return {}
        return self.readings.known({stored.row: sentences_of(stored) for stored in passages})

    def _made(self, texts: list[str], collection: str) -> Vectors:
        if not texts:
            return np.empty((0, self.encoder.dimension), np.float32)
        return rounded(within(self.encoder, collection).encode_passages(texts))


def sentences_of(stored: StoredPassage) -> list[str]:
    """Return what is read of each sentence of a passage that is no heading, in their order."""
    passage = stored.passage
    return [
        _in_context(stored, passage.text[s.start - passage.start : s.end - passage.start])
        for s in passage.sentences
        if not s.heading
    ]


def rounded(vectors: Vectors) -> Vectors:
    """Return `vectors` in the precision in which they are kept."""
    return vectors.astype(np.float16).astype(np.float32)


def _in_context(stored: StoredPassage, sentence: str) -> str:
    """Return a sentence under the title and the headings that stand over it."""
    return read_as(stored.document.title, stored.passage.heading_path, sentence)
