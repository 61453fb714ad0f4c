"""Sourcier telling of an answer as it makes it."""

from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path

import pytest

from rag.bootstrap import bootstrap
from rag.errors import InvalidQuestion, UnknownAnswer
from rag.events import Answered, Events, PassagesFound, SentenceProved
from rag.models import Question, Turn
from rag.pipeline import Pipeline
from rag.service import Sourcier
from rag.settings import Settings
from tests.rag.texts import LIGHTHOUSE

ASKED = Question("Quand le phare a-t-il été allumé ?")


@pytest.fixture(scope="module")
def sourcier(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sourcier]:
    folder = tmp_path_factory.mktemp("data")
    settings = Settings(data_dir=folder, encoder="embedded-static", max_question_characters=60)
    with bootstrap(settings) as sourcier:
        sourcier.add_text(LIGHTHOUSE)
        yield sourcier


def test_what_is_told_adds_up_to_the_answer(sourcier: Sourcier) -> None:
    found, *proved, last = sourcier.stream(ASKED)

    assert isinstance(found, PassagesFound)
    assert isinstance(last, Answered)
    assert found.passages == last.answer.passages
    assert all(isinstance(event, SentenceProved) for event in proved)
    assert "".join(event.text for event in proved) == last.answer.text
    assert "1887" in last.answer.text
    waited = sourcier.ask(ASKED)
    assert replace(waited, id="", timings={}) == replace(last.answer, id="", timings={})


@pytest.mark.parametrize(
    "question",
    [
        Question("é" * 61),
        Question("Qui ?", history=(Turn("é" * 61),)),
        Question(" ?! "),
    ],
)
def test_what_is_wrong_with_a_question_is_said_before_anything(
    sourcier: Sourcier, question: Question
) -> None:
    events = sourcier.stream(question)

    with pytest.raises(InvalidQuestion):
        next(events)
    with pytest.raises(InvalidQuestion):
        sourcier.ask(question)


def test_feedback_is_taken_once_the_answer_is_whole(sourcier: Sourcier) -> None:
    for event in sourcier.stream(ASKED):
        if isinstance(event, Answered):
            sourcier.feedback.give(event.answer.id, helpful=True)

    [feedback] = sourcier.feedback.given("default")
    assert feedback.question == ASKED.text
    assert "1887" in feedback.quotes[0].text


def test_a_stream_that_is_left_stops_the_pipeline(
    sourcier: Sourcier, monkeypatch: pytest.MonkeyPatch
) -> None:
    stopped = []

    def events(_: object, question: Question) -> Events:
        try:
            yield PassagesFound("fr", question.text, ())
            yield PassagesFound("fr", question.text, ())
        finally:
            stopped.append(question)

    monkeypatch.setattr(Pipeline, "events", events)
    with closing(sourcier.stream(ASKED)) as told:
        next(told)

    assert stopped == [ASKED]


def test_feedback_outlives_the_service(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, encoder="embedded-static")
    with bootstrap(settings) as sourcier:
        sourcier.add_text(LIGHTHOUSE)
        answer = sourcier.ask(ASKED)
        sourcier.feedback.give(answer.id, helpful=False, comment="Trop court.")

    with bootstrap(settings) as sourcier:
        [feedback] = sourcier.feedback.given("default")
        with pytest.raises(UnknownAnswer):
            sourcier.feedback.give(answer.id, helpful=True)
    assert (feedback.helpful, feedback.comment) == (False, "Trop court.")
