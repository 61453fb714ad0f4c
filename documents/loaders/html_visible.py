"""Everything that a reader of an HTML page sees, block by block."""

import re
from collections.abc import Iterator
from typing import Any

from lxml import etree

from documents.extraction import Block

_Element = Any  # an lxml element

_HIDDEN = {
    "head", "script", "style", "noscript", "template", "svg", "math", "iframe", "object", "canvas",
    "select", "textarea",
}  # fmt: skip
_BLOCKS = {
    "address", "article", "aside", "blockquote", "body", "caption", "dd", "details", "div", "dl",
    "dt", "fieldset", "figcaption", "figure", "footer", "form", "h1", "h2", "h3", "h4", "h5", "h6",
    "header", "hr", "html", "li", "main", "nav", "ol", "p", "pre", "section", "summary", "table",
    "tbody", "td", "tfoot", "th", "thead", "tr", "ul",
}  # fmt: skip
_HEADING = re.compile(r"h([1-6])")
_HIDING_STYLE = re.compile(r"display\s*:\s*none|visibility\s*:\s*hidden", re.IGNORECASE)
_WHITE_SPACE = re.compile(r"[ \t\r\f\n]+")


def visible_blocks(tree: _Element) -> Iterator[Block]:
    """Yield the visible text of `tree`; tables give a block per cell."""
    parts: list[str] = []
    level: int | None = None
    for text, tag in _pieces(tree):
        if tag is not None:
            yield from _block(parts, level)
            parts.clear()
            heading = _HEADING.fullmatch(tag)
            level = int(heading[1]) if heading else None
        parts.append(text)
    yield from _block(parts, level)


def _pieces(tree: _Element) -> Iterator[tuple[str, str | None]]:
    """Yield runs of text; the tag tells that a block begins ("" where one has ended)."""
    walker = etree.iterwalk(tree, events=("start", "end", "comment", "pi"))
    for event, element in walker:
        if event in {"comment", "pi"}:
            yield element.tail or "", None
        elif event == "start" and _is_hidden(element):
            walker.skip_subtree()
        elif event == "start":
            yield element.text or "", element.tag if element.tag in _BLOCKS else None
        else:
            if element.tag == "br":
                yield "\0", None
            yield element.tail or "", "" if element.tag in _BLOCKS else None


def _block(parts: list[str], level: int | None) -> Iterator[Block]:
    lines = "".join(parts).split("\0")
    text = "\n".join(_WHITE_SPACE.sub(" ", line).strip(" ") for line in lines).strip("\n")
    if text.strip():
        yield Block(text, heading_level=level)


def _is_hidden(element: _Element) -> bool:
    return (
        element.tag in _HIDDEN
        or element.get("hidden") is not None
        or _HIDING_STYLE.search(element.get("style", "")) is not None
    )
