"""Damaged, hostile and nonsensical office files, books and e-mails, read as a service reads them.

Each gives a typed error or a sensible text; so does a good one, through the parser process.
"""

import random
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass

import pytest

from documents.errors import (
    DocumentError,
    DocumentTooLarge,
    EmptyDocument,
    ProtectedDocument,
    UnreadableDocument,
    UnsupportedFormat,
)
from documents.extraction import assemble
from documents.limits import MIB, Limits
from documents.loading import load
from documents.sniffing import Format

LIMITS = Limits(memory_bytes=256 * MIB, cpu_seconds=4, wall_seconds=30)
NOISE = random.Random(7).randbytes(4000)
GOOD = "L’élève a dit\u00a0: «\u00a0Bonjour, c’est l’œuvre de 1\u202f200 élèves\u00a0»."
ENTITIES = "<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'><!ENTITY x SYSTEM '%s'>]>"
PASSWORDS = "file:///etc/passwd"
PRESENTATION = "http://schemas.openxmlformats.org/presentationml/2006/main"
DRAWING = "http://schemas.openxmlformats.org/drawingml/2006/main"
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
OPF = b'<package xmlns="http://www.idpf.org/2007/opf">%s</package>'
MAIL = b"From: a@exemple.fr\r\nSubject: Le vote\r\nMIME-Version: 1.0\r\n"
GROUP = '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>'

Expected = type[DocumentError] | str


@dataclass(frozen=True)
class Builders:
    pptx: Callable[..., bytes]
    xlsx: Callable[..., bytes]
    odt: Callable[..., bytes]
    epub: Callable[..., bytes]
    zip: Callable[[Mapping[str, bytes]], bytes]

    def slide(self, shapes: str, *, head: str = "") -> bytes:
        xml = (
            f'{head}<p:sld xmlns:p="{PRESENTATION}" xmlns:a="{DRAWING}"><p:cSld><p:spTree>{GROUP}'
            f"{shapes}</p:spTree></p:cSld></p:sld>"
        )
        return self.pptx(("x", "y"), parts={"ppt/slides/slide1.xml": xml.encode()})

    def sheet(self, rows: str, *, head: str = "") -> bytes:
        xml = f'{head}<worksheet xmlns="{SHEET}"><sheetData>{rows}</sheetData></worksheet>'
        return self.xlsx({"a": [["Bonjour"]]}, parts={"xl/worksheets/sheet1.xml": xml.encode()})

    def paragraph(self, xml: str) -> bytes:
        return self.odt(f"<text:p>{xml}</text:p>")


@pytest.fixture
def build(
    make_pptx: Callable[..., bytes],
    make_xlsx: Callable[..., bytes],
    make_odt: Callable[..., bytes],
    make_epub: Callable[..., bytes],
    make_zip: Callable[[Mapping[str, bytes]], bytes],
) -> Builders:
    return Builders(make_pptx, make_xlsx, make_odt, make_epub, make_zip)


def shape(text: str) -> str:
    return (
        '<p:sp><p:nvSpPr><p:cNvPr id="2" name="x"/><p:cNvSpPr/><p:nvPr/></p:nvSpPr><p:spPr/>'
        f"<p:txBody><a:bodyPr/><a:p><a:r><a:t>{text}</a:t></a:r></a:p></p:txBody></p:sp>"
    )


def cell(text: str) -> str:
    return f'<row><c t="inlineStr"><is><t>{text}</t></is></c></row>'


def external(target: str) -> bytes:
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    return (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{office}/slideLayout" '
        'Target="../slideLayouts/slideLayout7.xml"/>'
        f'<Relationship Id="rId2" Type="{office}/image" Target="{target}" TargetMode="External"/>'
        "</Relationships>"
    ).encode()


def parts(depth: int) -> bytes:
    opened = b"".join(
        b"Content-Type: multipart/mixed; boundary=b%d\r\n\r\n--b%d\r\n" % (n, n)
        for n in range(depth)
    )
    return MAIL + opened + b"Content-Type: text/plain\r\n\r\nBonjour"


CASES: dict[str, dict[str, tuple[Callable[[Builders], bytes], Expected]]] = {
    "pptx": {
        "cut in the middle": (lambda b: b.pptx(("a", "b"))[:15_000], UnreadableDocument),
        "magic only": (lambda _: b"PK\x03\x04ppt/presentation.xml", UnreadableDocument),
        "noise inside": (
            lambda b: b.pptx(("a", "b"))[:900] + NOISE + b.pptx(("a", "b"))[4900:],
            UnreadableDocument),
        "an archive without the package": (
            lambda b: b.zip({"ppt/presentation.xml": b"<x/>"}), UnreadableDocument),
        "an archive that holds a PPTX": (
            lambda b: b.zip({"x/ppt/presentation.xml": b"x"}), UnsupportedFormat),
        "a bomb renamed": (
            lambda b: b.zip({"ppt/presentation.xml": b"\0" * 30_000_000}), DocumentTooLarge),
        "macros": (
            lambda b: b.pptx(("a", "b"), parts={"ppt/vbaProject.bin": b"x"}), UnsupportedFormat),
        "an external entity": (
            lambda b: b.slide(shape("Bonjour&x;&b;"), head=ENTITIES % PASSWORDS), "Bonjour"),
        "a link to a file": (
            lambda b: b.pptx(("Bonjour", "x"), parts={
                "ppt/slides/_rels/slide1.xml.rels": external(PASSWORDS)}),
            "Bonjour"),
        "groups nested deep": (
            lambda b: b.slide(f"<p:grpSp>{GROUP}" * 5000 + shape("x") + "</p:grpSp>" * 5000),
            UnreadableDocument),
        "a missing slide": (
            lambda b: b.pptx(("Bonjour", "x"), parts={"ppt/_rels/presentation.xml.rels": b"<x/>"}),
            UnreadableDocument),
        "no slides": (lambda b: b.pptx(), EmptyDocument),
    },
    "xlsx": {
        "cut in the middle": (lambda b: b.xlsx({"a": [["x"]]})[:-500], UnreadableDocument),
        "magic only": (lambda _: b"PK\x03\x04xl/workbook.xml", UnreadableDocument),
        "noise inside": (
            lambda b: b.xlsx({"a": [["x"]]})[:300] + NOISE + b.xlsx({"a": [["x"]]})[2300:],
            UnreadableDocument),
        "an archive without the package": (
            lambda b: b.zip({"xl/workbook.xml": b"<x/>"}), UnreadableDocument),
        "a bomb renamed": (
            lambda b: b.zip({"xl/workbook.xml": b"\0" * 30_000_000}), DocumentTooLarge),
        "a bomb of cells": (lambda b: b.sheet(cell("ha") * 600_000), DocumentTooLarge),
        "rows far apart and wide": (
            lambda b: b.sheet("".join(
                f'<row r="{n * 100_000}"><c r="XFD{n * 100_000}" t="inlineStr"><is><t>Bonjour</t>'
                "</is></c></row>" for n in range(1, 11))),
            "Bonjour"),
        "macros": (
            lambda b: b.xlsx({"a": [["x"]]}, parts={"xl/vbaProject.bin": b"x"}),
            UnsupportedFormat),
        "an external entity": (
            lambda b: b.sheet(cell("&x;Bonjour"), head=ENTITIES % PASSWORDS), UnreadableDocument),
        "elements nested deep": (
            lambda b: b.sheet("<row>" * 100_000 + "</row>" * 100_000), EmptyDocument),
        "text instead of XML": (
            lambda b: b.xlsx({"a": [["x"]]}, parts={"xl/worksheets/sheet1.xml": b"x"}),
            UnreadableDocument),
        "a cell of no text that there is": (
            lambda b: b.sheet('<row><c t="s"><v>999</v></c></row>'), UnreadableDocument),
        "no cells": (lambda b: b.sheet(""), EmptyDocument),
    },
    "odt": {
        "cut in the middle": (lambda b: b.odt("x")[:300], UnreadableDocument),
        "noise inside": (lambda b: b.odt("x")[:200] + NOISE + b.odt("x")[400:], UnreadableDocument),
        "no content": (
            lambda b: b.zip({"mimetype": b"application/vnd.oasis.opendocument.text"}),
            UnreadableDocument),
        "text instead of XML": (
            lambda b: b.odt(parts={"content.xml": b"x"}), UnreadableDocument),
        "a sheet instead of a text": (
            lambda b: b.odt(parts={"content.xml": b"<x/>"}), UnreadableDocument),
        "a bomb": (
            lambda b: b.odt(parts={"content.xml": b" " * 60_000_000}), DocumentTooLarge),
        "an external entity": (
            lambda b: b.odt(parts={"content.xml": (
                (ENTITIES % PASSWORDS) + '<o:d xmlns:o="urn:oasis:names:tc:opendocument:xmlns:'
                'office:1.0"><o:body><o:text><p xmlns="urn:oasis:names:tc:opendocument:xmlns:text:'
                '1.0">&x;Bonjour&b;</p></o:text></o:body></o:d>').encode()}),
            "Bonjour"),
        "spaces without end": (
            lambda b: b.paragraph('Bonjour<text:s text:c="2000000000"/>!'), "Bonjour !"),
        "spans nested deep": (
            lambda b: b.paragraph("<text:span>" * 5000 + "x" + "</text:span>" * 5000),
            UnreadableDocument),
        "a password": (
            lambda b: b.odt("x", parts={"META-INF/manifest.xml": b"<m><encryption-data/></m>"}),
            ProtectedDocument),
        "no text": (lambda b: b.paragraph(" "), EmptyDocument),
    },
    "epub": {
        "cut in the middle": (lambda b: b.epub("<p>x</p>")[:400], UnreadableDocument),
        "noise inside": (
            lambda b: b.epub("x")[:150] + NOISE + b.epub("x")[350:], UnreadableDocument),
        "no package": (
            lambda b: b.epub("x", parts={"META-INF/container.xml": b"<x/>"}), UnreadableDocument),
        "a package of noise": (
            lambda b: b.epub("x", parts={"OEBPS/book.opf": NOISE}), UnreadableDocument),
        "a package without a spine": (
            lambda b: b.epub("x", parts={"OEBPS/book.opf": OPF % b""}), EmptyDocument),
        "a chapter outside the book": (
            lambda b: b.epub("x", parts={"OEBPS/book.opf": OPF % (
                b'<manifest><item id="a" href="../../../etc/passwd" media-type="text/html"/>'
                b'</manifest><spine><itemref idref="a"/></spine>')}),
            UnreadableDocument),
        "one chapter a million times": (
            lambda b: b.epub("x", parts={"OEBPS/book.opf": OPF % (
                b'<manifest><item id="a" href="ch%C3%A9%200.xhtml" media-type="text/html"/>'
                b"</manifest><spine>" + b'<itemref idref="a"/>' * 100_000 + b"</spine>"),
                "OEBPS/ché 0.xhtml": b"<p>Bonjour</p>"}),
            "Bonjour"),
        "a bomb": (
            lambda b: b.epub("x", parts={"OEBPS/ché 0.xhtml": b" " * 60_000_000}),
            DocumentTooLarge),
        "an external entity": (
            lambda b: b.epub("x", parts={"OEBPS/ché 0.xhtml": (
                (ENTITIES % PASSWORDS) + "<html><p>&x;Bonjour</p></html>").encode()}),
            "Bonjour"),
        "elements nested deep": (
            lambda b: b.epub("<div>" * 50_000 + "<p>Bonjour</p>"), EmptyDocument),
        "a lock": (
            lambda b: b.epub("x", parts={"META-INF/encryption.xml": (
                b'<x><EncryptionMethod xmlns="http://www.w3.org/2001/04/xmlenc#" '
                b'Algorithm="http://www.w3.org/2001/04/xmlenc#aes128-cbc"/></x>')}),
            ProtectedDocument),
        "no text": (lambda b: b.epub("<p> </p>"), EmptyDocument),
    },
    "rtf": {
        "cut in the middle": (lambda _: rb"{\rtf1\ansi Bonjour\par {\b et", "Bonjour"),
        "magic only": (lambda _: rb"{\rtf1", EmptyDocument),
        "noise inside": (
            lambda _: rb"{\rtf1\ansi Bonjour\par " + NOISE.replace(b"}", b""), "Bonjour"),
        "braces that never close": (lambda _: rb"{\rtf1 Bonjour" + b"{" * 300_000, "Bonjour"),
        "braces that were never opened": (
            lambda _: rb"{\rtf1 Bonjour" + b"}" * 300_000, "Bonjour"),
        "a code page that is none": (lambda _: rb"{\rtf1\ansicpg99999 Bonjour\par}", "Bonjour"),
        "a number that is too large": (
            lambda _: rb"{\rtf1 Bonjour \u9999999999 ?\par}", UnreadableDocument),
        "half a letter": (lambda _: rb"{\rtf1 Bonjour \u55357 ?\par}", "Bonjour"),
        "binary data without end": (
            lambda _: rb"{\rtf1 Bonjour{\pict\bin999999999 x}\par}", "Bonjour"),
        "links without end": (
            lambda _: rb"{\rtf1 Bonjour " + rb"{\field{\*\fldinst{" * 20_000, "Bonjour"),
        "more than can be read in time": (
            lambda _: rb"{\rtf1 " + rb"\b x" * 8_000_000 + b"}", DocumentTooLarge),
        "only a picture": (lambda _: rb"{\rtf1{\pict " + b"00" * 9000 + b"}}", EmptyDocument),
    },
    "eml": {
        "a header only": (lambda _: MAIL, "Le vote"),
        "a header that never ends": (lambda _: MAIL + b"X-A: " + b"a " * 900_000, "Le vote"),
        "parts nested deep": (lambda _: parts(3000), UnreadableDocument),
        "parts nested a little": (lambda _: parts(20), "Bonjour"),
        "a part that never ends": (
            lambda _: MAIL + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n--b\r\n\r\nBonjour",
            "Bonjour"),
        "no boundary": (
            lambda _: MAIL + b"Content-Type: multipart/mixed\r\n\r\nBonjour", "Le vote"),
        "base64 of noise": (
            lambda _: MAIL + b"Content-Transfer-Encoding: base64\r\n\r\n!?" * 9, "Le vote"),
        "a header of noise": (
            lambda _: MAIL + b"To: \xff\xfe\x80\r\nDate: \xff\r\n\r\nBonjour", "Bonjour"),
        "a charset that is code": (
            lambda _: MAIL + b"Content-Type: text/plain; charset=unicode_escape\r\n\r\nBon\\u0041",
            "Bon\\u0041"),
        "addresses without end": (
            lambda _: MAIL + b"To: " + b"(" * 3000 + b"\r\n\r\nBonjour", UnreadableDocument),
        "encrypted": (
            lambda _: MAIL + b"Content-Type: application/pkcs7-mime\r\n\r\nx", ProtectedDocument),
        "nothing": (lambda _: b"From: a\r\nTo: b\r\nMIME-Version: 1.0\r\n\r\n", EmptyDocument),
    },
}  # fmt: skip


def cases() -> Iterator[object]:
    for suffix, table in CASES.items():
        for title, (make, expected) in table.items():
            yield pytest.param(suffix, make, expected, id=f"{suffix}: {title}")


@pytest.mark.parametrize(("suffix", "make", "expected"), list(cases()))
def test_a_malformed_file_gives_a_typed_error_or_its_text(
    suffix: str, make: Callable[[Builders], bytes], expected: Expected, build: Builders
) -> None:
    name = f"hostile.{suffix}"
    if isinstance(expected, str):
        loaded = load(make(build), name=name, limits=LIMITS)
        texts = [assemble(extraction.blocks).text for extraction in loaded.extractions]
        assert any(expected in text for text in texts)
        assert not any("root:" in text for text in texts)
    else:
        with pytest.raises(expected, match=rf"^{name} ") as caught:
            load(make(build), name=name, limits=LIMITS)
        assert caught.type is expected


def test_at_least_ten_of_each_format() -> None:
    assert min(map(len, CASES.values())) >= 10


@pytest.mark.parametrize(
    ("kind", "make"),
    [
        (Format.PPTX, lambda b: b.pptx(("Titre", GOOD))),
        (Format.XLSX, lambda b: b.xlsx({"Feuil1": [[GOOD]]})),
        (Format.ODT, lambda b: b.paragraph(GOOD)),
        (Format.EPUB, lambda b: b.epub(f"<p>{GOOD}</p>")),
        (Format.RTF, lambda _: rb"{\rtf1\uc0 %s\par}" % b"".join(
            rb"\u%d " % ord(letter) for letter in GOOD)),
        (Format.EML, lambda _: MAIL + b"\r\n" + GOOD.encode()),
    ],
)  # fmt: skip
def test_a_good_file_without_a_name_is_read_in_the_parser_process(
    kind: Format, make: Callable[[Builders], bytes], build: Builders
) -> None:
    loaded = load(make(build), name="a", limits=LIMITS)
    assert loaded.format is kind
    assert not loaded.holds_rows
    assert GOOD in assemble(loaded.extractions[0].blocks).text


def test_a_workbook_with_a_text_column_holds_rows(build: Builders) -> None:
    data = build.xlsx({"a": [["text", "title"], [GOOD, "Un"], [None, "Deux"]]})
    loaded = load(data, name="a.xlsx", limits=LIMITS)
    assert loaded.holds_rows
    assert [each.title for each in loaded.extractions] == ["Un"]
    assert [str(each) for each in loaded.problems] == ["a.xlsx, sheet 'a', row 3: 'text' is empty"]
