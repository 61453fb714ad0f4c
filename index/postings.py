"""Which passages hold a term, how often: the arrays of an inverted index.

Compressed rows [1]: the postings of the t-th term are ``positions[starts[t]:starts[t + 1]]``,
ascending, with their `counts`. Immutable; all may be mapped from a file.

A term is known by a number of 64 bits, the start of a hash of it, so that finding it needs no
table of words in memory, and merging no Python. That two of a million terms share a number is
one chance in forty million; they would then count as one word.

[1] https://en.wikipedia.org/wiki/Sparse_matrix#Compressed_sparse_row_(CSR,_CRS_or_Yale_format)
"""

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass
from functools import lru_cache
from hashlib import blake2b
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.space import MEMORY, Space

Arrays = Mapping[str, NDArray[Any]]
IntArray = NDArray[np.int32]
Numbers = NDArray[np.uint64]

_MOST_COUNTED = np.iinfo(np.uint16).max
_MERGED_AT_ONCE = 1 << 21  # postings


@lru_cache(maxsize=65_536)
def number_of(term: str) -> int:
    """Return the number of a term."""
    return int.from_bytes(blake2b(term.encode(), digest_size=8).digest(), "little")


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """The inverted index of n positions.

    `terms` are the numbers of its t terms, ascending. `starts` is int64 (t + 1,), `positions`
    int32 and `counts` uint16 hold one entry for each posting, and `lengths`, int32 (n,), how many
    terms the passage at each position has.
    """

    terms: Numbers
    starts: NDArray[np.int64]
    positions: IntArray
    counts: NDArray[np.uint16]
    lengths: IntArray

    @classmethod
    def build(cls, terms: Sequence[Sequence[str]]) -> "Postings":
        """Build from the terms of the passage at each position."""
        words = list(set(chain.from_iterable(terms)))
        hashed = np.fromiter(map(number_of, words), np.uint64, len(words))
        numbers, places = np.unique(hashed, return_inverse=True)
        place_of = dict(zip(words, places.tolist(), strict=True))
        lengths = np.fromiter(map(len, terms), np.int32, len(terms))
        said = np.fromiter(
            map(place_of.__getitem__, chain.from_iterable(terms)), np.int64, int(lengths.sum())
        )
        keys = said * len(terms) + np.repeat(np.arange(len(terms)), lengths)
        keys, counts = np.unique(keys, return_counts=True)
        size = max(len(terms), 1)
        return cls(
            terms=numbers,
            starts=np.searchsorted(keys, np.arange(len(numbers) + 1, dtype=np.int64) * size),
            positions=(keys % size).astype(np.int32),
            counts=np.minimum(counts, _MOST_COUNTED).astype(np.uint16),
            lengths=lengths,
        )

    @classmethod
    def merge(
        cls, parts: Sequence[tuple["Postings", IntArray]], size: int, space: Space = MEMORY
    ) -> "Postings":
        """Merge into one inverted index of `size` positions.

        With each part comes the new position of each of its old ones, -1 where it is dropped.
        """
        lengths = np.zeros(size, np.int32)
        for part, targets in parts:
            lengths[targets[targets >= 0]] = part.lengths[targets >= 0]
        terms = np.unique(np.concatenate([part.terms for part, _ in parts]))
        most = sum(len(part.positions) for part, _ in parts)
        positions, counts = space.empty((most,), np.int32), space.empty((most,), np.uint16)
        holding = np.zeros(len(terms), np.int64)
        end = 0
        for block in _blocks(terms, [part for part, _ in parts]):
            space.go_on()
            keys, said = _merged(terms[block], parts, size)
            holding[block] = np.bincount(keys // size, minlength=block.stop - block.start)
            start, end = end, end + len(keys)
            positions[start:end], counts[start:end] = keys % size, said
        kept = holding > 0
        return cls(
            terms=terms[kept],
            starts=np.concatenate([[0], np.cumsum(holding[kept])]),
            positions=positions[:end],
            counts=counts[:end],
            lengths=lengths,
        )

    def places(self, terms: Sequence[str]) -> list[int]:
        """Return the place of each term among those here, -1 where it is none of them."""
        numbers = np.array([number_of(term) for term in terms], np.uint64)
        places = np.searchsorted(self.terms, numbers)
        there = places < len(self.terms)
        there[there] = self.terms[places[there]] == numbers[there]
        found: list[int] = np.where(there, places, -1).tolist()
        return found

    def of(self, place: int, within: range) -> tuple[IntArray, NDArray[np.uint16]]:
        """Return the positions that hold the term of a place, and how often each does.

        Only those `within` a range.
        """
        start, stop = self.starts.item(place), self.starts.item(place + 1)
        positions = self.positions[start:stop]
        if len(within) < len(self.lengths):
            edges = np.array([within.start, within.stop], np.int32)
            first, last = np.searchsorted(positions, edges).tolist()
            start, stop = start + first, start + last
            positions = self.positions[start:stop]
        return positions, self.counts[start:stop]

    def arrays(self) -> Arrays:
        """Return all there is to save."""
        return {
            "terms": self.terms,
            "starts": self.starts,
            "positions": self.positions,
            "counts": self.counts,
            "lengths": self.lengths,
        }

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> "Postings":
        """Return the inverted index whose `arrays` these are."""
        return cls(**arrays)


def _blocks(terms: Numbers, parts: Sequence[Postings]) -> Iterator[slice]:
    """Yield slices of `terms` that have about as many postings as are merged at once."""
    before = np.zeros(len(terms) + 1, np.int64)
    for part in parts:
        before[np.searchsorted(terms, part.terms) + 1] += np.diff(part.starts)
    np.cumsum(before, out=before)
    start = 0
    while start < len(terms):
        stop = int(np.searchsorted(before, before[start] + _MERGED_AT_ONCE))
        stop = min(max(stop, start + 1), len(terms))
        yield slice(start, stop)
        start = stop


def _merged(
    terms: Numbers, parts: Sequence[tuple[Postings, IntArray]], size: int
) -> tuple[NDArray[np.int64], NDArray[np.uint16]]:
    """Return ascending keys ``place * size + position`` of neighbouring `terms`, and counts."""
    keys, counts = [], []
    for part, targets in parts:
        first, last = np.searchsorted(part.terms, [terms[0], terms[-1]])
        last += int(last < len(part.terms) and part.terms[last] == terms[-1])
        start, stop = part.starts.item(first), part.starts.item(last)
        moved = targets[part.positions[start:stop]]
        places = np.repeat(
            np.searchsorted(terms, part.terms[first:last]), np.diff(part.starts[first : last + 1])
        )
        kept = moved >= 0
        keys.append(places[kept] * size + moved[kept])
        counts.append(part.counts[start:stop][kept])
    joined = np.concatenate(keys)
    order = np.argsort(joined, kind="stable")  # quick, as parts mostly ascend
    return joined[order], np.concatenate(counts)[order]
