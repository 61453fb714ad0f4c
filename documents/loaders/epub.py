"""EPUB: the chapters in the order of the book's spine, all that a reader sees of each.

A chapter is a page of a book, not of a website: there are no menus to leave out, so nothing
is. [1] EPUB 3.3, https://www.w3.org/TR/epub-33/
"""

import posixpath
import zipfile
from collections.abc import Iterator
from typing import Any, Final
from urllib.parse import unquote

import lxml.html

from documents.archives import open_archive
from documents.dates import parse_date
from documents.errors import ProtectedDocument, UnreadableDocument, UnsupportedFormat
from documents.extraction import Block, Extraction
from documents.limits import Limits
from documents.loaders.html import decode_html, without_declarations
from documents.loaders.html_visible import visible_blocks
from documents.loaders.lists_and_tables import table_text
from documents.loaders.safe_xml import DUBLIN_CORE, first_text, parse_xml

_Element = Any  # an lxml element

_CONTAINER, _ENCRYPTION = "META-INF/container.xml", "META-INF/encryption.xml"
_ROOT_FILE = "{urn:oasis:names:tc:opendocument:xmlns:container}rootfile"
_METHOD = "{http://www.w3.org/2001/04/xmlenc#}EncryptionMethod"
# Fonts that are only made unfit for other uses are no locked text.
_FONT_METHODS: Final = {
    "http://www.idpf.org/2008/embedding",
    "http://ns.adobe.com/pdf/enc#RC",
}
_OPF = "{http://www.idpf.org/2007/opf}"
_TEXTS: Final = {"application/xhtml+xml", "text/html", "text/x-oeb1-document"}


def read_epub(data: bytes, *, name: str, limits: Limits) -> Extraction:
    """Return the blocks of a book and what its package says of it.

    Raises: UnreadableDocument, DocumentTooLarge, ProtectedDocument, UnsupportedFormat.
    """
    with open_archive(data, name=name, limits=limits) as archive:
        names = archive.namelist()
        if _CONTAINER not in names:
            raise UnsupportedFormat(f"{name} is a zip archive: unpack it and add the files inside")
        if _ENCRYPTION in names:
            _refuse_locked(parse_xml(archive.read(_ENCRYPTION)), name=name)
        place = next(parse_xml(archive.read(_CONTAINER)).iter(_ROOT_FILE)).get("full-path")
        package = parse_xml(archive.read(place))
        blocks = tuple(
            block
            for chapter in _chapters(package, folder=posixpath.dirname(place))
            for block in _chapter_blocks(archive, chapter, name=name)
        )
    return Extraction(
        blocks=blocks,
        title=first_text(package, f"{DUBLIN_CORE}title"),
        published_at=parse_date(first_text(package, f"{DUBLIN_CORE}date") or ""),
        metadata=dict(_metadata(package)),
    )


def _refuse_locked(encryption: _Element, *, name: str) -> None:
    methods = {method.get("Algorithm") for method in encryption.iter(_METHOD)}
    if methods - _FONT_METHODS:
        raise ProtectedDocument(
            f"{name} is locked by its seller (DRM); add a copy without such a lock"
        )


def _metadata(package: _Element) -> Iterator[tuple[str, str]]:
    for key, tag in (("author", "creator"), ("publisher", "publisher")):
        if value := first_text(package, f"{DUBLIN_CORE}{tag}"):
            yield key, value
    if language := first_text(package, f"{DUBLIN_CORE}language"):
        yield "declared_language", language


def _chapters(package: _Element, *, folder: str) -> Iterator[str]:
    """Yield the entry of each chapter once, in reading order, without the table of contents."""
    items = {item.get("id"): item for item in package.iter(f"{_OPF}item")}
    references = (reference.get("idref") for reference in package.iter(f"{_OPF}itemref"))
    for identity in dict.fromkeys(references):
        item = items.get(identity)
        if item is None or item.get("media-type") not in _TEXTS:
            continue
        if "nav" not in item.get("properties", "").split():
            yield posixpath.normpath(posixpath.join(folder, unquote(item.get("href", ""))))


def _chapter_blocks(archive: zipfile.ZipFile, chapter: str, *, name: str) -> Iterator[Block]:
    try:
        data = archive.read(chapter)
    except KeyError as error:
        raise UnreadableDocument(
            f"{name} is damaged: its chapter {chapter!r} is missing; download it again"
        ) from error
    text = without_declarations(decode_html(data, charset=None))
    if not text.strip():
        return
    tree = lxml.html.document_fromstring(text)
    for row in list(tree.iter("tr")):
        _join_cells(row)
    yield from visible_blocks(tree)


def _join_cells(row: _Element) -> None:
    """Make one text of the cells of a row, unless they hold a table or are a mere frame."""
    cells = row.xpath("td | th")
    if len(cells) > 1 and row.find(".//tr") is None:
        text = table_text([[cell.text_content() for cell in cells]])
        for child in list(row):
            row.remove(child)
        row.text = text
