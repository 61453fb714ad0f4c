"""What a loader hands over: blocks of text in reading order, and what it found about them.

`assemble` is the one place where loaded text becomes stored text, so that normalisation
happens before any offset is computed.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date

from documents.models import Heading, Language
from documents.normalization import normalize


@dataclass(frozen=True, slots=True)
class Block:
    """A run of text: a paragraph (or several, with line breaks), or a heading.

    `heading_level` is 1 for the highest heading, None for ordinary text; `page` is 1-based.
    """

    text: str
    heading_level: int | None = None
    page: int | None = None


@dataclass(frozen=True, slots=True)
class Extraction:
    """One document as its loader read it, before it has an identity.

    `key` tells rows of one file apart (CSV, JSON Lines); it is None for a whole file.
    """

    blocks: Sequence[Block]
    title: str | None = None
    url: str | None = None
    published_at: date | None = None
    language: Language | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    key: str | None = None


@dataclass(frozen=True, slots=True)
class AssembledText:
    """The stored text with the marks that its blocks carried."""

    text: str
    headings: tuple[Heading, ...]
    page_starts: tuple[int, ...]


def assemble(blocks: Sequence[Block]) -> AssembledText:
    """Join `blocks` with a blank line between them; mark headings and page starts.

    A page without text starts where the next one does, so page numbers stay true.
    """
    parts: list[str] = []
    headings: list[Heading] = []
    page_starts: list[int] = []
    offset = 0
    for block in blocks:
        text = normalize(block.text).strip()
        while block.page is not None and len(page_starts) < block.page:
            page_starts.append(offset)
        if not text:
            continue
        if block.heading_level is not None:
            headings.append(Heading(offset, offset + len(text), block.heading_level))
        parts.append(text)
        offset += len(text) + 2
    return AssembledText("\n\n".join(parts), tuple(headings), tuple(page_starts))
