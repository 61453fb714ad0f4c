"""The threads that do jobs and tell of them, for as long as a service runs."""

import logging
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from threading import Event, Thread
from time import monotonic
from typing import Protocol

from documents.errors import StoreError

logger = logging.getLogger(__name__)

_TIDY_SECONDS = 3600.0
_MOST_KEPT = 1000  # finished jobs of one collection, however recent

Loop = Callable[[Event], None]


class KeptJobs(Protocol):
    """What is asked of the store: to leave jobs, and to forget those that are over."""

    def release(self) -> None: ...

    def forget(self, *, before: datetime, keep: int) -> int: ...


class Background:
    """Runs `work` and `tell`, each in a thread, and deletes finished jobs in time.

    `bells` are what the two sleep on.
    """

    def __init__(
        self, work: Loop, tell: Loop, *, bells: Sequence[Event], jobs: KeptJobs, kept_days: int
    ) -> None:
        self._loops = (work, tell, self._tidy)
        self._bells = bells
        self._jobs = jobs
        self._kept = timedelta(days=kept_days)
        self._stopping = Event()
        self._threads: list[Thread] = []

    @contextmanager
    def working(self, *, seconds: float) -> Iterator[None]:
        """Do jobs for the length of a `with` block; `seconds` as for `stop`."""
        self.start()
        try:
            yield
        finally:
            self.stop(seconds=seconds)

    def start(self) -> None:
        """Begin, and go on with what an earlier process left."""
        self._stopping = Event()
        # Daemons: what is in the middle of a document when the process ends is not waited for;
        # whatever was not written down is done again.
        self._threads = [
            Thread(target=loop, args=(self._stopping,), daemon=True) for loop in self._loops
        ]
        for thread in self._threads:
            thread.start()

    def wake(self) -> None:
        """Have both look at once whether there is something to do."""
        for bell in self._bells:
            bell.set()

    def stop(self, *, seconds: float) -> None:
        """End after the step that runs, or after `seconds`; what is left is for the next start."""
        self._stopping.set()
        self.wake()
        end = monotonic() + seconds
        for thread in self._threads:
            thread.join(max(0.0, end - monotonic()))
        if self._threads[0].is_alive():
            logger.info("a job is left in the middle of a document, for the next start")
            self._jobs.release()

    def _tidy(self, stopping: Event) -> None:
        while not stopping.is_set():
            try:
                self._jobs.forget(before=datetime.now(UTC) - self._kept, keep=_MOST_KEPT)
            except StoreError as error:
                logger.warning("finished jobs are not deleted now: %s", error)
            stopping.wait(_TIDY_SECONDS)
