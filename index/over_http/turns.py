"""Whose request goes first: questions at once, passages when no question is under way."""

from collections.abc import Iterator
from contextlib import contextmanager
from threading import Condition

_LONGEST_WAIT = 2.0  # seconds that passages wait for questions: they too must come in


class Turns:
    """Lets `most` requests of passages go at a time; safe to share between threads."""

    def __init__(self, most: int, *, longest_wait: float = _LONGEST_WAIT) -> None:
        self._most = most
        self._longest_wait = longest_wait
        self._urgent = 0
        self._running = 0
        self._changed = Condition()

    @contextmanager
    def taken(self, *, urgent: bool) -> Iterator[None]:
        """Wait for a turn and hold it; what is `urgent` never waits."""
        self._begin(urgent=urgent)
        try:
            yield
        finally:
            with self._changed:
                self._urgent -= urgent
                self._running -= not urgent
                self._changed.notify_all()

    def _begin(self, *, urgent: bool) -> None:
        with self._changed:
            if urgent:
                self._urgent += 1
                return
            self._changed.wait_for(self._is_quiet, timeout=self._longest_wait)
            self._changed.wait_for(self._has_room)
            self._running += 1

    def _has_room(self) -> bool:
        return self._running < self._most

    def _is_quiet(self) -> bool:
        return not self._urgent and self._has_room()
