"""Damaged, hostile and nonsensical files of every format.

Each gives a typed error or a sensible text, and the next file is read as if nothing had been.
"""

import random
import zlib
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

LIMITS = Limits(memory_bytes=256 * MIB, cpu_seconds=4, wall_seconds=30)
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
NOISE = random.Random(7).randbytes(4000)
HELLO = "<w:p><w:r><w:t>Bonjour</w:t></w:r></w:p>"
FORM = b"/Type /XObject /Subtype /Form /BBox [0 0 9 9]"
PAGE = (
    b"<< /Type /Page /Parent 2 0 R /MediaBox [0 0 595 842] /Contents 5 0 R /Resources << %s >> >>"
)
ENCRYPTION = b"/Encrypt << /Filter /Standard /V 1 /R 2 /P -4 /O <%s> /U <%s> >> /ID [<00> <00>]"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"


Expected = type[DocumentError] | str


@dataclass(frozen=True)
class Builders:
    pdf: Callable[..., bytes]
    stream: Callable[..., bytes]
    docx: Callable[..., bytes]
    zip: Callable[[Mapping[str, bytes]], bytes]

    def word(self, body: str, *, head: str = "") -> bytes:
        xml = f"<?xml version='1.0'?>{head}<w:document {W}><w:body>{body}</w:body></w:document>"
        return self.docx("x", parts={"word/document.xml": xml.encode()})

    def part(self, name: str, content: bytes) -> bytes:
        return self.docx("Bonjour", parts={name: content})

    def packed(self, content: bytes) -> bytes:
        return self.stream(zlib.compress(content, 9), b"/Filter /FlateDecode")


@pytest.fixture
def build(
    make_pdf: Callable[..., bytes],
    pdf_stream: Callable[..., bytes],
    make_docx: Callable[..., bytes],
    make_zip: Callable[[Mapping[str, bytes]], bytes],
) -> Builders:
    return Builders(make_pdf, pdf_stream, make_docx, make_zip)


def hello(build: Builders) -> bytes:
    return build.pdf([["Bonjour"]])


PDF: dict[str, tuple[Callable[[Builders], bytes], Expected]] = {
    "cut in the middle": (lambda b: hello(b)[:300], UnreadableDocument),
    "magic only": (lambda _: b"%PDF-1.7\n", UnreadableDocument),
    "magic and noise": (lambda _: b"%PDF-1.7\n" + NOISE, UnreadableDocument),
    "noise inside": (lambda b: hello(b)[:200] + NOISE + hello(b)[400:], UnreadableDocument),
    "another magic": (lambda b: b"\x89PNG\r\n\x1a\n" + hello(b), UnsupportedFormat),
    "no cross-reference": (lambda b: hello(b)[: hello(b).index(b"xref")], UnreadableDocument),
    "cross-reference nowhere": (
        lambda b: hello(b).replace(b"startxref\n", b"startxref\n99999"), "Bonjour"),
    "cross-reference to itself": (
        lambda b: b.pdf([["Bonjour"]], trailer=b"/Prev %d" % hello(b).index(b"xref")), "Bonjour"),
    "pages that hold themselves": (
        lambda b: b.pdf([["x"]], replaced={2: b"<< /Type /Pages /Kids [2 0 R] /Count 1 >>"}),
        UnreadableDocument),
    "pages without end": (
        lambda b: b.pdf([["x"]], replaced={
            2: b"<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 2000000000 >>"}),
        UnreadableDocument),
    "more pages counted than there are": (
        lambda b: b.pdf([["Bonjour"]], replaced={
            2: b"<< /Type /Pages /Kids [4 0 R] /Count 400 >>"}),
        "Bonjour"),
    "too many pages": (lambda b: b.pdf([["x"]] * 5001), DocumentTooLarge),
    "no pages": (lambda b: b.pdf([]), UnreadableDocument),
    "an empty page": (lambda b: b.pdf([[]]), EmptyDocument),
    "a drawing that draws itself": (
        lambda b: b.pdf([["x"]], replaced={
            4: PAGE % b"/XObject << /X 6 0 R >>", 5: b.stream(b"/X Do"),
            6: b.stream(b"/X Do", FORM + b" /Resources << /XObject << /X 6 0 R >> >>")}),
        EmptyDocument),
    "a stream that unpacks to much": (
        lambda b: b.pdf([["x"]], replaced={5: b.packed(b"\n" * 60_000_000)}), EmptyDocument),
    "text that unpacks to too much": (
        lambda b: b.pdf([["x"]], replaced={
            5: b.packed(b"BT /F1 9 Tf " + b"(AAAAAAAAAAAAAAAAAAAAAAAA) Tj " * 600_000 + b"ET")}),
        UnreadableDocument),
    "a stream of noise": (
        lambda b: b.pdf([["x"]], replaced={5: b.stream(NOISE, b"/Filter /LZWDecode")}),
        EmptyDocument),
    "arrays nested deep": (
        lambda b: b.pdf([["Bonjour"]], replaced={3: b"[" * 200_000}), "Bonjour"),
    "no font": (lambda b: b.pdf([["Bonjour"]], replaced={3: b"null"}), "Bonjour"),
    "a negative length": (
        lambda b: hello(b).replace(b"/Length ", b"/Length -", 1), "Bonjour"),
    "a password": (
        lambda b: b.pdf([["x"]], trailer=ENCRYPTION % (b"41" * 32, b"42" * 32)),
        ProtectedDocument),
    "NULs after the end": (lambda b: hello(b) + b"\0" * 100_000, "Bonjour"),
}  # fmt: skip

DOCX: dict[str, tuple[Callable[[Builders], bytes], Expected]] = {
    "cut in the middle": (lambda b: b.docx("x")[:9000], UnreadableDocument),
    "magic only": (lambda _: b"PK\x03\x04word/document.xml", UnreadableDocument),
    "noise inside": (lambda b: b.docx("x")[:900] + NOISE + b.docx("x")[4900:], UnreadableDocument),
    "another archive renamed": (lambda b: b.zip({"a.txt": b"Bonjour"}), UnsupportedFormat),
    "an archive that holds a DOCX": (
        lambda b: b.zip({"word/document.xml.txt": b"x"}), UnsupportedFormat),
    "an archive without the package": (
        lambda b: b.zip({"word/document.xml": b"<x/>"}), UnreadableDocument),
    "a bomb renamed": (
        lambda b: b.zip({"word/document.xml": b"\0" * 30_000_000}), DocumentTooLarge),
    "a bomb of paragraphs": (lambda b: b.word(HELLO * 800_000), DocumentTooLarge),
    "too many entries": (
        lambda b: b.zip({"word/document.xml": b"", **{f"a{n}": b"" for n in range(5000)}}),
        DocumentTooLarge),
    "text instead of XML": (lambda b: b.part("word/document.xml", b"x"), UnreadableDocument),
    "nothing instead of XML": (lambda b: b.part("word/document.xml", b""), UnreadableDocument),
    "HTML instead of Word": (
        lambda b: b.part("word/document.xml", b"<html><p>x</p></html>"), UnreadableDocument),
    "a billion laughs": (
        lambda b: b.word(
            f"<w:p><w:r><w:t>&c;</w:t></w:r></w:p>{HELLO}",
            head="<!DOCTYPE x [<!ENTITY a 'ha'><!ENTITY b '&a;&a;&a;'><!ENTITY c '&b;&b;&b;'>]>"),
        "Bonjour"),
    "an external entity": (
        lambda b: b.word(f"<w:p><w:r><w:t>&x;</w:t></w:r></w:p>{HELLO}",
                         head="<!DOCTYPE x [<!ENTITY x SYSTEM 'file:///etc/passwd'>]>"),
        "Bonjour"),
    "controls nested deep": (
        lambda b: b.word("<w:sdt>" * 5000 + HELLO + "</w:sdt>" * 5000), UnreadableDocument),
    "a lone surrogate": (
        lambda b: b.word("<w:p><w:r><w:t>&#xD800;</w:t></w:r></w:p>"), UnreadableDocument),
    "styles in a circle": (
        lambda b: b.part("word/styles.xml", (
            f"<w:styles {W}><w:style w:styleId='A'><w:basedOn w:val='B'/></w:style>"
            "<w:style w:styleId='B'><w:basedOn w:val='A'/></w:style></w:styles>").encode()),
        "Bonjour"),
    "no styles": (lambda b: b.part("word/styles.xml", b"<x/>"), "Bonjour"),
    "damaged properties": (lambda b: b.part("docProps/core.xml", NOISE), UnreadableDocument),
    "other properties": (lambda b: b.part("docProps/core.xml", b"<x/>"), "Bonjour"),
    "damaged links": (lambda b: b.part("word/_rels/document.xml.rels", b"x"), UnreadableDocument),
    "no text": (lambda b: b.docx("", " ", "\t"), EmptyDocument),
    "a password": (
        lambda _: OLE + b"\0" * 99 + "EncryptedPackage".encode("utf-16-le"), ProtectedDocument),
    "an old Word file": (lambda _: OLE + b"\0" * 600, UnsupportedFormat),
}  # fmt: skip

TEXTS: dict[str, dict[str, tuple[bytes, Expected]]] = {
    "html": {
        "cut in a tag": (b"<html><body><p>Bonjour &agrave; tous<b", "Bonjour à tous"),
        "nothing in it": (b"<html></html>", EmptyDocument),
        "white space": (b"<html><body> \n&nbsp; </body></html>", EmptyDocument),
        "a program only": (b"<html><script>var a = 1</script></html>", EmptyDocument),
        "NULs": (b"<html><p>Bon\0jour</p>", "Bonjour"),
        "noise": (b"<html>" + NOISE, UnsupportedFormat),
        "elements nested deep": (b"<html>" + b"<div>" * 100_000 + b"x", EmptyDocument),
        "tables nested deep": (b"<html>" + b"<table><tr><td>" * 3000 + b"x", EmptyDocument),
        "a comment without end": (b"<html><!-- x", EmptyDocument),
        "an external entity": (
            b'<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd">]><html>a &x; b', "a &x; b"),
        "entities of entities": (
            b'<!DOCTYPE html [<!ENTITY a "ha"><!ENTITY b "&a;&a;">]><html><p>a &b; b', "a &b; b"),
        "characters that are none": (b"<html><p>&#xD800; &#99999999; ok", "\ufffd \ufffd ok"),
        "a charset of wide letters": (b'<html><meta charset="utf-16"><p>\xc3\xa9t\xc3\xa9', "été"),
        "an unknown charset": (b'<html><meta charset="klingon"><p>\xe9t\xe9', "été"),
        "UTF-7": (b'<html><meta charset="utf-7"><p>+ADw-b+AD4-', "+ADw-b+AD4-"),
        "an attribute without end": (b'<html><p a="' + b"x" * 11_000_000, EmptyDocument),
        "no HTML at all": (b"Bonjour", "Bonjour"),
    },
    "md": {
        "quotations nested deep": (b">" * 100_000 + b" a", EmptyDocument),
        "lists nested deep": (b"".join(b"  " * n + b"- a\n" for n in range(300)), "- a\n  - a"),
        "brackets without end": (b"[" * 9000 + b"a", "[[[[["),
        "links without end": (b"[a](" * 5000, "[a]([a]("),
        "emphasis without end": (b"*a_ " * 5000, "*a_ *a_"),
        "backticks of every length": (b" a ".join(b"`" * n for n in range(1, 500)), "` a ``"),
        "front matter without end": (b"---\ntitle: x\n\nBonjour", "Bonjour"),
        "front matter and nothing": (b"---\ntitle: x\n---\n", EmptyDocument),
        "front matter of aliases": (
            b"---\na: &a [x]\nb: &b [*a,*a]\ntitle: *b\n---\nBonjour", "Bonjour"),
        "marks and no words": (b"---\n\n***\n\n![](x)\n", EmptyDocument),
        "fences and no code": (b"```\n" * 5001, EmptyDocument),
        "a NUL": (b"# A\0B\n\nBonjour", "Bonjour"),
        "noise": (b"# T\n" + NOISE, UnsupportedFormat),
        "CP1252": (b"# Caf\xe9\n\nBonjour", "Café"),
        "entities that are none": (b"&#0; &#xD800; &nope; ok", "\ufffd \ufffd &nope; ok"),
    },
    "csv": {
        "no text column": (b"a,b\n1,2\n", UnreadableDocument),
        "a header only": (b"text,title\n", EmptyDocument),
        "the text column twice": (b"text,text\na,b\n", UnreadableDocument),
        "a quotation mark without end": (b'text,title\n"un,a\nBonjour,b\n', "Bonjour"),
        "more cells than columns": (b"text,title\na,b,c\nBonjour,d\n", "Bonjour"),
        "fewer cells than columns": (b"title,text\na\nb,Bonjour\n", "Bonjour"),
        "a NUL": (b"text,title\nBon\0jour,a\n", "Bonjour"),
        "noise": (b"text,title\n" + NOISE, UnsupportedFormat),
        "a cell of three megabytes": (b"text,title\n" + b"x" * 3_000_000 + b",a\n", "xxx"),
        "a hundred thousand columns": (b"text,title" + b",c" * 100_000 + b"\nBonjour,b", "Bonjour"),
        "old line ends": (b"text,title\rBonjour,a\r", "Bonjour"),
        "wide letters": ("text;title\nÉté;a".encode("utf-16"), "Été"),
        "CP1252": (b"text;title\n\xc9t\xe9;a", "Été"),
        "blank rows": (b"text,title\n\n,,\n , \nBonjour,a\n", "Bonjour"),
    },
    "jsonl": {
        "cut in a string": (b'{"text": "Bonjour"}\n{"text": "de', "Bonjour"),
        "an array cut": (b'[{"text": "Bonjour"}, {"te', "Bonjour"),
        "a line of noise": (b'{"text": "a"}\nx\x01\x02\n{"text": "Bonjour"}', "Bonjour"),
        "values that are no objects": (b'{"text": "Bonjour"}\n1\n"x"\nnull\n[]\n', "Bonjour"),
        "arrays nested deep": (
            b'{"text": "a", "x": ' + b"[" * 100_000 + b'\n{"text": "Bonjour"}', "Bonjour"),
        "lone surrogates": (b'{"text": "Bon\\ud800jour", "\\udfff": "\\udfff"}', "Bonjour"),
        "numbers that are none": (b'{"text": "Bonjour", "x": NaN, "y": -Infinity}', "Bonjour"),
        "a number without end": (
            b'{"text": "a", "x": ' + b"9" * 5000 + b'}\n{"text": "Bonjour"}', "Bonjour"),
        "a key twice": (b'{"text": "a", "text": "Bonjour"}', "Bonjour"),
        "a NUL": (b'{"text": "Bon\\u0000jour"}\n{"text": "a\0b"}', "Bonjour"),
        "a byte order mark": (b'\xef\xbb\xbf{"text": "Bonjour"}', "Bonjour"),
        "wide letters": ('{"text": "été"}'.encode("utf-16"), "été"),
        "an empty array": (b"[]", EmptyDocument),
        "more objects than memory": (
            b'{"text": "a", "x": [' + b"{}," * 5_000_000 + b"0]}", DocumentTooLarge),
    },
    "txt": {
        "nothing": (b"", EmptyDocument),
        "white space": (b" \n\t ", EmptyDocument),
        "NULs": (b"\0" * 1000, EmptyDocument),
        "a byte order mark": (b"\xff\xfe", EmptyDocument),
        "a NUL": (b"Bon\0jour", "Bonjour"),
        "noise": (NOISE, UnsupportedFormat),
        "a program": (b"\x7fELF" + NOISE, UnsupportedFormat),
        "an archive": (b"\x1f\x8b" + NOISE, UnsupportedFormat),
        "cut in a letter": ("Été".encode() + b"\xc3", "Été\ufffd"),
        "half a wide letter": ("Bonjour".encode("utf-16-le")[:-1], "Bonjou\ufffd"),
        "two encodings": ("Été ".encode() * 9 + b"\xe9", "Été Été"),
        "surrogates in UTF-8": (b"Bonjour \xed\xa0\x80", "Bonjour"),
        "hidden tags": ("Bon\U000e0041jour".encode(), "Bonjour"),
        "one line of a megabyte": (b"mot " * 250_000, "mot mot"),
    },
}  # fmt: skip


def cases() -> Iterator[object]:
    for suffix, table in (("pdf", PDF), ("docx", DOCX)):
        for title, (make, expected) in table.items():
            yield pytest.param(suffix, make, expected, id=f"{suffix}: {title}")
    for suffix, texts in TEXTS.items():
        for title, (data, expected) in texts.items():
            yield pytest.param(suffix, lambda _, data=data: data, expected, id=f"{suffix}: {title}")


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


def test_a_page_that_takes_too_long_is_given_up() -> None:
    page = b"<html>" + b"<p>a</p>" * 200_000
    with pytest.raises(DocumentTooLarge, match=r"^a\.html takes more than 1 s to read"):
        load(page, name="a.html", limits=Limits(cpu_seconds=1))


def test_at_least_ten_of_each_format() -> None:
    assert min(len(table) for table in (PDF, DOCX, *TEXTS.values())) >= 10


def test_the_service_reads_on_afterwards(build: Builders) -> None:
    for data in (hello(build), build.docx("Bonjour"), b"<html><p>Bonjour", b"# Bonjour"):
        (extraction,) = load(data, name="a.md").extractions
        assert assemble(extraction.blocks).text == "Bonjour"
