"""Decide which units share a passage.

One walk fills passages: it breaks before a heading or a paragraph once there is enough, and
before a sentence when there would be too much. Then what came out too short joins its
neighbour, or takes sentences from it. Linear in the number of units.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from itertools import accumulate, pairwise

from documents.units import Unit

# Characters; words say little about scripts without spaces.
LONGEST_PASSAGE = 3_000


@dataclass(frozen=True, slots=True)
class Limits:
    """How many words a passage has; `fill_words` before it repeats any of the one before."""

    min_words: int
    fill_words: int
    max_words: int


class Packing:
    """The cuts of one run of units; `pack` returns ``[start, end)`` pairs of unit numbers."""

    def __init__(self, units: Sequence[Unit], limits: Limits) -> None:
        self._units = units
        self._limits = limits
        self._totals = [0, *accumulate(unit.words for unit in units)]

    def pack(self) -> list[tuple[int, int]]:
        """Return the units of each passage: in order, without gap or overlap."""
        starts = self._fill()
        ranges = self._join_short(list(pairwise([*starts, len(self._units)])))
        self._even_out(ranges)
        return ranges

    def words(self, start: int, end: int) -> int:
        """Return the number of words in ``units[start:end]``."""
        return self._totals[end] - self._totals[start]

    def fits(self, start: int, end: int) -> bool:
        """Tell whether ``units[start:end]`` may be one passage."""
        length = self._units[end - 1].end - self._units[start].start
        return length <= LONGEST_PASSAGE and self.words(start, end) <= self._limits.max_words

    def _fill(self) -> list[int]:
        starts = [0]
        for number in range(1, len(self._units)):
            start = starts[-1]
            if not self._breaks_before(number, start):
                continue
            cut = self._with_headings(number, start)
            if cut > start:
                starts.append(cut)
            elif self.words(start, number) >= self._limits.min_words or self._is_long(
                start, number
            ):
                starts.append(number)  # headings only, and enough of them
        return starts

    def _breaks_before(self, number: int, start: int) -> bool:
        unit, limits = self._units[number], self._limits
        words = self.words(start, number)
        if words < limits.min_words:
            return words + unit.words > limits.max_words or self._is_long(start, number)
        paragraph = unit.paragraph_words or 0
        return (
            unit.level is not None
            or words + max(unit.words, paragraph) > limits.fill_words
            or self._is_long(start, number)
        )

    def _is_long(self, start: int, number: int) -> bool:
        return self._units[number].end - self._units[start].start > LONGEST_PASSAGE

    def _with_headings(self, number: int, start: int) -> int:
        """Move a cut before `number` up over headings, which go with what follows."""
        while number > start and self._units[number - 1].level is not None:
            number -= 1
        return number

    def _join_short(self, ranges: Sequence[tuple[int, int]]) -> list[tuple[int, int]]:
        joined: list[tuple[int, int]] = []
        for start, end in ranges:
            if joined and self.fits(joined[-1][0], end) and self._one_is_short(joined[-1], end):
                joined[-1] = (joined[-1][0], end)
            else:
                joined.append((start, end))
        return joined

    def _one_is_short(self, before: tuple[int, int], end: int) -> bool:
        shorter = min(self.words(*before), self.words(before[1], end))
        return shorter < self._limits.min_words

    def _even_out(self, ranges: list[tuple[int, int]]) -> None:
        """Let the last passage, if too short, take sentences from the one before."""
        if len(ranges) < 2:
            return
        (first, cut), (_, end) = ranges[-2:]
        enough = self._limits.min_words
        while (
            self.words(cut, end) < enough
            and cut - 1 > first
            and self.words(first, cut - 1) >= enough
            and self.fits(cut - 1, end)
        ):
            cut -= 1
        cut = self._with_headings(cut, first + 1)
        if self.fits(cut, end):
            ranges[-2:] = [(first, cut), (cut, end)]
