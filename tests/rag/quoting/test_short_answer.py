from collections.abc import Mapping

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.models import Language
from rag.question import analyse
from rag.quoting.short_answer import short_answer
from tests.rag.fakes import FakeTranslator


def short(
    question: str,
    sentence: str,
    language: Language = "fr",
    *,
    asked_in: Language | None = None,
    translations: Mapping[str, tuple[tuple[str, float], ...]] | None = None,
) -> str | None:
    asked = analyse(
        question,
        translator=FakeTranslator(translations or {}),
        language=asked_in or language,
    )
    span = short_answer(asked, sentence, language)
    return span and span.of(sentence)


@pytest.mark.parametrize(
    ("question", "sentence", "answer"),
    [
        (
            "Qui dirige la médiathèque ?",
            "La médiathèque est dirigée par Solène Marchetti depuis 2019.",
            "Solène Marchetti",
        ),
        (
            "Quand le phare a-t-il été allumé ?",
            "Le phare a été allumé le 12 mai 1887 par l’ingénieur.",
            "12 mai 1887",
        ),
        (
            "En quelle année le phare a-t-il été allumé ?",
            "Le phare a été allumé en 1887 et vendu en 1932.",
            "1887",
        ),
        ("Où est le siège de la ligue ?", "Le siège de la ligue est à Lorient.", "Lorient"),
        (
            "Combien de pays ont signé la charte ?",
            "Cinquante-huit pays ont signé la charte.",
            "Cinquante-huit pays",
        ),
        ("Combien mesure la tour ?", "La tour mesure 330\u00a0m depuis 2022.", "330\u00a0m"),
        (
            "Combien a coûté le phare ?",
            "Le phare a coûté 1\u202f200 euros à 18 communes.",
            "1\u202f200 euros",
        ),
        (
            "Quel pourcentage du budget va au port ?",
            "En 2024, 14\u00a0% du budget vont au port.",
            "14\u00a0%",
        ),
        (
            "Pourquoi le phare a-t-il été construit ?",
            "Le phare a été construit pour éviter les naufrages, et il a servi.",
            "pour éviter les naufrages",
        ),
        (
            "Qui a signé la charte ?",
            "Paul Rivoal, Anne Le Goff et Jean Kerbrat ont signé la charte.",
            "Paul Rivoal, Anne Le Goff et Jean Kerbrat",
        ),
        (
            "Qui est Solène Marchetti ?",
            "Solène Marchetti, directrice de la médiathèque, a parlé.",
            "directrice de la médiathèque",
        ),
        (
            "Quels pays ont signé la charte ?",
            "La charte a été signée en France, en Norvège et au Chili.",
            "France, en Norvège et au Chili",
        ),
    ],
)
def test_the_words_that_answer_are_found_in_french(
    question: str, sentence: str, answer: str
) -> None:
    assert short(question, sentence) == answer


@pytest.mark.parametrize(
    ("question", "sentence", "answer"),
    [
        (
            "Who opened the bakery?",
            "Margaret Oakley opened the bakery of Hollow Street in 1952.",
            "Margaret Oakley",
        ),
        ("When did the shop move?", "The shop moved to Bridge Road in 1978.", "1978"),
        ("Where did the shop move?", "The shop moved to a hall in Porthaven.", "Porthaven"),
        (
            "How many loaves did they bake?",
            "They baked three hundred loaves a day.",
            "three hundred loaves",
        ),
        ("How much did the oven cost?", "The oven cost $2.2 million in 1978.", "$2.2 million"),
        (
            "Why did the shop move?",
            "The shop moved because the old oven had cracked.",
            "because the old oven had cracked",
        ),
        ("When did the strike end?", "The strike lasted from 1921 to 1923.", "1923"),
    ],
)
def test_the_words_that_answer_are_found_in_english(
    question: str, sentence: str, answer: str
) -> None:
    assert short(question, sentence, "en") == answer


def test_a_sentence_of_the_other_language_answers_through_translations() -> None:
    known = {"countri": (("pay", 0.9),), "sign": (("sign", 0.9),)}

    answer = short(
        "How many countries signed?",
        "Cinquante-huit pays ont signé la charte.",
        asked_in="en",
        translations=known,
    )

    assert answer == "Cinquante-huit pays"


@pytest.mark.parametrize(
    ("question", "sentence"),
    [
        ("Que prévoit la charte ?", "La charte prévoit 12 ports en 2025 à Brest."),
        ("Combien de pays ont signé ?", "La charte a été longuement discutée."),
        ("Qui a parlé à Anne Le Goff ?", "Anne Le Goff a parlé."),
        ("Combien pèse la cloche ?", "La cloche mesure 3\u00a0m."),
        ("Où passe le bac ?", "De Brest à Lorient le bac passe à Nantes et à Vannes."),
    ],
)
def test_no_short_answer_is_better_than_a_wrong_one(question: str, sentence: str) -> None:
    assert short(question, sentence) is None


def test_what_the_question_says_itself_is_no_answer() -> None:
    question = "Quand la loi de 2024 entre-t-elle en vigueur ?"

    assert short(question, "La loi de 2024 entre en vigueur en mai 2026.") == "mai 2026"


@settings(deadline=None)
@given(
    question=st.sampled_from(["Qui ?", "Quand ?", "Combien d’ânes ?", "Où ?", "Pourquoi ?"]),
    sentence=st.text(max_size=100),
)
def test_a_short_answer_is_a_part_of_any_sentence(question: str, sentence: str) -> None:
    asked = analyse(question, translator=FakeTranslator())
    for language in ("fr", "en"):
        span = short_answer(asked, sentence, language)
        assert span is None or 0 <= span.start < span.end <= len(sentence)
