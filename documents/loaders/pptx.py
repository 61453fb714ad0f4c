"""PPTX: a page for each slide, with its title, its text in order, and the speaker's notes.

Charts and pictures give no text. Slide numbers, dates and footers, which stand on every
slide, are left out.
"""

import re
from collections.abc import Iterator
from datetime import date
from io import BytesIO
from typing import Any

import pptx
from pptx.enum.shapes import PP_PLACEHOLDER
from pptx.shapes.group import GroupShape

from documents.dates import find_date
from documents.errors import DocumentTooLarge, UnsupportedFormat
from documents.extraction import Block, Extraction
from documents.limits import Limits
from documents.loaders.lists_and_tables import join_items, one_line, table_text
from documents.loaders.office_package import Properties, open_package
from documents.loaders.safe_xml import parse_xml

_Slide = Any  # python-pptx's objects are untyped
_Shape = Any
_Marked = Iterator[tuple[Block, bool]]

_MAIN_PART = re.compile(r"ppt/presentation\d*\.xml")
_FURNITURE = {
    PP_PLACEHOLDER.SLIDE_NUMBER,
    PP_PLACEHOLDER.DATE,
    PP_PLACEHOLDER.FOOTER,
    PP_PLACEHOLDER.HEADER,
}
_LISTS = {PP_PLACEHOLDER.BODY, PP_PLACEHOLDER.OBJECT}
# What PowerPoint and python-pptx's template say of a deck that says nothing about itself.
_PLACEHOLDERS = {"PowerPoint Presentation", "Présentation PowerPoint", "Steve Canny"}
_TEMPLATE_DATE = date(2013, 1, 27)
_A = "{http://schemas.openxmlformats.org/drawingml/2006/main}"
_DIAGRAM = "{http://schemas.openxmlformats.org/drawingml/2006/diagram}"
_DATA = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}dm"


def read_pptx(data: bytes, *, name: str, limits: Limits) -> Extraction:
    """Return the blocks of a presentation, each with the number of its slide as page.

    Raises: UnreadableDocument, DocumentTooLarge, ProtectedDocument, UnsupportedFormat.
    """
    about = open_package(data, main_part=_MAIN_PART, suffix="PPTX", name=name, limits=limits)
    try:
        deck = pptx.Presentation(BytesIO(data))
    except ValueError as error:  # what its content type says: a slide show or a template
        raise UnsupportedFormat(f"{name} is no plain presentation: save it as PPTX") from error
    if len(deck.slides) > limits.pages:
        raise DocumentTooLarge(
            f"{name} has {len(deck.slides)} slides, at most {limits.pages} are read: split it"
        )
    blocks = [
        block
        for page, slide in enumerate(deck.slides, start=1)
        for block in _slide_blocks(slide, page)
    ]
    first_slide = "\n".join(block.text for block in blocks if block.page == 1)
    return Extraction(
        blocks=blocks,
        title=None if about.title in _PLACEHOLDERS else about.title,
        published_at=find_date(first_slide)
        or (None if about.created == _TEMPLATE_DATE else about.created),
        metadata=_metadata(about),
    )


def _metadata(about: Properties) -> dict[str, str]:
    return {"author": about.author} if about.author and about.author not in _PLACEHOLDERS else {}


def _slide_blocks(slide: _Slide, page: int) -> Iterator[Block]:
    """Yield the blocks of one slide; an empty one keeps the place of an empty slide."""
    title = slide.shapes.title
    heading = "" if title is None else one_line(title.text_frame.text)
    yield Block(heading, heading_level=_level(title) if heading else None, page=page)
    marked = (
        pair
        for shape in slide.shapes
        if title is None or shape.shape_id != title.shape_id
        for pair in _shape_blocks(shape, page)
    )
    yield from join_items(marked)
    if slide.has_notes_slide and (notes := slide.notes_slide.notes_text_frame) is not None:
        for paragraph in notes.paragraphs:
            if text := _text(paragraph):
                yield Block(text, page=page)


def _level(title: _Shape) -> int:
    """Return 1 for the title of the deck, which stands on a title slide, else 2."""
    return 1 if title.placeholder_format.type == PP_PLACEHOLDER.CENTER_TITLE else 2


def _shape_blocks(shape: _Shape, page: int) -> _Marked:
    """Yield each block with whether it is the item of a list."""
    kind = shape.placeholder_format.type if shape.is_placeholder else None
    if kind in _FURNITURE:
        return
    if isinstance(shape, GroupShape):
        for inner in shape.shapes:
            yield from _shape_blocks(inner, page)
    elif shape.has_text_frame:
        paragraphs = [each for each in shape.text_frame.paragraphs if _text(each)]
        listed = kind in _LISTS and len(paragraphs) > 1
        for paragraph in paragraphs:
            yield Block(_text(paragraph), page=page), _is_item(paragraph, inherited=listed)
    elif shape.has_table:
        rows = ([c.text for c in row.cells if not c.is_spanned] for row in shape.table.rows)
        if text := table_text(rows):
            yield Block(text, page=page), False
    else:
        yield from _diagram_blocks(shape, page)


def _text(paragraph: Any) -> str:  # noqa: ANN401 - untyped library
    text: str = paragraph.text
    return text.replace("\v", "\n").strip()


def _is_item(paragraph: Any, *, inherited: bool) -> bool:  # noqa: ANN401 - untyped library
    """Tell whether a paragraph has a bullet or a number; layouts give them to `inherited`."""
    properties = paragraph._p.pPr  # noqa: SLF001 - the library has no word for bullets
    tags = set() if properties is None else {child.tag for child in properties}
    if f"{_A}buNone" in tags:
        return False
    return inherited or not tags.isdisjoint({f"{_A}buChar", f"{_A}buAutoNum"})


def _diagram_blocks(shape: _Shape, page: int) -> _Marked:
    """Yield the texts of a SmartArt diagram, which stand in a part of their own."""
    for links in shape._element.iter(f"{_DIAGRAM}relIds"):  # noqa: SLF001 - as above
        data = parse_xml(shape.part.related_part(links.get(_DATA)).blob)
        for paragraph in data.iter(f"{_A}p"):
            if text := "".join(run.text or "" for run in paragraph.iter(f"{_A}t")).strip():
                yield Block(text, page=page), True
