import subprocess
import sys
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from datetime import date
from pathlib import Path

import pytest

from documents.errors import DocumentTooLarge, EmptyDocument, UnreadableDocument
from documents.extraction import Block, assemble
from documents.limits import Limits
from documents.loading import Loaded, load
from documents.sniffing import Format
from documents.tabular import Columns

ROOT = Path(__file__).resolve().parent.parent.parent
ARTICLE = """menu
fermer

Le conseil adopte son budget pour l’an prochain
Mercredi 30 Avril 2025

Le conseil municipal a adopté hier soir le budget de la commune, à une large majorité. La maire
s’en est réjouie devant la presse, en rappelant que l’effort portera d’abord sur les écoles.
"""


def only(loaded: Loaded) -> str:
    (extraction,) = loaded.extractions
    return assemble(extraction.blocks).text


@pytest.mark.parametrize("encoding", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "cp1252"])
def test_a_text_is_read_whatever_its_encoding(encoding: str) -> None:
    loaded = load(ARTICLE.encode(encoding), name="article.txt")
    assert loaded.format is Format.TEXT
    assert only(loaded) == ARTICLE.strip()


def test_title_and_date_are_found_in_the_text() -> None:
    (extraction,) = load(ARTICLE.encode(), name="article.txt").extractions
    assert extraction.title == "Le conseil adopte son budget pour l’an prochain"
    assert extraction.published_at == date(2025, 4, 30)


def test_a_first_heading_is_the_title_where_the_format_names_none() -> None:
    (extraction,) = load("# Le\u00a0budget\n\nAdopté.".encode(), name="a.md").extractions
    assert extraction.title == "Le budget"


def test_every_format_is_read(
    make_pdf: Callable[..., bytes], make_docx: Callable[..., bytes]
) -> None:
    files = {
        Format.PDF: make_pdf([["Ça marche."]]),
        Format.DOCX: make_docx("Ça marche."),
        Format.HTML: b"<html><body><p>\xc7a marche.</p></body></html>",
        Format.MARKDOWN: "---\nlang: fr\n---\nÇa *marche*.".encode(),
        Format.CSV: "titre;text\na;Ça marche.\n".encode("cp1252"),
        Format.JSON_LINES: '{"text": "Ça marche."}'.encode(),
        Format.TEXT: "Ça marche.".encode("utf-16"),
    }
    for expected, data in files.items():
        loaded = load(data, name="x.csv" if expected is Format.CSV else "x")
        assert (loaded.format, only(loaded)) == (expected, "Ça marche.")


def test_rows_and_problems_come_together() -> None:
    data = b'{"text": "un", "id": "a"}\n{"text": ""}\n{"text": "deux"}\n'
    loaded = load(data, name="b.jsonl")
    assert [extraction.key for extraction in loaded.extractions] == ["a", "3"]
    assert [str(problem) for problem in loaded.problems] == [
        "b.jsonl, row 2 (line 2): 'text' is empty"
    ]


def test_columns_are_configurable() -> None:
    loaded = load(
        b"corps,titre\nun,T\n", name="a.csv", columns=Columns(text="corps", title="titre")
    )
    assert only(loaded) == "un"
    assert loaded.extractions[0].title == "T"


def test_the_media_type_is_a_hint_and_carries_a_charset() -> None:
    data = "# Été\n\n½ œuvre".encode("mac-roman", "replace")
    loaded = load(data, name="upload", media_type="text/markdown; charset=macintosh")
    assert loaded.format is Format.MARKDOWN
    assert loaded.extractions[0].title == "Été"


def test_what_cannot_be_stored_is_cleaned_away() -> None:
    data = (
        rb'{"text": "a\ud800b", "title": " T\u0000\ud800 t ", "url": "https://e.fr/\u0000",'
        rb' "id": "k\udfff", "x\ud800": "y\ud800", "z": "\u0000"}'
    )
    (extraction,) = load(data, name="a.jsonl").extractions
    assert (extraction.title, extraction.url, extraction.key) == ("T t", "https://e.fr/", "k")
    assert extraction.metadata == {"x": "y"}
    assert assemble(extraction.blocks).text == "ab"


@pytest.mark.parametrize("url", ["javascript:alert(1)", "/relative", "https://a b", "ftp://e.fr"])
def test_an_address_that_is_no_web_address_is_left_out(url: str) -> None:
    (extraction,) = load(f"text,url\nun,{url}\n".encode(), name="a.csv").extractions
    assert extraction.url is None


def test_a_long_title_is_cut() -> None:
    (extraction,) = load(f"text,title\nun,{'x' * 1000}\n".encode(), name="a.csv").extractions
    assert extraction.title == "x" * 300


def test_a_text_of_thirty_megabytes_is_read() -> None:
    line = "Une ligne de texte, avec des accents é et à, qui se répète encore. \n"
    data = (line * (30_000_000 // len(line.encode()))).encode()
    (extraction,) = load(data, name="long.txt").extractions
    assert len(extraction.blocks[0].text) == len(data.decode())


@pytest.mark.parametrize(
    "data", [b"", b" \n\t ", b"\0\0\0\0", b"\xef\xbb\xbf", b"\xff\xfe", b"***"]
)
@pytest.mark.parametrize("name", ["a.txt", "a.pdf", "a.html", "a.md", "a.csv", "a.jsonl", "a.docx"])
def test_a_file_without_text_is_empty_or_unreadable(data: bytes, name: str) -> None:
    with pytest.raises((EmptyDocument, UnreadableDocument), match=r"^a\."):
        load(data, name=name)


def test_a_file_beyond_the_limits_is_refused_before_it_is_read() -> None:
    with pytest.raises(DocumentTooLarge, match=r"a\.pdf has 0\.0 MiB, at most 0\.0 MiB are read"):
        load(b"%PDF-1.7", name="a.pdf", limits=Limits(file_bytes=5))
    with pytest.raises(DocumentTooLarge, match=r"a\.txt holds more than 5 characters"):
        load(b"Bonjour", name="a.txt", limits=Limits(text_characters=5))
    with pytest.raises(DocumentTooLarge, match=r"a\.md holds more than 5 characters"):
        load(b"Bonjour", name="a.md", limits=Limits(text_characters=5))


@pytest.mark.parametrize("name", ["../../a.txt", "a\0b.txt", "\udce9.txt", "x" * 400, "", "C:\\a"])
def test_no_name_makes_reading_fail(name: str) -> None:
    assert only(load(b"Bonjour", name=name)) == "Bonjour"
    with pytest.raises(EmptyDocument) as caught:
        load(b"", name=name)
    str(caught.value).encode()


def test_the_same_bytes_give_the_same_extraction() -> None:
    page = f"<html><body><article><h1>Un</h1><p>{ARTICLE}</p></article></body></html>".encode()
    assert load(page, name="a") == load(page, name="a")


def test_many_threads_may_load_at_once(make_pdf: Callable[..., bytes]) -> None:
    files = [make_pdf([[f"Texte {number}."]]) for number in range(12)]
    with ThreadPoolExecutor(6) as threads:
        loaded = list(threads.map(lambda data: only(load(data, name="a.pdf")), files))
    assert loaded == [f"Texte {number}." for number in range(12)]


def test_the_service_imports_no_parser_and_no_model_library() -> None:
    program = (
        "import sys; from documents.loading import load;"
        "load(b'Bonjour', name='a.txt'); load(b'# Bonjour', name='a.md');"
        "print(sorted(sys.modules))"
    )
    shown = subprocess.run(
        [sys.executable, "-c", program], cwd=ROOT, capture_output=True, text=True, check=True
    ).stdout
    heavy = {"torch", "faiss", "numpy", "lxml", "trafilatura", "docx", "pypdfium2", "markdown_it"}
    assert not heavy & set(shown.split("'"))


def test_blocks_of_a_text_are_one() -> None:
    assert load(b"Un.\n\nDeux.\n", name="a").extractions[0].blocks == (Block("Un.\n\nDeux.\n"),)
