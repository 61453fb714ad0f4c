from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.extraction import Block
from documents.loaders.markdown import read_markdown


def texts(markdown: str) -> list[str]:
    return [block.text for block in read_markdown(markdown).blocks]


def test_headings_keep_their_level_and_lose_their_marks() -> None:
    assert read_markdown("# Un *titre*\n\nSous-titre\n---\n\n### `Trois` ##").blocks == (
        Block("Un titre", heading_level=1),
        Block("Sous-titre", heading_level=2),
        Block("Trois", heading_level=3),
    )


def test_a_wrapped_paragraph_is_one_line_and_a_hard_break_two() -> None:
    assert texts("Une phrase\nsur deux lignes.  \nUne autre.") == [
        "Une phrase sur deux lignes.\nUne autre."
    ]


def test_links_and_emphasis_leave_their_words_and_images_nothing() -> None:
    assert texts("Un **[lien](https://exemple.fr)**, ~~non~~ ![photo](a.png)fin &eacute;.") == [
        "Un lien, non fin é."
    ]


def test_lists_have_a_line_for_each_item() -> None:
    markdown = "- un\n- deux\n  - deux a\n\n    suite\n\n3. trois\n4. quatre\n"
    assert texts(markdown) == ["- un\n- deux\n  - deux a\n    suite", "3. trois\n4. quatre"]


def test_tables_have_a_line_for_each_row() -> None:
    assert texts("| Pays | Puces |\n|---|--:|\n| *France* | 1 200 |\n") == [
        "Pays | Puces\nFrance | 1 200"
    ]


def test_code_keeps_its_lines() -> None:
    assert texts("```python\nx = 1\n\nif x:\n    y = 2\n```\n\n    indented\n") == [
        "x = 1\n\nif x:\n    y = 2",
        "indented",
    ]


def test_quotations_are_text() -> None:
    assert texts("> Une citation\n> longue.\n>\n> - un\n") == ["Une citation longue.\n- un"]


def test_raw_html_leaves_what_is_visible() -> None:
    markdown = "<div align=center>Bonjour &amp; <b>salut</b></div>\n\n<!-- non -->\n\nun<br>deux"
    assert texts(markdown + "\n\n<script>\nnon()\n</script>") == ["Bonjour & salut", "un\ndeux"]


def test_front_matter_gives_title_date_address_language_and_metadata() -> None:
    extraction = read_markdown(
        '---\ntitle: "Le titre : ici"\nDate: 2025-04-30\nurl: https://exemple.fr/a\n'
        "lang: fr-CH\nauthor: Jeanne Petit\nsource: AFP\n# remarque\n---\n\nTexte."
    )
    assert extraction.title == "Le titre : ici"
    assert extraction.published_at == date(2025, 4, 30)
    assert extraction.url == "https://exemple.fr/a"
    assert extraction.language == "fr"
    assert extraction.metadata == {"author": "Jeanne Petit", "source": "AFP"}
    assert extraction.blocks == (Block("Texte."),)


@pytest.mark.parametrize("end", ["---", "..."])
def test_front_matter_ends_with_either_mark_and_any_line_ending(end: str) -> None:
    extraction = read_markdown(f"---\r\ntitle: Un\r\n{end}\r\nTexte.\r\n")
    assert (extraction.title, extraction.blocks) == ("Un", (Block("Texte."),))


def test_text_between_rules_is_no_front_matter() -> None:
    assert texts("---\n\nUn paragraphe\n\n---\n\nUn autre") == ["Un paragraphe", "Un autre"]


@settings(deadline=None, max_examples=60)
@given(st.text(alphabet="ab é#*_`[]()<>!|-+~>&;:.\n 12", max_size=120))
def test_no_markdown_fails(markdown: str) -> None:
    assert all(isinstance(block, Block) for block in read_markdown(markdown).blocks)
