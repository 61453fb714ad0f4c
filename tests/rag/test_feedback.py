"""What people think of answers, from the answer to the questions that it gives to evaluate with."""

import json
from dataclasses import replace
from pathlib import Path
from threading import Thread

import pytest

from documents.records import Feedback, QuotedSpan
from rag.errors import UnknownAnswer
from rag.evaluation import read_dataset
from rag.feedback import FeedbackLog, evaluation_lines
from rag.models import Answer, Citation, Question
from rag.recent_answers import RecentAnswers

REFUSAL = Answer(
    id="ans_0",
    question="Qui a peint la coupole ?",
    language="fr",
    answered=False,
    text="Rien ne le dit.",
    degraded=None,
    confidence=0.1,
    sentences=(),
    citations=(),
    passages=(),
    encoder="fake",
    generator="fake",
    timings={},
)
CITATION = Citation(
    number=1,
    document_id="doc_00000000000000aa",
    passage_id="doc_00000000000000aa.3.0",
    title="La coupole",
    url=None,
    published_at=None,
    language="en",
    page=None,
    quote="Ada Field painted the dome.",
    start=4,
    end=31,
    score=0.9,
    verified=True,
)
ANSWER = replace(REFUSAL, id="ans_1", answered=True, citations=(CITATION,))


class Kept:
    """Keeps feedback in a list."""

    def __init__(self) -> None:
        self.all: list[Feedback] = []

    def put_feedback(self, feedback: Feedback) -> None:
        self.all.append(feedback)

    def feedback(self, collection: str) -> list[Feedback]:
        return [each for each in self.all if each.collection == collection]


def opinion(answer: Answer, *, helpful: bool = True, comment: str | None = None) -> Feedback:
    kept = Kept()
    log = FeedbackLog(kept)
    log.remember(Question(answer.question, collection="presse"), answer)
    log.give(answer.id, helpful=helpful, comment=comment)
    [given] = log.given("presse")
    return given


def test_an_opinion_brings_the_answer_and_its_quotes() -> None:
    given = opinion(replace(ANSWER, standalone_question="Qui l’a peinte ?"), comment=" Oui ")

    assert given == Feedback(
        answer_id="ans_1",
        collection="presse",
        question="Qui a peint la coupole ?",
        standalone_question="Qui l’a peinte ?",
        language="fr",
        answer="Rien ne le dit.",
        quotes=(
            QuotedSpan(
                document_id="doc_00000000000000aa",
                passage_id="doc_00000000000000aa.3.0",
                language="en",
                text="Ada Field painted the dome.",
                start=4,
                end=31,
            ),
        ),
        helpful=True,
        comment="Oui",
    )


@pytest.mark.parametrize("comment", [None, "", " \n"])
def test_an_empty_comment_is_none(comment: str | None) -> None:
    assert opinion(ANSWER, comment=comment).comment is None


def test_an_opinion_on_an_unknown_answer_names_the_remedy() -> None:
    log = FeedbackLog(Kept(), RecentAnswers(most=7))

    with pytest.raises(UnknownAnswer, match=r"'ans_9'.*last 7.*ask again"):
        log.give("ans_9", helpful=True)


def test_only_so_many_answers_are_remembered_the_newest() -> None:
    answers = RecentAnswers(most=2)
    for number in range(3):
        answers.remember(Question("Qui ?"), replace(ANSWER, id=f"ans_{number}"))

    assert [answers.find(f"ans_{number}") is not None for number in range(3)] == [
        False,
        True,
        True,
    ]


def test_an_answer_that_was_looked_up_stays_longer() -> None:
    answers = RecentAnswers(most=2)
    for number in (0, 1):
        answers.remember(Question("Qui ?"), replace(ANSWER, id=f"ans_{number}"))
    answers.find("ans_0")
    answers.remember(Question("Qui ?"), replace(ANSWER, id="ans_2"))

    assert answers.find("ans_0")
    assert answers.find("ans_1") is None


def test_threads_share_the_answers() -> None:
    answers = RecentAnswers(most=50)

    def remember(thread: int) -> None:
        for number in range(300):
            answers.remember(Question("Qui ?"), replace(ANSWER, id=f"ans_{thread}_{number}"))

    threads = [Thread(target=remember, args=(thread,)) for thread in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    found = [answers.find(f"ans_{thread}_{n}") for thread in range(4) for n in range(300)]
    assert sum(each is not None for each in found) == 50


def read(tmp_path: Path, *given: Feedback) -> list[dict[str, object]]:
    """Return the examples that the evaluation reads in what was exported."""
    file = tmp_path / "set.jsonl"
    lines = [json.dumps(line, ensure_ascii=False) for line in evaluation_lines(given)]
    file.write_text("\n".join(lines), encoding="utf-8")
    return [
        {
            "question": example.question,
            "direction": example.direction,
            "answers": example.answers,
            "passage": example.passage,
        }
        for example in read_dataset(file)
    ]


def test_what_helped_becomes_questions_that_the_evaluation_reads(tmp_path: Path) -> None:
    examples = read(tmp_path, opinion(ANSWER), opinion(ANSWER, helpful=False), opinion(REFUSAL))

    assert examples == [
        {
            "question": "Qui a peint la coupole ?",
            "direction": "fr→en",
            "answers": ("Ada Field painted the dome.",),
            "passage": "doc_00000000000000aa",
        },
        {
            "question": "Qui a peint la coupole ?",
            "direction": "fr, no answer",
            "answers": (),
            "passage": None,
        },
    ]


def test_a_follow_up_is_exported_as_what_it_meant(tmp_path: Path) -> None:
    follow_up = replace(ANSWER, question="Qui ?", standalone_question="Qui a peint la coupole ?")

    [example] = read(tmp_path, opinion(follow_up))

    assert example["question"] == "Qui a peint la coupole ?"
