import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.quoting.expressions import dates, names, quantities


@pytest.mark.parametrize(
    ("sentence", "date"),
    [
        ("Le sommet s’est ouvert le 26 juillet 2025 à Brest.", "26 juillet 2025"),
        ("Il a ouvert le 1er\u00a0août 2025.", "1er\u00a0août 2025"),
        ("It opened on July 26, 2025 in Brest.", "July 26, 2025"),
        ("It opened on 26 July.", "26 July"),
        ("En septembre 2019, elle a rouvert.", "septembre 2019"),
        ("The tower was built in 1889.", "1889"),
        ("Au début du XXe siècle, le port s’étend.", "Au début du XXe siècle"),
        ("It grew in the late 1990s.", "the late 1990s"),
        ("Le bail court entre 1925 et 1930.", "1925 et 1930"),
        ("It closes on Monday.", "Monday"),
        ("Le 2025-07-26, tout change.", "2025-07-26"),
    ],
)
def test_a_date_is_found_whole(sentence: str, date: str) -> None:
    assert [one.span.of(sentence) for one in dates(sentence)] == [date]


def test_a_day_says_more_than_a_year_and_a_year_more_than_a_weekday() -> None:
    details = [dates(text)[0].detail for text in ("Monday", "1889", "May 1889", "3 May 1889")]

    assert details == sorted(set(details))


@pytest.mark.parametrize(
    ("sentence", "quantity", "unit"),
    [
        ("La tour mesure 330\u00a0m de haut.", "330\u00a0m", "length"),
        ("Le pont a coûté 1\u202f200 euros.", "1\u202f200 euros", "money"),
        ("Il vaut 1,8 million d’euros.", "1,8 million d’euros", "money"),
        ("They paid $2.2 billion for it.", "$2.2 billion", "money"),
        ("La taxe atteint 145\u00a0%.", "145\u00a0%", "share"),
        ("It took 18 months.", "18 months", "time"),
        ("Cinquante-huit pays ont signé.", "Cinquante-huit", None),
        ("They baked three hundred loaves.", "three hundred", None),
        ("The bell weighs 21 tonnes.", "21 tonnes", "weight"),
    ],
)
def test_a_quantity_has_its_unit(sentence: str, quantity: str, unit: str | None) -> None:
    [found] = quantities(sentence)

    assert (found.span.of(sentence), found.unit) == (quantity, unit)


def test_the_figures_of_a_date_are_no_quantity() -> None:
    assert quantities("Le phare a été allumé le 12 mai 1887.") == []


@pytest.mark.parametrize(
    ("sentence", "said"),
    [
        ("La directrice, Solène Marchetti, a parlé.", ["Solène Marchetti"]),
        ("In 1952 Margaret Oakley opened it with J.D. Porter.", ["Margaret Oakley", "J.D. Porter"]),
        ("Le siège de l’Unesco est à Paris.", ["Unesco", "Paris"]),
        ("The University of Ardel closed.", ["University of Ardel"]),
        ("Toutefois, la tour est haute.", []),
        ("En mai, Philippe IV du Val signe.", ["Philippe IV du Val"]),
    ],
)
def test_names_are_found_whole(sentence: str, said: list[str]) -> None:
    assert [one.span.of(sentence) for one in names(sentence)] == said


def test_a_title_before_a_name_is_seen() -> None:
    assert [one.titled for one in names("Hier, Mme Kerbrat a vu Brest.")] == [True, False]


@pytest.mark.parametrize("said", ["University of Ardel", "WAIC", "Conseil de la mer"])
def test_an_institution_is_told_from_a_person(said: str) -> None:
    [found] = names(f"Hier, c’était {said}.")

    assert found.institution


@given(st.text(max_size=120))
def test_every_expression_is_a_part_of_the_text(text: str) -> None:
    for one in (*dates(text), *quantities(text), *names(text)):
        assert 0 <= one.span.start < one.span.end <= len(text)
