"""What questions see while documents are replaced and deleted, and that faults would be seen."""

import random
import time
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pytest

from benchmarks import concurrency
from benchmarks.generations import Ledger, name_of, text_of
from index.segmented import SegmentedIndex
from index.view import View
from rag import live
from rag.live import LiveIndex

FEW = 1000  # questions: more than enough to meet each of the faults that are made below


def kinds(outcome: concurrency.Outcome) -> set[str]:
    return {fault.split(":")[0] for fault in outcome.faults}


def test_each_answer_is_of_one_generation_of_each_document(tmp_path: Path) -> None:
    outcome = concurrency.run(tmp_path, questions=1500, change_encoder=False)

    assert outcome.faults == []
    assert outcome.questions >= 1500
    assert min(outcome.answered, outcome.changes, outcome.rebuilds) > 0


class NoLock:
    """Lets everybody in."""

    def __enter__(self) -> None: ...

    def __exit__(self, *_: object) -> None: ...


@pytest.mark.filterwarnings("ignore::pytest.PytestUnhandledThreadExceptionWarning")
def test_without_the_lock_of_the_index_it_would_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(live, "Lock", NoLock)

    assert kinds(concurrency.run(tmp_path, questions=FEW, change_encoder=False))


def test_with_an_index_that_removes_before_it_adds_it_would_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    apply = SegmentedIndex.apply

    def in_two_steps(self: SegmentedIndex, **step: Any) -> None:  # noqa: ANN401 - as `apply`
        apply(self, remove=step["remove"], change=step["change"])
        time.sleep(0.01)
        apply(self, add=step["add"])

    monkeypatch.setattr(SegmentedIndex, "apply", in_two_steps)

    outcome = concurrency.run(tmp_path, questions=FEW, change_encoder=False)
    assert kinds(outcome) & {"missing", "refused"}


def test_with_an_index_that_looks_at_the_store_now_and_then_it_would_fail(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    look, chance = LiveIndex.view, random.Random(1)

    def sometimes(self: LiveIndex) -> View:
        return look(self) if chance.random() < 0.1 else self.seen()

    monkeypatch.setattr(LiveIndex, "view", sometimes)

    outcome = concurrency.run(tmp_path, questions=FEW, change_encoder=False)
    assert kinds(outcome) & {"missing", "refused"}


@pytest.fixture
def ledger() -> Ledger:
    """Document 1 was replaced once and document 2 deleted; both are long done."""
    ledger = Ledger()
    for number, mark in ((1, 10), (1, 11), (2, 20), (2, None)):
        ledger.begin(number, mark)
        ledger.acknowledge(number)
    return ledger


@pytest.mark.parametrize(
    ("seen", "fault"),
    [
        ([text_of(1, 11)], None),
        ([text_of(1, 11), text_of(1, 10)], "mixed"),
        ([text_of(1, 11)[:150] + text_of(1, 12)[150:]], "mixed"),
        ([text_of(1, 10)], "phantom"),
        ([text_of(1, 11), text_of(2, 20)], "phantom"),
        ([], "missing"),
    ],
)
def test_what_nobody_may_see_is_told(
    ledger: Ledger, seen: Sequence[str], fault: str | None
) -> None:
    now = time.monotonic()
    told = ledger.faults(1, seen, now, now)
    assert [one.split(":")[0] for one in told] == ([fault] if fault else [])


def test_what_changes_during_a_question_may_be_seen_before_or_after(ledger: Ledger) -> None:
    start = time.monotonic()
    ledger.begin(1, 12)
    end = time.monotonic()
    ledger.acknowledge(1)

    assert ledger.visible(1, start, end) == {11, 12}
    assert ledger.visible(1, time.monotonic(), time.monotonic()) == {12}
    assert ledger.visible(2, start, end) == {None}
    assert name_of(1) != name_of(2)
