"""Small logistic regressions, one a family of language directions, from measured examples."""

from collections.abc import Mapping, Sequence

import numpy as np
from numpy.typing import NDArray
from scipy.optimize import minimize  # type: ignore[import-untyped]
from scipy.special import expit  # type: ignore[import-untyped]

from documents.models import Language

Measures = Mapping[str, float]
Weights = dict[str, dict[str, float]]
Direction = tuple[Language, Language]
# What is fitted together: the two directions within a language apart, those across as one.
_FAMILIES: tuple[tuple[Direction, ...], ...] = (
    (("fr", "fr"),),
    (("en", "en"),),
    (("fr", "en"), ("en", "fr")),
)
_PATIENT = {"maxiter": 5000, "maxfun": 50_000}


class Samples:
    """Rows of measures with a label and a weight, by direction; `signs` that weights must have."""

    def __init__(self, features: tuple[str, ...], signs: Mapping[str, int] | None = None) -> None:
        self.features = features
        self._signs = signs or {}
        self.rows: dict[Direction, list[tuple[list[float], bool]]] = {}

    def add(self, direction: Direction, measures: Measures, *, label: bool) -> None:
        """Take one example in."""
        row = [measures[name] for name in self.features]
        self.rows.setdefault(direction, []).append((row, label))

    def fit(self, *, strength: float = 10.0) -> Weights:
        """Return weights and biases by direction; labels weigh the same in sum in each."""
        fitted: Weights = {}
        for family in _FAMILIES:
            names = [direction for direction in family if direction in self.rows]
            values, labels, weights, own = self._stacked(names)
            learnt = _logistic(
                np.hstack([values, own]), labels, weights, self._bounds(own), strength
            )
            for number, (question, passage) in enumerate(names):
                bias = learnt[len(self.features) + number]
                fitted[f"{question}-{passage}"] = {
                    **{n: round(float(w), 3) for n, w in zip(self.features, learnt, strict=False)},
                    "bias": round(float(bias), 3),
                }
        return fitted

    def _bounds(self, own: NDArray[np.float64]) -> list[tuple[float | None, float | None]]:
        """Return the least and the most that each weight may be, those of the biases last."""
        bounds = {1: (0.0, None), -1: (None, 0.0), 0: (None, None)}
        free = [(None, None)] * own.shape[1]
        return [*(bounds[self._signs.get(name, 0)] for name in self.features), *free]

    def _stacked(self, names: Sequence[Direction]) -> tuple[NDArray[np.float64], ...]:
        values, labels, weights, own = [], [], [], []
        for number, name in enumerate(names):
            right = sum(label for _, label in self.rows[name])
            wrong = len(self.rows[name]) - right
            for row, label in self.rows[name]:
                values.append(row)
                labels.append(label)
                weights.append(500 / (right if label else wrong))
                own.append([number == other for other in range(len(names))])
        return np.array(values), np.array(labels), np.array(weights), np.array(own, float)


def _logistic(
    inputs: NDArray[np.float64],
    labels: NDArray[np.float64],
    weights: NDArray[np.float64],
    bounds: Sequence[tuple[float | None, float | None]],
    strength: float,
) -> NDArray[np.float64]:
    """Return the weights of a logistic regression within `bounds`, ``float64 (features,)``."""
    signs = np.where(labels > 0, 1.0, -1.0)

    def loss(learnt: NDArray[np.float64]) -> tuple[float, NDArray[np.float64]]:
        margins = signs * (inputs @ learnt)
        slope = -signs * weights * expit(-margins)
        value = weights @ np.logaddexp(0, -margins) + learnt @ learnt / (2 * strength)
        return float(value), inputs.T @ slope + learnt / strength

    start = np.zeros(inputs.shape[1])
    found = minimize(loss, start, jac=True, bounds=bounds, method="L-BFGS-B", options=_PATIENT)
    learnt: NDArray[np.float64] = found.x
    return learnt
