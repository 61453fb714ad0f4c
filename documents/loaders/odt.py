"""ODT: headings, paragraphs, lists, tables and text boxes in order, notes last.

[1] OpenDocument 1.3, part 3, https://docs.oasis-open.org/office/OpenDocument/v1.3/
"""

import re
from collections.abc import Iterator, Mapping
from typing import Any

from documents.archives import open_archive
from documents.dates import find_date, parse_date
from documents.errors import ProtectedDocument, UnreadableDocument
from documents.extraction import Block, Extraction
from documents.limits import Limits
from documents.loaders.lists_and_tables import join_items, table_text
from documents.loaders.open_document import (
    CELL,
    HEADING,
    LIST,
    OUTLINE_LEVEL,
    PARAGRAPH,
    STYLE,
    TABLE,
    TEXT,
    notes,
    paragraph_text,
    parts_within,
    rows_of,
    text_boxes,
    title_styles,
)
from documents.loaders.safe_xml import DUBLIN_CORE, first_text, parse_xml

_Element = Any  # an lxml element

_META = "{urn:oasis:names:tc:opendocument:xmlns:meta:1.0}"
_ENCRYPTION = b"encryption-data"


def read_odt(data: bytes, *, name: str, limits: Limits) -> Extraction:
    """Return the blocks of an OpenDocument text and what its metadata say.

    Raises: UnreadableDocument, DocumentTooLarge, ProtectedDocument.
    """
    with open_archive(data, name=name, limits=limits) as archive:
        names = archive.namelist()
        if "META-INF/manifest.xml" in names and _ENCRYPTION in archive.read(
            "META-INF/manifest.xml"
        ):
            raise ProtectedDocument(
                f"{name} is protected by a password; remove the password and add it again"
            )
        content = parse_xml(archive.read("content.xml"))
        about = parse_xml(archive.read("meta.xml")) if "meta.xml" in names else content
    body = content.find(TEXT)
    if body is None:
        raise UnreadableDocument(f"{name} is damaged: it holds no body of text; save it again")
    titles = title_styles(content)
    blocks = (*join_items(_marked_blocks(body, titles)), *map(Block, notes(body)))
    author = first_text(about, f"{_META}initial-creator") or first_text(
        about, f"{DUBLIN_CORE}creator"
    )
    created = first_text(about, f"{_META}creation-date") or ""
    return Extraction(
        blocks=blocks,
        title=first_text(about, f"{DUBLIN_CORE}title"),
        published_at=find_date("\n".join(block.text for block in blocks)) or parse_date(created),
        metadata={"author": author} if author else {},
    )


def _marked_blocks(
    element: _Element, titles: Mapping[str, int], *, listed: bool = False
) -> Iterator[tuple[Block, bool]]:
    """Yield each block with whether it is the item of a list."""
    for part in parts_within(element):
        if part.tag == TABLE:
            yield from _table(part, titles)
        elif part.tag == LIST:
            yield from _marked_blocks(part, titles, listed=True)
        else:
            level = _level(part, titles)
            if text := paragraph_text(part):
                yield Block(text, heading_level=level), listed and level is None
            for box in text_boxes(part):
                yield from _marked_blocks(box, titles)


def _level(part: _Element, titles: Mapping[str, int]) -> int | None:
    if part.tag == HEADING:
        level = part.get(OUTLINE_LEVEL, "1")
        return min(int(level), 6) if re.fullmatch("[1-9][0-9]?", level) else 1
    return titles.get(part.get(STYLE, ""))


def _table(table: _Element, titles: Mapping[str, int]) -> Iterator[tuple[Block, bool]]:
    rows: list[list[_Element]] = [row.findall(CELL) for row in rows_of(table)]
    if all(len(cells) <= 1 for cells in rows):  # a frame around text, not a table
        for cells in rows:
            for cell in cells:
                yield from _marked_blocks(cell, titles)
        return
    if text := table_text(map(_cell_text, cells) for cells in rows):
        yield Block(text), False


def _cell_text(cell: _Element) -> str:
    return " ".join(paragraph_text(each) for each in cell.iter(PARAGRAPH, HEADING))
