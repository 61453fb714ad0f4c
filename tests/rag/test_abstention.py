"""Whether to answer, with the shipped models."""

import pytest

from documents.models import Language
from index.late_interaction import LateInteraction
from rag.abstention import Abstention
from rag.calibration import Calibration
from rag.models import Question
from rag.question import analyse
from rag.service import Sourcier
from tests.rag.fakes import FakeTranslator


@pytest.fixture(scope="module")
def abstention(interaction: LateInteraction) -> Abstention:
    return Abstention(interaction, Calibration.fitted_to("embedded-static").answer)


def confidence(sourcier: Sourcier, question: str, language: Language | None = None) -> float:
    return sourcier.ask(Question(question, language=language)).confidence


def test_without_evidence_there_is_no_confidence(abstention: Abstention) -> None:
    question = analyse("Qui est là ?", translator=FakeTranslator())

    assert abstention.confidence(question, []) == 0.0


@pytest.mark.parametrize(
    ("answerable", "not_answerable"),
    [
        ("Qui a allumé le phare de l’île aux Moines ?", "Qui a allumé le phare de Cordouan ?"),
        ("Quand le phare a-t-il été allumé ?", "Quand le viaduc a-t-il été inauguré ?"),
        ("Who opened the bakery of Hollow Street?", "Who opened the cinema of Maple Avenue?"),
        ("How much does the telescope weigh?", "How much does the submarine weigh?"),
        ("Qui a ouvert la boulangerie ?", "Qui a ouvert la patinoire ?"),
    ],
)
def test_a_near_miss_is_less_sure_than_what_is_said(
    sourcier: Sourcier, answerable: str, not_answerable: str
) -> None:
    assert confidence(sourcier, answerable) > confidence(sourcier, not_answerable)


@pytest.mark.parametrize(
    "question",
    [
        "Quand le phare de 52 mètres a-t-il été allumé ?",
        "Why did the bakery move to Bridge Road in 1968?",
        "Quand la médiathèque de Valbrume a-t-elle fermé en 2011 ?",
        "Which brothers opened the bakery of Hollow Street with Margaret Oakley?",
        "Quels frères ont ouvert la boulangerie de Hollow Street avec Margaret Oakley ?",
        "Who never opened the bakery of Hollow Street?",
        "Qui n’a pas allumé le phare de l’île aux Moines ?",
    ],
)
def test_what_the_best_sentence_contradicts_is_surely_refused(
    sourcier: Sourcier, question: str
) -> None:
    assert confidence(sourcier, question) < 0.01


@pytest.mark.parametrize(
    "question",
    [
        "Quelle est la recette de la ratatouille ?",
        "Who painted the ceiling of the opera in Vienna?",
        "Combien de buts Pelé a-t-il marqués ?",
    ],
)
def test_another_subject_is_below_the_threshold(
    sourcier: Sourcier, abstention: Abstention, question: str
) -> None:
    assert confidence(sourcier, question) < abstention.threshold
