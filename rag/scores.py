"""Scores of an evaluation, question by question, and how sure their means are.

Retrieval is scored by ir-measures [1]: recall at 1, 3, 5 and 10, reciprocal rank and nDCG at 10,
each question having one right passage. Intervals are those of the bootstrap [2], and two runs
are compared by a paired permutation test [3].

[1] MacAvaney, Macdonald, Ounis, Streamlining Evaluation with ir-measures,
    https://arxiv.org/abs/2111.13466
[2] Efron, Bootstrap Methods: Another Look at the Jackknife,
    https://doi.org/10.1214/aos/1176344552
[3] Smucker, Allan, Carterette, A Comparison of Statistical Significance Tests for Information
    Retrieval Evaluation, https://doi.org/10.1145/1321440.1321528
"""

import json
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from rag.errors import InvalidDataset
from rag.evaluation import Outcome

_RESAMPLES = 2000
_SEED = 7
Scores = dict[str, dict[str, dict[str, float]]]  # direction → measure → question → score


@dataclass(frozen=True, slots=True)
class Mean:
    """A mean over `questions` questions, and the ends of its 95 % interval."""

    value: float
    low: float
    high: float
    questions: int


@dataclass(frozen=True, slots=True)
class Difference:
    """How a mean changed between two runs; `p`: how often chance alone does as much."""

    direction: str
    measure: str
    before: float
    after: float
    p: float


def score(outcomes: Sequence[Outcome]) -> Scores:
    """Return the scores of every question, by direction and measure.

    Questions with an answer have the measures of retrieval, ``quote``, ``first quote``
    (1 where one holds the fact) and ``refused``; the others ``refused`` alone.
    """
    ranks = {o.example.id: o.rank for o in outcomes if o.example.answers}
    retrieval = _retrieval(ranks)
    found: Scores = {}
    for outcome in outcomes:
        example = outcome.example
        measures = {"refused": float(not outcome.answer.answered)}
        if example.answers:
            measures = {
                **retrieval[example.id],
                "quote": float(outcome.hit),
                "first quote": float(outcome.first_hit),
                **measures,
            }
        for name, value in measures.items():
            found.setdefault(example.direction, {}).setdefault(name, {})[example.id] = value
    return dict(sorted(found.items()))


def _retrieval(ranks: Mapping[str, int | None]) -> dict[str, dict[str, float]]:
    """Return each measure of retrieval of each question, from the rank of its right passage."""
    import ir_measures  # noqa: PLC0415 - for evaluations only

    measures = [
        ir_measures.parse_measure(name) for name in ("R@1", "R@3", "R@5", "R@10", "RR", "nDCG@10")
    ]
    right = [ir_measures.Qrel(question, "right", 1) for question in ranks]
    run = [ir_measures.ScoredDoc(q, "right", 1 / rank) for q, rank in ranks.items() if rank]
    # Whatever else was found stands before it.
    run += [
        ir_measures.ScoredDoc(q, f"other {place}", 1 / place)
        for q, rank in ranks.items()
        for place in range(1, rank or 1)
    ]
    scores: dict[str, dict[str, float]] = {question: {} for question in ranks}
    for one in ir_measures.iter_calc(measures, right, run):
        scores[one.query_id][str(one.measure)] = one.value
    return scores


def mean(values: Sequence[float]) -> Mean:
    """Return the mean of `values`, at least one, with its interval."""
    sample = np.asarray(values)
    draws = np.random.default_rng(_SEED).integers(0, len(sample), (_RESAMPLES, len(sample)))
    low, high = np.quantile(sample[draws].mean(axis=1), [0.025, 0.975])
    return Mean(float(sample.mean()), float(low), float(high), len(sample))


def compare(before: Scores, after: Scores) -> list[Difference]:
    """Return how every mean changed, over the questions that both runs asked, at least two."""
    from scipy.stats import permutation_test  # noqa: PLC0415 - for evaluations only

    changes = []
    for direction, measures in after.items():
        for name, scores in measures.items():
            earlier = before.get(direction, {}).get(name, {})
            both = [question for question in scores if question in earlier]
            if len(both) < 2:
                continue
            pairs = np.array([(earlier[q], scores[q]) for q in both])
            test = permutation_test(
                (pairs[:, 1], pairs[:, 0]),
                lambda one, other, axis: (one - other).mean(axis=axis),
                permutation_type="samples",
                vectorized=True,
                n_resamples=_RESAMPLES,
                rng=np.random.default_rng(_SEED),
            )
            old, new = pairs.mean(axis=0)
            changes.append(Difference(direction, name, float(old), float(new), float(test.pvalue)))
    return changes


def write_scores(scores: Scores, path: Path) -> None:
    """Keep the scores of a run, to compare another with it."""
    path.write_text(json.dumps(scores, ensure_ascii=False, indent=1) + "\n", encoding="utf-8")


def read_scores(path: Path) -> Scores:
    """Return the scores that `write_scores` kept.

    Raises:
        InvalidDataset: the file is not what `write_scores` wrote.
    """
    try:
        stored = json.loads(path.read_text(encoding="utf-8"))
        return {
            str(direction): {
                str(name): {str(q): float(value) for q, value in values.items()}
                for name, values in measures.items()
            }
            for direction, measures in stored.items()
        }
    except (OSError, ValueError, TypeError, AttributeError) as error:
        message = f"{path} holds no scores: give the file of an earlier --scores ({error!r})"
        raise InvalidDataset(message) from error
