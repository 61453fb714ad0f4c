"""The answer of a search: rows and their scores, best first.

Equal scores are ordered by row, so that a ranking does not depend on how an index is cut
into segments.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

Rows = NDArray[np.int64]
Scores = NDArray[np.float32]


@dataclass(frozen=True, slots=True, eq=False)
class Ranking:
    """Rows int64 (k,) and scores float32 (k,), best first; k may be less than asked for."""

    rows: Rows
    scores: Scores

    def __len__(self) -> int:
        return len(self.rows)

    @classmethod
    def best(cls, rows: Rows, scores: Scores, k: int) -> "Ranking":
        """Return the `k` best of `rows`, given in any order."""
        if k <= 0:
            rows, scores = rows[:0], scores[:0]
        elif len(rows) > k:
            kept = scores >= np.partition(scores, len(scores) - k)[len(scores) - k]
            rows, scores = rows[kept], scores[kept]
        order = np.lexsort((rows, -scores))[: max(k, 0)]
        return cls(rows=rows[order], scores=scores[order])

    @classmethod
    def merge(cls, rankings: Sequence["Ranking"], k: int) -> "Ranking":
        """Return the `k` best rows of several rankings that share no row."""
        if not rankings:
            return cls(rows=np.empty(0, np.int64), scores=np.empty(0, np.float32))
        rows = np.concatenate([ranking.rows for ranking in rankings])
        return cls.best(rows, np.concatenate([ranking.scores for ranking in rankings]), k)
