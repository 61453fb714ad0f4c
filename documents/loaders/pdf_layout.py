"""Make paragraphs of the lines of PDF pages.

A PDF knows no paragraphs: it places pieces of text. Lines belong together where they follow
each other at the usual distance, in the same size, and the upper one runs to the margin.
Words cut at a line's end are joined, and so are paragraphs cut at a page's end.
"""

import re
from collections import Counter
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass, replace
from itertools import pairwise
from statistics import median

_SENTENCE_END = re.compile(r"[.!?…:;][»”\"')\]\u00a0\u202f ]*$")
_LIST_MARK = re.compile(r"(?:[•◦▪‣●■–—*-]|\(?\d{1,3}[.)]|[a-z]\))\s+\S")
_WORD = re.compile(r"[^\W\d_]+(?:-[^\W\d_]+)*")
_LAST_FRAGMENT = re.compile(r"([^\W\d_]+(?:-[^\W\d_]+)*)-$")
# A hyphen at the line's end belongs to the word after the first ones (vice-président,
# peut-être) and before the last ones (dit-il, lui-même). Words that are also common
# syllables (ex-, mi-, avant-) are not here: "ex-emple".
_HYPHENATED_FIRST = {"vice", "demi", "semi", "quasi", "peut", "celui", "celle", "ceux", "celles"}
_HYPHENATED_LAST = {
    "il", "ils", "elle", "elles", "on", "ce", "ci", "là", "je", "tu", "nous", "vous", "même",
    "mêmes", "t",
}  # fmt: skip
_LONGEST_WORD = 60
_LARGER = 1.15  # times the height of the running text
_LONGEST_HEADING = 150


@dataclass(frozen=True, slots=True)
class Line:
    """A line of a page; distances in points, from the lower left corner of the page."""

    text: str
    left: float
    right: float
    bottom: float
    height: float


@dataclass(frozen=True, slots=True)
class Paragraph:
    """The joined lines of a paragraph, and the height of its letters."""

    text: str
    height: float


def paragraphs_of_pages(pages: Sequence[Sequence[Line]]) -> list[list[Paragraph]]:
    """Return the paragraphs of each page, in the order of its lines.

    A paragraph that runs over a page's end stands whole on the page where it begins.
    """
    words = Counter(word for page in pages for line in page for word in _words(line.text))
    grouped = [
        [Paragraph(_join(group, words), group[0].height) for group in _groups(page)]
        for page in pages
    ]
    _join_over_pages(grouped, words)
    return grouped


def heading_levels(pages: Sequence[Sequence[Paragraph]]) -> dict[Paragraph, int]:
    """Return the level of each paragraph that is a heading: short, and larger than the text."""
    paragraphs = [paragraph for page in pages for paragraph in page]
    letters: Counter[int] = Counter()
    for paragraph in paragraphs:
        letters[round(paragraph.height)] += len(paragraph.text)
    body = max(letters, key=lambda height: letters[height], default=0)
    headings = [
        paragraph
        for paragraph in paragraphs
        if paragraph.height > _LARGER * body
        and len(paragraph.text) <= _LONGEST_HEADING
        and not paragraph.text.endswith((".", ",", ";"))
        and any(character.isalpha() for character in paragraph.text)
    ]
    heights = sorted({round(heading.height) for heading in headings}, reverse=True)
    levels = {height: min(level, 6) for level, height in enumerate(heights, start=1)}
    return {heading: levels[round(heading.height)] for heading in headings}


def _groups(lines: Sequence[Line]) -> Iterator[list[Line]]:
    """Split the lines of one page into paragraphs."""
    pitches = [above.bottom - line.bottom for above, line in pairwise(lines)]
    usual = median([pitch for pitch in pitches if pitch > 1] or [0.0])
    group: list[Line] = []
    for line in lines:
        if group and _begins_paragraph(line, group, usual_pitch=usual):
            yield group
            group = []
        group.append(line)
    if group:
        yield group


def _begins_paragraph(line: Line, group: Sequence[Line], *, usual_pitch: float) -> bool:
    above = group[-1]
    pitch = above.bottom - line.bottom
    if abs(line.height - above.height) > 0.15 * max(line.height, above.height):
        return True
    if _LIST_MARK.match(line.text):
        return True
    ends = _SENTENCE_END.search(above.text) is not None
    if pitch <= 0:  # the next column, or the same line
        return ends
    if pitch > 1.35 * min(usual_pitch, 1.6 * line.height):
        return True
    margin = max(each.right for each in (*group, line))
    free = (margin - above.right) / max(margin - above.left, 1.0)
    indented = line.left > above.left + 0.6 * line.height
    return (ends and (free > 0.12 or indented)) or (free > 0.4 and not line.text[0].islower())


def _join(lines: Iterable[Line], words: Counter[str]) -> str:
    text = ""
    for line in lines:
        text = _join_texts(text, line.text.strip(), words)
    return text


def _join_texts(text: str, following: str, words: Counter[str]) -> str:
    """Join two pieces of a paragraph, where the first may end within a word."""
    if not text or not following:
        return text or following
    if not text.endswith("-") or text.endswith(" -"):
        return f"{text} {following}"
    cut = _LAST_FRAGMENT.search(text[-_LONGEST_WORD:])
    rest = _WORD.match(following)
    if cut is None or rest is None or _keeps_hyphen(cut[1], rest[0], words):
        return text + following
    return text[:-1] + following


def _keeps_hyphen(first: str, last: str, words: Counter[str]) -> bool:
    """Tell whether "first-last" is a compound rather than one word cut in two."""
    if not last[0].islower():
        return True
    head, tail = first.rpartition("-")[2].lower(), last.partition("-")[0].lower()
    if words[f"{head}{tail}"] != words[f"{head}-{tail}"]:  # what the document itself writes
        return words[f"{head}{tail}"] < words[f"{head}-{tail}"]
    return head in _HYPHENATED_FIRST or tail in _HYPHENATED_LAST


def _words(text: str) -> list[str]:
    """Return the words of `text`, hyphenated ones as wholes."""
    return _WORD.findall(text.lower())


def _join_over_pages(pages: list[list[Paragraph]], words: Counter[str]) -> None:
    """Move the rest of a paragraph that a page cuts to the page where it begins."""
    furniture = _furniture(pages)
    begun: tuple[list[Paragraph], int] | None = None
    for page in pages:
        body = [place for place, each in enumerate(page) if _shape(each) not in furniture]
        if not body:
            continue
        rest = page[body[0]]
        if begun and rest.text[:1].islower():
            start_page, place = begun
            start = start_page[place]
            start_page[place] = replace(start, text=_join_texts(start.text, rest.text, words))
            del page[body[0]]
            body = [place - 1 for place in body[1:]]
        if body:
            complete = _SENTENCE_END.search(page[body[-1]].text)
            begun = None if complete else (page, body[-1])


def _furniture(pages: Sequence[Sequence[Paragraph]]) -> set[str]:
    """Return the shapes of running heads, running feet and page numbers."""
    edges: Counter[str] = Counter()
    for page in pages:
        edges.update({_shape(paragraph) for paragraph in (*page[:2], *page[-2:])})
    return {shape for shape, count in edges.items() if count >= max(2, len(pages) // 3)}


def _shape(paragraph: Paragraph) -> str:
    """Return the text with its numbers made equal, so that page numbers are the same."""
    return re.sub(r"\d+", "#", paragraph.text.strip())
