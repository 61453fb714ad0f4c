"""Is the evidence enough to answer? One calibrated probability for each language direction.

What gives a wrong answer away is a telling word of the question that nothing found covers:
above all a name or a number that stands nowhere in the passage.
"""

import re
from collections.abc import Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from documents.normalization import fold
from index.late_interaction import LateInteraction
from rag.calibration import LinearModel, probability
from rag.evidence import Evidence
from rag.named import all_of, names_asked, names_missing
from rag.numbered import numbers_asked, numbers_missing
from rag.question import AnalysedQuestion
from rag.retrieval import Found

_NUMBER = re.compile(r"\w*\d(?:[\w.,]*\w)?")
_COVERED = 0.6  # cosine from which a token of the question counts as said


@dataclass(frozen=True, slots=True)
class Abstention:
    """Decides whether to answer: at `threshold` and above, yes.

    `doubt` is what a name of the question that its document lacks takes from the log-odds, and
    what a best sentence of another year takes; `contradiction`, which leaves nothing, what one
    takes that tells the opposite, and a number of the question that its document lacks. They are
    not fitted: a fit sees few such questions, people many.
    """

    interaction: LateInteraction
    model: LinearModel
    threshold: float = 0.4
    doubt: float = 2.5
    contradiction: float = 20.0

    def confidence(self, question: AnalysedQuestion, evidence: Sequence[Evidence]) -> float:
        """Return the probability, in [0, 1], that the best evidence answers the question."""
        if not evidence:
            return 0.0
        measures = {
            name: np.array([value], np.float32)
            for name, value in self.measures(question, evidence).items()
        }
        best = evidence[0]
        odds = self.model.log_odds(question.language, best.language, measures)
        against = self.doubt * (measures["stranger"] + measures["other_year"])
        against += self.contradiction * measures["contradicted"]
        return float(probability(odds - against)[0])

    def measures(
        self, question: AnalysedQuestion, evidence: Sequence[Evidence]
    ) -> Mapping[str, float]:
        """Return what the decision rests on."""
        best = evidence[0]
        [tokens] = self.interaction.encoder.token_ids([question.text])
        weights = self.interaction.weights(tokens)
        passage = np.max(
            [e.covered for e in evidence if e.found is best.found], axis=0, initial=0.0
        )
        telling = weights >= weights.mean() if len(weights) else np.zeros(0, bool)
        rest = [e.found.log_odds for e in evidence if e.found is not best.found]
        asked = names_asked(question)
        said = all_of(_same_document(evidence))
        missing = names_missing(asked, question, said, best.language)
        said += f"\n{best.found.hit.stored.document.published_at}"
        numbers = numbers_missing(
            numbers_asked(question.text, question.language), said, best.language
        )
        return {
            "tokens": best.measures["tokens"],
            "before": best.measures["before"],
            "passage": best.found.log_odds,
            "passage_tokens": best.found.measures["tokens"],
            "words": best.found.measures["words"],
            "cosine": best.found.measures["cosine"],
            "sentence": best.log_odds,
            "meaning": best.measures["meaning"],
            "weakest": float(passage[telling].min()) if telling.any() else 0.0,
            "missing": float(weights @ np.maximum(_COVERED - passage, 0)),
            "length": float(np.log1p(len(tokens))),
            "crowd": best.found.measures["crowd"],
            "names": 1 - len(missing) / max(len(asked), 1),
            "stranger": float(bool(missing)),
            "other_year": best.measures["other_year"],
            "contradicted": float(best.measures["opposed"] or bool(numbers)),
            "numbers": _numbers_said(question.text, best),
            "kind": best.measures["kind"],
            "lead": best.found.log_odds - (max(rest) if rest else best.found.log_odds),
        }


def _same_document(evidence: Sequence[Evidence]) -> list[Found]:
    """Return the passages that were read of the document of the best evidence."""
    best = evidence[0].found.hit.stored
    read = {one.found.hit.stored.row: one.found for one in evidence}
    return [
        found
        for found in read.values()
        if found.hit.stored.document.id == best.document.id
        and found.hit.stored.passage.language == best.passage.language
    ]


def _numbers_said(question: str, best: Evidence) -> float:
    """Return the share of the numbers of the question that stand near the evidence."""
    asked = {fold(found) for found in _NUMBER.findall(question)}
    if not asked:
        return 1.0
    passage, document = best.found.hit.stored.passage, best.found.hit.stored.document
    said = fold(
        " ".join([document.title, str(document.published_at), *passage.heading_path, passage.text])
    )
    return sum(one in said for one in asked) / len(asked)
