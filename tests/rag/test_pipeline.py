"""The sequence, with every part made by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, field
from types import SimpleNamespace

import pytest

from documents.records import StoredSpan
from rag.errors import InvalidQuestion
from rag.evidence import Evidence
from rag.extractive import Draft
from rag.models import Answer, Question
from rag.phrases import PHRASES
from rag.pipeline import Pipeline
from rag.question import AnalysedQuestion
from rag.retrieval import Found
from tests.rag.fakes import FakeTranslator, make_evidence, make_found


@dataclass
class FakeRetriever:
    found: Sequence[Found]
    asked: list[dict[str, object]] = field(default_factory=list)
    encoder: object = field(default_factory=lambda: SimpleNamespace(name="fake"))

    def retrieve(self, question: AnalysedQuestion, **wishes: object) -> list[Found]:
        self.asked.append({"text": question.text, **wishes})
        return list(self.found)


class EverySentence:
    def rank(self, _: AnalysedQuestion, found: Sequence[Found]) -> list[Evidence]:
        return [
            make_evidence(one, number)
            for one in found
            for number in range(len(one.hit.stored.passage.sentences))
        ]


@dataclass
class FakeAbstention:
    sure: float = 0.9
    threshold: float = 0.5

    def confidence(self, *_: object) -> float:
        return self.sure


class QuoteAll:
    def draft(self, _: AnalysedQuestion, evidence: Sequence[Evidence]) -> list[Draft]:
        return [Draft(f"Il est dit : {one.text}", one) for one in evidence]


@dataclass
class FakeStore:
    """Holds one text; `pages` are where its pages begin."""

    text: str
    page: int | None = None
    asked: list[StoredSpan] = field(default_factory=list)

    def spans(self, spans: Sequence[StoredSpan]) -> list[str | None]:
        self.asked += spans
        return [self.text[span.start : span.end] if self.text else None for span in spans]

    def pages(self, spans: Sequence[StoredSpan]) -> list[int | None]:
        return [self.page for _ in spans]


def answer(
    *,
    found: Sequence[Found] = (make_found(),),
    stored: str | None = None,
    sure: float = 0.9,
    page: int | None = None,
    question: Question = Question("Quand la tour a-t-elle été bâtie ?"),  # noqa: B008 - immutable
) -> Answer:
    text = found[0].hit.stored.passage.text if found and stored is None else stored or ""
    pipeline = Pipeline(
        store=FakeStore(text, page),
        retriever=FakeRetriever(found),
        ranker=EverySentence(),
        abstention=FakeAbstention(sure),
        generator=QuoteAll(),
        translator=FakeTranslator(),
    )
    return pipeline.answer(question)


def test_each_sentence_is_laid_out_and_cites_its_quote() -> None:
    said = answer()

    assert said.answered
    assert [said.text[s.start : s.end] for s in said.sentences] == [s.text for s in said.sentences]
    assert [sentence.citations for sentence in said.sentences] == [(1,), (2,)]
    assert [citation.number for citation in said.citations] == [1, 2]
    assert [citation.quote for citation in said.citations] == [
        "La tour a été bâtie en 1889.",
        "Elle mesure 330 m.",
    ]
    assert all(citation.verified for citation in said.citations)
    assert (said.encoder, said.generator, said.degraded) == ("fake", "extractive", None)


def test_a_sentence_whose_quote_is_not_stored_word_for_word_is_dropped() -> None:
    said = answer(stored="La tour a été bâtie en 1888. Elle mesure 330 m.")

    assert [citation.quote for citation in said.citations] == ["Elle mesure 330 m."]
    assert [citation.number for citation in said.citations] == [1]
    assert said.text == "Il est dit : Elle mesure 330 m."


def test_an_answer_that_lost_every_quote_is_none() -> None:
    said = answer(stored="")

    assert not said.answered
    assert said.citations == said.sentences == ()
    assert said.text == PHRASES["fr"].refusal


def test_the_quote_is_looked_up_in_the_generation_that_was_found() -> None:
    found = make_found()
    store = FakeStore(found.hit.stored.passage.text)
    pipeline = Pipeline(
        store, FakeRetriever([found]), EverySentence(), FakeAbstention(), QuoteAll(),
        FakeTranslator(),
    )  # fmt: skip
    pipeline.answer(Question("La tour ?"))

    assert {span.generation for span in store.asked} == {7}


def test_too_little_evidence_is_a_refusal_in_the_language_of_the_question() -> None:
    said = answer(sure=0.49, question=Question("How tall is the tower?"))

    assert not said.answered
    assert said.text == PHRASES["en"].refusal
    assert said.citations == ()
    assert said.confidence == 0.49
    assert len(said.passages) == 1  # what was found is shown all the same


def test_an_empty_collection_says_so() -> None:
    assert answer(found=()).text == PHRASES["fr"].empty_collection


def test_an_answer_in_the_other_language_is_flagged() -> None:
    assert answer(question=Question("How tall is it?")).degraded == "untranslated"


def test_the_page_of_a_citation_is_that_of_its_quote() -> None:
    assert {citation.page for citation in answer(page=3).citations} == {3}


def test_wishes_reach_retrieval() -> None:
    found = [make_found(row=number) for number in range(9)]
    retriever = FakeRetriever(found)
    pipeline = Pipeline(
        FakeStore(""), retriever, EverySentence(), FakeAbstention(), QuoteAll(), FakeTranslator()
    )
    said = pipeline.answer(Question("La tour ?", collection="press", top_k=2))

    [asked] = retriever.asked
    assert asked["collection"] == "press"
    assert asked["top_k"] >= 2  # more may be read for evidence than are shown
    assert len(said.passages) == 2


def test_every_stage_is_timed() -> None:
    stages = {"analysis", "retrieval", "evidence", "generation", "verification", "total"}

    assert set(answer().timings) == stages


def test_a_question_is_repeated_as_it_was_read() -> None:
    assert answer(question=Question(" La\x00 tour ?\n")).question == "La tour ?"


def test_an_empty_question_is_refused() -> None:
    with pytest.raises(InvalidQuestion):
        answer(question=Question("?"))


def test_each_answer_has_an_id_of_its_own() -> None:
    assert answer().id != answer().id
