"""What each stretch of a document is: prose, a heading, or boilerplate.

Loaders mark the headings that a format names. In plain text a heading is recognised by how
it stands: a short line without a full stop, between paragraphs, with prose right after it.

Invariant: parts are in order, do not overlap, and cover every visible character.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from itertools import groupby
from typing import Literal

from documents.boilerplate import boilerplate
from documents.models import Document
from documents.paragraphs import Paragraph, ends_sentence, paragraphs

TITLE_LEVEL = 1
RECOGNISED_LEVEL = 7  # below every marked heading, so that the next marked one closes it

Kind = Literal["prose", "heading", "boilerplate"]

_MOST_HEADING_WORDS = 14
_MOST_TITLE_WORDS = 30
_LONGEST_WORD = 20  # characters; text without spaces has words all the same
_MOST_HEADINGS_IN_A_ROW = 3
_NO_HEADING_END = re.compile(r"[.,;:…!][\"”»)\s]*\Z")
_LIST_OR_TABLE = re.compile(r"[-*•‣◦▪–—|(\[]|[^\n]*(?:\t| \| )")
_KEY_AND_VALUE = re.compile(r"[^:]*\S ?: ?\S")


@dataclass(frozen=True, slots=True)
class Part:
    """A paragraph and what it is; `level` is a heading's (1 = highest), else None."""

    start: int
    end: int
    kind: Kind
    level: int | None = None


def parts(document: Document) -> list[Part]:
    """Return the parts of `document`, in order."""
    found = paragraphs(document)
    noise = boilerplate(found)
    kept = [paragraph for paragraph, marked in zip(found, noise, strict=True) if not marked]
    levels = iter(_levels(kept))
    return [
        Part(paragraph.start, paragraph.end, "boilerplate")
        if marked
        else _part(paragraph, next(levels))
        for paragraph, marked in zip(found, noise, strict=True)
    ]


def _part(paragraph: Paragraph, level: int | None) -> Part:
    kind: Kind = "prose" if level is None else "heading"
    return Part(paragraph.start, paragraph.end, kind, level)


def _levels(found: Sequence[Paragraph]) -> list[int | None]:
    """Return the level of each paragraph that is a heading, None for prose."""
    # A heading of that many words is a paragraph in the wrong style: it may hold an answer.
    levels = [p.level if _words(p) <= _MOST_TITLE_WORDS else None for p in found]
    # From the end, as a heading is known by the prose, or the heading, that it stands over.
    for number in range(len(found) - 2, -1, -1):
        leads = levels[number + 1] is not None or _is_prose(found[number + 1])
        if levels[number] is None and leads and _is_heading(found, number):
            levels[number] = RECOGNISED_LEVEL
    _unmark_lists(levels)
    if found and all(paragraph.level is None for paragraph in found):
        _mark_title(found, levels)
    return levels


def _unmark_lists(levels: list[int | None]) -> None:
    """Take many short lines in a row for what they are: a list, not headings."""
    number = 0
    for level, run in groupby(list(levels)):
        length = len(list(run))
        if level == RECOGNISED_LEVEL and length > _MOST_HEADINGS_IN_A_ROW:
            levels[number : number + length] = [None] * length
        number += length


def _mark_title(found: Sequence[Paragraph], levels: list[int | None]) -> None:
    """Give the first line the highest level, if it is a title and not all there is."""
    if len(found) > 1 and _is_title(found[0]):
        levels[0] = TITLE_LEVEL
        # A kicker is a shorter line set right above the title.
        kicker, title = found[:2]
        if title.attached and len(title.text) > len(kicker.text) and _is_title(title):
            levels[1] = TITLE_LEVEL if len(found) > 2 else None


def _is_title(paragraph: Paragraph) -> bool:
    return (
        _words(paragraph) <= _MOST_TITLE_WORDS
        and not _NO_HEADING_END.search(paragraph.text)
        and not _LIST_OR_TABLE.match(paragraph.text)
    )


def _is_heading(found: Sequence[Paragraph], number: int) -> bool:
    """Tell whether an unmarked paragraph looks and stands like a heading."""
    paragraph = found[number]
    text = paragraph.text
    return (
        _words(paragraph) <= _MOST_HEADING_WORDS
        and not text[0].islower()
        and not _NO_HEADING_END.search(text)
        and not _LIST_OR_TABLE.match(text)
        and not _KEY_AND_VALUE.match(text)
        and (number == 0 or not paragraph.attached or _closes(found[number - 1]))
        and (number == 0 or not found[number - 1].text.endswith(":"))
    )


def _closes(paragraph: Paragraph) -> bool:
    """Tell whether a heading may follow `paragraph` on the next line."""
    return paragraph.level is not None or _is_prose(paragraph)


def _is_prose(paragraph: Paragraph) -> bool:
    words = _words(paragraph)
    return words >= _MOST_HEADING_WORDS or (words >= 6 and ends_sentence(paragraph.text))


def _words(paragraph: Paragraph) -> int:
    return max(paragraph.text.count(" "), len(paragraph.text) // _LONGEST_WORD) + 1
