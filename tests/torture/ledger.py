"""What must be stored: what was acknowledged, and what may have been when a process died."""

import time
from dataclasses import dataclass, field
from threading import Lock

GONE = None  # the version of a source without a document

Version = int | None

_PATIENCE_SECONDS = 60.0


@dataclass(slots=True)
class Ledger:
    """The acknowledged version of each source, and those begun but not acknowledged.

    Whoever writes a source is the only one to do so until its change is settled.
    """

    settled: dict[str, Version] = field(default_factory=dict)
    begun: dict[str, Version] = field(default_factory=dict)
    acknowledged: int = 0
    _lock: Lock = field(default_factory=Lock)

    def begin(self, source: str, version: Version) -> None:
        """Note what is about to be asked for."""
        with self._lock:
            self.begun[source] = version

    def acknowledge(self, source: str) -> None:
        """Note that it was said to be done: from now on it may not be otherwise."""
        with self._lock:
            self.settled[source] = self.begun.pop(source)
            self.acknowledged += 1

    def wait_for(self, changes: int) -> None:
        """Wait until so many more changes are acknowledged."""
        wanted = self.acknowledged + changes
        deadline = time.monotonic() + _PATIENCE_SECONDS
        while self.acknowledged < wanted:
            assert time.monotonic() < deadline, "nothing is acknowledged any more"
            time.sleep(0.001)

    def settle(self, found: dict[str, int]) -> None:
        """Hold what was found against the ledger, and take it as the truth from now on.

        Raises:
            AssertionError: an acknowledged version is lost, or one that was replaced or deleted
                is back.
        """
        for source in {*self.settled, *self.begun, *found}:
            stored, before = found.get(source, GONE), self.settled.get(source, GONE)
            allowed = {before, self.begun.get(source, before)}
            assert stored in allowed, f"{source}: version {stored} is stored, not {allowed}"
        self.settled = dict.fromkeys(self.settled, GONE) | found
        self.begun.clear()
