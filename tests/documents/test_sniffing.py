import zipfile
from collections.abc import Callable, Mapping
from io import BytesIO

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.errors import DocumentError, ProtectedDocument, UnsupportedFormat
from documents.sniffing import Format, sniff
from documents.tabular import Columns

MakeZip = Callable[[Mapping[str, bytes]], bytes]

HTML = b"<!doctype html><html><body><p>Bonjour</p></body></html>"
OLE = b"\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1" + b"\0" * 32
PROSE = "Le conseil a voté. [Photo] Il a dit : « oui ; non », puis rien.\n".encode()

MAIL = b"From: Jeanne <j@exemple.fr>\r\nSubject: Le vote\r\n"
POSTMARK = b"From a@b.fr Mon Jul 28 10:00:00 2025\n"


def wide(name: str) -> bytes:
    return name.encode("utf-16-le")


@pytest.mark.parametrize(
    ("data", "name", "expected"),
    [
        (PROSE, "a.txt", Format.TEXT),
        (PROSE, "a", Format.TEXT),
        (PROSE, "a.pdf", Format.TEXT),
        (PROSE, "a.html", Format.TEXT),
        (b"%PDF-1.7\n...", "a.txt", Format.PDF),
        (b"\xef\xbb\xbf\n %PDF-1.7\n...", "a", Format.PDF),
        (b"junk before \x00 %PDF-1.4\n", "a", Format.PDF),
        (b"Every PDF begins with %PDF- and a version.", "a.txt", Format.TEXT),
        (HTML, "a.txt", Format.HTML),
        (HTML, "a.md", Format.HTML),
        (b"<?xml version='1.0'?>\n<!-- x --><html><p>Bonjour</p></html>", "a", Format.HTML),
        (b"<div><p>Un</p><p>Deux</p></div>", "a", Format.HTML),
        (b"<div align=center>\n# T\n</div>\n<p>a</p>", "README.md", Format.MARKDOWN),
        (b"Un <b>mot</b> en gras", "a.htm", Format.HTML),
        (b"Si a < b et b > c", "a.html", Format.TEXT),
        (b"# Titre\n\ntexte\n\n## Suite\n", "a", Format.MARKDOWN),
        (b"# Titre\n\nun [lien](https://exemple.fr)\n", "a.txt", Format.MARKDOWN),
        (b"---\ntitle: Un titre\n---\ntexte", "a", Format.MARKDOWN),
        (b"texte", "a.md", Format.MARKDOWN),
        (b"# une remarque\nx = 1\n# une autre\n", "a.py", Format.TEXT),
        (b"#IA #Chine\n- un\n- deux\n", "a", Format.TEXT),
        (b'{"text": "a"}\n{"text": "b"}\n', "a", Format.JSON_LINES),
        (b'\n[ {"text": "a"} ]', "a.txt", Format.JSON_LINES),
        (b'{\n  "text": "a"\n}', "a", Format.JSON_LINES),
        (b"[1, 2]", "a.json", Format.JSON_LINES),
        (b"[Photo] Une image", "a.txt", Format.TEXT),
        (b"{{ modele }}", "a", Format.TEXT),
        (b"text,title\na,b\n", "a", Format.CSV),
        (b"Title; TEXT ;x\na;b;c\n", "a.txt", Format.CSV),
        (b"a,b\n1,2\n", "a.csv", Format.CSV),
        (b"text\nUn mot\n", "a.txt", Format.TEXT),
        (b"a\tb\n1\t2\n", "a.tsv", Format.CSV),
        (b"{\\rtf1\\ansi Bonjour}", "a.doc", Format.RTF),
        (b"Un fichier RTF commence par {\\rtf1", "a.rtf", Format.TEXT),
        (MAIL + b"MIME-Version: 1.0\r\n\r\nBonjour", "a.txt", Format.EML),
        (b"Received: from a\n\tby b; lundi\n" + MAIL + b"\n<html>", "a", Format.EML),
        (MAIL + b"\r\nBonjour", "a.eml", Format.EML),
        (POSTMARK + MAIL + b"Message-ID: <1@b>\n\nBonjour", "a", Format.EML),
        (MAIL + b"MIME-Version: 1.0\n\n" + bytes(range(128, 256)) * 9, "a", Format.EML),
        (MAIL + b"a line that has come loose\r\n\r\nBonjour", "a.eml", Format.EML),
        (MAIL + b"\r\nBonjour", "note.txt", Format.TEXT),
        (MAIL + b"Message-ID: <1@b>\r\nBonjour tout le monde.\r\n", "a.txt", Format.TEXT),
        (PROSE, "a.eml", Format.TEXT),
    ],
)
def test_the_content_decides(data: bytes, name: str, expected: Format) -> None:
    assert sniff(data, name=name) is expected


def test_the_media_type_is_a_hint_where_the_name_is_none() -> None:
    assert sniff(b"texte", name="a", media_type="text/markdown; charset=utf-8") is Format.MARKDOWN
    assert sniff(b"texte", name="a", media_type="application/octet-stream") is Format.TEXT
    assert sniff(HTML, name="a", media_type="text/plain") is Format.HTML


def test_configured_columns_make_a_header() -> None:
    data = b"corps,titre\na,b\n"
    assert sniff(data, name="a") is Format.TEXT
    assert sniff(data, name="a", columns=Columns(text="Corps", title="Titre")) is Format.CSV


def test_utf_16_is_text_although_half_of_it_is_nul() -> None:
    assert sniff("L'été à Paris, dit-il.".encode("utf-16-le"), name="a") is Format.TEXT


def test_a_word_document_is_told_from_other_archives(make_zip: MakeZip) -> None:
    assert sniff(make_zip({"word/document.xml": b"x"}), name="a.zip") is Format.DOCX


@pytest.mark.parametrize(
    ("entry", "expected"),
    [
        ("ppt/presentation.xml", Format.PPTX),
        ("xl/workbook.xml", Format.XLSX),
        ("META-INF/container.xml", Format.EPUB),
    ],
)
def test_archives_are_told_apart_by_their_main_part(
    make_zip: MakeZip, entry: str, expected: Format
) -> None:
    assert sniff(make_zip({"a.xml": b"x", entry: b"x"}), name="a.zip") is expected


@pytest.mark.parametrize(
    ("mimetype", "expected"),
    [
        (b"application/epub+zip", Format.EPUB),
        (b"application/vnd.oasis.opendocument.text", Format.ODT),
        (b"application/vnd.oasis.opendocument.text-template", Format.ODT),
    ],
)
def test_archives_that_store_their_type_first_are_told_apart(
    mimetype: bytes, expected: Format
) -> None:
    header = b"PK\x03\x04" + b"\0" * 22 + b"\x08\0\0\0" + b"mimetype" + mimetype + b"\0" * 50
    assert sniff(header, name="a.docx") is expected


def test_a_sheet_embedded_in_a_document_does_not_make_it_a_sheet(make_zip: MakeZip) -> None:
    sheet = make_zip({"xl/workbook.xml": b"x"})
    out = BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_STORED) as archive:
        archive.writestr("word/document.xml", b"x")
        archive.writestr("word/embeddings/1.xlsx", sheet)
    assert sniff(out.getvalue(), name="a.zip") is Format.DOCX


@pytest.mark.parametrize(
    ("entries", "kind"),
    [
        ({"xl/workbook.bin": b""}, r"a binary Excel workbook .*save the table as CSV or XLSX"),
        ({"META-INF/MANIFEST.MF": b""}, "a Java archive"),
        ({"lisezmoi.txt": b"bonjour"}, "a zip archive, which cannot be read: unpack it"),
        ({}, "a zip archive"),
    ],
)
def test_other_archives_are_named_with_what_to_do(
    make_zip: MakeZip, entries: dict[str, bytes], kind: str
) -> None:
    with pytest.raises(UnsupportedFormat, match=rf"^a\.docx is {kind}"):
        sniff(make_zip(entries), name="a.docx")


@pytest.mark.parametrize(
    ("mimetype", "kind"),
    [
        (b"application/vnd.oasis.opendocument.spreadsheet", "an OpenDocument sheet"),
        (
            b"application/vnd.oasis.opendocument.presentation",
            r"an OpenDocument presentation .*PPTX",
        ),
        (b"application/vnd.oasis.opendocument.graphics", "an OpenDocument file"),
    ],
)
def test_archives_that_store_their_type_first_are_named(mimetype: bytes, kind: str) -> None:
    header = b"PK\x03\x04" + b"\0" * 22 + b"\x08\0\0\0" + b"mimetype" + mimetype + b"\0" * 50
    with pytest.raises(UnsupportedFormat, match=kind):
        sniff(header, name="a")


@pytest.mark.parametrize(
    ("data", "kind"),
    [
        (b"\x1f\x8b\x08\0\0\0", "a gzip archive.*unpack it"),
        (b"BZh91AY&SY\0\0", "a bzip2 archive"),
        (b"7z\xbc\xaf\x27\x1c\0", "a 7z archive"),
        (b"a" * 257 + b"ustar\x00", "a tar archive"),
        (b"\x89PNG\r\n\x1a\n\0\0", r"a PNG image.*\(OCR\)"),
        (b"\xff\xd8\xff\xe0", "a JPEG image"),
        (b"GIF89a\0", "a GIF image"),
        (b"RIFF\0\0\0\0WEBPVP8", "a WebP image"),
        (b"RIFF\0\0\0\0WAVEfmt", "a sound or film file"),
        (b"\0\0\0\x18ftypmp42", "an MP4 film"),
        (b"\x7fELF\x02\x01", "a Linux program"),
        (b"MZ\x90\x00\x03", "a Windows program"),
        (b"%!PS-Adobe-3.0", "a PostScript document"),
        (OLE + b"\0" * 99, r"an old Office document \(\.doc"),
        (OLE + wide("WordDocument"), r"an old Word document .*save it as DOCX"),
        (OLE + wide("Workbook"), r"an old Excel workbook .*save it as XLSX"),
        (OLE + wide("Book") + b"\0\0", r"an old Excel workbook .*save it as XLSX"),
        (OLE + wide("PowerPoint Document"), r"an old PowerPoint file .*save it as PPTX"),
        (OLE + wide("__substg1.0_0037001F"), r"an Outlook message .*save it as EML"),
        (POSTMARK + MAIL + b"\nBonjour\n\n" + POSTMARK + MAIL, r"a mailbox \(mbox\)"),
        (b"SQLite format 3\x00", "an SQLite database"),
        (b"<?xml version='1.0'?><rss><item/></rss>", "an XML file"),
        (b"<svg xmlns='http://www.w3.org/2000/svg'></svg>", "an XML file"),
        (bytes(range(256)) * 20, "binary data of an unknown kind"),
    ],
)
def test_what_cannot_be_read_is_named(data: bytes, kind: str) -> None:
    with pytest.raises(UnsupportedFormat, match=rf"^photo\.txt is {kind}"):
        sniff(data, name="photo.txt")


@pytest.mark.parametrize(
    "text", [b"BMW et MZ sont des marques.", b"ID3, GIF et RIFF", b"PAR avion"]
)
def test_a_text_that_begins_like_a_signature_is_a_text(text: bytes) -> None:
    assert sniff(text, name="a.txt") is Format.TEXT


def test_an_encrypted_office_document_asks_for_no_password() -> None:
    data = OLE + wide("EncryptedPackage")
    with pytest.raises(ProtectedDocument, match=r"^a\.docx is protected .*remove the password"):
        sniff(data, name="a.docx")


@pytest.mark.parametrize(
    "sample",
    [b"<!---->" * 9_000, b"<!-- " * 13_000, b"[" * 65_000, b"<a " * 20_000, b"**a" * 20_000,
     b" " * 65_000, b"|" * 65_000, b"---\n" + b"a:\n" * 20_000, b"From: a\n " * 8_000,
     b"ab:\n" * 16_000,
     b"ab:" + b"\n a" * 20_000, b"\n" * 65_000 + b"<"],
)  # fmt: skip
def test_no_sample_sends_the_patterns_astray(sample: bytes) -> None:
    """Catastrophic backtracking would keep the suite here for ever."""
    assert sniff(sample + b"x", name="a") in Format


@settings(deadline=None, max_examples=300)
@given(st.binary(max_size=300), st.sampled_from(["a", "a.md", "a.html", "a.csv", "a.json"]))
def test_any_bytes_are_a_format_or_a_typed_error(data: bytes, name: str) -> None:
    try:
        found: object = sniff(data, name=name)
    except DocumentError as error:
        found = error
    assert found in Format if isinstance(found, str) else str(found).startswith(name)
