from collections.abc import Callable
from datetime import UTC, date, datetime
from io import BytesIO

import pptx
import pytest
from pptx.presentation import Presentation
from pptx.util import Inches

from documents.errors import DocumentTooLarge, UnsupportedFormat
from documents.extraction import Block, Extraction
from documents.limits import Limits
from documents.loaders.pptx import read_pptx

MakePptx = Callable[..., bytes]
BOX = (Inches(1), Inches(1), Inches(4), Inches(1))
TITLE_SLIDE, TITLE_AND_CONTENT, BLANK = 0, 1, 6


def read(data: bytes, limits: Limits | None = None) -> Extraction:
    return read_pptx(data, name="a.pptx", limits=limits or Limits())


def saved(deck: Presentation) -> bytes:
    out = BytesIO()
    deck.save(out)
    return out.getvalue()


def test_a_slide_is_a_page_with_its_title_its_text_and_its_notes() -> None:
    deck = pptx.Presentation()
    first = deck.slides.add_slide(deck.slide_layouts[TITLE_SLIDE])
    first.shapes.title.text = "L’économie\vde la mer"
    first.placeholders[1].text = "Séance du 1er mars"
    deck.slides.add_slide(deck.slide_layouts[BLANK])
    third = deck.slides.add_slide(deck.slide_layouts[TITLE_AND_CONTENT])
    third.shapes.title.text = "Les chiffres"
    third.placeholders[1].text = "La pêche\u00a0: 1\u202f200\u00a0tonnes\nL’œuvre des ports"
    third.notes_slide.notes_text_frame.text = "Dire que «\u00a0tout va bien\u00a0»."
    assert read(saved(deck)).blocks == [
        Block("L’économie de la mer", heading_level=1, page=1),
        Block("Séance du 1er mars", page=1),
        Block("", page=2),
        Block("Les chiffres", heading_level=2, page=3),
        Block("- La pêche\u00a0: 1\u202f200\u00a0tonnes\n- L’œuvre des ports", page=3),
        Block("Dire que «\u00a0tout va bien\u00a0».", page=3),
    ]


def test_tables_groups_and_text_boxes_are_read_in_order() -> None:
    deck = pptx.Presentation()
    shapes = deck.slides.add_slide(deck.slide_layouts[BLANK]).shapes
    table = shapes.add_table(3, 2, *BOX).table
    for place, text in enumerate(["Pays", "Voix", "France", "1\u00a0200", "", ""]):
        table.cell(place // 2, place % 2).text = text
    table.cell(2, 0).merge(table.cell(2, 1))
    table.cell(2, 0).text = "Source\u00a0: mairie"
    group = shapes.add_group_shape()
    group.shapes.add_textbox(*BOX).text_frame.text = "Dans un groupe."
    shapes.add_textbox(*BOX).text_frame.text = "Une ligne.\vUne autre."
    assert [block.text for block in read(saved(deck)).blocks] == [
        "",
        "Pays | Voix\nFrance | 1\u00a0200\nSource\u00a0: mairie",
        "Dans un groupe.",
        "Une ligne.\nUne autre.",
    ]


@pytest.mark.parametrize(
    ("mark", "expected"),
    [
        ("<a:buChar xmlns:a='{a}' char='•'/>", ["", "- Un point."]),
        ("<a:buNone xmlns:a='{a}'/>", ["", "Un point."]),
        ("", ["", "Un point."]),
    ],
)
def test_a_bullet_makes_an_item(mark: str, expected: list[str]) -> None:
    deck = pptx.Presentation()
    shapes = deck.slides.add_slide(deck.slide_layouts[BLANK]).shapes
    paragraph = shapes.add_textbox(*BOX).text_frame.paragraphs[0]
    paragraph.text = "Un point."
    if mark:
        namespace = "http://schemas.openxmlformats.org/drawingml/2006/main"
        paragraph._p.get_or_add_pPr().append(pptx.oxml.parse_xml(mark.format(a=namespace)))
    assert [block.text for block in read(saved(deck)).blocks] == expected


def test_slide_numbers_dates_and_footers_are_left_out() -> None:
    deck = pptx.Presentation()
    layout = deck.slide_layouts[TITLE_AND_CONTENT]
    slide = deck.slides.add_slide(layout)
    slide.placeholders[1].text = "Le texte."
    for shape in layout.placeholders:
        if shape.placeholder_format.idx in {10, 11, 12}:  # date, footer, number
            slide.shapes.clone_placeholder(shape)
            slide.placeholders[shape.placeholder_format.idx].text = "Pied de page"
    assert len(list(slide.placeholders)) == 5
    assert [block.text for block in read(saved(deck)).blocks] == ["", "Le texte."]


def test_a_diagram_gives_its_texts(make_pptx: MakePptx) -> None:
    drawing = "http://schemas.openxmlformats.org/drawingml/2006"
    office = "http://schemas.openxmlformats.org/officeDocument/2006/relationships"
    slide = (
        '<p:sld xmlns:p="http://schemas.openxmlformats.org/presentationml/2006/main" '
        f'xmlns:a="{drawing}/main" xmlns:r="{office}"><p:cSld><p:spTree>'
        '<p:nvGrpSpPr><p:cNvPr id="1" name=""/><p:cNvGrpSpPr/><p:nvPr/></p:nvGrpSpPr><p:grpSpPr/>'
        '<p:graphicFrame><p:nvGraphicFramePr><p:cNvPr id="2" name="d"/><p:cNvGraphicFramePr/>'
        f'<p:nvPr/></p:nvGraphicFramePr><p:xfrm/><a:graphic><a:graphicData uri="{drawing}/diagram">'
        f'<dgm:relIds xmlns:dgm="{drawing}/diagram" r:dm="rId9"/></a:graphicData></a:graphic>'
        "</p:graphicFrame></p:spTree></p:cSld></p:sld>"
    )
    links = (
        '<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">'
        f'<Relationship Id="rId1" Type="{office}/slideLayout" '
        'Target="../slideLayouts/slideLayout7.xml"/>'
        f'<Relationship Id="rId9" Type="{office}/diagramData" Target="../diagrams/data1.xml"/>'
        "</Relationships>"
    )
    diagram = (
        f'<dgm:dataModel xmlns:dgm="{drawing}/diagram" xmlns:a="{drawing}/main">'
        "<dgm:pt><dgm:t><a:p><a:r><a:t>Récolter</a:t></a:r></a:p></dgm:t></dgm:pt>"
        "<dgm:pt><dgm:t><a:p><a:r><a:t>Tri</a:t></a:r><a:r><a:t>er</a:t></a:r></a:p></dgm:t>"
        "</dgm:pt></dgm:dataModel>"
    )
    data = make_pptx(
        ("x", "y"),
        parts={
            "ppt/slides/slide1.xml": slide.encode(),
            "ppt/slides/_rels/slide1.xml.rels": links.encode(),
            "ppt/diagrams/data1.xml": diagram.encode(),
        },
    )
    assert [block.text for block in read(data).blocks] == ["", "- Récolter\n- Trier"]


def test_core_properties_give_title_author_and_date() -> None:
    deck = pptx.Presentation()
    deck.slides.add_slide(deck.slide_layouts[TITLE_SLIDE]).shapes.title.text = "Un titre"
    deck.core_properties.title = "Le résumé"
    deck.core_properties.author = "Jeanne Petit"
    deck.core_properties.created = datetime(2025, 4, 30, tzinfo=UTC)
    extraction = read(saved(deck))
    assert extraction.title == "Le résumé"
    assert extraction.metadata == {"author": "Jeanne Petit"}
    assert extraction.published_at == date(2025, 4, 30)


def test_what_the_template_says_is_not_the_presentations(make_pptx: MakePptx) -> None:
    extraction = read(make_pptx(("Un titre", "Un texte")))
    assert (extraction.title, extraction.published_at, extraction.metadata) == (None, None, {})


def test_too_many_slides_are_refused(make_pptx: MakePptx) -> None:
    with pytest.raises(DocumentTooLarge, match=r"a\.pptx has 2 slides, at most 1 are read"):
        read(make_pptx(("a", "b"), ("c", "d")), Limits(pages=1))


def test_macros_are_refused_with_what_to_do(make_pptx: MakePptx) -> None:
    with pytest.raises(UnsupportedFormat, match=r"a\.pptx holds macros: save it as PPTX"):
        read(make_pptx(("a", "b"), parts={"ppt/vbaProject.bin": b"x"}))
