"""DOCX: paragraphs, tables and notes in document order, headings by style.

python-docx opens the package; the body is walked as XML, because its own paragraphs leave
out what stands in content controls, tracked insertions and text boxes.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from datetime import date
from io import BytesIO
from typing import Any

import docx
from docx.document import Document as WordDocument
from docx.oxml.parser import parse_xml

from documents.archives import entry_names
from documents.dates import find_date
from documents.errors import UnsupportedFormat
from documents.extraction import Block, Extraction
from documents.limits import Limits
from documents.loaders.docx_styles import Style, paragraph_style, read_styles
from documents.loaders.lists_and_tables import join_items, table_text
from documents.loaders.office_package import refuse_macros
from documents.loaders.wordprocessing import (
    CELL,
    NOTE,
    NOTE_TYPE,
    PARAGRAPH,
    ROW,
    TABLE,
    cells_of,
    contents,
    paragraph_text,
    text_boxes,
)

_Element = Any  # an lxml element
_MAIN_PART = re.compile(r"word/document\d*\.xml")
_NOTES = re.compile(r"/(?:footnotes|endnotes)$")
# What python-docx and its template say of a document that says nothing about itself.
_PLACEHOLDERS = {"", "Word Document", "python-docx"}
_TEMPLATE_DATE = date(2013, 12, 23)


@dataclass(frozen=True, slots=True)
class _Properties:
    title: str | None = None
    author: str | None = None
    created: date | None = None


def read_docx(data: bytes, *, name: str, limits: Limits) -> Extraction:
    """Return the blocks of a Word document and its core properties.

    Raises: UnreadableDocument, DocumentTooLarge, ProtectedDocument, UnsupportedFormat.
    """
    names = entry_names(data, name=name, limits=limits)
    if not any(map(_MAIN_PART.fullmatch, names)):
        raise UnsupportedFormat(f"{name} is a zip archive: unpack it and add the files inside")
    refuse_macros(names, suffix="DOCX", name=name)
    document = docx.Document(BytesIO(data))
    styles = read_styles(document.styles.element)
    blocks = (*join_items(_marked_blocks(document.element.body, styles)), *_notes(document))
    about = _properties(document)
    text = "\n".join(block.text for block in blocks)
    return Extraction(
        blocks=blocks,
        title=about.title,
        published_at=find_date(text) or about.created,
        metadata={"author": about.author} if about.author else {},
    )


def _properties(document: WordDocument) -> _Properties:
    """Return what the document says about itself; nothing where that part is damaged."""
    try:
        properties = document.core_properties
        title, author, created = properties.title, properties.author, properties.created
    except (ValueError, KeyError, AttributeError):
        return _Properties()
    day = created.date() if created else None
    return _Properties(
        title=None if title in _PLACEHOLDERS else title,
        author=None if author in _PLACEHOLDERS else author,
        created=None if day == _TEMPLATE_DATE else day,
    )


def _marked_blocks(body: _Element, styles: dict[str, Style]) -> Iterator[tuple[Block, bool]]:
    """Yield each block with whether it is the item of a list."""
    for element in contents(body):
        if element.tag == TABLE:
            yield from _table(element, styles)
            continue
        style = paragraph_style(element, styles)
        text = paragraph_text(element).strip()
        if text and not style.generated:
            heading = style.heading_level
            yield Block(text, heading_level=heading), style.list_item and heading is None
        for box in text_boxes(element):
            yield from _marked_blocks(box, styles)


def _table(table: _Element, styles: dict[str, Style]) -> Iterator[tuple[Block, bool]]:
    rows = [cells_of(row) for row in contents(table, wanted=(ROW,))]
    if all(len(cells) <= 1 for cells in rows):  # a frame around text, not a table
        for cells in rows:
            for cell in cells:
                yield from _marked_blocks(cell, styles)
        return
    if text := table_text(map(_cell_text, cells) for cells in rows):
        yield Block(text), False


def _cell_text(cell: _Element) -> str:
    return " ".join(paragraph_text(paragraph) for paragraph in _paragraphs(cell))


def _paragraphs(element: _Element) -> Iterator[_Element]:
    """Yield the paragraphs of a cell, also those of tables inside it."""
    for child in contents(element, wanted=(PARAGRAPH, TABLE, ROW, CELL)):
        if child.tag == PARAGRAPH:
            yield child
        else:
            yield from _paragraphs(child)


def _notes(document: WordDocument) -> Iterator[Block]:
    """Yield footnotes and endnotes, each as one block."""
    for relationship in document.part.rels.values():
        if relationship.is_external or not _NOTES.search(relationship.reltype):
            continue
        for note in parse_xml(relationship.target_part.blob).iter(*NOTE):
            if note.get(NOTE_TYPE) is None:  # the others are separators
                paragraphs: Sequence[str] = [paragraph_text(p) for p in note.iter(PARAGRAPH)]
                if text := "\n".join(paragraphs).strip():
                    yield Block(text)
