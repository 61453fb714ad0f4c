"""A segment and which of its passages still live: what a question searches.

Immutable: removing passages makes a new one, which shares the segment.
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from index.analyzer import LANGUAGES, Language
from index.bm25 import Statistics
from index.ranking import Rows
from index.segment import Part, Segment
from index.vector import Mask, Positions


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
        return cls(segment, alive, segment.statistics(alive))

    def __len__(self) -> int:
        """Return how many passages live."""
        return sum(part.passages for part in self.statistics.values())

    @property
    def dead(self) -> int:
        """How many passages were removed."""
        return len(self.segment) - len(self)

    def without(self, start: int, stop: int) -> "LiveSegment":
        """Return what remains when the rows ``[start, stop)`` are removed."""
        by_row = self.segment.places.by_row
        first, last = np.searchsorted(self.segment.rows, (start, stop), sorter=by_row)
        removed = by_row[first:last]
        if self.alive is not None:
            removed = removed[self.alive[removed]]
        return self.without_positions(removed) if len(removed) else self

    def without_positions(self, removed: Positions) -> "LiveSegment":
        """Return what remains when the passages at these positions, which live, are removed."""
        alive = np.ones(len(self.segment), np.bool_) if self.alive is None else self.alive.copy()
        alive[removed] = False
        remaining = dict(self.statistics)
        for part, counted in self.segment.statistics_at(removed).items():
            remaining[part] -= counted
        remaining = {part: counted for part, counted in remaining.items() if counted.passages}
        return LiveSegment(self.segment, alive, remaining)

    def parts(self, collection: int, language: Language | None = None) -> dict[Part, range]:
        """Return the parts that a question may see, of which something lives."""
        asked: list[Part] = [
            (collection, spoken) for spoken in LANGUAGES if language in (None, spoken)
        ]
        return {part: self.segment.places.parts[part] for part in asked if part in self.statistics}

    def allowed(self, within: range, among: Mask | None) -> Mask | None:
        """Return which positions `within` a range live and are `among` those; None for all."""
        alive = None if self.alive is None else self.alive[within.start : within.stop]
        if among is None:
            return alive
        some = among[within.start : within.stop]
        return some if alive is None else some & alive

    def living(self, rows: Rows) -> tuple[Positions, Mask]:
        """Return where each of `rows` would be, and whether it is there and alive."""
        places = self.segment.places
        order = np.searchsorted(places.rows, rows, sorter=places.by_row)
        there = order < len(self.segment)
        positions = places.by_row[np.where(there, order, 0)]
        there[there] = places.rows[positions[there]] == rows[there]
        if self.alive is not None:
            there[there] = self.alive[positions[there]]
        return positions, there

    def among(self, rows: Rows) -> Mask:
        """Return which positions hold one of `rows` and live."""
        positions, there = self.living(rows)
        mask = np.zeros(len(self.segment), np.bool_)
        mask[positions[there]] = True
        return mask
