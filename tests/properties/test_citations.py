"""The promise, for texts nobody thought of: every quote is the stored text at its offsets."""

from collections.abc import Iterator
from contextlib import suppress

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from documents.errors import EmptyDocument
from rag.bootstrap import bootstrap
from rag.errors import InvalidQuestion
from rag.models import Answer, Question
from rag.refusals import refusal
from rag.service import Sourcier
from rag.settings import Settings

SAID = (
    "le la phare a été bâti en 1887 par M. Kerbrat « oui » l’île 1\u202f200 145\u00a0% œuvre "
    "the tower was built in May by Dr. Oakley “yes” J.D. 3.5 cost 🎈 e\u0301te\u0301 \u202e \t"
)
WORDS = st.sampled_from(SAID.split(" "))
ENDS = st.sampled_from([".", " !", "\u00a0?", "…", ".”", "\u202f».", "", ".\n", "\n\n", "\r\n"])
SENTENCES = st.builds(lambda words, end: " ".join(words) + end, st.lists(WORDS, max_size=12), ENDS)
DOCUMENTS = st.lists(SENTENCES, min_size=1, max_size=25).map(" ".join)
QUESTIONS = st.lists(WORDS, min_size=1, max_size=8).map(" ".join) | st.text(max_size=30)


@pytest.fixture(scope="module")
def sourcier(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sourcier]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), encoder="embedded-static")
    with bootstrap(settings) as sourcier:
        yield sourcier


def check(answer: Answer, sourcier: Sourcier) -> None:
    for citation in answer.citations:
        document = sourcier.document(citation.document_id)
        assert document.text[citation.start : citation.end] == citation.quote != ""
        assert citation.verified
    for sentence in answer.sentences:
        assert answer.text[sentence.start : sentence.end] == sentence.text
    numbers = [citation.number for citation in answer.citations]
    assert numbers == list(range(1, len(numbers) + 1))
    assert {n for sentence in answer.sentences for n in sentence.citations} == set(numbers)
    assert answer.answered == bool(answer.citations) == bool(answer.sentences)
    assert all(sentence.citations for sentence in answer.sentences)
    if not answer.answered:
        assert answer.text in {
            refusal(Question(answer.question), answer.language, found=found)
            for found in (True, False)
        }
    other = any(citation.language != answer.language for citation in answer.citations)
    assert answer.degraded == ("untranslated" if other else None)
    assert 0 <= answer.confidence <= 1


# One document is replaced again and again, so that generations are in play as well.
@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=DOCUMENTS, question=QUESTIONS, source=st.sampled_from("ab"))
def test_every_citation_of_every_answer_is_verbatim(
    sourcier: Sourcier, text: str, question: str, source: str
) -> None:
    with suppress(EmptyDocument):
        sourcier.add_text(text, source=source)
    try:
        answer = sourcier.ask(Question(question))
    except InvalidQuestion:
        return
    check(answer, sourcier)


# Questions made of the document's own sentences, so that most are answered.
@settings(
    deadline=None, max_examples=40, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=DOCUMENTS, data=st.data())
def test_every_citation_is_verbatim_when_the_document_is_asked_in_its_own_words(
    sourcier: Sourcier, text: str, data: st.DataObject
) -> None:
    try:
        stored = sourcier.add_text(text, source="c").document.text
    except EmptyDocument:
        return
    start = data.draw(st.integers(0, len(stored) - 1))
    try:
        answer = sourcier.ask(Question(stored[start : start + 80]))
    except InvalidQuestion:
        return
    check(answer, sourcier)


def test_answers_are_given_at_all(sourcier: Sourcier) -> None:
    text = "Le phare de Belrive a été bâti en 1887 par Armand Kerbrat. Il mesure 47 mètres."
    sourcier.add_text(text, source="d")

    answer = sourcier.ask(Question("Qui a bâti le phare de Belrive ?"))

    assert answer.citations
    check(answer, sourcier)
