"""A passage's words as the sparse vector whose inner product with a question's is BM25.

The weight of a term is its gain, for a length that passages have on average when an index is
built and that stays as it is. So the engine can propose passages by words; what it proposes is
scored by today's average (`asked.py`).
"""

from collections.abc import Mapping
from dataclasses import dataclass

import numpy as np

from index.bm25 import DEFAULT_BM25, Bm25

Weights = Mapping[int, float]

# Stands in every vector, for engines refuse empty ones. No term has this number.
PRESENT = 0
# Terms of a passage of 60 to 180 words, where too few are known to tell.
NOMINAL_LENGTH = 70.0


@dataclass(frozen=True, slots=True)
class WordWeights:
    """Weighs words for passages of `average_length` terms."""

    average_length: float
    bm25: Bm25 = DEFAULT_BM25

    def of_passage(self, counts: Mapping[int, int], length: int) -> Weights:
        """Return the vector of a passage that holds each term so many times, `length` in all."""
        times = np.fromiter(counts.values(), np.float32, len(counts))
        lengths = np.full(len(counts), length, np.int32)
        gains = self.bm25.gain(times, lengths, average_length=self.average_length)
        return {PRESENT: 1.0, **dict(zip(counts, gains.tolist(), strict=True))}
