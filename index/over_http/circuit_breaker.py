"""Leaves a server that keeps failing alone for a while, so that nobody waits for it in vain."""

import threading
import time
from collections.abc import Callable


class CircuitBreaker:
    """Opens after `failures` in a row; after `pause_seconds` one call may try again.

    Whoever is allowed must say how it went: `succeeded`, `failed` or, if it was given up before
    that showed, `abandoned`. Safe to share between threads.
    """

    def __init__(
        self,
        *,
        failures: int = 5,
        pause_seconds: float = 30.0,
        clock: Callable[[], float] = time.monotonic,
    ) -> None:
        self._most = failures
        self._pause = pause_seconds
        self._clock = clock
        self._lock = threading.Lock()
        self._failed = 0
        self._open_until: float | None = None  # when a call may try again
        self._trying = False

    def allows(self) -> bool:
        """Tell whether a call may be made now, and count on hearing of it."""
        with self._lock:
            if self._open_until is None:
                return True
            if self._trying or self._clock() < self._open_until:
                return False
            self._trying = True
            return True

    def succeeded(self) -> None:
        """Close: the server answers."""
        with self._lock:
            self._failed, self._open_until, self._trying = 0, None, False

    def failed(self) -> None:
        """Count a failure; open after too many, and at once where this was the one try."""
        with self._lock:
            self._failed += 1
            if self._trying or self._failed >= self._most:
                self._open_until = self._clock() + self._pause
            self._trying = False

    def abandoned(self) -> None:
        """Let another call try: this one showed nothing."""
        with self._lock:
            self._trying = False
