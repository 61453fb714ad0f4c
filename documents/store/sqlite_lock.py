"""One writer at a time, over threads and over processes.

SQLite has a lock of its own, but up to 3.51.2 a commit of one process beside the checkpoint
of another can lose committed pages [1]. Python links whatever SQLite the system has, so
writers take turns here, for as long as a transaction and its checkpoint last. The kernel
frees the lock of a process that dies.

[1] The WAL-reset bug, https://www.sqlite.org/wal.html#walresetbug
"""

import os
import sys
import threading
import time
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from documents.errors import StoreUnavailable

if sys.platform == "win32":
    import msvcrt
else:
    import fcntl

_PAUSE_SECONDS = 0.002


class WriteLock:
    """The right to write to one store; `path` is the file that stands for it."""

    def __init__(self, path: Path, *, patience_seconds: float) -> None:
        self._path = path
        self._patience_seconds = patience_seconds
        self._turn = threading.Lock()

    @contextmanager
    def turn(self) -> Iterator[None]:
        """Hold the lock against other threads of this process only."""
        if not self._turn.acquire(timeout=self._patience_seconds):
            raise self._timeout()
        try:
            yield
        finally:
            self._turn.release()

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold the lock against everyone for the length of a `with` block; not reentrant.

        Raises:
            StoreUnavailable: others kept it for longer than `patience_seconds`.
        """
        deadline = time.monotonic() + self._patience_seconds
        with self.turn():
            descriptor = os.open(self._path, os.O_RDWR | os.O_CREAT, 0o644)
            try:
                while not _locked(descriptor):
                    if time.monotonic() > deadline:
                        raise self._timeout()
                    time.sleep(_PAUSE_SECONDS)
                yield
            finally:
                os.close(descriptor)  # which unlocks

    def kept(self) -> bool:
        """Tell whether it is still held, as it is to the end of its block."""
        return True

    def _timeout(self) -> StoreUnavailable:
        return StoreUnavailable(
            f"{self._path.parent} has been written to by others for "
            f"{self._patience_seconds:g} s; try again, or end the process that hangs"
        )


def _locked(descriptor: int) -> bool:
    try:
        if sys.platform == "win32":
            msvcrt.locking(descriptor, msvcrt.LK_NBLCK, 1)
        else:
            fcntl.flock(descriptor, fcntl.LOCK_EX | fcntl.LOCK_NB)
    except (BlockingIOError, PermissionError):  # each system's word for "taken"
        return False
    return True
