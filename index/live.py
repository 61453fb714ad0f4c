"""A segment and which of its passages still live: what a question searches.

Immutable: removing passages makes a new one, which shares the segment.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.analyzer import LANGUAGES, Language
from index.bm25 import Statistics
from index.ranking import Rows
from index.segment import Part, Segment
from index.vector import Mask


@dataclass(frozen=True, slots=True, eq=False)
class LiveSegment:
    """`alive` is bool (n,), or None where all live; `statistics` count the living only.

    Parts of which nothing lives are not among the statistics.
    """

    segment: Segment
    alive: Mask | None
    statistics: Mapping[Part, Statistics]

    @classmethod
    def of(cls, segment: Segment, alive: Mask | None = None) -> "LiveSegment":
        """Count what lives in `segment`."""
        positions = slice(None) if alive is None else np.flatnonzero(alive)
        return cls(segment, alive, segment.statistics(positions))

    def __len__(self) -> int:
        """Return how many passages live."""
        return sum(part.passages for part in self.statistics.values())

    @property
    def dead(self) -> int:
        """How many passages were removed."""
        return len(self.segment) - len(self)

    def without(self, start: int, stop: int) -> "LiveSegment":
        """Return what remains when the rows ``[start, stop)`` are removed."""
        first, last = np.searchsorted(self.segment.rows, (start, stop))
        removed = np.arange(first, last)
        if self.alive is not None:
            removed = removed[self.alive[first:last]]
        if not len(removed):
            return self
        alive = np.ones(len(self.segment), np.bool_) if self.alive is None else self.alive.copy()
        alive[removed] = False
        remaining = dict(self.statistics)
        for part, counted in self.segment.statistics(removed).items():
            remaining[part] -= counted
        remaining = {part: counted for part, counted in remaining.items() if counted.passages}
        return LiveSegment(self.segment, alive, remaining)

    def languages(self, collection: int) -> set[Language]:
        """Return the languages of the living passages of a collection."""
        return {language for number, language in self.statistics if number == collection}

    def allowed(self, collection: int, language: Language | None = None) -> Mask | None:
        """Return which positions a question may see, or None where it may see all."""
        masks = [] if self.alive is None else [self.alive]
        if any(number != collection for number, _ in self.statistics):
            masks.append(self.segment.collections == collection)
        if language is not None and any(spoken != language for _, spoken in self.statistics):
            masks.append(self.segment.languages == LANGUAGES.index(language))
        return np.logical_and.reduce(masks) if masks else None

    def living(self, rows: Rows) -> tuple[NDArray[np.int64], Mask]:
        """Return where ascending `rows` would be, and whether each is there and alive."""
        positions = np.searchsorted(self.segment.rows, rows)
        there = positions < len(self.segment)
        there[there] = self.segment.rows[positions[there]] == rows[there]
        if self.alive is not None:
            there[there] = self.alive[positions[there]]
        return positions, there

    def among(self, rows: Rows) -> Mask:
        """Return which positions hold one of `rows` and live."""
        positions, there = self.living(rows)
        mask = np.zeros(len(self.segment), np.bool_)
        mask[positions[there]] = True
        return mask
