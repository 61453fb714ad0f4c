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
from operator import mul

import numpy as np
from numpy.typing import NDArray

from index.bm25 import Bm25
from index.postings import Arrays, IntArray, Postings
from index.ranking import Scores
from index.vector import Mask

Group = Mapping[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class Matches:
    """Where a group occurs: ascending positions, and its weighted count at each (float32).

    `passages` is the weighted number of passages that hold a term of the group.
    """

    positions: IntArray
    counts: NDArray[np.float32]
    passages: float


class LexicalIndex:
    """Finds words among n positions and scores them; immutable."""

    def __init__(self, postings: Postings) -> None:
        self._postings = postings

    @classmethod
    def build(cls, terms: Sequence[Sequence[str]]) -> "LexicalIndex":
        """Build from the terms at each position; a passage in another language has none."""
        return cls(Postings.build(terms))

    @classmethod
    def merge(cls, parts: Sequence[tuple["LexicalIndex", IntArray]], size: int) -> "LexicalIndex":
        """Merge indexes; with each comes the new position of each old one, -1 if dropped."""
        return cls(Postings.merge([(part.postings, targets) for part, targets in parts], size))

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

    def matches(self, group: Group, *, allowed: Mask | None = None) -> Matches:
        """Return where the terms of `group` occur among the allowed positions."""
        number_of = self._postings.vocabulary.get
        found, weights = [], []
        for term, weight in group.items():
            if (number := number_of(term)) is not None:
                positions, counts = self._postings.of(number)
                if allowed is not None:
                    kept = allowed[positions]
                    positions, counts = positions[kept], counts[kept]
                found.append((positions, counts))
                weights.append(weight)
        return _united(found, weights)

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
            lengths = self.lengths[group.positions]
            gain = bm25.gain(group.counts, lengths, average_length=average_length)
            scores[group.positions] += np.float32(weight) * gain
        return scores


_NOWHERE = Matches(np.empty(0, np.int32), np.empty(0, np.float32), 0.0)


def _united(
    found: Sequence[tuple[IntArray, NDArray[np.uint16]]], weights: Sequence[float]
) -> Matches:
    """Return where any of several terms occurs, their counts weighted and summed."""
    sizes = [len(positions) for positions, _ in found]
    passages = sum(map(mul, sizes, weights))
    if not any(sizes):
        return _NOWHERE
    if len(found) == 1:
        positions, counts = found[0]
        return Matches(positions, counts * np.float32(weights[0]), passages)
    positions = np.concatenate([positions for positions, _ in found])
    weighted = np.concatenate([counts for _, counts in found])
    weighted = weighted * np.repeat(np.array(weights, np.float32), sizes)
    order = np.argsort(positions, kind="stable")
    positions = positions[order]
    new = np.ones(len(positions), np.bool_)
    np.not_equal(positions[1:], positions[:-1], out=new[1:])
    first = np.flatnonzero(new)
    return Matches(positions[first], np.add.reduceat(weighted[order], first), passages)
