from documents.models import Document, Heading
from documents.structure import parts

PROSE = (
    "La coopérative a inauguré samedi un atelier de réparation dans l'ancienne gare du bourg. "
    "Une trentaine de bénévoles y réparent des vélos et des radios."
)


def described(text: str, *headings: Heading) -> list[tuple[str, str, int | None]]:
    document = Document(
        id="1", collection="c", source="s", title="t", language="fr", text=text, sha256="0",
        headings=headings,
    )  # fmt: skip
    return [(part.kind, text[part.start : part.end], part.level) for part in parts(document)]


def headings(text: str) -> list[tuple[str, int | None]]:
    return [(words, level) for kind, words, level in described(text) if kind == "heading"]


def test_a_short_line_between_paragraphs_is_a_heading() -> None:
    text = f"{PROSE}\n\nDes vélos par dizaines\n\n{PROSE}\nPourquoi la gare ?\n{PROSE}"
    assert headings(text) == [("Des vélos par dizaines", 7), ("Pourquoi la gare ?", 7)]


def test_the_first_line_is_the_title_even_where_it_holds_a_colon_or_a_full_stop() -> None:
    assert headings(f"Gare : un atelier ouvre\n\n{PROSE}") == [("Gare : un atelier ouvre", 1)]
    two = "Le premier pas est un atelier. Le second, un café dans le hall"
    assert headings(f"{two}\n\n{PROSE}") == [(two, 1)]


def test_a_kicker_and_the_title_under_it_have_one_level() -> None:
    text = f"Vie locale\nUn atelier dans la gare\n\n{PROSE}\n\nDes vélos\n\n{PROSE}"
    assert headings(text) == [
        ("Vie locale", 1),
        ("Un atelier dans la gare", 1),
        ("Des vélos", 7),
    ]


def test_marked_headings_keep_their_level_and_no_title_is_guessed() -> None:
    text = f"Une ligne d'accueil\n\n{PROSE}\n\nL'atelier\n\n{PROSE}"
    start = text.index("L'atelier")
    found = described(text, Heading(start, start + 9, 2))
    assert [(kind, level) for kind, _, level in found] == [
        ("heading", 7),
        ("prose", None),
        ("heading", 2),
        ("prose", None),
    ]


def test_a_paragraph_in_the_style_of_a_heading_is_prose() -> None:
    long = f"{PROSE} {PROSE}"
    text = f"Un titre\n\n{long}"
    found = described(text, Heading(0, 8, 1), Heading(10, len(text), 2))
    assert [kind for kind, _, _ in found] == ["heading", "prose"]


def test_lines_that_say_something_are_prose() -> None:
    for line in (
        "Siège : Shanghai",
        "- un atelier de vélos",
        "Vélos | 12 | 2024",
        "Il a dit oui.",
        "Le maire a ajouté :",
        "trente bénévoles",
        "Cette ligne compte bien trop de mots pour annoncer ce que dit le paragraphe suivant",
    ):
        assert headings(f"{PROSE}\n\n{line}\n\n{PROSE}") == [], line


def test_a_line_without_prose_after_it_is_no_heading() -> None:
    assert headings(f"{PROSE}\n\nLe maire et la préfète") == []
    assert headings("Un titre seul") == []


def test_a_line_after_a_colon_is_what_was_announced() -> None:
    assert headings(f"{PROSE}\n\nLe maire a déclaré :\nUne gare pour tous\n{PROSE}") == []


def test_many_short_lines_in_a_row_are_a_list() -> None:
    items = "Le vélo\n\nLa radio\n\nLa lampe\n\nLe réveil"
    assert headings(f"{PROSE}\n\n{items}\n\n{PROSE}") == []


def test_boilerplate_is_told_from_prose_and_does_not_part_a_title_from_its_text() -> None:
    text = f"menu\nclose\n\nUn atelier dans la gare\n\n{PROSE}\n\nSource:"
    assert [(kind, level) for kind, _, level in described(text)] == [
        ("boilerplate", None),
        ("boilerplate", None),
        ("heading", 1),
        ("prose", None),
        ("boilerplate", None),
    ]


def test_an_empty_text_has_no_parts() -> None:
    assert described("") == []
    assert described(" \n\n ") == []
