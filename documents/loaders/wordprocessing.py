"""Walk WordprocessingML: what a reader of the document sees, in order.

Deleted text, fallbacks of drawings and field codes are not seen. [1] ECMA-376 part 1,
https://ecma-international.org/publications-and-standards/standards/ecma-376/
"""

from collections.abc import Iterator, Sequence
from typing import Any

_Element = Any  # an lxml element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_MC = "{http://schemas.openxmlformats.org/markup-compatibility/2006}"

PARAGRAPH, TABLE, ROW, CELL = f"{_W}p", f"{_W}tbl", f"{_W}tr", f"{_W}tc"
NOTE = (f"{_W}footnote", f"{_W}endnote")
NOTE_TYPE = f"{_W}type"
VALUE = f"{_W}val"

_BOX = f"{_W}txbxContent"
_WRAPPERS = {
    f"{_W}{tag}" for tag in ("sdt", "sdtContent", "customXml", "ins", "moveTo", "smartTag")
}
_UNSEEN = {f"{_W}del", f"{_W}moveFrom", f"{_W}pPr", f"{_W}rPr", f"{_MC}Fallback"}
_CHARACTERS = {
    f"{_W}tab": "\t",
    f"{_W}br": "\n",
    f"{_W}cr": "\n",
    f"{_W}noBreakHyphen": "\u2011",
}


def contents(element: _Element, wanted: Sequence[str] = (PARAGRAPH, TABLE)) -> Iterator[_Element]:
    """Yield the `wanted` children of `element`, also those in controls and insertions."""
    for child in element:
        if child.tag in wanted:
            yield child
        elif child.tag in _WRAPPERS:
            yield from contents(child, wanted)


def cells_of(row: _Element) -> list[_Element]:
    """Return the cells of a table row."""
    return list(contents(row, wanted=(CELL,)))


def paragraph_text(paragraph: _Element) -> str:
    """Return what the runs of `paragraph` show, text boxes apart."""
    return "".join(_shown(paragraph, but=(_BOX,)))


def text_boxes(paragraph: _Element) -> Iterator[_Element]:
    """Yield the contents of the text boxes anchored in `paragraph`."""
    for child in paragraph:
        if child.tag == _BOX:
            yield child
        elif child.tag not in _UNSEEN:
            yield from text_boxes(child)


def _shown(element: _Element, *, but: Sequence[str]) -> Iterator[str]:
    for child in element:
        tag = child.tag
        if tag == f"{_W}t":
            yield child.text or ""
        elif tag in _CHARACTERS:
            yield _CHARACTERS[tag]
        elif tag not in _UNSEEN and tag not in but:
            yield from _shown(child, but=but)
