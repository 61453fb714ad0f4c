"""What a question sees of an index in Milvus.

The engine proposes, by an approximate search for vectors and by words weighed when they were
written. What it proposes is then fetched and measured here, exactly as an embedded index does.
"""

from collections.abc import Collection, Mapping, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

import numpy as np

from index.analyzer import Language
from index.bm25 import Statistics
from index.encoder import Vectors
from index.errors import DimensionMismatch
from index.lexical import Group
from index.milvus.asked import AskedWords
from index.milvus.packing import all_unpacked
from index.milvus.table import Consistency, Searched, Table, within
from index.milvus.weights import Weights, WordWeights
from index.proposals import Proposals
from index.ranking import Ranking, Rows, Scores

_MOST_RANKED = 16_384  # passages that Milvus returns of one search
_MOST_NAMED = 4_096  # rows in a condition: reading more takes the engine longer than searching
# More passages by words than are wanted: exactly measured, some change places.
_TIMES, _MORE = 2, 50


class Counted(Protocol):
    """Passages of a part and their terms in all; the number of a term, and who holds it."""

    @property
    def passages(self) -> int: ...

    @property
    def terms(self) -> int: ...

    @property
    def known(self) -> Mapping[str, tuple[int, int]]: ...


class Counts(Protocol):
    """What is known of the words of one build of the index."""

    def counted(self, collection: int, language: Language, terms: Collection[str]) -> Counted: ...

    def passages(self) -> int: ...


@dataclass(frozen=True, slots=True, eq=False)
class MilvusView:
    """`change` is the number of the last change of the store that the table contains.

    The table was compared with the books over the connection of number `connection`.
    """

    table: Table
    counts: Counts
    weights: WordWeights
    change: int
    consistency: Consistency
    connection: int

    kind = "milvus"
    reason = "SOURCIER_INDEX=milvus"
    segment_count = 0

    def __len__(self) -> int:
        return self.counts.passages()

    @property
    def dimension(self) -> int:
        """Width of the vectors."""
        return self.table.layout.dimension

    def size(self, collection: int, language: Language) -> int:
        """Return how many passages of a collection live in a language."""
        return self.counts.counted(collection, language, ()).passages

    def propose(
        self,
        vector: Vectors | None,
        groups: Sequence[Group],
        most: int,
        *,
        collection: int,
        language: Language,
        among: Rows | None = None,
    ) -> Proposals:
        """Do as `index.view.View.propose` does.

        Raises:
            DimensionMismatch: the vector is not as wide as the index.
            IndexUnavailable: the engine is away.
        """
        if vector is not None and vector.shape != (self.dimension,):
            raise DimensionMismatch(
                f"the index holds vectors of {self.dimension} numbers, the question's has shape "
                f"{vector.shape}; use the encoder that built the index, or re-embed"
            )
        terms = {term for group in groups for term in group}
        counted = self.counts.counted(collection, language, terms)
        statistics = Statistics(counted.passages, counted.terms)
        asked = AskedWords.of(groups, counted.known, statistics)
        where = _Where(collection, language, among, counted.passages)
        nearest = self._search("vector", {} if vector is None else vector, most, where)
        words = asked.vector() if self.table.layout.words else {}
        saying = self._search("words", words, _TIMES * most + _MORE, where)
        rows, first = np.unique(np.concatenate([nearest.rows, saying.rows]), return_index=True)
        texts = [*nearest.contents, *saying.contents]
        found = all_unpacked([texts[at] for at in first.tolist()])
        shares = asked.shares(found, self.weights.bm25)
        said = shares > 0
        by_words = Ranking.best(rows[said], shares[said], most)
        by_meaning = Ranking.best(nearest.rows, nearest.scores, most)
        kept = np.isin(rows, np.concatenate([by_words.rows, by_meaning.rows]))
        cosines = np.zeros(np.count_nonzero(kept), np.float32)
        if vector is not None:
            cosines = self._cosines(vector, rows[kept], nearest)
        measured = ~np.isnan(cosines)  # others were removed meanwhile
        places = np.flatnonzero(kept)[measured]
        rows = rows[places]
        tokens, stretches = found.tokens.take(places), found.stretches.take(places)
        return Proposals(
            rows=rows,
            cosines=cosines[measured],
            shares=shares[places],
            tokens_of=lambda wanted: tokens.take(np.searchsorted(rows, wanted)),
            stretches_of=lambda wanted: stretches.take(np.searchsorted(rows, wanted)),
            by_meaning=by_meaning,
            by_words=by_words,
        )

    def _cosines(self, vector: Vectors, rows: Rows, nearest: Searched) -> Scores:
        """Return the cosine of each of `rows`, NaN where it is no longer there."""
        missing = np.setdiff1d(rows, nearest.rows)
        known, scores = nearest.rows, nearest.scores
        if len(missing):
            found = self.table.search(
                "vector",
                vector,
                len(missing),
                where=f"row in {missing.tolist()}",
                consistency=self.consistency,
                over=self.connection,
                whole=False,
            )
            known = np.concatenate([known, found.rows])
            scores = np.concatenate([scores, found.scores])
        cosines = np.full(len(rows), np.nan, np.float32)
        there = np.isin(known, rows)
        cosines[np.searchsorted(rows, known[there])] = scores[there]
        return cosines

    def _search(
        self,
        field: Literal["vector", "words"],
        wanted: Vectors | Weights,
        k: int,
        where: "_Where",
    ) -> Searched:
        """Return the `k` best; where `among` are too many to name, look further and choose."""
        among = where.among
        if not len(wanted) or not where.size or (among is not None and not len(among)):
            return Searched(np.empty(0, np.int64), np.empty(0, np.float32), [])
        if among is None or len(among) <= _MOST_NAMED:
            return self._ranked(field, wanted, k, where.condition(among))
        wide = min(_MOST_RANKED, 2 * k * where.size // len(among) + k)
        found = self._ranked(field, wanted, wide, where.condition(None))
        kept = np.isin(found.rows, among)
        if np.count_nonzero(kept) >= k or len(found.rows) < wide:
            return found.taken(np.flatnonzero(kept)[:k])
        parts = np.array_split(among, -(-len(among) // _MOST_NAMED))
        searched = [self._ranked(field, wanted, k, where.condition(part)) for part in parts]
        joined = Searched(
            np.concatenate([one.rows for one in searched]),
            np.concatenate([one.scores for one in searched]),
            [text for one in searched for text in one.contents],
        )
        return joined.taken(np.argsort(-joined.scores, kind="stable")[:k])

    def _ranked(
        self,
        field: Literal["vector", "words"],
        wanted: Vectors | Weights,
        k: int,
        condition: str,
    ) -> Searched:
        return self.table.search(
            field,
            wanted,
            k,
            where=condition,
            consistency=self.consistency,
            over=self.connection,
        )


@dataclass(frozen=True, slots=True, eq=False)
class _Where:
    """A part, how many passages it has, and the rows that a question may see of it."""

    collection: int
    language: Language
    among: Rows | None
    size: int

    def condition(self, among: Rows | None) -> str:
        return within(self.collection, self.language, among)
