"""The runners of all kinds of jobs, in one process at a time.

Of all processes with the same store, one does the jobs: it holds a lock that dies with it, so
what runs when it gets the lock was left behind by one that is no more. Where a server keeps the
lock, it may be lost; then it is let go of within seconds. If another process began the same job
meanwhile, that does no harm: what is stored twice is unchanged, and an item is counted once.
"""

import logging
from collections.abc import Sequence
from contextlib import AbstractContextManager, ExitStack
from threading import Event, Thread
from typing import Protocol

from documents.errors import StoreError

logger = logging.getLogger(__name__)

_LOOK_SECONDS = 5.0  # for the lock, or for a store that can be used


class LeftJobs(Protocol):
    """What is asked of the store about jobs that a process left."""

    def recover(self) -> None: ...


class Lock(Protocol):
    """What only one process has at a time."""

    def held(self) -> AbstractContextManager[None]: ...

    def kept(self) -> bool: ...


class Runner(Protocol):
    """What does the jobs of one kind; see `rag.jobs.runner`."""

    def run(self, stopping: Event) -> None: ...


class Crew:
    """Lets `runners` work, each in a thread, while this process holds `lock`."""

    def __init__(self, runners: Sequence[Runner], left: LeftJobs, lock: Lock) -> None:
        self._runners = runners
        self._left = left
        self._lock = lock

    def run(self, stopping: Event) -> None:
        """Do jobs until `stopping` is set and each runner is done with its step."""
        while not stopping.is_set():
            with ExitStack() as held:
                try:
                    held.enter_context(self._lock.held())
                except StoreError:  # another process does the jobs, or the store is away
                    stopping.wait(_LOOK_SECONDS)
                    continue
                try:
                    self._left.recover()
                except StoreError as error:
                    logger.warning("jobs wait, the store cannot be used: %s", error)
                    stopping.wait(_LOOK_SECONDS)
                    continue
                self._run_all(stopping)

    def _run_all(self, stopping: Event) -> None:
        leaving = _Either(stopping)
        threads = [
            Thread(target=runner.run, args=(leaving,), daemon=True) for runner in self._runners
        ]
        for thread in threads:
            thread.start()
        while self._lock.kept():
            if stopping.wait(_LOOK_SECONDS):
                break
        else:
            logger.warning("jobs wait, the lock of who does them was lost")
        leaving.set()
        for thread in threads:
            thread.join()


class _Either(Event):
    """Set, or the `other` one is."""

    def __init__(self, other: Event) -> None:
        super().__init__()
        self._other = other

    def is_set(self) -> bool:
        return super().is_set() or self._other.is_set()
