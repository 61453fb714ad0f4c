"""Cut a stored text into paragraphs: a line each, but the lines of wrapped prose joined.

Crawled articles put a paragraph on a line; e-mails and text files wrap prose at 70 to 80
columns. A line break is taken for a wrap where the text shows it: the next line goes on in
lower case, or the first word of the next line would not have fitted.

Invariant: paragraphs are in order, do not overlap, have no white space at their borders, and
cover every other character of the text.
"""

import re
from bisect import bisect_right
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from itertools import pairwise

from documents.models import Document, Heading, Span

_VISIBLE_LINE = re.compile(r"\S(?:[^\n]*\S)?")
_ENDS = re.compile(r"[.!?…][\"'”’»)\]\s]*\Z")
_LIST_ITEM = re.compile(r"(?:[-*•‣◦▪–—]|\(?\d{1,3}[.)]|\(?[a-z]\))\s")
_CELLS = re.compile(r"\t| \| ")  # a row of a table
_FIRST_WORD = re.compile(r"\S+")
_SHORTEST_WRAPPED, _LONGEST_WRAPPED = 45, 120
_SHORTEST_BROKEN = 25  # a shorter line followed by lower case is a menu, not prose
_SLACK = 10  # columns by which a wrapped line may fall short: ragged and hyphenated prose
_FEWEST_WRAPPED_LINES = 3


@dataclass(frozen=True, slots=True)
class Paragraph:
    """A paragraph of a document: its span, its text, and how it stands in the text.

    `level` is that of a marked heading, None for any other paragraph. `attached` is true
    where no blank line parts it from the paragraph before.
    """

    start: int
    end: int
    text: str
    level: int | None = None
    attached: bool = False


def paragraphs(document: Document) -> list[Paragraph]:
    """Return the paragraphs of `document`, its marked headings among them."""
    text = document.text
    lines = list(_lines(text))
    blank_before = _blank_lines(text, lines)
    headings = _heading_of_each(lines, document.headings)
    width = _wrapped_width(text, lines, blank_before)
    found: list[Paragraph] = []
    first = 0
    for last in range(len(lines)):
        following = last + 1
        if following < len(lines):
            heading = headings[last]
            if heading is not None and heading is headings[following]:
                continue
            no_marks = heading is None and headings[following] is None
            above, below = lines[last], lines[following]
            if no_marks and not blank_before[following] and _goes_on(text, above, below, width):
                continue
        start, end = lines[first].start, lines[last].end
        heading = headings[first]
        level = heading.level if heading else None
        attached = first > 0 and not blank_before[first]
        found.append(Paragraph(start, end, text[start:end], level, attached))
        first = following
    return found


def ends_sentence(text: str) -> bool:
    """Tell whether `text` ends with a sentence's mark and what may close after it."""
    return _ENDS.search(text, max(0, len(text) - 8)) is not None


def _lines(text: str) -> Iterator[Span]:
    return (Span(*match.span()) for match in _VISIBLE_LINE.finditer(text))


def _blank_lines(text: str, lines: Sequence[Span]) -> list[bool]:
    """Tell for each line whether a blank line precedes it; the first counts as preceded."""
    gaps = (text.count("\n", above.end, below.start) > 1 for above, below in pairwise(lines))
    return [True, *gaps] if lines else []


def _heading_of_each(lines: Sequence[Span], headings: Sequence[Heading]) -> list[Heading | None]:
    """Return for each line the marked heading it belongs to, or None."""
    starts = [heading.start for heading in headings]
    found: list[Heading | None] = []
    for line in lines:
        position = bisect_right(starts, line.start) - 1
        inside = position >= 0 and line.end <= headings[position].end
        found.append(headings[position] if inside else None)
    return found


def _wrapped_width(text: str, lines: Sequence[Span], blank_before: Sequence[bool]) -> int | None:
    """Return the width at which the prose of a text is wrapped, or None where it is not."""
    widths = [0]
    block: list[Span] = []
    for line, blank in zip(lines, blank_before, strict=True):
        if blank:
            widths.append(_block_width(text, block))
            block = []
        block.append(line)
    widths.append(_block_width(text, block))
    return max(widths) or None


def _block_width(text: str, block: Sequence[Span]) -> int:
    """Return the width of a block that is wrapped as a whole, else 0."""
    width = max(map(len, block), default=0)
    if len(block) < _FEWEST_WRAPPED_LINES or not _SHORTEST_WRAPPED <= width <= _LONGEST_WRAPPED:
        return 0
    joints = list(pairwise(block))
    full = all(_is_full(text, above, below, width) for above, below in joints)
    running_on = sum(text[below.start].islower() for _, below in joints)
    return width if full and 3 * running_on >= len(joints) else 0


def _goes_on(text: str, above: Span, below: Span, width: int | None) -> bool:
    """Tell whether the line `below` goes on with the paragraph of the line `above`."""
    if not _SHORTEST_BROKEN <= len(above) <= _LONGEST_WRAPPED:
        return False
    if _LIST_ITEM.match(text, below.start) or _CELLS.search(text, above.start, below.end):
        return False
    if text[below.start].islower() and len(below) > 2 and not ends_sentence(above.of(text)):
        return " " in below.of(text) or width is not None
    return width is not None and len(above) <= width and _is_full(text, above, below, width)


def _is_full(text: str, above: Span, below: Span, width: int) -> bool:
    """Tell whether the first word of `below` would not have fitted on the line `above`."""
    word = _FIRST_WORD.match(text, below.start)
    return word is not None and len(above) + 1 + len(word[0]) > width - _SLACK
