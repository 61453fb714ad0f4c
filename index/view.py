"""One consistent state of the index: what a question sees from its beginning to its end.

Immutable; any number of threads may search it. Every search names one collection and sees
nothing of the others: not their passages, and not their word statistics either.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from typing import Any, TypeVar

import numpy as np
from numpy.typing import NDArray

from index.analyzer import Language
from index.bm25 import DEFAULT_BM25, Bm25, Statistics
from index.codes import WORTH_CODES
from index.encoder import Vectors
from index.errors import DimensionMismatch, InvalidRows
from index.late_interaction import TokenIndex
from index.lexical import Group
from index.live import LiveSegment
from index.proposals import Proposals
from index.ranking import Ranking, Rows, Scores
from index.scoring import Scored, Weighting, WordSearch
from index.segment import Segment
from index.stretches import StretchIndex
from index.text_parts import TextParts

Parts = TypeVar("Parts", bound=TextParts)


@dataclass(frozen=True, slots=True, eq=False)
class View:
    """`change` is the number of the last change of the store that this state contains."""

    dimension: int
    bm25: Bm25 = DEFAULT_BM25
    segments: tuple[LiveSegment, ...] = ()
    change: int = 0

    def __len__(self) -> int:
        """Return how many passages live."""
        return sum(map(len, self.segments))

    @property
    def segment_count(self) -> int:
        """How many segments there are."""
        return len(self.segments)

    @property
    def kind(self) -> str:
        """How vectors are searched: `exact`, or `quantised` where codes propose and they decide."""
        return "quantised" if self._coded else "exact"

    @property
    def reason(self) -> str:
        """Why they are searched so."""
        if coded := self._coded:
            return (
                f"codes propose among {coded:,} of {len(self):,} passages, those of which "
                f"{WORTH_CODES:,} or more are searched together; cosines are exact"
            )
        return f"{len(self):,} passages, of which fewer than {WORTH_CODES:,} are searched together"

    @property
    def _coded(self) -> int:
        return sum(live.segment.coded for live in self.segments)

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
        searches, weighting = self._searches(groups, collection, language)
        scored = [(live, _best(live, search, most, among)) for live, search in searches]
        # What BM25 would give to a passage that says nothing but every word.
        whole = np.float32(sum(weighting.bounds) or 1)
        by_words = Ranking.merge(
            [
                Ranking.best(live.segment.rows[one.positions], one.scores, most)
                for live, one in scored
            ],
            most,
        )
        rows = np.union1d(by_meaning.rows, by_words.rows)
        shares = np.zeros(len(rows), np.float32)
        said = np.zeros(len(rows), np.bool_)
        places = np.searchsorted(rows, by_words.rows)
        said[places], shares[places] = True, by_words.scores
        shares[~said] = _of_rows(scored, rows[~said])
        return Proposals(
            rows=rows,
            cosines=self.cosines(vector, rows)
            if vector is not None
            else np.zeros(len(rows), np.float32),
            shares=shares / whole,
            tokens_of=self.tokens,
            stretches_of=self.stretches,
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
        for live in self.segments:
            mask = None if among is None else live.among(among)
            for within in live.parts(collection, language).values():
                positions, scores = live.segment.vectors.search(
                    vector, k, within=within, allowed=live.allowed(within, mask)
                )
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
                searches, _ = self._searches(words, collection, spoken)
                for live, search in searches:
                    best = _best(live, search, k, among)
                    rankings.append(Ranking.best(live.segment.rows[best.positions], best.scores, k))
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
        return self._parts(rows, lambda segment: segment.tokens, TokenIndex)

    def stretches(self, rows: Rows) -> StretchIndex:
        """Return the stretches of each of `rows`, in order; raises as `tokens` does."""
        return self._parts(rows, lambda segment: segment.stretches, StretchIndex)

    def _parts(self, rows: Rows, of: Callable[[Segment], Parts], kind: type[Parts]) -> Parts:
        texts: dict[int, NDArray[Any]] = {}
        for live in self.segments:
            positions, there = live.living(rows)
            places = np.flatnonzero(there).tolist()
            for place, position in zip(places, positions[there].tolist(), strict=True):
                texts[place] = of(live.segment).text(position)
        if len(texts) < len(rows):
            missing = next(place for place in range(len(rows)) if place not in texts)
            raise InvalidRows(
                f"row {rows[missing]} is not in the index; ask for rows that this view returned"
            )
        return kind.build([texts[place] for place in range(len(rows))])

    def __contains__(self, row: int) -> bool:
        """Return whether a passage with this row lives."""
        wanted = np.array([row], np.int64)
        return any(bool(live.living(wanted)[1].any()) for live in self.segments)

    def _statistics(self, language: Language, collection: int) -> Statistics:
        parts = (live.statistics.get((collection, language)) for live in self.segments)
        return sum((part for part in parts if part), Statistics())

    def _searches(
        self, groups: Sequence[Group], collection: int, language: Language
    ) -> tuple[list[tuple[LiveSegment, WordSearch]], Weighting]:
        """Return a search in each segment that holds any word, and how much each word tells."""
        found = []
        for live in self.segments:
            for within in live.parts(collection, language).values():
                lexical = live.segment.lexical[language]
                matches = lexical.matches(groups, within=within, alive=live.alive)
                found.append((live, lexical, within, matches))
        statistics = self._statistics(language, collection)
        idf = [
            statistics.idf(sum(matches[number].passages for *_, matches in found))
            for number in range(len(groups))
        ]
        weighting = Weighting(idf, statistics.average_length, self.bm25)
        searches = [
            (live, WordSearch(lexical, within, matches, weighting))
            for live, lexical, within, matches in found
            if any(map(len, matches))
        ]
        return searches, weighting

    def _check_width(self, vector: Vectors) -> None:
        if vector.shape != (self.dimension,):
            raise DimensionMismatch(
                f"the index holds vectors of {self.dimension} numbers, the question's has shape "
                f"{vector.shape}; use the encoder that built the index, or re-embed"
            )


def _of_rows(scored: Sequence[tuple[LiveSegment, Scored]], rows: Rows) -> Scores:
    """Return the score of each of `rows`, 0 where its segment has none."""
    found = np.zeros(len(rows), np.float32)
    for live, one in scored:
        positions, there = live.living(rows)
        found[there] = one.at(positions[there])
    return found


def _best(live: LiveSegment, search: WordSearch, k: int, among: Rows | None) -> Scored:
    within = search.within
    allowed = None if among is None else live.among(among)[within.start : within.stop]
    return search.best(k, allowed=allowed)
