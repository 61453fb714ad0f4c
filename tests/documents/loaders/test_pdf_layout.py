import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.loaders.pdf_layout import Line, Paragraph, heading_levels, paragraphs_of_pages


def page(*texts: str, left: float = 72, width: float = 400, pitch: float = 14) -> list[Line]:
    """Return full lines at an even distance; a line that ends with "|" stops short."""
    return [
        Line(
            text.removesuffix("|"),
            left=left,
            right=left + width * (0.5 if text.endswith("|") else 1),
            bottom=780 - pitch * place,
            height=12,
        )
        for place, text in enumerate(texts)
    ]


def texts_of(*pages: list[Line]) -> list[list[str]]:
    return [[paragraph.text for paragraph in each] for each in paragraphs_of_pages(pages)]


def test_running_lines_are_one_paragraph() -> None:
    assert texts_of(page("Une phrase qui va", "sur trois lignes", "et finit ici.|")) == [
        ["Une phrase qui va sur trois lignes et finit ici."]
    ]


def test_a_short_last_line_ends_a_paragraph() -> None:
    assert texts_of(page("Une phrase longue qui", "finit.|", "Une autre commence.")) == [
        ["Une phrase longue qui finit.", "Une autre commence."]
    ]


def test_a_short_line_above_a_capital_is_a_heading_of_its_own() -> None:
    assert texts_of(page("Introduction|", "Une phrase longue qui", "finit ici.")) == [
        ["Introduction", "Une phrase longue qui finit ici."]
    ]


def test_a_wider_distance_ends_a_paragraph() -> None:
    above, below = page("Une phrase longue qui", "finit ici."), page("Une autre.")
    moved = [Line(line.text, line.left, line.right, line.bottom - 60, 12) for line in below]
    assert texts_of(above + moved) == [["Une phrase longue qui finit ici.", "Une autre."]]


def test_double_spacing_is_no_wider_distance() -> None:
    lines = page("Une phrase longue qui", "est écrite à double", "interligne.", pitch=24)
    assert texts_of(lines) == [["Une phrase longue qui est écrite à double interligne."]]


def test_another_size_and_a_list_mark_begin_a_paragraph() -> None:
    large = Line("Un titre", 72, 200, 800, 20)
    lines = page("Du texte qui précède", "• un point", "2. un autre", "– un dernier")
    assert texts_of([large, *lines]) == [
        ["Un titre", "Du texte qui précède", "• un point", "2. un autre", "– un dernier"]
    ]


def test_a_sentence_goes_on_at_the_top_of_the_next_column() -> None:
    columns = page("Une phrase qui va") + page("d'une colonne à l'autre.", left=320)
    assert texts_of(columns) == [["Une phrase qui va d'une colonne à l'autre."]]


@pytest.mark.parametrize(
    ("first", "second", "joined"),
    [
        ("un com-", "posant rare", "un composant rare"),
        ("le vice-", "président", "le vice-président"),
        ("peut-", "être", "peut-être"),
        ("a-t-", "il dit", "a-t-il dit"),
        ("dit-", "elle", "dit-elle"),
        ("eux-", "mêmes", "eux-mêmes"),
        ("la région Rhône-", "Alpes", "la région Rhône-Alpes"),
        ("en 2020-", "2021", "en 2020-2021"),
        ("il vint -", "trop tard", "il vint - trop tard"),
        ("ex-", "emple", "exemple"),
    ],
)
def test_words_cut_at_the_end_of_a_line_are_joined(first: str, second: str, joined: str) -> None:
    assert texts_of(page(first, second)) == [[joined]]


def test_the_spelling_elsewhere_in_the_document_decides() -> None:
    elsewhere = page("Le plan franco-allemand et la contrepartie.")
    cut = page("un accord franco-", "allemand, la contre-", "partie étant due.")
    assert texts_of(elsewhere, cut)[1] == ["un accord franco-allemand, la contrepartie étant due."]


def test_a_paragraph_cut_by_a_page_stands_where_it_begins() -> None:
    head = Line("Revue annuelle", left=72, right=160, bottom=815, height=12)
    feet = [Line(number, left=300, right=312, bottom=40, height=12) for number in ("12", "13")]
    first = [head, *page("Une phrase commence et n'est", "pas encore ter-"), feet[0]]
    second = [head, *page("minée ici.|", "Une autre."), feet[1]]
    assert texts_of(first, second) == [
        ["Revue annuelle", "Une phrase commence et n'est pas encore terminée ici.", "12"],
        ["Revue annuelle", "Une autre.", "13"],
    ]


def test_a_paragraph_over_three_pages_stands_where_it_begins() -> None:
    assert texts_of(page("Un début qui va"), page("au milieu et"), page("à la fin.")) == [
        ["Un début qui va au milieu et à la fin."],
        [],
        [],
    ]


def test_large_short_paragraphs_are_headings_by_size() -> None:
    def paragraph(text: str, height: float) -> Paragraph:
        return Paragraph(text, height)

    title, section = paragraph("Rapport", 24), paragraph("Chiffres", 16)
    body, lead = paragraph("Du texte. " * 20, 12), paragraph("Une phrase en grand.", 16)
    assert heading_levels([[title, lead, body], [section, body, paragraph("12", 24)]]) == {
        title: 1,
        section: 2,
    }


@settings(deadline=None, max_examples=100)
@given(
    st.lists(
        st.lists(st.text(alphabet="ab É-.12", min_size=1).map(str.strip).filter(bool), max_size=5),
        max_size=4,
    )
)
def test_no_letter_is_lost_and_the_pages_stay(pages: list[list[str]]) -> None:
    grouped = texts_of(*(page(*texts) for texts in pages))
    letters = "".join(text for texts in pages for text in texts).replace(" ", "").replace("-", "")
    found = "".join(text for texts in grouped for text in texts).replace(" ", "").replace("-", "")
    assert sorted(found) == sorted(letters)
    assert len(grouped) == len(pages)
