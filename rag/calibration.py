"""Small linear models that turn measured features into log-odds, one a language direction.

A direction is the language of the question and that of the passage. Without it, scores of a
French and an English passage could not be compared: cosines across languages are lower, and
words match less. The weights are fitted by ``benchmarks/calibrate.py`` and stand in
``calibration.json``, where people can read them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from documents.models import Language

Floats = NDArray[np.float32]
CALIBRATION_FILE = Path(__file__).with_name("calibration.json")


@dataclass(frozen=True, slots=True)
class LinearModel:
    """Log-odds as a weighted sum of named features, for each direction."""

    features: tuple[str, ...]
    weights: Mapping[str, tuple[float, ...]]
    biases: Mapping[str, float]

    @classmethod
    def of(cls, fitted: Mapping[str, Mapping[str, float]]) -> "LinearModel":
        """Return the model of the weights, with their ``bias``, that were fitted."""
        names = tuple(next(iter(fitted.values())))
        features = tuple(name for name in names if name != "bias")
        return cls(
            features=features,
            weights={way: tuple(w[name] for name in features) for way, w in fitted.items()},
            biases={way: w["bias"] for way, w in fitted.items()},
        )

    def log_odds(
        self, question: Language, passage: Language, features: Mapping[str, Floats]
    ) -> Floats:
        """Return ``float32 (n,)`` from features of n things, each ``float32 (n,)``."""
        direction = f"{question}-{passage}"
        stacked = np.stack([features[name] for name in self.features])
        weights = np.asarray(self.weights[direction], dtype=np.float32)
        odds: Floats = (weights @ stacked + self.biases[direction]).astype(np.float32)
        return odds


@dataclass(frozen=True, slots=True)
class Calibration:
    """The three models: is this passage relevant, this sentence the answer, this an answer."""

    passage: LinearModel
    sentence: LinearModel
    answer: LinearModel

    @classmethod
    def load(cls, path: Path = CALIBRATION_FILE) -> "Calibration":
        """Read the fitted weights."""
        stored = json.loads(path.read_text(encoding="utf-8"))
        return cls(
            **{name: LinearModel.of(stored[name]) for name in ("passage", "sentence", "answer")}
        )


def probability(log_odds: Floats) -> Floats:
    """Return the logistic of `log_odds`, in (0, 1)."""
    odds = np.exp(-np.clip(log_odds, -30, 30))
    return np.asarray(1 / (1 + odds), np.float32)
