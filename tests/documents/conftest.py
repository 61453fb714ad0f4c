"""Builders of small files of each format, by hand where that is the point."""

import io
import zipfile
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import dataclass, field

import docx
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
                archive.writestr(name, content)
        return out.getvalue()

    return make


@pytest.fixture
def make_docx() -> Callable[..., bytes]:
    """Return a function: a Word document of `paragraphs`, with any of its parts replaced."""

    def make(*paragraphs: str, parts: Mapping[str, bytes] | None = None) -> bytes:
        document = docx.Document()
        for paragraph in paragraphs:
            document.add_paragraph(paragraph)
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

    return make
