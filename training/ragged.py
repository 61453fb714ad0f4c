"""Lists of token lists as flat arrays: the form in which batches are cut in NumPy."""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Ints = NDArray[np.int64]


@dataclass(frozen=True, slots=True)
class Ragged:
    """`tokens` int32 (total,) and `offsets` int64 (rows + 1,): row i is its i-th slice."""

    tokens: NDArray[np.int32]
    offsets: Ints

    def __len__(self) -> int:
        return len(self.offsets) - 1

    @property
    def lengths(self) -> Ints:
        """Return int64 (rows,): the number of tokens of each row."""
        return np.diff(self.offsets)

    def cut(self, first: Ints, last: Ints) -> "Ragged":
        """Return a row per pair: the tokens of rows ``first[i] .. last[i] - 1`` in sequence."""
        starts, lengths = self.offsets[first], self.offsets[last] - self.offsets[first]
        return from_lengths(self.tokens[ranges(starts, lengths)], lengths)

    def take(self, rows: Ints) -> "Ragged":
        """Return the rows of these numbers, in this order."""
        return self.cut(rows, rows + 1)

    def keep(self, mask: NDArray[np.bool_]) -> "Ragged":
        """Return the rows without the tokens where `mask` (total,) is false."""
        lengths = np.bincount(self.row_of_token()[mask], minlength=len(self))
        return from_lengths(self.tokens[mask], lengths)

    def row_of_token(self) -> Ints:
        """Return int64 (total,): the row in which each token stands."""
        return np.repeat(np.arange(len(self)), self.lengths)


def from_lengths(tokens: NDArray[np.int32], lengths: Ints) -> Ragged:
    """Return the rows of these lengths over `tokens`."""
    return Ragged(tokens, np.concatenate(([0], np.cumsum(lengths))).astype(np.int64))


def ranges(starts: Ints, lengths: Ints) -> Ints:
    """Return ``[starts[0], starts[0] + 1, …, starts[1], …]``, `lengths[i]` numbers each."""
    ends = np.cumsum(lengths)
    return np.arange(lengths.sum()) + np.repeat(starts - ends + lengths, lengths)


def concatenate(left: Ragged, right: Ragged) -> Ragged:
    """Return row i of `left` followed by row i of `right`, for each i (equal numbers)."""
    lengths = left.lengths + right.lengths
    tokens = np.empty(int(lengths.sum()), dtype=np.int32)
    starts = np.cumsum(lengths) - lengths
    tokens[ranges(starts, left.lengths)] = left.tokens
    tokens[ranges(starts + left.lengths, right.lengths)] = right.tokens
    return from_lengths(tokens, lengths)


def stack(parts: list[Ragged]) -> Ragged:
    """Return the rows of all parts, one part after the other."""
    return from_lengths(
        np.concatenate([part.tokens for part in parts]),
        np.concatenate([part.lengths for part in parts]),
    )
