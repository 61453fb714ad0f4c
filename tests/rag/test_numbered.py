"""The numbers that a question says must stand where its answer would."""

import pytest

from documents.models import Language
from rag.numbered import numbers_asked, numbers_missing

QUAKE = (
    "Le séisme de magnitude 8,0 du 29 mars 1983 a touché quarante-deux villages, "
    "et 1\u202f200 foyers."
)


@pytest.mark.parametrize(
    ("question", "language", "missing"),
    [
        ("Où a frappé le séisme de magnitude 8,7 ?", "fr", True),
        ("Où a frappé le séisme de magnitude 8 ?", "fr", False),
        ("Where did the magnitude 8.0 earthquake strike?", "en", False),
        ("What happened on March 22, 1983?", "en", True),
        ("What happened on March 29, 1983?", "en", False),
        ("What happened in 1984?", "en", True),
        ("Quels sont les 42 villages touchés ?", "fr", False),
        ("Which 1,200 homes were hit?", "en", False),
        ("Que s’est-il passé dans les années 80 ?", "fr", True),
        ("Quelles sont les 3 conséquences ?", "fr", False),  # said otherwise too
        ("Quelle part des dix villages ?", "fr", False),  # in words
        ("Où a frappé le séisme ?", "fr", False),
    ],
)
def test_a_number_that_nothing_says_is_missing(
    question: str, language: Language, *, missing: bool
) -> None:
    assert bool(numbers_missing(numbers_asked(question, language), QUAKE, "fr")) is missing


def test_a_decade_is_said_by_its_last_digits() -> None:
    asked = numbers_asked("Qui dirigeait le parti dans les années 80 ?", "fr")
    assert not numbers_missing(asked, "Dans les années 1980, elle dirigeait le parti.", "fr")


def test_figures_inside_a_word_are_said() -> None:
    asked = numbers_asked("What dates from 1180?", "en")
    assert not numbers_missing(asked, "The casket is dated c1180.", "en")
