"""PDF: the text layer, page by page, through PDFium."""

from collections.abc import Iterator, Sequence
from typing import Any

import pypdfium2
import pypdfium2.raw

from documents.dates import find_date, parse_date
from documents.errors import (
    DocumentTooLarge,
    EmptyDocument,
    ProtectedDocument,
    ScannedDocument,
    UnreadableDocument,
)
from documents.extraction import Block, Extraction
from documents.limits import Limits
from documents.loaders.pdf_layout import Line, heading_levels, paragraphs_of_pages
from documents.loaders.pdf_scans import is_scanned

_HYPHEN_AT_LINE_END = "\x02"  # PDFium's mark, in the place of the hyphen and the line's end
_LINE_ENDS = frozenset("\r\n")
_PRODUCER_TITLES = ("microsoft word - ", "microsoft powerpoint - ", "untitled", "sans titre")
_FILE_SUFFIXES = (".doc", ".docx", ".odt", ".indd", ".qxd", ".tex", ".dvi", ".ps", ".pdf", ".rtf")

_Page = Any  # pypdfium2's objects are untyped
_Pdf = Any


def read_pdf(data: bytes, *, name: str, limits: Limits) -> Extraction:
    """Return the paragraphs of a PDF, each with its page, and what its metadata say.

    Raises: UnreadableDocument, ScannedDocument, ProtectedDocument, DocumentTooLarge.
    """
    pdf = open_pdf(data, name=name)
    if len(pdf) > limits.pages:
        raise DocumentTooLarge(
            f"{name} has {len(pdf)} pages, at most {limits.pages} are read: split it"
        )
    pages = list(_lines_of_pages(pdf, name=name, limits=limits))
    if not any(pages):
        raise _without_text(pdf, name=name)
    if is_scanned(pdf, pages):
        raise _scanned(name)
    blocks = tuple(blocks_of_pages(pages))
    metadata = pdf.get_metadata_dict(skip_empty=True)
    first_page = "\n".join(line.text for line in pages[0])
    return Extraction(
        blocks=blocks,
        title=_title(metadata.get("Title", "")),
        published_at=find_date(first_page) or parse_date(metadata.get("CreationDate", "")),
        metadata={"author": metadata["Author"]} if metadata.get("Author") else {},
    )


def blocks_of_pages(pages: Sequence[Sequence[Line]]) -> Iterator[Block]:
    """Yield the paragraphs with their pages; an empty block keeps the place of an empty page."""
    grouped = paragraphs_of_pages(pages)
    levels = heading_levels(grouped)
    for number, paragraphs in enumerate(grouped, start=1):
        if not paragraphs:
            yield Block("", page=number)
        for paragraph in paragraphs:
            yield Block(paragraph.text, heading_level=levels.get(paragraph), page=number)


def open_pdf(data: bytes, *, name: str) -> _Pdf:
    """Return the PDF as PDFium knows it.

    Raises: ProtectedDocument, UnreadableDocument.
    """
    try:
        return pypdfium2.PdfDocument(data)
    except pypdfium2.PdfiumError as error:
        if error.err_code == pypdfium2.raw.FPDF_ERR_PASSWORD:
            raise ProtectedDocument(
                f"{name} is protected by a password; remove the password and add it again"
            ) from error
        raise UnreadableDocument(
            f"{name} is damaged: it is no readable PDF; export it again"
        ) from error


def _lines_of_pages(pdf: _Pdf, *, name: str, limits: Limits) -> Iterator[list[Line]]:
    """Yield the lines of each page; a page that cannot be read has none."""
    length = 0
    for number in range(len(pdf)):
        try:
            lines = list(_lines(pdf[number].get_textpage()))
        except pypdfium2.PdfiumError:
            lines = []
        length += sum(len(line.text) for line in lines)
        if length > limits.text_characters:
            raise DocumentTooLarge(
                f"{name} holds more than {limits.text_characters} characters: split it"
            )
        yield lines


def _lines(page: _Page) -> Iterator[Line]:
    start = 0
    characters = _characters(page)
    for index, character in enumerate(characters):
        if character in _LINE_ENDS or character == _HYPHEN_AT_LINE_END:
            if line := _line(page, characters, start, index):
                yield line
            start = index + 1
    if line := _line(page, characters, start, len(characters)):
        yield line


def _characters(page: _Page) -> str:
    """Return the characters of `page`, one for each that PDFium can tell the place of."""
    count = page.count_chars()
    text: str = page.get_text_range()
    if len(text) == count:  # as nearly always, and ten times as fast
        return text.replace("\ufffe", _HYPHEN_AT_LINE_END)
    unicode_of = pypdfium2.raw.FPDFText_GetUnicode
    return "".join(chr(unicode_of(page, index)) for index in range(count))


def _line(page: _Page, characters: str, start: int, end: int) -> Line | None:
    """Return the line of the characters ``[start, end)``, None where it is blank."""
    while start < end and characters[start].isspace():
        start += 1
    last = end - 1
    while last >= start and characters[last].isspace():
        last -= 1
    if last < start:
        return None
    text = characters[start : last + 1]
    if end < len(characters) and characters[end] == _HYPHEN_AT_LINE_END:
        text += "-"
    left, bottom, _, top = page.get_charbox(start, loose=True)
    right = page.get_charbox(last, loose=True)[2]
    # Characters beyond the first 65,536 come in two halves.
    text = text.encode("utf-16-le", "surrogatepass").decode("utf-16-le", "replace")
    return Line(text, left=left, right=right, bottom=bottom, height=top - bottom)


def _title(title: str) -> str | None:
    """Return the title unless it is one that the producing program made up."""
    folded = title.strip().lower()
    made_up = folded.startswith(_PRODUCER_TITLES) or folded.endswith(_FILE_SUFFIXES)
    return None if made_up or not folded else title.strip()


def _scanned(name: str) -> ScannedDocument:
    return ScannedDocument(
        f"{name} is scanned: its pages are images without a text layer; run text recognition "
        "(OCR) on it, for example with ocrmypdf, and add the result, or set SOURCIER_OCR=on"
    )


def _without_text(pdf: _Pdf, *, name: str) -> UnreadableDocument:
    image = pypdfium2.raw.FPDF_PAGEOBJ_IMAGE
    damaged = 0
    for number in range(min(len(pdf), 20)):
        try:
            if next(pdf[number].get_objects(filter=(image,)), None) is not None:
                return _scanned(name)
        except pypdfium2.PdfiumError:
            damaged += 1
    if damaged:
        return UnreadableDocument(f"{name} is damaged: its pages cannot be read; export it again")
    return EmptyDocument(f"{name} holds no text")
