"""Sentences weighed with the shipped models."""

import numpy as np
import pytest

from documents.models import Language
from index.late_interaction import LateInteraction
from rag.calibration import Calibration
from rag.evidence import SentenceRanker
from rag.lines import LineReader
from rag.question import AnalysedQuestion, analyse
from rag.retrieval import Found
from tests.rag.fakes import FakeTranslator, make_found

TOWER = "La tour a été bâtie en 1889. Elle mesure 330 mètres. Le vent souffle fort."


@pytest.fixture(scope="module")
def ranker(interaction: LateInteraction) -> SentenceRanker:
    model = Calibration.fitted_to("embedded-static").sentence
    return SentenceRanker(LineReader(interaction), model)


def asked(text: str, language: Language = "fr") -> AnalysedQuestion:
    return analyse(text, translator=FakeTranslator(), language=language)


def best(ranker: SentenceRanker, question: str, *found: Found) -> str:
    return ranker.rank(asked(question), found)[0].text


def test_nothing_found_is_no_evidence(ranker: SentenceRanker) -> None:
    assert ranker.rank(asked("Qui ?"), []) == []


@pytest.mark.parametrize(
    ("question", "answer"),
    [
        ("Quand la tour a-t-elle été bâtie ?", "La tour a été bâtie en 1889."),
        ("Combien mesure la tour ?", "Elle mesure 330 mètres."),
    ],
)
def test_the_sentence_that_says_it_comes_first(
    ranker: SentenceRanker, question: str, answer: str
) -> None:
    assert best(ranker, question, make_found(TOWER)) == answer


def test_evidence_comes_best_first_with_its_measures(ranker: SentenceRanker) -> None:
    question = asked("Quand la tour a-t-elle été bâtie ?")
    ranked = ranker.rank(question, [make_found(TOWER)])
    odds = [one.log_odds for one in ranked]

    assert len(ranked) == 3
    assert odds == sorted(odds, reverse=True)
    for one in ranked:
        assert one.text == TOWER[one.sentence.start : one.sentence.end]
        assert np.isfinite(list(one.measures.values())).all()
        assert len(one.covered) == len(ranked[0].covered)


def test_a_sentence_in_two_passages_is_weighed_once(ranker: SentenceRanker) -> None:
    ranked = ranker.rank(asked("La tour ?"), [make_found(TOWER), make_found(TOWER, row=2)])

    assert len(ranked) == 3


def test_a_question_without_a_known_token_is_no_failure(ranker: SentenceRanker) -> None:
    ranked = ranker.rank(asked("ⵣⵣⵣ"), [make_found(TOWER)])

    assert len(ranked) == 3
