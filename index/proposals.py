"""What a search proposes in one language, and how each of its passages measures.

Whatever index searches, embedded or in an engine of its own, it answers with this.
"""

from collections.abc import Callable
from dataclasses import dataclass, replace

import numpy as np
from numpy.typing import NDArray

from index.late_interaction import TokenIndex
from index.ranking import Ranking, Rows, Scores
from index.stretches import StretchIndex


@dataclass(frozen=True, slots=True, eq=False)
class Proposals:
    """Passages that were found by meaning or by words: `rows` int64 (n,), ascending.

    `cosines` are exact, `shares` are what BM25 gives of the most it could give, 0 to 1, both
    float32 (n,). `tokens_of` reads the tokens of some of the rows, `stretches_of` their stretches.
    """

    rows: Rows
    cosines: Scores
    shares: Scores
    tokens_of: Callable[[Rows], TokenIndex]
    stretches_of: Callable[[Rows], StretchIndex]
    by_meaning: Ranking
    by_words: Ranking

    @property
    def tokens(self) -> TokenIndex:
        """The tokens of each passage, n texts; read anew each time."""
        return self.tokens_of(self.rows)

    @property
    def stretches(self) -> StretchIndex:
        """The stretches of each passage, n texts; read anew each time."""
        return self.stretches_of(self.rows)

    def take(self, kept: NDArray[np.int64]) -> "Proposals":
        """Return these without the passages that are not at the ascending positions `kept`."""
        return replace(
            self,
            rows=self.rows[kept],
            cosines=self.cosines[kept],
            shares=self.shares[kept],
        )
