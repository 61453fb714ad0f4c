"""What the styles of a Word document say of a paragraph: heading, list item, generated."""

import re
from dataclasses import dataclass, replace
from typing import Any

from documents.loaders.wordprocessing import VALUE

_Element = Any  # an lxml element

_W = "{http://schemas.openxmlformats.org/wordprocessingml/2006/main}"
_HEADING = re.compile(r"(?:heading|titre|title)(?:\s*(?P<level>[1-9]))?", re.IGNORECASE)
_LIST = re.compile(r"(?:list|liste)\b.*", re.IGNORECASE)
_CONTENTS = re.compile(r"(?:toc|tm)\s*\d|table of figures|table des illustrations", re.IGNORECASE)
_DEEPEST_INHERITANCE = 20


@dataclass(frozen=True, slots=True)
class Style:
    """What matters of a paragraph style; `generated` marks a table of contents."""

    heading_level: int | None = None
    list_item: bool = False
    generated: bool = False


_PLAIN = Style()


def read_styles(styles: _Element) -> dict[str, Style]:
    """Return the styles of ``styles.xml`` by id, with what each inherits."""
    elements = {style.get(f"{_W}styleId"): style for style in styles.iter(f"{_W}style")}
    return {
        identity: _inherited(element, elements)
        for identity, element in elements.items()
        if identity
    }


def paragraph_style(paragraph: _Element, styles: dict[str, Style]) -> Style:
    """Return the style of `paragraph`, with its direct settings."""
    properties = paragraph.find(f"{_W}pPr")
    if properties is None:
        return _PLAIN
    style = styles.get(_value(properties, "pStyle") or "", _PLAIN)
    level = _outline_level(properties)
    return replace(
        style,
        heading_level=level if level is not None else style.heading_level,
        list_item=style.list_item or properties.find(f"{_W}numPr") is not None,
    )


def _inherited(element: _Element | None, elements: dict[str | None, _Element]) -> Style:
    for _ in range(_DEEPEST_INHERITANCE):  # styles may refer to each other in a circle
        if element is None:
            break
        if (style := _own(element)) != _PLAIN:
            return style
        element = elements.get(_value(element, "basedOn"))
    return _PLAIN


def _own(style: _Element) -> Style:
    name = _value(style, "name") or ""
    properties = style.find(f"{_W}pPr")
    level = None if properties is None else _outline_level(properties)
    if level is None and (heading := _HEADING.fullmatch(name)):
        level = int(heading["level"] or 1)
    return Style(
        heading_level=level,
        list_item=_LIST.fullmatch(name) is not None,
        generated=_CONTENTS.fullmatch(name) is not None,
    )


def _outline_level(properties: _Element) -> int | None:
    """Return the level that the outline gives, 1 for the highest; 9 in the file is body text."""
    value = _value(properties, "outlineLvl")
    return int(value) + 1 if value is not None and re.fullmatch("[0-8]", value) else None


def _value(element: _Element, tag: str) -> str | None:
    child = element.find(f"{_W}{tag}")
    return None if child is None else child.get(VALUE)
