import pytest

from documents.models import Language
from rag.evidence import Evidence
from rag.extractive import ExtractiveGenerator
from rag.question import AnalysedQuestion, analyse
from tests.rag.fakes import FakeTranslator, make_evidence, make_found


def drafted(evidence: list[Evidence], *, language: Language = "fr") -> list[str]:
    asked: AnalysedQuestion = analyse("la tour", translator=FakeTranslator(), language=language)
    return [draft.text for draft in ExtractiveGenerator().draft(asked, evidence)]


def test_nothing_is_said_without_evidence() -> None:
    assert drafted([]) == []


def test_sentences_are_said_in_the_order_of_their_document() -> None:
    found = make_found()
    evidence = [make_evidence(found, 1, log_odds=2), make_evidence(found, 0, log_odds=1.9)]

    assert drafted(evidence) == ["La tour a été bâtie en 1889.", "Elle mesure 330 m."]


def test_a_sentence_much_less_likely_than_the_best_is_left_out() -> None:
    found = make_found()

    assert len(drafted([make_evidence(found, 1), make_evidence(found, 0, log_odds=-9)])) == 1


def test_at_most_three_sentences_are_said() -> None:
    found = make_found("Un chat dort. Deux chiens courent. Trois oies volent. Quatre ânes rient.")

    assert len(drafted([make_evidence(found, number) for number in range(4)])) == 3


def test_the_same_said_twice_is_said_once() -> None:
    wire = make_found("La tour a été bâtie en 1889.", document_id="doc_00000000000000bb")

    assert len(drafted([make_evidence(make_found()), make_evidence(wire)])) == 1


def test_line_breaks_inside_a_sentence_are_said_as_spaces() -> None:
    found = make_found("La tour\na été bâtie.")

    assert drafted([make_evidence(found)]) == ["La tour a été bâtie."]


@pytest.mark.parametrize(
    ("language", "announced"), [("en", "According to “La tour” (in French): “"), ("fr", "La tour")]
)
def test_only_a_quote_in_the_other_language_is_announced(
    language: Language, announced: str
) -> None:
    [said] = drafted([make_evidence(make_found())], language=language)

    assert said.startswith(announced)


def test_languages_are_not_mixed_in_one_answer() -> None:
    english = make_found("The tower is tall.", language="en", document_id="doc_00000000000000cc")
    evidence = [make_evidence(make_found()), make_evidence(english)]

    assert drafted(evidence) == ["La tour a été bâtie en 1889."]
