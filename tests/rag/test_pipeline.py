"""The sequence, with every part made by hand."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from types import SimpleNamespace
from typing import Any

import pytest

from documents.models import Span
from documents.records import StoredSpan
from rag.conversation.rewording import FollowUp
from rag.drafts import Draft, Drafts, Generator, Quote, Task
from rag.errors import GeneratorUnavailable, InvalidQuestion
from rag.events import Answered, PassagesFound, SentenceProved
from rag.evidence import Evidence
from rag.models import Answer, Question, Support, Turn
from rag.pipeline import Pipeline, Rewriter
from rag.question import AnalysedQuestion
from rag.refusals import refusal
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


def quote(evidence: Evidence) -> Quote:
    return Quote(evidence.found, evidence.sentence.start, evidence.sentence.end)


@dataclass
class QuoteAll:
    """Says what each piece of evidence says; `closed` once it was told to stop, or had ended."""

    name: str = "quotes"
    support: Support = "supported"
    closed: bool = False

    def draft(self, task: Task) -> Drafts:
        try:
            for one in task.evidence:
                foreign = one.language != task.question.language
                yield Draft(
                    f"Il est dit : {one.text}",
                    (quote(one),),
                    support=self.support,
                    degraded="untranslated" if foreign else None,
                )
        finally:
            self.closed = True


@dataclass
class DiesAfter:
    """Says the first few sentences, then cannot go on."""

    sentences: int
    name: str = "model"

    def draft(self, task: Task) -> Drafts:
        for one in task.evidence[: self.sentences]:
            yield Draft("Dit le modèle.", (quote(one),))
        raise GeneratorUnavailable("gone: start it again")


@dataclass
class Says:
    """Says what it is told to say."""

    drafts: Sequence[Draft]
    name: str = "model"

    def draft(self, _: Task) -> Drafts:
        yield from self.drafts


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


def pipeline(
    *,
    found: Sequence[Found] = (make_found(),),
    stored: str | None = None,
    sure: float = 0.9,
    page: int | None = None,
    generator: Generator | None = None,
    rewriter: Rewriter | None = None,
) -> Pipeline:
    text = found[0].hit.stored.passage.text if found and stored is None else stored or ""
    return Pipeline(
        store=FakeStore(text, page),
        retriever=FakeRetriever(found),
        ranker=EverySentence(),
        abstention=FakeAbstention(sure),
        generator=generator or QuoteAll(),
        fallback=QuoteAll(name="fallback"),
        translator=FakeTranslator(),
        rewriter=rewriter,
    )


QUESTION = Question("Quand la tour a-t-elle été bâtie ?")


def answer(question: Question = QUESTION, **parts: Any) -> Answer:  # noqa: ANN401 - passed on
    return pipeline(**parts).answer(question)


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
    assert (said.encoder, said.generator, said.degraded) == ("fake", "quotes", None)


def test_a_sentence_whose_quote_is_not_stored_word_for_word_is_dropped() -> None:
    said = answer(stored="La tour a été bâtie en 1888. Elle mesure 330 m.")

    assert [citation.quote for citation in said.citations] == ["Elle mesure 330 m."]
    assert [citation.number for citation in said.citations] == [1]
    assert said.text == "Il est dit : Elle mesure 330 m."


def test_an_answer_that_lost_every_quote_is_none() -> None:
    said = answer(stored="")

    assert not said.answered
    assert said.citations == said.sentences == ()
    assert said.text == refusal(QUESTION, "fr", found=True)


def test_the_quote_is_looked_up_in_the_generation_that_was_found() -> None:
    asked = pipeline()
    asked.answer(Question("La tour ?"))

    assert isinstance(asked.store, FakeStore)
    assert {span.generation for span in asked.store.asked} == {7}


def test_too_little_evidence_is_a_refusal_in_the_language_of_the_question() -> None:
    question = Question("How tall is the tower?")
    said = answer(question, sure=0.49)

    assert not said.answered
    assert said.text == refusal(question, "en", found=True)
    assert said.citations == ()
    assert said.confidence == 0.49
    assert len(said.passages) == 1  # what was found is shown all the same


def test_an_empty_collection_says_so() -> None:
    assert answer(found=()).text == refusal(QUESTION, "fr", found=False)


def test_an_answer_in_the_other_language_is_flagged() -> None:
    assert answer(question=Question("How tall is it?")).degraded == "untranslated"


def test_the_page_of_a_citation_is_that_of_its_quote() -> None:
    assert {citation.page for citation in answer(page=3).citations} == {3}


def test_wishes_reach_retrieval() -> None:
    built = pipeline(found=[make_found(row=number) for number in range(9)])
    said = built.answer(Question("La tour ?", collection="press", top_k=2))

    assert isinstance(built.retriever, FakeRetriever)
    [asked] = built.retriever.asked
    assert asked["collection"] == "press"
    assert asked["top_k"] >= 2  # more may be read for evidence than are shown
    assert len(said.passages) == 2


def test_every_stage_is_timed() -> None:
    stages = {"analysis", "retrieval", "evidence", "generation", "total"}

    assert set(answer().timings) == stages


def test_a_question_is_repeated_as_it_was_read() -> None:
    assert answer(question=Question(" La\x00 tour ?\n")).question == "La tour ?"


def test_an_empty_question_is_refused() -> None:
    with pytest.raises(InvalidQuestion):
        answer(question=Question("?"))


def test_each_answer_has_an_id_of_its_own() -> None:
    assert answer().id != answer().id


def test_events_come_as_they_happen_and_end_with_the_same_answer() -> None:
    first, *proved, last = pipeline().events(QUESTION)

    assert isinstance(first, PassagesFound)
    assert [hit.stored.row for hit in first.passages] == [1]
    assert isinstance(last, Answered)
    sentences = [event for event in proved if isinstance(event, SentenceProved)]
    assert len(sentences) == len(proved) == 2
    assert "".join(event.text for event in sentences) == last.answer.text
    assert tuple(event.sentence for event in sentences) == last.answer.sentences
    assert tuple(c for event in sentences for c in event.citations) == last.answer.citations


def test_who_leaves_early_stops_the_work() -> None:
    generator = QuoteAll()
    events = pipeline(generator=generator).events(QUESTION)
    next(events), next(events)
    assert not generator.closed

    events.close()

    assert generator.closed


def test_nothing_is_found_or_written_before_an_empty_question_is_refused() -> None:
    with pytest.raises(InvalidQuestion):
        next(pipeline().events(Question("?")))


def test_a_model_that_is_down_leaves_the_answer_of_the_fallback() -> None:
    said = answer(generator=DiesAfter(0))

    assert (said.generator, said.degraded) == ("fallback", "generator_unavailable")
    assert said.text.startswith("Il est dit")


def test_a_model_that_dies_in_mid_answer_leaves_what_was_proved() -> None:
    said = answer(generator=DiesAfter(1))

    assert (said.generator, said.degraded) == ("model", "generator_unavailable")
    assert said.text == "Dit le modèle."


def test_a_model_that_says_nothing_refuses() -> None:
    said = answer(generator=Says([]))

    assert not said.answered
    assert said.text == refusal(QUESTION, "fr", found=True)


def test_one_quote_has_one_number_however_many_sentences_cite_it() -> None:
    first, second = (quote(make_evidence(make_found(), n)) for n in (0, 1))
    said = answer(generator=Says([Draft("Un.", (second,)), Draft("Deux.", (first, second))]))

    assert [sentence.citations for sentence in said.sentences] == [(1,), (2, 1)]
    assert [citation.number for citation in said.citations] == [1, 2]


def test_a_flagged_sentence_needs_no_quote_but_an_answer_does() -> None:
    proved = quote(make_evidence(make_found()))
    flagged = Draft("Peut-être.", (), support="unsupported")

    said = answer(generator=Says([Draft("Oui.", (proved,)), flagged]))
    assert [sentence.support for sentence in said.sentences] == ["supported", "unsupported"]
    assert said.sentences[1].citations == ()

    assert not answer(generator=Says([flagged])).answered
    assert answer(generator=Says([flagged])).sentences == ()


def test_the_short_answer_is_cut_from_its_verified_quote() -> None:
    proved = quote(make_evidence(make_found()))
    said = answer(generator=Says([Draft("Oui.", (proved,), short=Span(23, 27))]))

    assert said.short_answer is not None
    assert (said.short_answer.text, said.short_answer.citation) == ("1889", 1)
    assert answer(stored="x" * 99, generator=Says([Draft("Oui.", (proved,))])).short_answer is None


def test_a_follow_up_is_searched_as_the_question_it_stands_for() -> None:
    built = pipeline()
    history = (Turn("Qui a bâti la tour de Valbrume ?", "L’ingénieur Armand Kerbrat."),)
    said = built.answer(Question("Et en 1890 ?", history=history))

    assert isinstance(built.retriever, FakeRetriever)
    assert said.question == "Et en 1890 ?"
    assert said.standalone_question == built.retriever.asked[0]["text"]
    assert "Valbrume" in str(said.standalone_question)


@dataclass
class Rewords:
    """Puts every follow-up into the same words; remembers what it was asked."""

    wording: str | None
    asked: list[FollowUp] = field(default_factory=list)

    def reword(self, asked: FollowUp) -> str | None:
        self.asked.append(asked)
        return self.wording


@pytest.mark.parametrize("wording", ["Quand la tour de Valbrume a-t-elle été bâtie ?", None])
def test_a_model_may_word_a_follow_up_better_than_the_rules(wording: str | None) -> None:
    rewriter = Rewords(wording)
    history = (Turn("Qui a bâti la tour de Valbrume ?", "L’ingénieur Armand Kerbrat."),)
    said = answer(Question("Et quand ?", history=history), rewriter=rewriter)

    [asked] = rewriter.asked
    assert (asked.text, asked.history, asked.language) == ("Et quand ?", history, "fr")
    assert "Valbrume" in asked.completed
    assert said.standalone_question == (wording or asked.completed)


def test_no_model_is_asked_to_word_a_question_that_stands_by_itself() -> None:
    rewriter = Rewords("Autre chose ?")
    history = (Turn("Qui a bâti la tour de Valbrume ?", "L’ingénieur Armand Kerbrat."),)
    said = answer(replace(QUESTION, history=history), rewriter=rewriter)

    assert (rewriter.asked, said.standalone_question) == ([], None)
