"""PDFs that unpack to much, refer to themselves, count wrongly or would like to act."""

import zlib
from collections.abc import Callable

import pytest

from documents.errors import (
    DocumentTooLarge,
    EmptyDocument,
    ProtectedDocument,
    UnreadableDocument,
)
from tests.documents.hostile_reading import NOISE, Expected, check

Make = Callable[..., bytes]
SHOW = b"BT /F1 9 Tf 72 700 Td (Bonjour) Tj ET\n"
CMAP = (
    b"/CIDInit /ProcSet findresource begin begincmap 1 begincodespacerange <00> <FF> "
    b"endcodespacerange %s endcmap end"
)
FONT = (
    b"<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding "
    b"/ToUnicode 6 0 R >>"
)
PAGE = b"<< /Type /Page /Parent 2 0 R /Contents 5 0 R /Resources << /Font << /F1 3 0 R >> >> %s >>"


def run_lengths(content: bytes, times: int) -> bytes:
    """Return a RunLength stream: `content`, then spaces, 128 at a time."""
    return bytes([len(content) - 1]) + content + b"\x81 " * times + b"\x80"


def packed(content: bytes, times: int) -> bytes:
    for _ in range(times):
        content = zlib.compress(content, 9)
    return content


def hexadecimal(content: bytes, times: int) -> bytes:
    for _ in range(times):
        content = content.hex().encode() + b">"
    return content


def page(make: Make, stream: bytes, **others: object) -> bytes:
    return make([["x"]], replaced={5: stream, **{int(k[1:]): v for k, v in others.items()}})


def cases(make: Make, stream: Callable[..., bytes]) -> dict[str, tuple[bytes, Expected]]:
    def filtered(content: bytes, filters: bytes, entries: bytes = b"") -> bytes:
        return page(make, stream(content, b"/Filter " + filters + entries))

    def font(cmap: bytes) -> bytes:
        unicode = stream(zlib.compress(CMAP % cmap, 9), b"/Filter /FlateDecode")
        return page(make, stream(SHOW), _3=FONT, _6=unicode)

    def catalog(entries: bytes, **others: bytes) -> bytes:
        return page(
            make, stream(SHOW), _1=b"<< /Type /Catalog /Pages 2 0 R %s >>" % entries, **others
        )

    def of_page(entries: bytes, **others: bytes) -> bytes:
        return page(make, stream(SHOW), _4=PAGE % entries, **others)

    return {
        "a hundred thousand pages": (
            make([["x"]], replaced={
                2: b"<< /Type /Pages /Kids [%s] /Count 100000 >>" % (b"4 0 R " * 100_000)}),
            DocumentTooLarge),
        "runs without end": (
            filtered(run_lengths(SHOW, 100_000), b"/RunLengthDecode"), "Bonjour"),
        "more runs than are unpacked": (
            filtered(run_lengths(SHOW, 400_000), b"/RunLengthDecode"), EmptyDocument),
        "a bomb in a bomb": (
            filtered(packed(SHOW + b" " * 30_000_000, 2), b"[/FlateDecode /FlateDecode]"),
            "Bonjour"),
        "a hundred filters": (
            filtered(packed(SHOW, 100), b"[" + b"/FlateDecode " * 100 + b"]"), "Bonjour"),
        "letters for bytes, nested": (
            filtered(hexadecimal(SHOW, 12), b"[" + b"/ASCIIHexDecode " * 12 + b"]"), "Bonjour"),
        "words of a dictionary that is none": (filtered(NOISE * 9, b"/LZWDecode"), EmptyDocument),
        "rows of two billion columns": (
            filtered(zlib.compress(SHOW), b"/FlateDecode",
                     b" /DecodeParms << /Predictor 12 /Columns 2000000000 >>"), EmptyDocument),
        "a length of itself": (
            page(make, b"<< /Length 5 0 R >>\nstream\nx\nendstream"), EmptyDocument),
        "a filter of itself": (
            page(make, b"<< /Length 2 /Filter 5 0 R >>\nstream\nx\nendstream"), EmptyDocument),
        "a table of letters without end": (
            font(b"100 beginbfchar " + b"<42> <0042> " * 900_000 + b"endbfchar"), "Bonjour"),
        "ranges of letters without end": (
            font(b"1 beginbfrange <00000000> <FFFFFFFF> <0041> endbfrange"), "\x83"),
        "one letter that is a megabyte": (
            font(b"1 beginbfchar <42> <" + b"0042" * 500_000 + b"> endbfchar"), "onjour"),
        "a program at the start": (
            catalog(b"/OpenAction << /S /JavaScript /JS (while (true) {}) >>"), "Bonjour"),
        "a command at the start": (
            catalog(b"/OpenAction << /S /Launch /F (/bin/sh) >>"), "Bonjour"),
        "a form that is a bomb of XML": (
            catalog(b"/AcroForm << /XFA 6 0 R >>", _6=stream(
                b"<!DOCTYPE a [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;&a;'>]><a>&b;</a>")),
            "Bonjour"),
        "a table of contents in a circle": (
            catalog(b"/Outlines 6 0 R",
                    _6=b"<< /First 6 0 R /Last 6 0 R /Next 6 0 R /Title (x) >>"),
            "Bonjour"),
        "names in a circle": (
            catalog(b"/Names << /Dests 6 0 R >>", _6=b"<< /Kids [6 0 R 6 0 R] >>"), "Bonjour"),
        "an attached file": (
            catalog(b"/Names << /EmbeddedFiles << /Names [(a) << /EF << /F 6 0 R >> >>] >> >>",
                    _6=stream(b"MZ" + NOISE)), "Bonjour"),
        "a link to a file": (
            of_page(b"/Annots [<< /Subtype /Link /A << /S /URI /URI (file:///etc/passwd) >> >>]"),
            "Bonjour"),
        "a page of no size": (of_page(b"/MediaBox [0 0 0 0]"), "Bonjour"),
        "a page of every size": (of_page(b"/MediaBox [-1e38 -1e38 1e38 1e38]"), "Bonjour"),
        "a page of words": (of_page(b"/MediaBox [(a) (b) /c null]"), "Bonjour"),
        "a page of a billion turns": (of_page(b"/Rotate 999999990 /UserUnit 1e30"), "Bonjour"),
        "a picture of a billion points": (
            page(make, stream(SHOW + b"BI /W 100000 /H 100000 /BPC 8 /CS /RGB ID x EI")),
            "Bonjour"),
        "states saved without end": (page(make, stream(b"q " * 100_000 + SHOW)), "Bonjour"),
        "numbers without end": (page(make, stream(b"9" * 3_000_000 + b" " + SHOW)), "Bonjour"),
        "dictionaries nested deep": (
            catalog(b"/X " + b"<< /A " * 100_000), "Bonjour"),
        "a lock of the newest kind": (
            make([["x"]], trailer=b"/Encrypt << /Filter /Standard /V 5 /R 6 /P -4 /O <%s> /U <%s> "
                 b"/OE <%s> /UE <%s> >>" % ((b"41" * 48,) * 2 + (b"42" * 32,) * 2)),
            ProtectedDocument),
        "a lock that nobody knows": (
            make([["x"]], trailer=b"/Encrypt << /Filter /Klingon /V 9 >>"), UnreadableDocument),
        "a page and an archive": (make([["Bonjour"]]) + b"PK\x03\x04word/document.xml", "Bonjour"),
        "a page and a script": (make([["Bonjour"]]) + b"<script>alert(1)</script>", "Bonjour"),
    }  # fmt: skip


TITLES = list(cases(lambda *_, **__: b"", lambda *_: b""))


@pytest.mark.parametrize("title", TITLES)
def test_a_hostile_pdf_gives_a_typed_error_or_its_text(
    title: str, make_pdf: Make, pdf_stream: Callable[..., bytes]
) -> None:
    data, expected = cases(make_pdf, pdf_stream)[title]
    check(data, expected, name="hostile.pdf")
