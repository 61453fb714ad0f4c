"""What a search proposes in one language, and how each of its passages measures.

Whatever index searches, embedded or in an engine of its own, it answers with this.
"""

from dataclasses import dataclass

from index.late_interaction import TokenIndex
from index.ranking import Ranking, Rows, Scores


@dataclass(frozen=True, slots=True, eq=False)
class Proposals:
    """Passages that were found by meaning or by words: `rows` int64 (n,), ascending.

    `cosines` are exact, `shares` are what BM25 gives of the most it could give, 0 to 1, both
    float32 (n,); `tokens` has n texts.
    """

    rows: Rows
    cosines: Scores
    shares: Scores
    tokens: TokenIndex
    by_meaning: Ranking
    by_words: Ranking
