import pytest

from documents.titles import find_title

PARAGRAPH = "Le conseil municipal a adopté hier soir le budget de la commune. " * 5


@pytest.mark.parametrize(
    "head",
    [
        "Le conseil adopte son budget\n\n",
        "menu\nfermer\n\nLe conseil adopte son budget\n",
        "Mercredi 30 avril 2025\nLe conseil adopte son budget\n",
        "Politique\nPar Jeanne Petit, à Lyon\nLe   conseil adopte\u00a0son budget\n",
    ],
)
def test_the_headline_is_found_below_menus_bylines_and_dates(head: str) -> None:
    assert find_title(head + PARAGRAPH) == "Le conseil adopte son budget"


@pytest.mark.parametrize(
    "text",
    ["", "\n\n", PARAGRAPH, f"Accueil\n{PARAGRAPH}", f"Il a plu sur la ville.\n{PARAGRAPH}"],
)
def test_a_text_that_begins_with_its_first_paragraph_has_no_title(text: str) -> None:
    assert find_title(text) is None


def test_a_line_below_the_first_paragraph_is_no_title() -> None:
    assert find_title(f"{PARAGRAPH}\nLe conseil adopte son budget\n") is None
