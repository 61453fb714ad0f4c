from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.extraction import Block
from documents.loaders.html import decode_html, read_html

PARAGRAPH = (
    "Le conseil a adopté le texte à une large majorité, après une semaine de débats, et la "
    "ministre s’en est réjouie devant la presse réunie dans la cour du palais. "
)
ARTICLE = f"""<!DOCTYPE html><html lang="en-US"><head><title>Le texte adopté | Le Journal</title>
<meta property="og:title" content="Le texte est adopté">
<meta property="article:published_time" content="2025-04-30T10:00:00+02:00">
<meta name="author" content="Jeanne Petit"><link rel="canonical" href="https://exemple.fr/a">
</head><body><nav><ul><li><a href="/">Accueil</a></li><li><a href="/p">Politique</a></li></ul></nav>
<article><h1>Le texte est adopté</h1><p>{PARAGRAPH}</p><p>Première ligne.<br>Seconde ligne.</p>
<h2>Les <em>chiffres</em></h2>
<table><tr><th>Pays</th><th>Voix</th></tr><tr><td>France</td><td>1 200</td></tr></table>
<ul><li>un point</li><li>un <b>autre</b> point</li></ul>
<blockquote><p>Nous avons gagné du temps, dit-elle.</p></blockquote>
<pre><code>x = 1
y = 2</code></pre><p>{PARAGRAPH}</p></article>
<script>var x = 1;</script></body></html>"""


def test_the_main_text_comes_with_its_headings_lists_and_tables() -> None:
    blocks = read_html(ARTICLE).blocks
    assert blocks == (
        Block("Le texte est adopté", heading_level=1),
        Block(PARAGRAPH.strip()),
        Block("Première ligne.\nSeconde ligne."),
        Block("Les chiffres", heading_level=2),
        Block("Pays | Voix\nFrance | 1 200"),
        Block("- un point\n- un autre point"),
        Block("Nous avons gagné du temps, dit-elle."),
        Block("x = 1\ny = 2"),
        Block(PARAGRAPH.strip()),
    )


def test_metadata_give_title_date_address_and_author() -> None:
    extraction = read_html(ARTICLE)
    assert extraction.title == "Le texte est adopté"
    assert extraction.published_at == date(2025, 4, 30)
    assert extraction.url == "https://exemple.fr/a"
    assert extraction.metadata["author"] == "Jeanne Petit"


def test_the_headline_of_the_main_text_is_a_surer_title_than_metadata() -> None:
    page = ARTICLE.replace("<h1>Le texte est adopté</h1>", "<h1>Un oui massif</h1>")
    assert read_html(page).title == "Un oui massif"
    assert read_html(page.replace("h1>", "h2>")).title == "Le texte est adopté"


def test_the_language_that_the_template_declares_is_not_trusted() -> None:
    extraction = read_html(ARTICLE)
    assert extraction.language is None
    assert extraction.metadata["declared_language"] == "en-US"


def test_a_page_with_little_main_text_gives_all_that_is_visible() -> None:
    page = """<html><head><title>T</title><style>p {}</style></head><body>
    <h3>Un <i>titre</i></h3>Un mot<br>deux&nbsp;mots <!-- non -->trois
    <p hidden>caché</p><p style="color: red; display:none">caché</p><noscript>caché</noscript>
    <table><tr><td>a</td><td>b</td></tr></table>fin<script>non()</script></body></html>"""
    assert read_html(page).blocks == (
        Block("Un titre", heading_level=3),
        Block("Un mot\ndeux\u00a0mots trois"),
        Block("a"),
        Block("b"),
        Block("fin"),
    )


@pytest.mark.parametrize(
    "head",
    [
        '<meta charset="iso-8859-15">',
        "<meta http-equiv=content-type content='text/html; charset=iso-8859-15'>",
    ],
)
def test_the_charset_that_a_page_declares_is_honoured(head: str) -> None:
    data = f"<html><head>{head}</head><p>œuvre à 5 €</p></html>".encode("iso8859-15")
    assert "œuvre à 5 €" in decode_html(data, charset=None)


def test_an_xml_declaration_tells_the_charset_too_and_is_not_text() -> None:
    data = '<?xml version="1.0" encoding="iso-8859-15"?><html><p>œuvre</p></html>'
    text = decode_html(data.encode("iso8859-15"), charset=None)
    assert read_html(text).blocks == (Block("œuvre"),)


def test_the_charset_of_the_sender_wins_over_the_page() -> None:
    data = '<meta charset="iso-8859-15">é'.encode("mac-roman")
    assert decode_html(data, charset="macintosh").endswith("é")


def test_entities_of_an_internal_subset_are_neither_expanded_nor_shown() -> None:
    page = (
        '<!DOCTYPE html [<!ENTITY x SYSTEM "file:///etc/passwd"><!ENTITY y "aaaa">]>'
        "<html><body><p>un &x; deux &y;</p></body></html>"
    )
    assert read_html(page).blocks == (Block("un &x; deux &y;"),)


PIECES = [
    "<p>", "</p>", "<h2>", "<table><tr><td>", "</td>", "<ul><li>", "mot ", "é", "<br>", "<!--",
    "-->", "<script>", "</script>", "&nbsp;", "&#0;", "<div hidden>", "</div>", "<![CDATA[",
    "<?x?>",
]  # fmt: skip


@settings(deadline=None, max_examples=30)
@given(st.lists(st.sampled_from(PIECES), max_size=25))
def test_no_page_fails(pieces: list[str]) -> None:
    blocks = read_html("<html><body>" + "".join(pieces)).blocks
    assert all(block.text.strip() for block in blocks)
