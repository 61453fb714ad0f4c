"""How the passages that the searches propose measure, and how likely each is relevant.

Each is measured by how well it covers the question's tokens, by how close the closest of its
stretches is, and by the question's words that it holds. One linear model a language direction
turns the measures into log-odds, which can be compared across languages.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace

import numpy as np

from documents.models import Language
from index.late_interaction import LateInteraction, TokenIndex
from index.proposals import Proposals
from index.ranking import Ranking, Rows
from index.stretches import StretchIndex, closeness
from rag.calibration import Floats, LinearModel
from rag.question import AnalysedQuestion


@dataclass(frozen=True, slots=True, eq=False)
class Candidates:
    """Passages in one language: `rows` ``int64 (n,)``, each measure ``float32 (n,)``."""

    rows: Rows
    measures: Mapping[str, Floats]
    log_odds: Floats
    by_meaning: Ranking
    by_words: Ranking


@dataclass(frozen=True, slots=True, eq=False)
class Proposed:
    """What is `found` in a `language`, in which the collection has `size` passages."""

    language: Language
    size: int
    found: Proposals


@dataclass(frozen=True, slots=True)
class Measuring:
    """Measures passages by `interaction` and more, and weighs the measures by `relevance`."""

    interaction: LateInteraction
    relevance: LinearModel

    def measured(
        self, question: AnalysedQuestion, vector: Floats, proposed: Sequence[Proposed]
    ) -> list[Candidates]:
        """Measure all that was proposed, in each language; `vector` is the question's."""
        found = [one.found for one in proposed]
        ends = np.cumsum([len(one.rows) for one in found])[:-1]
        [tokens] = self.interaction.encoder.token_ids([question.text])
        texts = TokenIndex.joined([one.tokens for one in found])
        covered = self.interaction.maxima(tokens, texts) @ self.interaction.weights(tokens)
        close = closeness(vector, StretchIndex.joined([one.stretches for one in found]))
        each = zip(proposed, np.split(covered, ends), np.split(close, ends), strict=True)
        return [
            self._weighed(question, one, tokens=covers, stretch=closest)
            for one, covers, closest in each
        ]

    def likeliest(self, question: AnalysedQuestion, one: Proposed, most: int) -> Proposed:
        """Return the `most` that seem likeliest before tokens and stretches are read.

        Until then the whole of a passage stands for the closest of its stretches.
        """
        found = one.found
        if len(found.rows) <= most:
            return one
        nothing = np.zeros(len(found.rows), np.float32)
        weighed = self._weighed(question, one, tokens=nothing, stretch=found.cosines)
        kept = np.argsort(-weighed.log_odds, kind="stable")[:most]
        return replace(one, found=found.take(np.sort(kept)))

    def _weighed(
        self, question: AnalysedQuestion, one: Proposed, *, tokens: Floats, stretch: Floats
    ) -> Candidates:
        found = one.found
        measures = {
            "tokens": tokens,
            "cosine": found.cosines,
            "stretch": stretch,
            "words": found.shares,
            "crowd": np.full(len(found.rows), np.log1p(one.size), np.float32),
        }
        odds = self.relevance.log_odds(question.language, one.language, measures)
        return Candidates(found.rows, measures, odds, found.by_meaning, found.by_words)
