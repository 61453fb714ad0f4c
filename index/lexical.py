"""Search by words over the passages of one segment that are in one language.

A question is a sequence of groups, one for each of its words. A group maps the word's own
stem (weight 1) and its translations (weight: their probability) to weights; term and document
frequencies are summed over the group, weighted, *before* BM25 is applied once to the group [1].

Statistics come from outside: they span all segments, so that many segments score as one.

[1] K. Darwish, D. W. Oard, Probabilistic structured query methods (SIGIR 2003),
    https://doi.org/10.1145/860435.860497
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import islice

import numpy as np
from numpy.typing import NDArray

from index.bm25 import Bm25
from index.postings import Arrays, IntArray, Postings
from index.ranking import Scores
from index.space import MEMORY, Space
from index.vector import Mask, Positions

Group = Mapping[str, float]

# Where postings lie further apart, sorting them takes less time than passing over the gaps.
_SPARSE = 1024


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """Where each term of a group occurs: ascending positions, counts there, and its weight."""

    found: Sequence[tuple[IntArray, NDArray[np.uint16]]]
    weights: Sequence[float]

    def __len__(self) -> int:
        """Return how many postings there are."""
        return sum(len(positions) for positions, _ in self.found)

    @property
    def passages(self) -> float:
        """The weighted number of passages that hold a term of the group."""
        return sum(
            (
                len(held) * weight
                for (held, _), weight in zip(self.found, self.weights, strict=True)
            ),
            0.0,
        )

    def united(self) -> tuple[Positions, NDArray[np.float32]]:
        """Return where any of the terms occurs, and their counts there, weighted and summed."""
        if not len(self):
            return np.empty(0, np.int64), np.empty(0, np.float32)
        if len(self.found) == 1:
            positions, counts = self.found[0]
            return positions.astype(np.int64), counts * np.float32(self.weights[0])
        first = min(int(positions[0]) for positions, _ in self.found if len(positions))
        last = max(int(positions[-1]) for positions, _ in self.found if len(positions))
        if last - first > _SPARSE * len(self):
            together = np.sort(np.concatenate([positions for positions, _ in self.found]))
            together = together[np.diff(together, prepend=-1) > 0].astype(np.int64)
            return together, self.at(together)
        summed = np.zeros(last - first + 1, np.float32)
        for (positions, counts), weight in zip(self.found, self.weights, strict=True):
            # Several times faster than by `+=`, and than with positions of 32 bits.
            places = positions.astype(np.int64) - first
            np.add.at(summed, places, counts * np.float32(weight))
        there = np.flatnonzero(summed > 0)  # of truths it is found faster
        return there + first, summed[there]

    def at(self, positions: Positions | IntArray) -> NDArray[np.float32]:
        """Return the weighted count at each of `positions`."""
        summed = np.zeros(len(positions), np.float32)
        wanted = positions.astype(np.int32, copy=False)
        for (held, counts), weight in zip(self.found, self.weights, strict=True):
            places = np.searchsorted(held, wanted)
            there = places < len(held)
            there[there] = held[places[there]] == wanted[there]
            summed[there] += counts[places[there]] * np.float32(weight)
        return summed


class LexicalIndex:
    """Finds words among n positions and scores them; immutable."""

    def __init__(self, postings: Postings) -> None:
        self._postings = postings

    @classmethod
    def build(cls, terms: Sequence[Sequence[str]]) -> "LexicalIndex":
        """Build from the terms at each position; a passage in another language has none."""
        return cls(Postings.build(terms))

    @classmethod
    def merge(
        cls, parts: Sequence[tuple["LexicalIndex", IntArray]], size: int, space: Space = MEMORY
    ) -> "LexicalIndex":
        """Merge indexes; with each comes the new position of each old one, -1 if dropped."""
        merged = Postings.merge([(part.postings, moved) for part, moved in parts], size, space)
        return cls(merged)

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> "LexicalIndex":
        """Return the index whose `arrays` these are; they may be mapped from a file."""
        return cls(Postings.from_arrays(arrays))

    def arrays(self) -> Arrays:
        """Return all there is to save."""
        return self._postings.arrays()

    def __len__(self) -> int:
        return len(self._postings.lengths)

    @property
    def postings(self) -> Postings:
        """The inverted index itself."""
        return self._postings

    @property
    def lengths(self) -> IntArray:
        """Number of terms of the passage at each position."""
        return self._postings.lengths

    def matches(
        self,
        groups: Sequence[Group],
        *,
        within: range | None = None,
        alive: Mask | None = None,
    ) -> list[Matches]:
        """Return where the terms of each group occur `within` a range, among those `alive`."""
        within = within if within is not None else range(len(self))
        places = iter(self._postings.places([term for group in groups for term in group]))
        matches = []
        for group in groups:
            found, weights = [], []
            of_group = islice(places, len(group))
            for weight, place in zip(group.values(), of_group, strict=True):
                if place >= 0:
                    positions, counts = self._postings.of(place, within)
                    if alive is not None:
                        kept = alive[positions]
                        positions, counts = positions[kept], counts[kept]
                    found.append((positions, counts))
                    weights.append(weight)
            matches.append(Matches(found, weights))
        return matches

    def gains(
        self, matches: Matches, *, average_length: float, bm25: Bm25
    ) -> tuple[Positions, Scores]:
        """Return where a group occurs, and what BM25 gives for it there before its idf."""
        positions, counts = matches.united()
        lengths = np.take(self.lengths, positions)
        gains = bm25.gain(counts, lengths, average_length=average_length)
        return positions, gains

    def scores(
        self,
        matches: Sequence[Matches],
        idf: Sequence[float],
        *,
        average_length: float,
        bm25: Bm25,
    ) -> Scores:
        """Return the score at each position, float32 (n,), given each group's matches and idf."""
        scores = np.zeros(len(self), np.float32)
        for group, weight in zip(matches, idf, strict=True):
            positions, gains = self.gains(group, average_length=average_length, bm25=bm25)
            scores[positions] += np.float32(weight) * gains
        return scores
