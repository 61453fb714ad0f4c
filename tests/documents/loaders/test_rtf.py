from datetime import date

import pytest

from documents.extraction import Block, Extraction
from documents.loaders.rtf import read_rtf

STYLES = rb"{\stylesheet{\s0 Normal;}{\s1\outlinelevel0 Titre 1;}}"


def read(body: bytes, *, head: bytes = b"") -> Extraction:
    return read_rtf(rb"{\rtf1\ansi\ansicpg1252" + STYLES + head + body + b"}")


def test_headings_paragraphs_lists_and_tables_come_in_order() -> None:
    body = (
        rb"\pard\s1\outlinelevel0 Le rapport\par\pard\s2\outlinelevel1 Premi\'e8re partie\par"
        rb"\pard \'c7a va, \'ab\~dit-elle\~\'bb.\line L\rquote\u339 ?uvre de 1\u8239 ?200\~\'e9l"
        rb"\'e8ves.\par{\listtext\'b7\tab}un\par{\listtext 2.\tab}deux\par"
        rb"\trowd\cellx100\cellx200\pard\intbl Pays\cell Voix\cell{\trowd\row}"
        rb"\pard\intbl La\par France\cell 12\cell\row\pard Fin.\par"
    )
    assert read(body).blocks == (
        Block("Le rapport", heading_level=1),
        Block("Première partie", heading_level=2),
        Block("Ça va, «\u00a0dit-elle\u00a0»."),
        Block("L’œuvre de 1\u202f200\u00a0élèves."),
        Block("- un\n- deux"),
        Block("Pays | Voix\nLa France | 12"),
        Block("Fin."),
    )


def test_a_table_of_one_column_is_a_frame_around_text() -> None:
    body = rb"Avant.\par\trowd Un.\par Deux.\cell\row Apr\'e8s | rien.\par"
    assert read(body).blocks == tuple(map(Block, ("Avant.", "Un.", "Deux.", "Après | rien.")))


def test_a_row_that_is_cut_off_is_read() -> None:
    assert read(rb"Avant.\par\trowd a\cell b\cell c").blocks == (
        Block("Avant."),
        Block("a | b | c"),
    )


def test_an_optional_hyphen_is_not_seen() -> None:
    assert read(rb"Par\-lement\par").blocks == (Block("Parlement"),)


def test_a_heading_keeps_the_way_in_which_letters_are_written() -> None:
    body = rb"\uc0\pard\outlinelevel0 L\u8217 \u201 t\u233\par\uc0\u233 t\u233\par"
    assert read(body).blocks == (Block("L’Été", heading_level=1), Block("été"))


def test_a_link_shows_its_words() -> None:
    link = rb'{\field{\*\fldinst{HYPERLINK "https://exemple.fr"}}{\fldrslt{un lien}}}'
    assert read(rb"Voir " + link + rb" ici.\par").blocks == (Block("Voir un lien ici."),)


def test_pictures_and_page_furniture_give_no_text() -> None:
    body = rb"{\header En-t\'eate\par}{\pict\pngblip " + b"89504e47\n" * 500 + rb"}Le texte.\par"
    assert read(body).blocks == (Block("Le texte."),)


def test_letters_beyond_the_first_plane_are_whole() -> None:
    assert read(rb"Bravo \u-10179 ?\u-8704 ?\par").blocks == (Block("Bravo \U0001f600"),)


@pytest.mark.parametrize("encoding", ["utf-8", "cp1252"])
def test_letters_may_stand_as_they_are(encoding: str) -> None:
    assert read("L'été\\par".encode(encoding)).blocks == (Block("L'été"),)


def test_the_information_group_gives_title_author_and_date() -> None:
    info = rb"{\info{\title Le r\'e9sum\'e9}{\author Jeanne Petit}{\creatim\yr2025\mo4\dy30\hr10}}"
    extraction = read(rb"Le texte.\par", head=info)
    assert extraction.title == "Le résumé"
    assert extraction.metadata == {"author": "Jeanne Petit"}
    assert extraction.published_at == date(2025, 4, 30)
    assert read(rb"Paris, le 2 mars 2024\par", head=info).published_at == date(2024, 3, 2)


def test_a_date_that_is_none_is_left_out() -> None:
    info = rb"{\info{\creatim\yr0\mo0\dy0}}"
    assert read(rb"Le texte.\par", head=info).published_at is None
