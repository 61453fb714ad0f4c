from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.dates import find_date, is_dateline, parse_date

APRIL_30 = date(2025, 4, 30)
BODY = "\n\nLe conseil a adopté le texte à une large majorité, selon son porte-parole.\n"


@pytest.mark.parametrize(
    "line",
    [
        "30.04.2025",
        "30/04/2025",
        "04/30/2025",
        "30-04-2025",
        "2025-04-30",
        "2025-04-30T10:15:00+02:00",
        "30 avril 2025",
        "Mercredi 30 Avril 2025",
        "mercredi, 30 avril 2025",
        "MERCREDI 30 AVRIL 2025",
        "le 30 avril 2025 à 10h",
        "Le mercredi 30 avril 2025 à 10 h 30",
        "30\u00a0avril\u202f2025",
        "30 avr. 2025",
        "30 April 2025",
        "30th of April 2025",
        "April 30, 2025",
        "April 30th, 2025",
        "Wednesday, April 30, 2025, 10:30 GMT",
        "Wed, 30 Apr 2025 10:00:00 +0000",
        "Paris, le 30 avril 2025",
        "LONDON, April 30, 2025",
        "AFP | 30 April 2025",
        "30 avril 2025 - 10h30",
        "Par Jeanne Petit | 30 avril 2025 | Lecture 3 min",
        "PARIS, 30 avril 2025 (AFP) – Le conseil a adopté le texte à une large majorité.",
        "Publié: 30.04.2025 à 11:20 heures",
        "Publié le 30 avril 2025 à 11h20",
        "Publié le 30/04/25",
        "Mis en ligne le 30 avril 2025",
        "Date de publication : 30 avril 2025",
        "Par Jeanne Petit, publié le 30 avril 2025",
        "Publié le 30 avril 2025 à 10h Temps de lecture : 3 min",
        "Published on April 30, 2025",
        "Published: 30 April 2025 at 10:30 a.m. EST",
        "Posted on 2025-04-30 by Jane Small",
        "Mis à jour le 30 avril 2025",
        "Last updated: 30 Apr. 2025",
        "Publié le 30 avril 2025 à 8h, mis à jour le 2 mai 2025 à 9h",
        "Édition du 30 avril 2025",
    ],
)
def test_a_dateline_gives_the_publication_date(line: str) -> None:
    assert find_date(f"Un titre de quelques mots\n{line}{BODY}") == APRIL_30
    assert is_dateline(line)


@pytest.mark.parametrize(
    "line",
    [
        "Le 30 avril 2025, la ministre a annoncé un plan",
        "le 30 avril 2025, X a annoncé",
        "On April 30, 2025, the company said it would leave",
        "Publié le 30 avril 2025, le rapport montre une hausse",
        "Le rapport, publié le 30 avril 2025, montre une hausse.",
        "Du 28 au 30 avril 2025",
        "28-30 avril 2025",
        "Sommet de Paris - 30 avril 2025",
        "Depuis le 30 avril 2025",
        "En avril 2025, le conseil",
        "version 30.04.2025.1",
        "31/02/2025",
        "99.99.2025",
        "30 avril",
        "avril 2025",
        "Updated rules of 30 April 2025 apply to all.",
    ],
)
def test_a_date_that_is_part_of_the_article_is_not_its_own(line: str) -> None:
    assert find_date(f"{line}{BODY}") is None
    assert not is_dateline(line)


def test_dates_are_read_day_first() -> None:
    assert find_date("03/04/2025") == date(2025, 4, 3)
    assert find_date("1er mai 2025") == find_date("1ᵉʳ mai 2025") == date(2025, 5, 1)


def test_a_marked_date_beats_a_bare_one_and_an_update() -> None:
    text = "2 mai 2025\nMis à jour le 3 mai 2025\nPublié le 30 avril 2025" + BODY
    assert find_date(text) == APRIL_30


def test_metadata_come_first_and_unreadable_metadata_are_passed_over() -> None:
    text = "2 mai 2025" + BODY
    assert find_date(text, metadata=[None, "", "soon", "2025-04-30"]) == APRIL_30
    assert find_date(text, metadata=["soon"]) == date(2025, 5, 2)


def test_a_date_at_the_foot_counts_where_the_head_has_none() -> None:
    filler = "\n".join(f"Ligne {n} du texte, qui continue encore." for n in range(60))
    assert find_date(f"{filler}\nPublié le 30 avril 2025") == APRIL_30
    assert find_date(f"{filler}\n30 avril 2025") == APRIL_30


def test_several_bare_dates_at_the_foot_belong_to_other_articles() -> None:
    filler = "\n".join(f"Ligne {n} du texte, qui continue encore." for n in range(60))
    assert find_date(f"{filler}\n30 avril 2025\nAutre article\n2 mai 2025\n") is None


def test_a_date_in_the_middle_of_a_long_text_is_not_looked_for() -> None:
    filler = "\n".join(f"Ligne {n} du texte, qui continue encore." for n in range(60))
    assert find_date(f"{filler}\n30 avril 2025\n{filler}") is None


@pytest.mark.parametrize(
    "value",
    [
        "2025-04-30",
        "2025-04-30 10:00:00.123456",
        "20250430",
        "20250430T101500Z",
        "D:20250430101500+02'00'",
        "Wed, 30 Apr 2025 10:00:00 +0000",
        "30 avril 2025",
        "April 30, 2025",
        " 30/04/2025 ",
    ],
)
def test_metadata_dates_are_read(value: str) -> None:
    assert parse_date(value) == APRIL_30


@pytest.mark.parametrize(
    "value", ["", "2025", "2025-04", "2025-13-45", "1745971200", "hier", "0000-00-00", "9" * 90]
)
def test_what_is_no_date_is_none(value: str) -> None:
    assert parse_date(value) is None


@settings(deadline=None, max_examples=100)
@given(st.dates(date(1800, 1, 1), date(2200, 12, 31)))
def test_every_day_is_read_in_iso_and_in_european_form(day: date) -> None:
    assert parse_date(day.isoformat()) == day
    assert find_date(f"{day.day}.{day.month}.{day.year}") == day


@settings(deadline=None, max_examples=100)
@given(st.text(max_size=300))
def test_no_text_makes_the_search_fail(text: str) -> None:
    assert find_date(text) is None or is_dateline(text) or "\n" in text
    parse_date(text)
