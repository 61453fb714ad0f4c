"""Which of the processes that serve together this one is."""

from collections.abc import Callable
from dataclasses import dataclass
from pathlib import Path


def _nobody() -> None:
    """Wake nobody: whoever leads is awake."""


@dataclass(frozen=True, slots=True)
class Seat:
    """The place of a worker among the `of` workers of one service; they are alike but for one.

    The first leads: it saves the index and does what is done in the background, and `wake` is how
    others tell it that there is something to do. `folder` holds what they keep together while
    they run, None where there is only one. Whoever dies is followed by another in the same seat.
    """

    number: int = 0
    of: int = 1
    folder: Path | None = None
    wake: Callable[[], None] = _nobody

    @property
    def leads(self) -> bool:
        """Whether this is the one that works in the background."""
        return self.number == 0

    def share(self, whole: int, *, least: int = 0) -> int:
        """Return this worker's part of `whole`: all parts together are the whole.

        Where a part would be less than `least`, it is `least`.
        """
        return max(least, whole // self.of + (self.number < whole % self.of))

    def most(self, whole: int) -> int:
        """Return the least that each worker may have for all to have the `whole` together."""
        return -(-whole // self.of)


ALONE = Seat()
