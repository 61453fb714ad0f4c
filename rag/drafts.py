"""What a generator gets and gives: a task, and the sentences of its answer one after the other.

A `Draft` is a sentence with the quotes that prove it. Code chose the quotes, never a language
model; that each stands in the stored text is checked once more before anybody sees it.
"""

from collections.abc import Generator as Steps
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol

from documents.models import Language, Span
from rag.evidence import Evidence
from rag.models import Degraded, Support, Turn
from rag.question import AnalysedQuestion
from rag.retrieval import Found


@dataclass(frozen=True, slots=True)
class Quote:
    """A stretch of a passage; `start` and `end` are offsets of its document."""

    found: Found
    start: int
    end: int

    @property
    def text(self) -> str:
        """The words, as the passage has them."""
        passage = self.found.hit.stored.passage
        return passage.text[self.start - passage.start : self.end - passage.start]

    @property
    def language(self) -> Language:
        """The language of the passage."""
        return self.found.hit.stored.passage.language


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence of an answer and the quotes that prove it.

    `support` says how well they do. `short` is the span of the short answer in the document of
    the first quote, inside that quote. `degraded` says why the sentence is less than it could
    be.
    """

    text: str
    quotes: tuple[Quote, ...]
    support: Support = "supported"
    short: Span | None = None
    degraded: Degraded | None = None


@dataclass(frozen=True, slots=True)
class Task:
    """A question to answer from what was found; `evidence` best first, `found` best first."""

    question: AnalysedQuestion
    evidence: Sequence[Evidence]
    found: Sequence[Found]
    history: tuple[Turn, ...] = ()


Drafts = Steps[Draft, None, None]  # closed early, it stops the work


class Generator(Protocol):
    """Writes the sentences of an answer; `name` says what wrote them."""

    @property
    def name(self) -> str: ...

    def draft(self, task: Task) -> Drafts:
        """Yield the sentences in reading order, each as soon as it is ready.

        Raises:
            GeneratorUnavailable: what writes cannot be reached or wrote nothing usable.
        """
        ...
