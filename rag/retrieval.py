"""From a question to passages: by meaning, by words, then token by token.

Two searches propose candidates in each language of the collection: the nearest vectors, and
the passages that hold the question's words or their translations. Every candidate is then
measured the same three ways, and one linear model a language direction turns the measures
into log-odds of relevance, which can be compared across languages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from documents.models import LANGUAGES, Language
from documents.records import Filters, StoredPassage
from index.encoder import Encoder
from index.late_interaction import LateInteraction, TokenIds
from index.ranking import Ranking, Rows
from index.view import View
from rag.calibration import Floats, LinearModel, probability
from rag.models import Hit, Mode
from rag.question import AnalysedQuestion

# How many passages each search proposes in each language: the right one is nearly always
# among them, and measuring all of them costs about two milliseconds.
_PROPOSED = 100
_SCORED_BY_WORDS = 1000


class PassageStore(Protocol):
    """What retrieval needs of the store."""

    def passages(self, rows: Sequence[int]) -> dict[int, StoredPassage]: ...

    def collection_number(self, name: str) -> int: ...

    def rows_matching(self, collection: str, filters: Filters) -> NDArray[np.int64]: ...


class Views(Protocol):
    """Gives the present state of the index."""

    def view(self) -> View: ...


@dataclass(frozen=True, slots=True)
class Found:
    """A hit, its log-odds of being relevant, and the measures behind them."""

    hit: Hit
    log_odds: float
    measures: Mapping[str, float]


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Passages in one language: `rows` ``int64 (n,)``, each measure ``float32 (n,)``."""

    rows: Rows
    measures: Mapping[str, Floats]
    log_odds: Floats
    by_meaning: Ranking
    by_words: Ranking


@dataclass(frozen=True, slots=True, eq=False)
class _Scope:
    """Where one question looks: a state of the index, a collection's number, allowed rows."""

    view: View
    collection: int
    among: Rows | None


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
        """Return the `top_k` best passages, best first.

        Raises:
            UnknownCollection: there is none of this name.
        """
        pools = self.candidates(question, collection=collection, filters=filters)
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
        best = _best(rows, log_odds if mode == "hybrid" else scores, top_k)
        if mode != "hybrid":
            proposed = meaning if mode == "dense" else words
            best = [at for at in best if int(rows[at]) in proposed]
        stored = self.store.passages(rows[best].tolist())
        return [
            Found(
                Hit(stored[row], float(scores[at]), meaning.get(row), words.get(row)),
                float(log_odds[at]),
                {name: float(values[at]) for name, values in measures.items()},
            )
            for at in best
            if (row := int(rows[at])) in stored  # the store decides: it may be gone by now
        ]

    def candidates(
        self, question: AnalysedQuestion, *, collection: str, filters: Filters
    ) -> list[Candidates]:
        """Return what the searches propose, measured, a pool for each language."""
        scope = _Scope(
            view=self.index.view(),
            collection=self.store.collection_number(collection),
            among=None if filters == Filters() else self.store.rows_matching(collection, filters),
        )
        vector = self.encoder.encode_questions([question.text])[0]
        [tokens] = self.interaction.encoder.token_ids([question.text])
        return [self._pool(scope, question, vector, tokens, language) for language in LANGUAGES]

    def _pool(
        self,
        scope: _Scope,
        question: AnalysedQuestion,
        vector: Floats,
        tokens: TokenIds,
        language: Language,
    ) -> Candidates:
        view, groups = scope.view, question.groups[language]
        by_meaning = view.dense(
            vector,
            _PROPOSED,
            collection=scope.collection,
            language=language,
            among=scope.among,
        )
        shares = view.word_shares(
            groups,
            _SCORED_BY_WORDS,
            collection=scope.collection,
            language=language,
            among=scope.among,
        )
        by_words = Ranking(shares.rows[:_PROPOSED], shares.scores[:_PROPOSED])
        rows = np.union1d(by_meaning.rows, by_words.rows)
        maxima = self.interaction.maxima(tokens, view.tokens(rows))
        measures = {
            "tokens": maxima @ self.interaction.weights(tokens),
            "cosine": view.cosines(vector, rows),
            "words": _looked_up(shares, rows),
            "crowd": np.full(len(rows), np.log1p(view.size(scope.collection, language)), "f4"),
        }
        log_odds = self.relevance.log_odds(question.language, language, measures)
        return Candidates(rows, measures, log_odds, by_meaning, by_words)


def _looked_up(ranking: Ranking, rows: Rows) -> Floats:
    """Return the score of each of `rows` in `ranking`, 0 where it is not there."""
    order = np.argsort(ranking.rows)
    known, scores = ranking.rows[order], ranking.scores[order]
    places = np.minimum(np.searchsorted(known, rows), max(len(known) - 1, 0))
    if not len(known):
        return np.zeros(len(rows), np.float32)
    return np.where(known[places] == rows, scores[places], np.float32(0))


def _ranks(rankings: Sequence[Ranking]) -> dict[int, int]:
    """Return the rank of each row, from 1, when `rankings` are put together."""
    merged = Ranking.merge(rankings, sum(map(len, rankings)))
    return {row: rank for rank, row in enumerate(merged.rows.tolist(), start=1)}


def _best(rows: Rows, scores: Floats, top_k: int) -> list[int]:
    order: list[int] = np.lexsort((rows, -scores))[:top_k].tolist()
    return order
