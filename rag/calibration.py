"""Small linear models that turn measured features into log-odds, one a language direction.

A direction is the language of the question and that of the passage. Without it, scores of a
French and an English passage could not be compared: cosines across languages are lower, and
words match less. The weights are fitted by ``benchmarks/calibrate.py`` and stand in
``weights/``, a file an encoder, where people can read them.
"""

import json
from collections.abc import Mapping
from dataclasses import dataclass, fields
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

from documents.models import Language
from rag.errors import InvalidCalibration

Floats = NDArray[np.float32]
WEIGHTS = Path(__file__).with_name("weights")
# Whose weights serve an encoder that none were fitted to.
_WITH, _WITHOUT = "embedded", "without-stretches"


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
    """The models: is a passage relevant, a sentence the answer, also read closely; is it one?"""

    passage: LinearModel
    sentence: LinearModel
    close: LinearModel
    answer: LinearModel

    @classmethod
    def fitted_to(cls, encoder: str, *, stretches: bool = False) -> "Calibration":
        """Return the weights fitted to an encoder, or to one that makes `stretches` as it does.

        What is measured token by token and word by word does not depend on the encoder, so
        that another's weights serve passably.
        """
        shipped = {path.stem: path for path in WEIGHTS.glob("*.json")}
        return cls.load(shipped.get(encoder, shipped[_WITH if stretches else _WITHOUT]))

    @classmethod
    def load(cls, path: Path) -> "Calibration":
        """Read the fitted weights.

        Raises:
            InvalidCalibration: the file is missing, or not what `benchmarks.calibrate` writes.
        """
        try:
            stored = json.loads(path.read_text(encoding="utf-8"))
            return cls(**{part.name: LinearModel.of(stored[part.name]) for part in fields(cls)})
        except (OSError, ValueError, KeyError, TypeError, AttributeError, StopIteration) as error:
            message = (
                f"{path} holds no weights ({error!r}): fit them with "
                "`python -m benchmarks.calibrate --encoder MODEL --out FILE`"
            )
            raise InvalidCalibration(message) from error


def probability(log_odds: Floats) -> Floats:
    """Return the logistic of `log_odds`, in (0, 1)."""
    odds = np.exp(-np.clip(log_odds, -30, 30))
    return np.asarray(1 / (1 + odds), np.float32)
