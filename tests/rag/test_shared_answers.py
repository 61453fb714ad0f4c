from dataclasses import replace
from pathlib import Path

import pytest

from rag.models import Answer, Question
from rag.recent_answers import without_opinion
from rag.scratch import Scratch
from rag.seat import ALONE, Seat
from rag.shared_answers import SharedAnswers, answers_of
from tests.rag.test_feedback import ANSWER

QUESTION = Question("Quand l’écluse a-t-elle été bâtie ?", collection="presse")


def numbered(number: int) -> Answer:
    return replace(ANSWER, id=f"ans_{number}")


def test_what_one_worker_remembers_another_finds(tmp_path: Path) -> None:
    one, other = SharedAnswers(tmp_path), SharedAnswers(tmp_path)

    one.remember(QUESTION, ANSWER)

    assert other.find(ANSWER.id) == without_opinion(QUESTION, ANSWER)
    assert other.find("ans_never") is None


def test_the_oldest_of_all_workers_is_let_go_of(tmp_path: Path) -> None:
    workers = [SharedAnswers(tmp_path, most=3) for _ in range(2)]

    for number in range(5):
        workers[number % 2].remember(QUESTION, numbered(number))

    assert [bool(workers[0].find(f"ans_{n}")) for n in range(5)] == [False, False, True, True, True]


def test_an_answer_that_cannot_be_kept_is_an_answer_all_the_same(
    tmp_path: Path, caplog: pytest.LogCaptureFixture
) -> None:
    answers = SharedAnswers(tmp_path)
    Scratch(tmp_path, schema="DROP TABLE answers")

    answers.remember(QUESTION, ANSWER)

    assert f"feedback on {ANSWER.id} will not be taken" in caplog.text


def test_who_serves_alone_remembers_in_memory(tmp_path: Path) -> None:
    answers_of(ALONE).remember(QUESTION, ANSWER)
    answers_of(Seat(0, 2, tmp_path)).remember(QUESTION, ANSWER)

    assert answers_of(ALONE).find(ANSWER.id) is None
    assert answers_of(Seat(1, 2, tmp_path)).find(ANSWER.id)
