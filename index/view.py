"""One consistent state of the index: what a question sees from its beginning to its end.

Immutable; any number of threads may search it. Every search names one collection and sees
nothing of the others: not their passages, and not their word statistics either.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from index.analyzer import Language
from index.bm25 import DEFAULT_BM25, Bm25, Statistics
from index.encoder import Vectors
from index.errors import DimensionMismatch, InvalidRows
from index.late_interaction import TokenIds, TokenIndex
from index.lexical import Group
from index.live import LiveSegment
from index.proposals import Proposals
from index.ranking import Ranking, Rows, Scores
from index.vector import Mask


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """`change` is the number of the last change of the store that this state contains."""

    dimension: int
    bm25: Bm25 = DEFAULT_BM25
    segments: tuple[LiveSegment, ...] = ()
    change: int = 0

    kind = "exact"

    def __len__(self) -> int:
        """Return how many passages live."""
        return sum(map(len, self.segments))

    @property
    def segment_count(self) -> int:
        """How many segments there are."""
        return len(self.segments)

    def size(self, collection: int, language: Language) -> int:
        """Return how many passages of a collection live in a language."""
        return self._statistics(language, collection).passages

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
        """Return the `most` best passages by meaning and as many by words, all measured.

        Without a `vector` nothing is found by meaning, and cosines are 0.

        Raises:
            DimensionMismatch: the vector is not as wide as the index.
        """
        by_meaning = Ranking.merge([], most)
        if vector is not None:
            by_meaning = self.dense(
                vector, most, collection=collection, language=language, among=among
            )
        scored, idf = self._scored(groups, collection, language)
        # What BM25 would give to a passage that says nothing but every word.
        whole = np.float32((self.bm25.k1 + 1) * sum(idf) or 1)
        by_words = Ranking.merge(
            [_best(live, scores, most, among) for live, scores in scored], most
        )
        rows = np.union1d(by_meaning.rows, by_words.rows)
        return Proposals(
            rows=rows,
            cosines=self.cosines(vector, rows)
            if vector is not None
            else np.zeros(len(rows), np.float32),
            shares=_of_rows(scored, rows) / whole,
            tokens=self.tokens(rows),
            by_meaning=by_meaning,
            by_words=Ranking(by_words.rows, by_words.scores / whole),
        )

    def dense(
        self,
        vector: Vectors,
        k: int,
        *,
        collection: int,
        language: Language | None = None,
        among: Rows | None = None,
    ) -> Ranking:
        """Return the `k` passages whose vectors are nearest to `vector`, by cosine.

        `vector` is a float32 unit vector (dimension,). `among` are the only rows allowed,
        int64, ascending; None allows all.

        Raises:
            DimensionMismatch: the vector is not as wide as the index.
        """
        self._check_width(vector)
        rankings = []
        for live in self._holding(collection, language):
            allowed = _within(live, live.allowed(collection, language), among)
            positions, scores = live.segment.vectors.search(vector, k, allowed=allowed)
            rankings.append(Ranking(live.segment.rows[positions], scores))
        return Ranking.merge(rankings, k)

    def lexical(
        self,
        groups: Mapping[Language, Sequence[Group]],
        k: int,
        *,
        collection: int,
        language: Language | None = None,
        among: Rows | None = None,
    ) -> Ranking:
        """Return the `k` passages that hold the question's words best, by BM25.

        `groups` has, for each language of the passages, the question's words in it. Passages
        of a language are weighed by the statistics of that language in this collection;
        those that hold none of the words are left out.
        """
        rankings = []
        for spoken, words in groups.items():
            if language is None or spoken == language:
                scored, _ = self._scored(words, collection, spoken)
                rankings += [_best(live, scores, k, among) for live, scores in scored]
        return Ranking.merge(rankings, k)

    def cosines(self, vector: Vectors, rows: Rows) -> Scores:
        """Return the exact cosine of `vector` with the vector of each of `rows`, in order.

        Raises:
            DimensionMismatch: the vector is not as wide as the index.
            InvalidRows: a row is not in the index.
        """
        self._check_width(vector)
        cosines = np.full(len(rows), np.nan, np.float32)
        for live in self.segments:
            positions, there = live.living(rows)
            if there.any():
                cosines[there] = live.segment.vectors.cosines(vector, positions[there])
        missing = np.flatnonzero(np.isnan(cosines))
        if len(missing):
            raise InvalidRows(
                f"row {rows[missing[0]]} is not in the index; ask for rows that this view returned"
            )
        return cosines

    def tokens(self, rows: Rows) -> TokenIndex:
        """Return the tokens of each of `rows`, in order.

        Raises:
            InvalidRows: a row is not in the index.
        """
        texts: dict[int, TokenIds] = {}
        for live in self.segments:
            positions, there = live.living(rows)
            for place in np.flatnonzero(there).tolist():
                texts[place] = live.segment.tokens.text(int(positions[place]))
        missing = [row for place, row in enumerate(rows.tolist()) if place not in texts]
        if missing:
            raise InvalidRows(
                f"row {missing[0]} is not in the index; ask for rows that this view returned"
            )
        return TokenIndex.build([texts[place] for place in range(len(rows))])

    def __contains__(self, row: int) -> bool:
        """Return whether a passage with this row lives."""
        wanted = np.array([row], np.int64)
        return any(bool(live.living(wanted)[1].any()) for live in self.segments)

    def _holding(self, collection: int, language: Language | None) -> list[LiveSegment]:
        """Return the segments that hold something a question may see."""
        return [
            live
            for live in self.segments
            if (spoken := live.languages(collection)) and (language is None or language in spoken)
        ]

    def _statistics(self, language: Language, collection: int) -> Statistics:
        parts = (live.statistics.get((collection, language)) for live in self.segments)
        return sum((part for part in parts if part), Statistics())

    def _scored(
        self, groups: Sequence[Group], collection: int, language: Language
    ) -> tuple[list[tuple[LiveSegment, Scores]], list[float]]:
        """Return the scores of the segments that hold any word, and how much each word tells."""
        found = []
        for live in self._holding(collection, language):
            allowed = live.allowed(collection)
            lexical = live.segment.lexical[language]
            matches = [lexical.matches(group, allowed=allowed) for group in groups]
            found.append((live, matches))
        statistics = self._statistics(language, collection)
        idf = [
            statistics.idf(sum(matches[number].passages for _, matches in found))
            for number in range(len(groups))
        ]
        scored = [
            (
                live,
                live.segment.lexical[language].scores(
                    matches, idf, average_length=statistics.average_length, bm25=self.bm25
                ),
            )
            for live, matches in found
            if any(len(match.positions) for match in matches)
        ]
        return scored, idf

    def _check_width(self, vector: Vectors) -> None:
        if vector.shape != (self.dimension,):
            raise DimensionMismatch(
                f"the index holds vectors of {self.dimension} numbers, the question's has shape "
                f"{vector.shape}; use the encoder that built the index, or re-embed"
            )


def _within(live: LiveSegment, allowed: Mask | None, among: Rows | None) -> Mask | None:
    if among is None:
        return allowed
    mask = live.among(among)
    return mask if allowed is None else mask & allowed


def _of_rows(scored: Sequence[tuple[LiveSegment, Scores]], rows: Rows) -> Scores:
    """Return the score of each of `rows`, 0 where its segment has none."""
    found = np.zeros(len(rows), np.float32)
    for live, scores in scored:
        positions, there = live.living(rows)
        found[there] = scores[positions[there]]
    return found


def _best(live: LiveSegment, scores: Scores, k: int, among: Rows | None) -> Ranking:
    positions: NDArray[np.int64] = np.flatnonzero(scores > 0)
    if among is not None:
        positions = positions[live.among(among)[positions]]
    return Ranking.best(live.segment.rows[positions], scores[positions], k)
