"""Walk the XML of an OpenDocument text: what a reader of the document sees, in order.

Deleted text, comments, hidden text and generated tables of contents are not seen.
"""

import re
from collections.abc import Iterator
from typing import Any

_Element = Any  # an lxml element

_NAMESPACE = "{{urn:oasis:names:tc:opendocument:xmlns:{}:1.0}}"
_OFFICE, _TEXT, _TABLE, _DRAW, _STYLE = map(
    _NAMESPACE.format, ("office", "text", "table", "drawing", "style")
)

TEXT = f"{_OFFICE}body/{_OFFICE}text"
HEADING, PARAGRAPH, LIST = f"{_TEXT}h", f"{_TEXT}p", f"{_TEXT}list"
TABLE, CELL = f"{_TABLE}table", f"{_TABLE}table-cell"
OUTLINE_LEVEL, STYLE = f"{_TEXT}outline-level", f"{_TEXT}style-name"

_NOTE_BODY = f"{_TEXT}note-body"
_BOXES = {f"{_DRAW}text-box", f"{_DRAW}custom-shape"}
_UNSEEN = {
    f"{_OFFICE}annotation", f"{_OFFICE}forms", f"{_TEXT}tracked-changes", f"{_TEXT}note",
    f"{_TEXT}table-of-content", f"{_TEXT}illustration-index", f"{_TEXT}table-index",
    f"{_TEXT}object-index", f"{_TEXT}alphabetical-index", f"{_TEXT}user-index",
    f"{_TEXT}hidden-text", f"{_TEXT}hidden-paragraph", f"{_TEXT}ruby-text",
}  # fmt: skip
_CHARACTERS = {f"{_TEXT}tab": "\t", f"{_TEXT}line-break": "\n"}
_SPACES, _COUNT = f"{_TEXT}s", f"{_TEXT}c"
_TITLES = {"Title": 1, "Subtitle": 2}
_WHITE_SPACE = re.compile(r"[ \t\r\n]+")


def parts_within(element: _Element) -> Iterator[_Element]:
    """Yield the headings, paragraphs, lists and tables in `element`, whatever wraps them."""
    for child in element:
        if child.tag in {HEADING, PARAGRAPH, LIST, TABLE}:
            yield child
        elif child.tag not in _UNSEEN:
            yield from parts_within(child)


def rows_of(table: _Element) -> Iterator[_Element]:
    """Yield the rows of `table`, also those in its head and in groups, not of inner tables."""
    for child in table:
        if child.tag == f"{_TABLE}table-row":
            yield child
        elif child.tag in {
            f"{_TABLE}{name}" for name in ("table-header-rows", "table-row-group", "table-rows")
        }:
            yield from rows_of(child)


def paragraph_text(paragraph: _Element) -> str:
    """Return what `paragraph` shows, its notes and text boxes apart."""
    return "".join(_shown(paragraph)).strip()


def text_boxes(paragraph: _Element) -> Iterator[_Element]:
    """Yield the text boxes anchored in `paragraph`."""
    for child in paragraph:
        if child.tag in _BOXES:
            yield child
        elif child.tag not in _UNSEEN:
            yield from text_boxes(child)


def notes(body: _Element) -> Iterator[str]:
    """Yield the text of each footnote and endnote."""
    for note in body.iter(_NOTE_BODY):
        paragraphs = (paragraph_text(each) for each in note.iter(PARAGRAPH))
        if text := "\n".join(filter(None, paragraphs)):
            yield text


def title_styles(content: _Element) -> dict[str, int]:
    """Return the heading level of each paragraph style that makes a title."""
    found = dict(_TITLES)
    for style in content.iter(f"{_STYLE}style"):
        if level := _TITLES.get(style.get(f"{_STYLE}parent-style-name", "")):
            found[style.get(f"{_STYLE}name", "")] = level
    return found


def _shown(element: _Element) -> Iterator[str]:
    yield _WHITE_SPACE.sub(" ", element.text or "")
    for child in element:
        if child.tag in _CHARACTERS:
            yield _CHARACTERS[child.tag]
        elif child.tag == _SPACES:
            yield " " * min(_count(child), 80)
        elif _flows(child):
            yield from _shown(child)
        yield _WHITE_SPACE.sub(" ", child.tail or "")


def _flows(element: _Element) -> bool:
    """Tell whether `element` is part of the running text: no drawing, no entity."""
    tag = element.tag
    return isinstance(tag, str) and tag not in _UNSEEN and not tag.startswith(_DRAW)


def _count(spaces: _Element) -> int:
    count = spaces.get(_COUNT, "1")
    return int(count) if re.fullmatch("[0-9]{1,4}", count) else 1
