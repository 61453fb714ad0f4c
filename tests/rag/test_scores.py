import json
from collections.abc import Sequence
from dataclasses import replace
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.errors import InvalidDataset
from rag.evaluation import Example, Outcome
from rag.models import Answer, Question
from rag.scores import compare, mean, read_scores, score, write_scores
from rag.service import Sourcier

LIT = Example("1", "Quand le phare a-t-il été allumé ?", "fr", "fr→fr", ("1887",))


@pytest.fixture
def answer(sourcier: Sourcier) -> Answer:
    return sourcier.ask(Question(LIT.question))


def outcomes(answer: Answer, ranks: Sequence[int | None]) -> list[Outcome]:
    return [
        Outcome(replace(LIT, id=str(number)), answer, 1, rank=rank)
        for number, rank in enumerate(ranks)
    ]


def test_retrieval_is_scored_by_the_rank_of_the_right_passage(answer: Answer) -> None:
    scores = score(outcomes(answer, [1, 3, 10, None]))["fr→fr"]

    assert list(scores["R@1"].values()) == [1, 0, 0, 0]
    assert list(scores["R@5"].values()) == [1, 1, 0, 0]
    assert list(scores["R@10"].values()) == [1, 1, 1, 0]
    assert list(scores["RR"].values()) == pytest.approx([1, 1 / 3, 1 / 10, 0])
    # One right passage: its discount, 1 / log2(rank + 1), is the whole of nDCG [1].
    # [1] Järvelin and Kekäläinen, https://doi.org/10.1145/582415.582418
    assert list(scores["nDCG@10"].values()) == pytest.approx([1, 0.5, 0.2890648, 0])


def test_answers_are_scored_by_their_quotes_and_refusals(answer: Answer) -> None:
    right, wrong = outcomes(answer, [1, 1])
    wrong = replace(wrong, example=replace(wrong.example, answers=("1788",)))
    unknown = Outcome(replace(LIT, id="3", direction="fr, no answer", answers=()), answer, 1)

    scores = score([right, wrong, unknown])

    assert scores["fr→fr"]["quote"] == {"0": 1, "1": 0}
    assert scores["fr→fr"]["first quote"] == {"0": 1, "1": 0}
    assert scores["fr→fr"]["refused"] == {"0": 0, "1": 0}
    assert scores["fr, no answer"] == {"refused": {"3": 0}}


@given(st.lists(st.floats(0, 1), min_size=1, max_size=50))
def test_a_mean_lies_in_its_interval(values: list[float]) -> None:
    found = mean(values)
    assert found.low - 1e-9 <= found.value <= found.high + 1e-9
    assert found.questions == len(values)


def test_more_questions_make_a_narrower_interval() -> None:
    few, many = mean([0, 1] * 10), mean([0, 1] * 200)
    assert few.high - few.low > 2 * (many.high - many.low) > 0


def test_a_change_of_every_question_is_no_chance_and_none_is(answer: Answer) -> None:
    before = score(outcomes(answer, [4] * 12))
    after = score(outcomes(answer, [1] * 12))

    changes = {change.measure: change for change in compare(before, after)}

    assert (changes["R@1"].before, changes["R@1"].after) == (0, 1)
    assert changes["R@1"].p < 0.01
    assert changes["R@5"].p == 1


def test_only_what_both_runs_asked_is_compared(answer: Answer) -> None:
    before, after = score(outcomes(answer, [1, 1])), score(outcomes(answer, [1, 1, 2]))
    [change] = [c for c in compare(before, after) if c.measure == "R@1"]
    assert (change.before, change.after) == (1, 1)
    assert compare({}, after) == compare(score(outcomes(answer, [1])), after) == []


def test_scores_come_back_as_they_were_kept(answer: Answer, tmp_path: Path) -> None:
    scores = score(outcomes(answer, [1, 2, None]))
    write_scores(scores, tmp_path / "scores.json")
    assert read_scores(tmp_path / "scores.json") == scores


@pytest.mark.parametrize("content", ["", "[]", '{"fr→fr": 3}', json.dumps({"a": {"b": {"c": []}}})])
def test_a_file_without_scores_is_refused(tmp_path: Path, content: str) -> None:
    (tmp_path / "scores.json").write_text(content, encoding="utf-8")
    with pytest.raises(InvalidDataset, match="holds no scores: give the file of an earlier"):
        read_scores(tmp_path / "scores.json")
