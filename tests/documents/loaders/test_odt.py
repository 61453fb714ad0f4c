from collections.abc import Callable
from datetime import date

import pytest

from documents.errors import ProtectedDocument
from documents.extraction import Block, Extraction
from documents.limits import Limits
from documents.loaders.odt import read_odt

MakeOdt = Callable[..., bytes]


def read(data: bytes) -> Extraction:
    return read_odt(data, name="a.odt", limits=Limits())


def p(text: str, style: str = "Standard") -> str:
    return f'<text:p text:style-name="{style}">{text}</text:p>'


def test_headings_paragraphs_lists_and_tables_come_in_order(make_odt: MakeOdt) -> None:
    def row(*cells: str) -> str:
        return (
            "<table:table-row>"
            + "".join(f"<table:table-cell>{p(cell)}</table:table-cell>" for cell in cells)
            + "</table:table-row>"
        )

    body = (
        p("Le rapport", "P1")
        + '<text:section><text:h text:outline-level="1">Première <text:span>partie</text:span>'
        "</text:h></text:section>"
        + p("Ça va, «\u00a0dit-elle\u00a0».<text:line-break/>L’<text:a>œuvre</text:a>\n  continue.")
        + f"<text:list><text:list-item>{p('un')}<text:list><text:list-item>{p('deux')}"
        "</text:list-item></text:list></text:list-item></text:list>"
        + '<text:list><text:list-item><text:h text:outline-level="2">Chiffres</text:h>'
        "</text:list-item></text:list>"
        + "<table:table><table:table-header-rows>"
        + row("Pays", "Voix")
        + "</table:table-header-rows>"
        + row("France", '1\u202f200<text:s text:c="2"/>%')
        + "</table:table>"
        + "<table:table>"
        + row("Un cadre.")
        + "</table:table>"
    )
    style = '<style:style style:name="P1" style:parent-style-name="Title"/>'
    assert read(make_odt(body, styles=style)).blocks == (
        Block("Le rapport", heading_level=1),
        Block("Première partie", heading_level=1),
        Block("Ça va, «\u00a0dit-elle\u00a0».\nL’œuvre continue."),
        Block("- un\n- deux"),
        Block("Chiffres", heading_level=2),
        Block("Pays | Voix\nFrance | 1\u202f200 %"),
        Block("Un cadre."),
    )


def test_notes_come_last_and_text_boxes_after_their_paragraph(make_odt: MakeOdt) -> None:
    body = p(
        "Le texte<text:note><text:note-citation>1</text:note-citation><text:note-body>"
        f"{p('Une note.')}</text:note-body></text:note> suit.<draw:frame><svg:desc>Une photo"
        f"</svg:desc><draw:text-box>{p('Un encadré.')}</draw:text-box></draw:frame>"
    ) + p("La fin.")
    assert read(make_odt(body)).blocks == (
        Block("Le texte suit."),
        Block("Un encadré."),
        Block("La fin."),
        Block("Une note."),
    )


def test_what_no_reader_sees_is_left_out(make_odt: MakeOdt) -> None:
    body = (
        f"<text:tracked-changes><text:deletion>{p('Effacé')}</text:deletion></text:tracked-changes>"
        f"<text:table-of-content><text:index-body>{p('Chiffres 7')}</text:index-body>"
        "</text:table-of-content>"
        + p(f"Le<office:annotation>{p('À revoir')}</office:annotation> texte.")
    )
    assert read(make_odt(body)).blocks == (Block("Le texte."),)


@pytest.mark.parametrize(("level", "expected"), [("3", 3), ("10", 6), ("x", 1), ("0", 1)])
def test_outline_levels_stay_within_bounds(make_odt: MakeOdt, level: str, expected: int) -> None:
    data = make_odt(f'<text:h text:outline-level="{level}">Un titre</text:h>')
    assert read(data).blocks == (Block("Un titre", heading_level=expected),)


def test_metadata_give_title_author_and_date(make_odt: MakeOdt) -> None:
    meta = (
        "<dc:title>Le résumé</dc:title><meta:initial-creator>Jeanne Petit</meta:initial-creator>"
        "<dc:creator>Une autre</dc:creator>"
        "<meta:creation-date>2025-04-30T10:15:00.000000000</meta:creation-date>"
    )
    extraction = read(make_odt(p("Le texte."), meta=meta))
    assert extraction.title == "Le résumé"
    assert extraction.metadata == {"author": "Jeanne Petit"}
    assert extraction.published_at == date(2025, 4, 30)
    dated = read(make_odt(p("Paris, le 2 mars 2024"), meta=meta))
    assert dated.published_at == date(2024, 3, 2)


def test_an_encrypted_document_asks_for_no_password(make_odt: MakeOdt) -> None:
    manifest = b"<manifest><file-entry><encryption-data/></file-entry></manifest>"
    data = make_odt(parts={"META-INF/manifest.xml": manifest, "content.xml": b"\x9c\x01"})
    with pytest.raises(ProtectedDocument, match=r"a\.odt is protected .*remove the password"):
        read(data)
