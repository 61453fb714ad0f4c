"""A second look at the best evidence: does a sentence, as a whole, mean what was asked?

Words and tokens choose a few sentences; the encoder then reads these few, unless it has read them
ahead of the question, and a linear model a language direction joins both judgements.
"""

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Protocol

import numpy as np

from rag.calibration import LinearModel
from rag.evidence import Evidence
from rag.question import AnalysedQuestion
from rag.retrieval import Found
from rag.sentence_vectors import SentenceVectors

_READ = 6  # sentences that are read again: more changed nothing that could be measured


class Ranker(Protocol):
    """Finds the sentences of passages that answer a question, best first."""

    def rank(self, question: AnalysedQuestion, found: Sequence[Found]) -> list[Evidence]: ...


@dataclass(frozen=True, slots=True)
class CloseReader:
    """Ranks as `ranker` does, then the first few again with their ``meaning``.

    That is the cosine of the question with the sentence under its title and headings. Only
    the language of the best is read; what is not read stays behind what is.
    """

    ranker: Ranker
    vectors: SentenceVectors
    model: LinearModel

    def rank(self, question: AnalysedQuestion, found: Sequence[Found]) -> list[Evidence]:
        """Return the sentences of `found` that may answer, best first."""
        evidence = self.ranker.rank(question, found)
        first = [one for one in evidence[:_READ] if one.language == evidence[0].language]
        if not first:
            return []
        collection = first[0].found.hit.stored.document.collection
        asked = self.vectors.of_question(question.text, collection=collection)
        meaning = self.vectors.of(first) @ asked
        measures = {
            "sentence": np.array([one.log_odds for one in first], np.float32),
            "meaning": meaning,
        }
        log_odds = self.model.log_odds(question.language, first[0].language, measures)
        read = [
            replace(one, log_odds=float(odds), measures={**one.measures, "meaning": float(cosine)})
            for one, odds, cosine in zip(first, log_odds, meaning, strict=True)
        ]
        read.sort(key=lambda one: -one.log_odds)
        least = read[-1].log_odds
        rest = [one.at_most(least) for one in evidence[len(first) :]]
        return [*read, *rest]
