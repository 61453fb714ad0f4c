"""What was worked out for words already seen: texts say the same few words again and again."""

from collections.abc import Callable
from typing import TypeVar

Found = TypeVar("Found")

_MOST = 200_000
_LONGEST = 64  # characters


class Remembered(dict[str, Found]):
    """Works out what belongs to a short text once, for as many as fit; then starts afresh.

    Safe to share between threads, who may at worst work out the same twice.
    """

    def __init__(self, work_out: Callable[[str], Found]) -> None:
        super().__init__()
        self._work_out = work_out

    def __missing__(self, text: str) -> Found:
        found = self._work_out(text)
        self.remember(text, found)
        return found

    def remember(self, text: str, found: Found) -> None:
        """Keep what was worked out for `text`, unless it is long."""
        if len(text) <= _LONGEST:
            if len(self) >= _MOST:
                self.clear()
            self[text] = found
