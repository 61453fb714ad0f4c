"""Which passages hold a term, how often: the arrays of an inverted index.

Compressed rows [1]: the postings of term ``t`` are ``positions[starts[t]:starts[t + 1]]``,
ascending, with their `counts`. Immutable; all but the vocabulary may be mapped from a file.

[1] https://en.wikipedia.org/wiki/Sparse_matrix#Compressed_sparse_row_(CSR,_CRS_or_Yale_format)
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from itertools import chain
from typing import Any

import numpy as np
from numpy.typing import NDArray

Arrays = Mapping[str, NDArray[Any]]
IntArray = NDArray[np.int32]

_MOST_COUNTED = np.iinfo(np.uint16).max


@dataclass(frozen=True, slots=True, eq=False)
class Postings:
    """The inverted index of n positions.

    `vocabulary` numbers the terms 0 … t-1, in alphabetical order. `starts` is int64 (t + 1,),
    `positions` int32 and `counts` uint16 hold one entry for each posting, and `lengths`,
    int32 (n,), how many terms the passage at each position has.
    """

    vocabulary: Mapping[str, int]
    starts: NDArray[np.int64]
    positions: IntArray
    counts: NDArray[np.uint16]
    lengths: IntArray

    @classmethod
    def build(cls, terms: Sequence[Sequence[str]]) -> "Postings":
        """Build from the terms of the passage at each position."""
        vocabulary = _numbered(set(chain.from_iterable(terms)))
        lengths = np.fromiter(map(len, terms), np.int32, len(terms))
        numbers = np.fromiter(
            map(vocabulary.__getitem__, chain.from_iterable(terms)), np.int64, int(lengths.sum())
        )
        keys = numbers * len(terms) + np.repeat(np.arange(len(terms)), lengths)
        keys, counts = np.unique(keys, return_counts=True)
        return cls._from_keys(vocabulary, keys, counts, lengths)

    @classmethod
    def merge(cls, parts: Sequence[tuple["Postings", IntArray]], size: int) -> "Postings":
        """Merge into one inverted index of `size` positions.

        With each part comes the new position of each of its old ones, -1 where it is dropped.
        """
        kept = [targets[part.positions] >= 0 for part, targets in parts]
        words = (part.words(mask) for (part, _), mask in zip(parts, kept, strict=True))
        vocabulary = _numbered(set(chain.from_iterable(words)))
        lengths = np.zeros(size, np.int32)
        keys, counts = [np.empty(0, np.int64)], [np.empty(0, np.uint16)]
        for (part, targets), mask in zip(parts, kept, strict=True):
            lengths[targets[targets >= 0]] = part.lengths[targets >= 0]
            numbers = (vocabulary.get(word, -1) for word in part.vocabulary)
            term = np.repeat(np.fromiter(numbers, np.int64), np.diff(part.starts))
            keys.append(term[mask] * size + targets[part.positions[mask]])
            counts.append(part.counts[mask])
        merged = np.concatenate(keys)
        order = np.argsort(merged)
        return cls._from_keys(vocabulary, merged[order], np.concatenate(counts)[order], lengths)

    @classmethod
    def _from_keys(
        cls,
        vocabulary: Mapping[str, int],
        keys: NDArray[np.int64],
        counts: NDArray[Any],
        lengths: IntArray,
    ) -> "Postings":
        """Build from ascending keys ``term * n + position`` and their counts."""
        size = max(len(lengths), 1)
        return cls(
            vocabulary=vocabulary,
            starts=np.searchsorted(keys, np.arange(len(vocabulary) + 1, dtype=np.int64) * size),
            positions=(keys % size).astype(np.int32),
            counts=np.minimum(counts, _MOST_COUNTED).astype(np.uint16),
            lengths=lengths,
        )

    def of(self, term: int) -> tuple[IntArray, NDArray[np.uint16]]:
        """Return the positions that hold a term, given its number, and how often each does."""
        start, stop = self.starts.item(term), self.starts.item(term + 1)
        return self.positions[start:stop], self.counts[start:stop]

    def words(self, kept: NDArray[np.bool_]) -> list[str]:
        """Return the terms with at least one posting among those `kept`."""
        before = np.concatenate([[0], np.cumsum(kept)])
        lives = before[self.starts[1:]] > before[self.starts[:-1]]
        return [word for word, alive in zip(self.vocabulary, lives, strict=True) if alive]

    def arrays(self) -> Arrays:
        """Return all there is to save."""
        return {
            "vocabulary": np.frombuffer("\n".join(self.vocabulary).encode(), np.uint8),
            "starts": self.starts,
            "positions": self.positions,
            "counts": self.counts,
            "lengths": self.lengths,
        }

    @classmethod
    def from_arrays(cls, arrays: Arrays) -> "Postings":
        """Return the inverted index whose `arrays` these are."""
        text = arrays["vocabulary"].tobytes().decode()
        return cls(
            vocabulary={word: n for n, word in enumerate(text.split("\n"))} if text else {},
            starts=arrays["starts"],
            positions=arrays["positions"],
            counts=arrays["counts"],
            lengths=arrays["lengths"],
        )


def _numbered(words: set[str]) -> dict[str, int]:
    return {word: number for number, word in enumerate(sorted(words))}
