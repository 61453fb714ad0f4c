"""The nouns of Sourcier's text side: `Document`, `Passage`, `Sentence`, `Span`.

One invariant holds everywhere: offsets are half-open ``[start, end)``, in Unicode code
points of the document's stored text, so that ``document.text[p.start:p.end] == p.text``.
"""

from bisect import bisect_right
from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, Language] = ("fr", "en")

DEFAULT_COLLECTION = "default"


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open range ``[start, end)`` of code points."""

    start: int
    end: int

    def __len__(self) -> int:
        return self.end - self.start

    def of(self, text: str) -> str:
        """Return the part of `text` that this span covers."""
        return text[self.start : self.end]


@dataclass(frozen=True, slots=True)
class Heading:
    """A heading of a document: its span in the stored text and its level (1 = highest)."""

    start: int
    end: int
    level: int


@dataclass(frozen=True, slots=True)
class Sentence:
    """A sentence of a passage, in offsets of the document.

    `heading` is true for a heading, which gives context but is no evidence by itself.
    """

    start: int
    end: int
    heading: bool = False


@dataclass(frozen=True, slots=True)
class Document:
    """A document as it is stored: its text never changes within one `generation`.

    `generation` is the number of the store's change that wrote this text; it only grows.
    `page_starts` holds the offset at which each page begins; it is empty where the format
    has no pages.
    """

    id: str
    collection: str
    source: str
    title: str
    language: Language
    text: str
    sha256: str
    url: str | None = None
    published_at: date | None = None
    added_at: datetime | None = None
    generation: int = 0
    headings: tuple[Heading, ...] = ()
    page_starts: tuple[int, ...] = ()
    metadata: Mapping[str, str] = field(default_factory=dict)

    def page_at(self, offset: int) -> int | None:
        """Return the 1-based page that holds `offset`, or None where there are no pages."""
        return bisect_right(self.page_starts, offset) or None if self.page_starts else None


@dataclass(frozen=True, slots=True)
class Passage:
    """A retrievable span of a document: whole sentences, under one heading path.

    `text` is exactly ``document.text[start:end]``; `sentences` lie inside ``[start, end)``,
    in order, and cover all of it but white space.
    """

    start: int
    end: int
    text: str
    language: Language
    sentences: tuple[Sentence, ...]
    heading_path: tuple[str, ...] = ()
    page: int | None = None
