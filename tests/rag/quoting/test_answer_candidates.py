import pytest

from rag.question import analyse
from rag.quoting.answer_candidates import candidates, read
from rag.quoting.wanted import Wanted
from tests.rag.fakes import FakeTranslator


def found(wanted: Wanted, question: str, sentence: str) -> list[str]:
    """Return the candidates, the fittest first."""
    asked = analyse(question, translator=FakeTranslator(), language="fr")
    ranked = sorted(candidates(wanted, read(asked, sentence, "fr")), key=lambda one: -one.fitness)
    return [one.span.of(sentence) for one in ranked]


@pytest.mark.parametrize(
    ("wanted", "question", "sentence", "expected"),
    [
        (
            "person",
            "Qui a signé ?",
            "À Brest, la charte est signée par Paul Rivoal.",
            ["Paul Rivoal", "Brest"],
        ),
        ("place", "Où a-t-il signé ?", "Paul Rivoal a signé à Brest.", ["Brest", "Paul Rivoal"]),
        (
            "name",
            "Comment s’appelle le bac ?",
            "Le bac, nommé Korrigan, relie Brest.",
            ["Korrigan", "Brest"],
        ),
        (
            "count",
            "Combien de bacs ?",
            "En 2024, douze bacs ont fait 30 km.",
            ["douze bacs", "30 km", "2024"],
        ),
        (
            "date",
            "Quand ?",
            "Depuis lundi, le bac du 3 mai 2024 navigue.",
            ["3 mai 2024", "lundi"],
        ),
    ],
)
def test_the_form_says_what_is_likely(
    wanted: Wanted, question: str, sentence: str, expected: list[str]
) -> None:
    assert found(wanted, question, sentence) == expected


def test_only_the_unit_that_is_asked_for_will_do() -> None:
    sentence = "Le pont de 30 m a coûté 12 euros en 18 mois."

    assert found("money", "Combien a-t-il coûté ?", sentence) == ["12 euros"]
    assert found("length", "Combien mesure-t-il ?", sentence) == ["30 m"]
    assert found("time", "Combien de temps ?", sentence) == ["18 mois"]
