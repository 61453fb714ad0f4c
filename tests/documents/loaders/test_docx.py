from collections.abc import Callable
from datetime import UTC, date, datetime
from io import BytesIO

import docx
import pytest
from docx.document import Document as WordDocument

from documents.extraction import Block, Extraction
from documents.limits import Limits
from documents.loaders.docx import read_docx

MakeDocx = Callable[..., bytes]
W = 'xmlns:w="http://schemas.openxmlformats.org/wordprocessingml/2006/main"'
MC = 'xmlns:mc="http://schemas.openxmlformats.org/markup-compatibility/2006"'
RELATIONSHIP = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"


def read(data: bytes) -> Extraction:
    return read_docx(data, name="a.docx", limits=Limits())


def saved(document: WordDocument) -> bytes:
    out = BytesIO()
    document.save(out)
    return out.getvalue()


def run(text: str) -> str:
    return f"<w:r><w:t xml:space='preserve'>{text}</w:t></w:r>"


def read_body(make_docx: MakeDocx, body: str) -> tuple[Block, ...]:
    xml = f"<w:document {W} {MC}><w:body>{body}</w:body></w:document>"
    return tuple(read(make_docx(parts={"word/document.xml": xml.encode()})).blocks)


def test_paragraphs_headings_lists_and_tables_come_in_order() -> None:
    document = docx.Document()
    document.add_heading("Le rapport", level=0)
    document.add_heading("Première partie", level=1)
    document.add_paragraph("Ça va, «\u00a0dit-elle\u00a0».")
    document.add_paragraph("un", style="List Bullet")
    document.add_paragraph("deux", style="List Number")
    document.add_heading("Chiffres", level=2)
    table = document.add_table(2, 2)
    for place, text in enumerate(["Pays", "Voix", "France", "1 200"]):
        table.cell(place // 2, place % 2).text = text
    document.add_paragraph("Fin.")
    assert read(saved(document)).blocks == (
        Block("Le rapport", heading_level=1),
        Block("Première partie", heading_level=1),
        Block("Ça va, «\u00a0dit-elle\u00a0»."),
        Block("- un\n- deux"),
        Block("Chiffres", heading_level=2),
        Block("Pays | Voix\nFrance | 1 200"),
        Block("Fin."),
    )


@pytest.mark.parametrize(
    ("name", "level"), [("Titre 1", 1), ("Titre 3", 3), ("heading 2", 2), ("Titre", 1)]
)
def test_heading_styles_are_known_by_their_french_names(name: str, level: int) -> None:
    document = docx.Document()
    style = document.styles.add_style("Essai", docx.enum.style.WD_STYLE_TYPE.PARAGRAPH)
    style.element.name_val = name
    heir = document.styles.add_style("Heritier", docx.enum.style.WD_STYLE_TYPE.PARAGRAPH)
    heir.base_style = style
    document.add_paragraph("Un", style=style)
    document.add_paragraph("Deux", style=heir)
    assert [block.heading_level for block in read(saved(document)).blocks] == [level, level]


def test_an_outline_level_makes_a_heading(make_docx: MakeDocx) -> None:
    body = f"<w:p><w:pPr><w:outlineLvl w:val='2'/></w:pPr>{run('Un')}</w:p>"
    assert read_body(make_docx, body) == (Block("Un", heading_level=3),)


def test_a_table_of_contents_is_left_out() -> None:
    document = docx.Document()
    style = document.styles.add_style("toc 1", docx.enum.style.WD_STYLE_TYPE.PARAGRAPH)
    document.add_paragraph("Chiffres ..... 7", style=style)
    document.add_paragraph("Le texte.")
    assert read(saved(document)).blocks == (Block("Le texte."),)


def test_controls_insertions_links_and_breaks_are_read_and_deletions_not(
    make_docx: MakeDocx,
) -> None:
    body = (
        f"<w:sdt><w:sdtContent><w:p>{run('Un contrôle')}</w:p></w:sdtContent></w:sdt>"
        f"<w:p>{run('Un ')}<w:ins>{run('ajout')}</w:ins>"
        "<w:del><w:r><w:delText>retrait</w:delText></w:r></w:del>"
        f"<w:hyperlink>{run(' et un lien')}</w:hyperlink>"
        "<w:r><w:br/></w:r><w:r><w:t>suite</w:t><w:tab/><w:noBreakHyphen/></w:r></w:p>"
    )
    assert read_body(make_docx, body) == (
        Block("Un contrôle"),
        Block("Un ajout et un lien\nsuite\t\u2011"),
    )


def test_a_text_box_is_read_once(make_docx: MakeDocx) -> None:
    box = f"<w:txbxContent><w:p>{run('Encadré')}</w:p></w:txbxContent>"
    body = (
        f"<w:p>{run('Texte')}<w:r><mc:AlternateContent><mc:Choice>{box}</mc:Choice>"
        f"<mc:Fallback>{box}</mc:Fallback></mc:AlternateContent></w:r></w:p>"
    )
    assert read_body(make_docx, body) == (Block("Texte"), Block("Encadré"))


def test_a_table_of_one_column_is_a_frame_and_inner_tables_are_cells(make_docx: MakeDocx) -> None:
    def table(*rows: str) -> str:
        return "<w:tbl>" + "".join(f"<w:tr>{row}</w:tr>" for row in rows) + "</w:tbl>"

    def cell(content: str) -> str:
        return f"<w:tc>{content}</w:tc>"

    paragraph = f"<w:p>{run('Un')}</w:p>"
    inner = table(cell(paragraph) + cell(paragraph))
    assert read_body(make_docx, table(cell(paragraph + paragraph))) == (Block("Un"), Block("Un"))
    assert read_body(make_docx, table(cell(inner) + cell(paragraph))) == (Block("Un Un | Un"),)


def test_footnotes_come_last_without_separators(make_docx: MakeDocx) -> None:
    notes = (
        f"<w:footnotes {W}><w:footnote w:type='separator'><w:p>{run('--')}</w:p></w:footnote>"
        f"<w:footnote w:id='1'><w:p>{run('Une note.')}</w:p></w:footnote></w:footnotes>"
    )
    links = (
        "<Relationships xmlns='http://schemas.openxmlformats.org/package/2006/relationships'>"
        f"<Relationship Id='rId1' Type='{RELATIONSHIP}/footnotes' Target='footnotes.xml'/>"
        f"<Relationship Id='rId2' Type='{RELATIONSHIP}/styles' Target='styles.xml'/>"
        "</Relationships>"
    )
    parts = {
        "word/footnotes.xml": notes.encode(),
        "word/_rels/document.xml.rels": links.encode(),
    }
    assert read(make_docx("Le texte.", parts=parts)).blocks == (
        Block("Le texte."),
        Block("Une note."),
    )


def test_core_properties_give_title_author_and_date() -> None:
    document = docx.Document()
    document.add_paragraph("Le texte.")
    document.core_properties.title = "Le résumé"
    document.core_properties.author = "Jeanne Petit"
    document.core_properties.created = datetime(2025, 4, 30, tzinfo=UTC)
    extraction = read(saved(document))
    assert extraction.title == "Le résumé"
    assert extraction.metadata == {"author": "Jeanne Petit"}
    assert extraction.published_at == date(2025, 4, 30)


def test_what_the_template_says_is_not_the_documents(make_docx: MakeDocx) -> None:
    extraction = read(make_docx("Le texte."))
    assert (extraction.title, extraction.published_at, extraction.metadata) == (None, None, {})


def test_a_dateline_beats_the_date_of_the_file() -> None:
    document = docx.Document()
    document.add_paragraph("Paris, le 2 mars 2024")
    document.core_properties.created = datetime(2025, 4, 30, tzinfo=UTC)
    assert read(saved(document)).published_at == date(2024, 3, 2)
