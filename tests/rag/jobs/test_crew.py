"""Jobs are done by one process, for as long as it has what says so."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread

import pytest

from documents.errors import StoreUnavailable
from rag.jobs import crew as crew_module
from rag.jobs.crew import Crew

PATIENCE_SECONDS = 10


class FakeLock:
    """Can be lost while it is held; counts how often it was taken."""

    def __init__(self) -> None:
        self.taken = 0
        self.lost = Event()
        self.free = True

    @contextmanager
    def held(self) -> Iterator[None]:
        if not self.free:
            raise StoreUnavailable("another process has it")
        self.taken += 1
        self.lost.clear()
        yield

    def kept(self) -> bool:
        return not self.lost.is_set()


class FakeRunner:
    """Works until it is told to stop."""

    def __init__(self) -> None:
        self.began, self.left = Event(), Event()

    def run(self, stopping: Event) -> None:
        self.began.set()
        while not stopping.wait(0.005):
            pass
        self.left.set()


class NothingLeft:
    def recover(self) -> None:
        pass


def test_a_lock_that_is_lost_is_let_go_of_and_taken_again(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(crew_module, "_LOOK_SECONDS", 0.01)
    lock, runner, stopping = FakeLock(), FakeRunner(), Event()
    thread = Thread(target=Crew([runner], NothingLeft(), lock).run, args=(stopping,))
    thread.start()
    assert runner.began.wait(PATIENCE_SECONDS)
    runner.began.clear()
    lock.free = False
    lock.lost.set()

    assert runner.left.wait(PATIENCE_SECONDS)
    assert not runner.began.wait(0.05)
    lock.free = True
    assert runner.began.wait(PATIENCE_SECONDS)
    stopping.set()
    thread.join(PATIENCE_SECONDS)

    assert not thread.is_alive()
    assert lock.taken == 2


def test_who_stops_does_not_wait_for_the_next_look() -> None:
    lock, runner, stopping = FakeLock(), FakeRunner(), Event()
    thread = Thread(target=Crew([runner], NothingLeft(), lock).run, args=(stopping,))
    thread.start()
    assert runner.began.wait(PATIENCE_SECONDS)
    stopping.set()
    thread.join(crew_module._LOOK_SECONDS / 2)

    assert not thread.is_alive()
