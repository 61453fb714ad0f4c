"""Questions first, so many passages at a time, and nobody waits for ever."""

import threading
import time

import pytest

from index.over_http.turns import Turns


class Taking(threading.Thread):
    """Takes a turn, tells so, and holds it until `over`."""

    def __init__(self, turns: Turns, *, urgent: bool) -> None:
        super().__init__(daemon=True)
        self.turns, self.urgent = turns, urgent
        self.begun, self.over = threading.Event(), threading.Event()
        self.start()

    def run(self) -> None:
        with self.turns.taken(urgent=self.urgent):
            self.begun.set()
            self.over.wait(5)

    def end(self) -> None:
        self.over.set()
        self.join()


def test_no_more_passages_than_allowed_go_at_a_time() -> None:
    turns = Turns(2)
    first, second = Taking(turns, urgent=False), Taking(turns, urgent=False)
    assert first.begun.wait(5)
    assert second.begun.wait(5)
    third = Taking(turns, urgent=False)
    assert not third.begun.wait(0.05)
    first.end()
    assert third.begun.wait(5)
    second.end()
    third.end()


def test_questions_never_wait_and_passages_wait_for_them() -> None:
    turns = Turns(1)
    running = Taking(turns, urgent=False)
    questions = [Taking(turns, urgent=True) for _ in range(3)]
    assert all(question.begun.wait(5) for question in questions)
    waiting = Taking(turns, urgent=False)
    running.end()
    assert not waiting.begun.wait(0.05)
    for question in questions:
        question.end()
    assert waiting.begun.wait(5)
    waiting.end()


def test_passages_do_not_wait_for_ever_for_questions() -> None:
    turns = Turns(1, longest_wait=0.05)
    question = Taking(turns, urgent=True)
    assert question.begun.wait(5)
    began = time.monotonic()
    waiting = Taking(turns, urgent=False)
    assert waiting.begun.wait(5)
    assert time.monotonic() - began >= 0.04
    waiting.end()
    question.end()


@pytest.mark.parametrize("urgent", [False, True])
def test_a_turn_that_ends_badly_is_given_back(*, urgent: bool) -> None:
    turns = Turns(1)
    for _ in range(3):
        with pytest.raises(ValueError, match="no"), turns.taken(urgent=urgent):
            raise ValueError("no")
    after = Taking(turns, urgent=False)
    assert after.begun.wait(5)
    after.end()
