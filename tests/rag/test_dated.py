import pytest

from rag.dated import tells_of_another_year, year_asked

FINE = "Le 21 janvier 2019, la CNIL inflige 50 millions d’euros d’amende."


@pytest.mark.parametrize(
    ("question", "sentence", "another"),
    [
        ("Quelle amende en 2025 ?", FINE, True),
        ("Which fine in 2025?", FINE, True),
        ("Quelle amende en 2019 ?", FINE, False),
        ("Quelle amende ?", FINE, False),
        ("Quelle amende en 2025 ?", "L’amende est de 50 millions d’euros.", False),
        ("Quelle amende depuis 2015 ?", FINE, False),
        ("Which fine after 2015?", FINE, False),
        ("Quelle amende entre 2015 et 2020 ?", FINE, False),
        ("Qui régnait en 1810 ?", "Il règne de 1804 à 1814.", False),
        ("Quelle amende en 2025 ?", "L’amende de 2019 était de 2 000 euros.", True),
        ("Quelle amende en 2025 ?", "Elle est de 1 999 euros, ou de 2018,50 euros.", False),
    ],
)
def test_a_sentence_of_another_year_is_told(question: str, sentence: str, another: bool) -> None:  # noqa: FBT001
    year = year_asked(question)
    assert (year is not None and tells_of_another_year(year, sentence)) is another
