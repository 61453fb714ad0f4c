"""From a question to passages: by meaning, by words, then token by token.

Two searches propose candidates in each language of the collection: the nearest vectors, and
the passages that hold the question's words or their translations. Every candidate is then
measured the same three ways (`rag.measuring`), and the likeliest are read from the store.
"""

from collections.abc import Iterator, Mapping, Sequence
from contextlib import suppress
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from documents.models import LANGUAGES, Language
from documents.records import Filters, StoredPassage
from index.encoder import Encoder
from index.late_interaction import LateInteraction
from index.lexical import Group
from index.proposals import Proposals
from index.ranking import Ranking, Rows
from index.remembering_encoder import within
from rag.calibration import Floats, LinearModel, probability
from rag.distinct import Copies, distinct
from rag.measuring import Candidates, Measuring, Proposed
from rag.models import Hit, Mode
from rag.question import AnalysedQuestion

# How many passages each search proposes in each language, and how many of them are measured
# token by token, which costs most: with 100 and all, one question of 1,035 more found its own.
_PROPOSED = 64
_MEASURED = 48
_ATTEMPTS = 10  # at a state of the index that the store still holds


class PassageStore(Protocol):
    """What retrieval needs of the store."""

    def passages(self, rows: Sequence[int]) -> dict[int, StoredPassage]: ...

    def collection_number(self, name: str) -> int: ...

    def rows_matching(self, collection: str, filters: Filters) -> NDArray[np.int64]: ...

    @property
    def copies(self) -> Copies: ...


class View(Protocol):
    """One state of the index, that of the store's `change`."""

    @property
    def change(self) -> int: ...

    def size(self, collection: int, language: Language) -> int: ...

    def propose(
        self,
        vector: Floats | None,
        groups: Sequence[Group],
        most: int,
        *,
        collection: int,
        language: Language,
        among: Rows | None,
    ) -> Proposals: ...


class Views(Protocol):
    """Gives the present state of the index."""

    def view(self) -> View: ...


@dataclass(frozen=True, slots=True)
class Found:
    """A hit, its log-odds of being relevant, and the measures behind them.

    `copies` are passages of other documents that say the same and rank behind it.
    """

    hit: Hit
    log_odds: float
    measures: Mapping[str, float]
    copies: "tuple[Found, ...]" = ()


@dataclass(frozen=True, slots=True, eq=False)
class _Scope:
    """Where one question looks: a state of the index, a collection's number, allowed rows."""

    view: View
    collection: int
    among: Rows | None


@dataclass(frozen=True, slots=True)
class _Wanted:
    """What is looked for beside the question."""

    collection: str
    filters: Filters
    top_k: int
    mode: Mode


class _OutdatedError(Exception):
    """A passage that the index proposed is no longer in the store."""


@dataclass(frozen=True, slots=True)
class Retriever:
    """Finds the passages of a collection that bear on a question."""

    store: PassageStore
    index: Views
    encoder: Encoder
    interaction: LateInteraction
    relevance: LinearModel

    def retrieve(
        self,
        question: AnalysedQuestion,
        *,
        collection: str,
        filters: Filters,
        top_k: int,
        mode: Mode = "hybrid",
    ) -> list[Found]:
        """Return the `top_k` best passages that are no copies of a better one, best first.

        Where one of them is replaced between the index and the store, all is looked up again.

        Raises:
            UnknownCollection: there is none of this name.
        """
        wanted = _Wanted(collection, filters, top_k, mode)
        for _ in range(_ATTEMPTS - 1):
            with suppress(_OutdatedError):
                return self._retrieved(question, wanted, strict=True)
        return self._retrieved(question, wanted, strict=False)

    def _retrieved(
        self, question: AnalysedQuestion, wanted: _Wanted, *, strict: bool
    ) -> list[Found]:
        """Look once; raises _OutdatedError if `strict` and a passage was replaced meanwhile."""
        mode = wanted.mode
        # The nearest by one measure need not be near by all.
        most = max(_MEASURED, 2 * wanted.top_k) if mode == "hybrid" else 2 * _PROPOSED
        pools = self.candidates(
            question, collection=wanted.collection, filters=wanted.filters, most=most
        )
        rows = np.concatenate([pool.rows for pool in pools])
        log_odds = np.concatenate([pool.log_odds for pool in pools])
        measures = {
            name: np.concatenate([pool.measures[name] for pool in pools])
            for name in pools[0].measures
        }
        scores = {
            "hybrid": probability(log_odds),
            "dense": np.clip(measures["cosine"], 0, 1),
            "lexical": measures["words"],
        }[mode]
        meaning = _ranks([pool.by_meaning for pool in pools])
        words = _ranks([pool.by_words for pool in pools])
        best = _best(rows, log_odds if mode == "hybrid" else scores)
        if mode != "hybrid":
            proposed = meaning if mode == "dense" else words
            best = [at for at in best if int(rows[at]) in proposed]

        def pages() -> Iterator[list[Found]]:
            step = wanted.top_k
            for start in range(0, len(best), step):  # further ones only where some are copies
                places = best[start : start + step]
                stored = {
                    row: passage
                    for row, passage in self.store.passages(rows[places].tolist()).items()
                    if passage.document.collection == wanted.collection
                }
                if strict and len(stored) < len(places):
                    raise _OutdatedError
                yield [
                    Found(
                        Hit(stored[row], float(scores[at]), meaning.get(row), words.get(row)),
                        float(log_odds[at]),
                        {name: float(values[at]) for name, values in measures.items()},
                    )
                    for at in places
                    if (row := int(rows[at])) in stored  # the store decides: it may be gone
                ]

        return distinct(pages(), wanted.top_k, copies=self.store.copies)

    def candidates(
        self,
        question: AnalysedQuestion,
        *,
        collection: str,
        filters: Filters,
        most: int = 2 * _PROPOSED,
    ) -> list[Candidates]:
        """Return the best that the searches propose, measured, `most` for each language."""
        scope = self._scope(collection, filters)
        vector = within(self.encoder, collection).encode_questions([question.text])[0]
        measuring = Measuring(self.interaction, self.relevance)
        proposed = [
            measuring.likeliest(question, _proposed(scope, question, vector, language), most)
            for language in LANGUAGES
        ]
        return measuring.measured(question, vector, proposed)

    def _scope(self, collection: str, filters: Filters) -> _Scope:
        """Return where to look; the rows that filters allow are those of the same state."""
        number = self.store.collection_number(collection)
        view, among = self.index.view(), None
        if filters != Filters():
            for _ in range(_ATTEMPTS):
                among = self.store.rows_matching(collection, filters)
                before, view = view, self.index.view()
                if view.change == before.change:
                    break
        return _Scope(view, number, among)


def _proposed(
    scope: _Scope, question: AnalysedQuestion, vector: Floats, language: Language
) -> Proposed:
    """Return what may be relevant in a language."""
    found = scope.view.propose(
        vector,
        question.groups[language],
        _PROPOSED,
        collection=scope.collection,
        language=language,
        among=scope.among,
    )
    return Proposed(language, scope.view.size(scope.collection, language), found)


def _ranks(rankings: Sequence[Ranking]) -> dict[int, int]:
    """Return the rank of each row, from 1, when `rankings` are put together."""
    merged = Ranking.merge(rankings, sum(map(len, rankings)))
    return {row: rank for rank, row in enumerate(merged.rows.tolist(), start=1)}


def _best(rows: Rows, scores: Floats) -> list[int]:
    order: list[int] = np.lexsort((rows, -scores)).tolist()
    return order
