from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
import pytest

from index.encoder import Vectors
from rag.calibration import LinearModel
from rag.close_reading import CloseReader
from rag.evidence import Evidence
from rag.question import AnalysedQuestion, analyse
from rag.retrieval import Found
from rag.sentence_vectors import SentenceVectors
from tests.rag.fakes import FakeEncoder, FakeTranslator, make_evidence, make_found

WAYS = [f"{one}-{other}" for one in ("fr", "en") for other in ("fr", "en")]
EIGHT = make_found(". ".join(f"Phrase numéro {n}" for n in range(8)))


@dataclass
class FixedRanker:
    """Gives the evidence that it was given."""

    evidence: list[Evidence]

    def rank(self, question: AnalysedQuestion, found: Sequence[Found]) -> list[Evidence]:  # noqa: ARG002
        return list(self.evidence)


class LastFirst(FakeEncoder):
    """Finds a sentence the nearer to the question, the later it comes."""

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        assert all(text.startswith("La tour\n") for text in texts)  # under the document's title
        angles = np.linspace(1.5, 0, len(texts))
        return np.stack([np.cos(angles), np.sin(angles)], axis=1).astype(np.float32)

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        return np.array([[1, 0]] * len(texts), np.float32)


def model(sentence: float, meaning: float) -> LinearModel:
    weights = dict.fromkeys(WAYS, (sentence, meaning))
    return LinearModel(("sentence", "meaning"), weights, dict.fromkeys(WAYS, 0.0))


def reader(evidence: list[Evidence], *, sentence: float, meaning: float) -> CloseReader:
    vectors = SentenceVectors(LastFirst())
    return CloseReader(FixedRanker(evidence), vectors, model(sentence, meaning))


@pytest.fixture
def question() -> AnalysedQuestion:
    return analyse("Quelle phrase ?", translator=FakeTranslator())


@pytest.fixture
def evidence() -> list[Evidence]:
    return [make_evidence(EIGHT, n, log_odds=8.0 - n) for n in range(8)]


def test_no_evidence_stays_none(question: AnalysedQuestion) -> None:
    assert reader([], sentence=1, meaning=1).rank(question, []) == []


def test_meaning_reorders_the_first_few_and_nothing_else(
    question: AnalysedQuestion, evidence: list[Evidence]
) -> None:
    ranked = reader(evidence, sentence=0, meaning=1).rank(question, [EIGHT])

    expected = [evidence[n].text for n in (5, 4, 3, 2, 1, 0, 6, 7)]
    assert [one.text for one in ranked] == expected
    assert ranked[0].log_odds == ranked[0].measures["meaning"] == pytest.approx(1)
    odds = [one.log_odds for one in ranked]
    assert odds == sorted(odds, reverse=True)


def test_without_weight_on_meaning_the_order_stays(
    question: AnalysedQuestion, evidence: list[Evidence]
) -> None:
    ranked = reader(evidence, sentence=1, meaning=0).rank(question, [EIGHT])
    assert [one.text for one in ranked] == [one.text for one in evidence]
    assert [one.log_odds for one in ranked] == [one.log_odds for one in evidence]


def test_only_the_language_of_the_best_is_read(question: AnalysedQuestion) -> None:
    english = make_found("The other passage.", language="en", document_id="doc_b")
    two = [make_evidence(EIGHT, 0, log_odds=2), make_evidence(english, 0, log_odds=1)]

    ranked = reader(two, sentence=0, meaning=1).rank(question, [EIGHT, english])

    assert [one.language for one in ranked] == ["fr", "en"]
    assert "meaning" not in ranked[1].measures
