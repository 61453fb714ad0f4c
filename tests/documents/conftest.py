"""Builders of small files of each format, by hand where that is the point."""

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from typing import Protocol

import docx
import openpyxl
import pptx
import pytest


@dataclass(frozen=True)
class PdfText:
    """A piece of text at a place on a page, in points from the lower left corner."""

    text: str
    x: int = 72
    y: int = 700
    size: int = 11


@dataclass
class PdfBuilder:
    """Writes PDF 1.4 by hand: pages of text in Helvetica, with any object replaced at will."""

    pages: Sequence[Sequence[PdfText]]
    info: Mapping[str, str] = field(default_factory=dict)
    trailer: bytes = b""
    replaced: Mapping[int, bytes] = field(default_factory=dict)

    def build(self) -> bytes:
        kids = [4 + 2 * place for place in range(len(self.pages))]
        objects = {
            1: b"<< /Type /Catalog /Pages 2 0 R >>",
            2: b"<< /Type /Pages /Kids [%s] /Count %d >>"
            % (b" ".join(b"%d 0 R" % kid for kid in kids), len(kids)),
            3: b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>",
        }
        for kid, texts in zip(kids, self.pages, strict=True):
            objects[kid] = (
                b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] "
                b"/Resources << /Font << /F1 3 0 R >> >> /Contents %d 0 R >>" % (kid + 1)
            )
            objects[kid + 1] = stream(b"BT\n" + b"".join(map(_show, texts)) + b"ET")
        trailer = b"/Root 1 0 R " + self.trailer
        if self.info:
            objects[len(objects) + 1] = b"<< %s >>" % b" ".join(
                b"/%s %s" % (key.encode(), _literal(value)) for key, value in self.info.items()
            )
            trailer += b" /Info %d 0 R" % len(objects)
        return _assemble(objects | dict(self.replaced), trailer)


def stream(content: bytes, entries: bytes = b"") -> bytes:
    return b"<< /Length %d %s >>\nstream\n%s\nendstream" % (len(content), entries, content)


def _literal(text: str) -> bytes:
    return b"(%s)" % text.encode("cp1252").replace(b"\\", b"\\\\").replace(b"(", b"\\(").replace(
        b")", b"\\)"
    )


def _show(piece: PdfText) -> bytes:
    place = b"/F1 %d Tf 1 0 0 1 %d %d Tm " % (piece.size, piece.x, piece.y)
    return place + _literal(piece.text) + b" Tj\n"


def _assemble(objects: Mapping[int, bytes], trailer: bytes) -> bytes:
    out = bytearray(b"%PDF-1.4\n")
    offsets = []
    for number, content in sorted(objects.items()):
        offsets.append(b"%010d 00000 n \n" % len(out))
        out += b"%d 0 obj\n%s\nendobj\n" % (number, content)
    table = len(out)
    out += b"xref\n0 %d\n0000000000 65535 f \n%s" % (len(objects) + 1, b"".join(offsets))
    out += b"trailer\n<< /Size %d %s >>\n" % (len(objects) + 1, trailer)
    out += b"startxref\n%d\n%%%%EOF\n" % table
    return bytes(out)


@pytest.fixture
def make_pdf() -> Callable[..., bytes]:
    """Return a function: pages (lists of lines or of `PdfText`), and what `PdfBuilder` takes."""

    def make(pages: Iterable[Iterable[str | PdfText]], **options: object) -> bytes:
        placed = [
            [
                line if isinstance(line, PdfText) else PdfText(line, y=780 - 14 * place)
                for place, line in enumerate(page)
            ]
            for page in pages
        ]
        return PdfBuilder(placed, **options).build()  # type: ignore[arg-type]

    return make


@pytest.fixture
def pdf_text() -> type[PdfText]:
    return PdfText


@pytest.fixture
def pdf_stream() -> Callable[..., bytes]:
    return stream


@pytest.fixture
def make_zip() -> Callable[[Mapping[str, bytes]], bytes]:
    """Return a function: a zip archive of the entries given by name."""

    def make(entries: Mapping[str, bytes]) -> bytes:
        out = io.BytesIO()
        with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
            for name, content in entries.items():
                stored = zipfile.ZIP_STORED if name == "mimetype" else None
                archive.writestr(name, content, compress_type=stored)
        return out.getvalue()

    return make


@pytest.fixture
def make_docx() -> Callable[..., bytes]:
    """Return a function: a Word document of `paragraphs`, with any of its parts replaced."""

    def make(*paragraphs: str, parts: Mapping[str, bytes] | None = None) -> bytes:
        document = docx.Document()
        for paragraph in paragraphs:
            document.add_paragraph(paragraph)
        return saved(document, parts or {})

    return make


class _Saveable(Protocol):
    def save(self, file: io.BytesIO) -> None: ...


def saved(document: _Saveable, parts: Mapping[str, bytes]) -> bytes:
    """Return the package that `document` saves, with `parts` added or put in place of its own."""
    out = io.BytesIO()
    document.save(out)
    if not parts:
        return out.getvalue()
    changed = io.BytesIO()
    with (
        zipfile.ZipFile(out) as source,
        zipfile.ZipFile(changed, "w", zipfile.ZIP_DEFLATED) as to,
    ):
        for entry in source.infolist():
            to.writestr(entry.filename, parts.get(entry.filename, source.read(entry.filename)))
        for name in parts.keys() - set(source.namelist()):
            to.writestr(name, parts[name])
    return changed.getvalue()


@pytest.fixture
def make_pptx() -> Callable[..., bytes]:
    """Return a function: a presentation of `slides` (title, lines), any part replaced."""

    def make(*slides: tuple[str, str], parts: Mapping[str, bytes] | None = None) -> bytes:
        deck = pptx.Presentation()
        for title, text in slides:
            slide = deck.slides.add_slide(deck.slide_layouts[1])
            slide.shapes.title.text = title
            slide.placeholders[1].text = text
        return saved(deck, parts or {})

    return make


@pytest.fixture
def make_xlsx() -> Callable[..., bytes]:
    """Return a function: a workbook of sheets (name and rows), any part replaced."""

    def make(
        sheets: Mapping[str, Iterable[Sequence[object]]],
        *,
        parts: Mapping[str, bytes] | None = None,
    ) -> bytes:
        book = openpyxl.Workbook()
        book.remove(book.active)
        for name, rows in sheets.items():
            sheet = book.create_sheet(name)
            for row in rows:
                sheet.append(row)
        return saved(book, parts or {})

    return make


_ODF = " ".join(
    f'xmlns:{name}="urn:oasis:names:tc:opendocument:xmlns:{space}:1.0"'
    for name, space in (
        ("office", "office"), ("text", "text"), ("table", "table"), ("draw", "drawing"),
        ("style", "style"), ("meta", "meta"), ("svg", "svg-compatible"),
    )
)  # fmt: skip


@pytest.fixture
def make_odt(make_zip: Callable[[Mapping[str, bytes]], bytes]) -> Callable[..., bytes]:
    """Return a function: an OpenDocument text of the XML `body`, any part replaced."""

    def make(
        body: str = "",
        *,
        styles: str = "",
        meta: str = "",
        parts: Mapping[str, bytes] | None = None,
    ) -> bytes:
        content = (
            f"<office:document-content {_ODF}><office:automatic-styles>{styles}"
            f"</office:automatic-styles><office:body><office:text>{body}</office:text>"
            "</office:body></office:document-content>"
        )
        about = (
            f'<office:document-meta {_ODF} xmlns:dc="http://purl.org/dc/elements/1.1/">'
            f"<office:meta>{meta}</office:meta></office:document-meta>"
        )
        entries = {
            "mimetype": b"application/vnd.oasis.opendocument.text",
            "content.xml": content.encode(),
            "meta.xml": about.encode(),
            "META-INF/manifest.xml": b"<manifest/>",
        }
        return make_zip(entries | dict(parts or {}))

    return make


@pytest.fixture
def make_epub(make_zip: Callable[[Mapping[str, bytes]], bytes]) -> Callable[..., bytes]:
    """Return a function: a book of `chapters` (XHTML bodies), any part replaced."""

    def make(*chapters: str, about: str = "", parts: Mapping[str, bytes] | None = None) -> bytes:
        items = "".join(
            f'<item id="c{place}" href="ch%C3%A9%20{place}.xhtml" '
            'media-type="application/xhtml+xml"/>'
            for place in range(len(chapters))
        )
        spine = "".join(f'<itemref idref="c{place}"/>' for place in range(len(chapters)))
        entries = {
            "mimetype": b"application/epub+zip",
            "META-INF/container.xml": (
                b'<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
                b'<rootfile full-path="OEBPS/book.opf"/></rootfiles></container>'
            ),
            "OEBPS/book.opf": (
                '<package xmlns="http://www.idpf.org/2007/opf" '
                f'xmlns:dc="http://purl.org/dc/elements/1.1/"><metadata>{about}</metadata>'
                f"<manifest>{items}</manifest><spine>{spine}</spine></package>"
            ).encode(),
        }
        for place, chapter in enumerate(chapters):
            page = (
                '<?xml version="1.0" encoding="utf-8"?><!DOCTYPE html>'
                '<html xmlns="http://www.w3.org/1999/xhtml"><head><title/></head>'
                f"<body>{chapter}</body></html>"
            )
            entries[f"OEBPS/ché {place}.xhtml"] = page.encode()
        return make_zip(entries | dict(parts or {}))

    return make
