"""How well a collection answers a file of questions, in each language direction.

The file is JSON Lines, gzipped or not: ``question``, ``language``, ``answers`` (strings of
which one must stand in a cited quote; empty where the documents do not answer), and
optionally ``passage_id`` (the source or id of the document, or the id of the passage, that
answers) and ``passage_language`` or ``cross``, which name the direction.
"""

import gzip
import json
import zlib
from collections import defaultdict
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from documents.models import DEFAULT_COLLECTION, Language
from documents.normalization import fold
from rag.errors import InvalidDataset
from rag.models import Answer, Hit, Question
from rag.service import Sourcier

_GZIP = b"\x1f\x8b"
_FOUND = 10  # passages that the ranking is judged by


@dataclass(frozen=True, slots=True)
class Example:
    """A question whose right answer is known; no `answers` means that there is none.

    `passage` is the source or the id of what should be found; without it, a passage that
    holds an answer is right.
    """

    id: str
    question: str
    language: Language
    direction: str
    answers: tuple[str, ...]
    passage: str | None = None


@dataclass(frozen=True, slots=True)
class Outcome:
    """What became of one example.

    `verbatim` and `supported` count citations: the quote stands in the stored text; the quote
    and the sentence that cites it are the same words. `rank` is that of the right document or
    passage among those found, from 1.
    """

    example: Example
    answer: Answer
    verbatim: int
    supported: int = 0
    rank: int | None = None

    @property
    def hit(self) -> bool:
        """Whether a cited quote holds the fact."""
        return any(holds(c.quote, self.example.answers) for c in self.answer.citations)

    @property
    def first_hit(self) -> bool:
        """Whether the first cited sentence holds the fact."""
        return any(holds(c.quote, self.example.answers) for c in self.answer.citations[:1])


@dataclass(frozen=True, slots=True)
class Figures:
    """Counts of one direction; `unanswerable` and `refused` concern questions without answer."""

    questions: int
    hits: int
    first_hits: int
    wrongly_refused: int
    unanswerable: int
    refused: int
    citations: int
    verbatim: int
    supported: int
    in_language: int


def holds(text: str, answers: Iterable[str]) -> bool:
    """Tell whether one of `answers` stands in `text`, whatever its accents, case and spaces."""
    folded = fold(text)
    return any(fold(answer) in folded for answer in answers)


def read_dataset(path: Path) -> list[Example]:
    """Return the questions of a JSON Lines file.

    Raises:
        InvalidDataset: a line is not a question, and the message says which; or there is none.
    """
    try:
        content = path.read_bytes()
        packed = content.startswith(_GZIP)
        lines = (gzip.decompress(content) if packed else content).decode("utf-8-sig").split("\n")
    except (OSError, EOFError, zlib.error, UnicodeDecodeError) as error:
        raise InvalidDataset(f"{path} cannot be read: {error}") from error
    examples = []
    for number, line in enumerate(lines, start=1):
        if line.strip():
            try:
                examples.append(_example(json.loads(line), str(number)))
            except (ValueError, KeyError, TypeError, AttributeError) as error:
                raise InvalidDataset(
                    f"{path}, line {number}: give an object with question, language (fr or en) "
                    f"and answers ({error!r})"
                ) from error
    if not examples:
        raise InvalidDataset(f"{path} holds no question")
    return examples


def evaluate(
    sourcier: Sourcier, examples: Iterable[Example], *, collection: str = DEFAULT_COLLECTION
) -> Iterator[Outcome]:
    """Ask every question and check every citation against the stored text."""
    for example in examples:
        answer = sourcier.ask(Question(example.question, collection=collection, top_k=_FOUND))
        yield Outcome(
            example,
            answer,
            verbatim=sum(
                sourcier.document(c.document_id).text[c.start : c.end] == c.quote
                for c in answer.citations
            ),
            supported=_supported(answer),
            rank=_rank(example, answer.passages),
        )


def _supported(answer: Answer) -> int:
    """Count the citations whose quote the sentence that cites it repeats, or is part of."""
    quotes = {c.number: fold(c.quote) for c in answer.citations}
    said = [
        (fold(sentence.text), quotes[n])
        for sentence in answer.sentences
        for n in sentence.citations
    ]
    return sum(quote in sentence or sentence in quote for sentence, quote in said)


def _rank(example: Example, hits: Sequence[Hit]) -> int | None:
    """Return the rank of the right one, of documents if `passage` names one, else of passages."""
    if not example.answers:
        return None
    if example.passage is None:
        right = [holds(hit.stored.passage.text, example.answers) for hit in hits]
    else:
        named = {(d := hit.stored.document).source: (d.source, d.id, hit.stored.id) for hit in hits}
        right = [example.passage in names for names in named.values()]
    return right.index(True) + 1 if True in right else None


def summarise(outcomes: Sequence[Outcome]) -> dict[str, Figures]:
    """Return the figures of each direction, by its name."""
    directions: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        directions[outcome.example.direction].append(outcome)
    return {name: _figures(group) for name, group in sorted(directions.items())}


def _figures(outcomes: Sequence[Outcome]) -> Figures:
    answerable = [o for o in outcomes if o.example.answers]
    unanswerable = [o for o in outcomes if not o.example.answers]
    return Figures(
        questions=len(answerable),
        hits=sum(o.hit for o in answerable),
        first_hits=sum(o.first_hit for o in answerable),
        wrongly_refused=sum(not o.answer.answered for o in answerable),
        unanswerable=len(unanswerable),
        refused=sum(not o.answer.answered for o in unanswerable),
        citations=sum(len(o.answer.citations) for o in outcomes),
        verbatim=sum(o.verbatim for o in outcomes),
        supported=sum(o.supported for o in outcomes),
        in_language=sum(o.answer.language == o.example.language for o in outcomes),
    )


def _example(line: Mapping[str, Any], number: str) -> Example:
    language = line["language"]
    if language not in ("fr", "en"):
        raise ValueError(f"language {language!r}")
    other = "en" if language == "fr" else "fr"
    found = line.get("passage_language") or (other if line.get("cross") else language)
    answers = line["answers"]
    if not isinstance(answers, list) or not all(isinstance(a, str) and fold(a) for a in answers):
        raise TypeError("answers is not a list of words")
    return Example(
        id=str(line.get("id", number)),
        question=line["question"].strip(),
        language=language,
        direction=f"{language}→{found}" if answers else f"{language}, no answer",
        answers=tuple(answers),
        passage=line.get("passage_id"),
    )
