"""The nouns of an answer: `Question`, `Turn`, `Hit`, `Citation`, `Answer` and its parts.

The promise that every `Citation` keeps: ``document.text[c.start:c.end] == c.quote``.
Offsets of an `AnswerSentence` index the answer's text; both kinds are half-open, in
Unicode code points.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date
from typing import Literal

from documents.models import DEFAULT_COLLECTION, Language
from documents.records import Filters, StoredPassage

Mode = Literal["hybrid", "dense", "lexical"]
Degraded = Literal["untranslated", "generator_unavailable", "encoder_unavailable", "language"]
Support = Literal["supported", "partly", "unsupported"]


@dataclass(frozen=True, slots=True)
class Turn:
    """An earlier question of a conversation and what was answered."""

    question: str
    answer: str = ""


@dataclass(frozen=True, slots=True)
class Question:
    """What somebody asks, and where to look.

    `language` forces the language of the answer; None lets the question decide. `history` is
    the conversation so far, oldest first.
    """

    text: str
    language: Language | None = None
    collection: str = DEFAULT_COLLECTION
    top_k: int = 8
    filters: Filters = field(default_factory=Filters)
    history: tuple[Turn, ...] = ()


@dataclass(frozen=True, slots=True)
class Query:
    """A search without an answer; `language` forces the language the words are read in."""

    text: str
    top_k: int = 10
    mode: Mode = "hybrid"
    language: Language | None = None
    collection: str = DEFAULT_COLLECTION
    filters: Filters = field(default_factory=Filters)


@dataclass(frozen=True, slots=True)
class Hit:
    """A passage that was found, with its score in ``[0, 1]`` among the hits of one question.

    Ranks start at 1; None means that this search did not find the passage.
    """

    stored: StoredPassage
    score: float
    dense_rank: int | None = None
    lexical_rank: int | None = None


@dataclass(frozen=True, slots=True)
class Searched:
    """What a search found, best first; `degraded` says why that is less than it could be."""

    hits: list[Hit]
    degraded: Degraded | None = None


@dataclass(frozen=True, slots=True)
class Citation:
    """A verbatim quote of a document: ``document.text[start:end] == quote``."""

    number: int
    document_id: str
    passage_id: str
    title: str
    url: str | None
    published_at: date | None
    language: Language
    page: int | None
    quote: str
    start: int
    end: int
    score: float
    verified: bool


@dataclass(frozen=True, slots=True)
class AnswerSentence:
    """A sentence of the answer, ``answer.text[start:end] == text``, and what proves it.

    `support`: whether the quotes bear out all of it, a part, or nothing.
    """

    text: str
    start: int
    end: int
    citations: tuple[int, ...]
    support: Support = "supported"


@dataclass(frozen=True, slots=True)
class ShortAnswer:
    """The few words that answer, inside the quote of one citation.

    ``document.text[start:end] == text``.
    """

    text: str
    citation: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Answer:
    """An answer in `language`; when `answered` is false its text says so and cites nothing.

    `confidence` is the calibrated probability, in ``[0, 1]``, that the evidence answers the
    question; `timings` are milliseconds by stage. `standalone_question` is what was searched for
    where the question leaned on the conversation.
    """

    id: str
    question: str
    language: Language
    answered: bool
    text: str
    degraded: Degraded | None
    confidence: float
    sentences: tuple[AnswerSentence, ...]
    citations: tuple[Citation, ...]
    passages: tuple[Hit, ...]
    encoder: str
    generator: str
    timings: Mapping[str, float]
    short_answer: ShortAnswer | None = None
    standalone_question: str | None = None
