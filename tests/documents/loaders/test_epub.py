from collections.abc import Callable
from datetime import date

import pytest

from documents.errors import ProtectedDocument, UnreadableDocument
from documents.extraction import Block, Extraction
from documents.limits import Limits
from documents.loaders.epub import read_epub

MakeEpub = Callable[..., bytes]


def read(data: bytes) -> Extraction:
    return read_epub(data, name="a.epub", limits=Limits())


def locked(method: str) -> bytes:
    return (
        '<encryption xmlns="urn:oasis:names:tc:opendocument:xmlns:container">'
        '<e:EncryptedData xmlns:e="http://www.w3.org/2001/04/xmlenc#">'
        f'<e:EncryptionMethod Algorithm="{method}"/></e:EncryptedData></encryption>'
    ).encode()


def test_chapters_come_in_the_order_of_the_spine_with_all_they_show(make_epub: MakeEpub) -> None:
    data = make_epub(
        '<h1><a id="x"/>L’été</h1><p>Elle dit\u00a0: «\u00a0<i>Ça va</i>\u00a0».</p>'
        "<ul><li>un</li><li>deux</li></ul>",
        "<h2>L’œuvre</h2><table><caption>Les voix</caption><tr><th>Pays</th><th>Voix</th></tr>"
        "<tr><td><p>France</p></td><td>1\u202f200</td></tr></table><p>Fin.</p>",
        "",
    )
    assert read(data).blocks == (
        Block("L’été", heading_level=1),
        Block("Elle dit\u00a0: «\u00a0Ça va\u00a0»."),
        Block("un"),
        Block("deux"),
        Block("L’œuvre", heading_level=2),
        Block("Les voix"),
        Block("Pays | Voix"),
        Block("France | 1\u202f200"),
        Block("Fin."),
    )


def test_a_table_in_a_table_is_read_once(make_epub: MakeEpub) -> None:
    inner = "<table><tr><td>un</td><td>deux</td></tr></table>"
    data = make_epub(f"<table><tr><td>dehors</td><td>{inner}</td></tr></table>")
    assert [block.text for block in read(data).blocks] == ["dehors", "un | deux"]


def test_the_spine_decides_what_is_read_and_in_which_order(make_epub: MakeEpub) -> None:
    package = (
        '<package xmlns="http://www.idpf.org/2007/opf"><manifest>'
        '<item id="toc" href="toc.xhtml" media-type="application/xhtml+xml" properties="nav"/>'
        '<item id="a" href="ch%C3%A9%200.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="b" href="./x/../ch%C3%A9%201.xhtml" media-type="application/xhtml+xml"/>'
        '<item id="c" href="cover.svg" media-type="image/svg+xml"/></manifest><spine>'
        '<itemref idref="c"/><itemref idref="toc"/><itemref idref="b"/><itemref idref="none"/>'
        '<itemref idref="a"/><itemref idref="b"/></spine></package>'
    )
    data = make_epub(
        "<p>Un.</p>", "<p>Deux.</p>", "<p>Trois.</p>", parts={"OEBPS/book.opf": package.encode()}
    )
    assert [block.text for block in read(data).blocks] == ["Deux.", "Un."]


def test_the_package_gives_title_author_date_and_language(make_epub: MakeEpub) -> None:
    about = (
        "<dc:title>L’été\u00a0: récit</dc:title><dc:creator>Jeanne Petit</dc:creator>"
        "<dc:publisher>Les Presses</dc:publisher><dc:date>2025-04-30</dc:date>"
        "<dc:language>fr-CA</dc:language>"
    )
    extraction = read(make_epub("<p>Un.</p>", about=about))
    assert extraction.title == "L’été\u00a0: récit"
    assert extraction.published_at == date(2025, 4, 30)
    assert extraction.metadata == {
        "author": "Jeanne Petit",
        "publisher": "Les Presses",
        "declared_language": "fr-CA",
    }


def test_a_book_locked_by_its_seller_is_refused_with_what_to_do(make_epub: MakeEpub) -> None:
    lock = locked("http://www.w3.org/2001/04/xmlenc#aes128-cbc")
    with pytest.raises(ProtectedDocument, match=r"a\.epub is locked .*a copy without such a lock"):
        read(make_epub("<p>Un.</p>", parts={"META-INF/encryption.xml": lock}))


def test_obfuscated_fonts_lock_nothing(make_epub: MakeEpub) -> None:
    fonts = locked("http://www.idpf.org/2008/embedding")
    data = make_epub("<p>Un.</p>", parts={"META-INF/encryption.xml": fonts})
    assert read(data).blocks == (Block("Un."),)


def test_a_missing_chapter_is_damage(make_epub: MakeEpub) -> None:
    package = (
        b'<package xmlns="http://www.idpf.org/2007/opf"><manifest><item id="a" '
        b'href="../../etc/passwd" media-type="text/html"/></manifest><spine>'
        b'<itemref idref="a"/></spine></package>'
    )
    with pytest.raises(UnreadableDocument, match=r"its chapter '\.\./etc/passwd' is missing"):
        read(make_epub(parts={"OEBPS/book.opf": package}))
