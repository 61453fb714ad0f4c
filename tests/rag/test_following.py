"""What comes is taken in while nobody asks."""

from threading import Event, active_count

import pytest

from index.errors import IndexUnavailable
from rag import following
from rag.following import Following


class FakeIndex:
    """Counts how often it was brought up to date; the first `failing` times it cannot be."""

    def __init__(self, failing: int = 0) -> None:
        self.refreshed = 0
        self._failing = failing
        self.often = Event()

    def refresh(self) -> None:
        self.refreshed += 1
        if self.refreshed >= 3:
            self.often.set()
        if self.refreshed <= self._failing:
            raise IndexUnavailable("away")


@pytest.fixture(autouse=True)
def _quick(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(following, "_LOOK_SECONDS", 0.001)
    monkeypatch.setattr(following, "_PAUSE_SECONDS", 0.001)


@pytest.mark.parametrize("failing", [0, 2])
def test_the_index_is_brought_up_to_date_again_and_again(failing: int) -> None:
    index, before = FakeIndex(failing), active_count()
    following = Following(lambda: index)
    following.start()
    assert index.often.wait(10)
    following.close()
    assert active_count() == before


def test_the_index_that_serves_now_is_followed() -> None:
    indexes = [FakeIndex(), FakeIndex()]
    serving = [indexes[0]]
    following = Following(lambda: serving[0])
    following.start()
    assert indexes[0].often.wait(10)
    serving[0] = indexes[1]
    assert indexes[1].often.wait(10)
    following.close()


def test_one_that_was_never_started_can_be_closed() -> None:
    Following(FakeIndex).close()
