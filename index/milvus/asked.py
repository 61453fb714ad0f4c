"""A question's words as the engine is asked for them, and their exact score in a passage.

The engine proposes by the sum of the terms of a group, which counts a passage that holds two
translations of one word a little too high. The score is that of `index/lexical.py`: counts
summed over a group before BM25 is applied once.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.bm25 import Bm25, Statistics
from index.lexical import Group
from index.milvus.packing import AllContents
from index.milvus.weights import Weights
from index.ranking import Scores


@dataclass(frozen=True, slots=True, eq=False)
class AskedWords:
    """What a question asks of the passages of one part.

    `terms` are the numbers of the terms, ascending (t,); `groups` says with what weight each
    belongs to each group, float32 (groups, t); `idf` is how much each group tells, float32
    (groups,).
    """

    statistics: Statistics
    terms: NDArray[np.int64]
    groups: NDArray[np.float32]
    idf: NDArray[np.float32]

    @classmethod
    def of(
        cls,
        groups: Sequence[Group],
        known: Mapping[str, tuple[int, int]],
        statistics: Statistics,
    ) -> "AskedWords":
        """Make it of `groups`; `known` has the number of a term and how many passages hold it."""
        ordered = sorted(known, key=lambda term: known[term][0])
        place = {term: at for at, term in enumerate(ordered)}
        weights = np.zeros((len(groups), len(known)), np.float32)
        for number, group in enumerate(groups):
            for term, weight in group.items():
                if term in place:
                    weights[number, place[term]] = weight
        passages = np.array([known[term][1] for term in ordered], np.float64)
        idf = [statistics.idf(found) for found in (weights @ passages).tolist()]
        terms = np.array([known[term][0] for term in ordered], np.int64)
        return cls(statistics, terms, weights, np.array(idf, np.float32))

    def vector(self) -> Weights:
        """Return what the engine is asked; empty where it knows none of the words."""
        weights = self.idf @ self.groups
        return {
            term: weight
            for term, weight in zip(self.terms.tolist(), weights.tolist(), strict=True)
            if weight > 0
        }

    def shares(self, passages: AllContents, bm25: Bm25) -> Scores:
        """Return the score of each passage, as a share of the most there could be."""
        whole = np.float32((bm25.k1 + 1) * self.idf.sum())
        counts = np.zeros((len(passages.lengths), len(self.terms)), np.float32)
        if not counts.size or not whole:
            return np.zeros(len(passages.lengths), np.float32)
        places = np.minimum(np.searchsorted(self.terms, passages.terms), len(self.terms) - 1)
        asked = self.terms[places] == passages.terms
        counts[passages.owners[asked], places[asked]] = passages.counts[asked]
        gains = bm25.gain(
            counts @ self.groups.T,
            passages.lengths[:, None],
            average_length=self.statistics.average_length,
        )
        return np.asarray(gains @ self.idf / whole, np.float32)
