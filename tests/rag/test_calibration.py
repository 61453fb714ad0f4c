import json
from itertools import product
from pathlib import Path

import numpy as np
import pytest

from rag.calibration import Calibration, LinearModel, probability
from rag.errors import InvalidCalibration

MODEL = LinearModel.of(
    {"fr-fr": {"a": 2.0, "b": -1.0, "bias": 0.5}, "fr-en": {"a": 0.0, "b": 1.0, "bias": -1.0}}
)


def odds(question: str, passage: str) -> list[float]:
    features = {
        "b": np.array([1, 2], np.float32),
        "a": np.array([1, 0], np.float32),
        "unused": np.array([9, 9], np.float32),
    }
    found = MODEL.log_odds(question, passage, features)  # type: ignore[arg-type]
    assert found.dtype == np.float32
    return found.tolist()


def test_features_are_weighed_by_name_and_by_direction() -> None:
    assert odds("fr", "fr") == [1.5, -1.5]
    assert odds("fr", "en") == [0.0, 1.0]


def test_a_feature_that_is_not_measured_is_an_error() -> None:
    with pytest.raises(KeyError, match="a"):
        MODEL.log_odds("fr", "fr", {"b": np.zeros(1, np.float32)})


def test_nothing_to_weigh_is_no_error() -> None:
    empty = {"a": np.zeros(0, np.float32), "b": np.zeros(0, np.float32)}
    assert len(MODEL.log_odds("fr", "fr", empty)) == 0


def test_probability_is_the_logistic_and_never_overflows() -> None:
    found = probability(np.array([-1e30, -2, 0, 2, 1e30], np.float32))

    assert found.dtype == np.float32
    assert found.tolist() == sorted(found.tolist())
    assert found[2] == 0.5
    assert found[1] + found[3] == pytest.approx(1)
    assert 0 <= found.min() < 1e-9 < 1 - 1e-6 < found.max() <= 1


@pytest.mark.parametrize("stretches", [True, False])
@pytest.mark.parametrize("encoder", ["embedded", "embedded-static", "/models/other"])
def test_the_shipped_weights_serve_every_direction_with_the_same_features(
    encoder: str, *, stretches: bool
) -> None:
    calibration = Calibration.fitted_to(encoder, stretches=stretches)

    for model in (calibration.passage, calibration.sentence, calibration.close, calibration.answer):
        assert set(model.weights) == {f"{q}-{p}" for q, p in product(("fr", "en"), repeat=2)}
        assert all(np.isfinite(weights).all() for weights in model.weights.values())


def test_weights_are_read_from_a_file(tmp_path: Path) -> None:
    path = tmp_path / "weights.json"
    fitted = {"fr-fr": {"a": 1.0, "bias": 2.0}}
    path.write_text(json.dumps(dict.fromkeys(("passage", "sentence", "close", "answer"), fitted)))

    calibration = Calibration.load(path)

    assert calibration.passage == LinearModel(("a",), {"fr-fr": (1.0,)}, {"fr-fr": 2.0})


def test_an_unknown_encoder_has_the_weights_of_one_that_makes_of_passages_what_it_does() -> None:
    without = Calibration.fitted_to("without-stretches")
    for name in ("../weights", "/models/embedded-static", "intfloat/multilingual-e5-small"):
        assert Calibration.fitted_to(name) == without
        assert Calibration.fitted_to(name, stretches=True) == Calibration.fitted_to("embedded")

    assert "stretch" not in without.passage.features
    assert "stretch" in Calibration.fitted_to("embedded").passage.features


@pytest.mark.parametrize("content", ["", "[]", "{}", '{"passage": {}}', '{"passage": {"a": 3}}'])
def test_a_file_that_holds_no_weights_is_refused_with_the_remedy(
    tmp_path: Path, content: str
) -> None:
    (tmp_path / "weights.json").write_text(content)
    for name in ("weights.json", "nowhere.json"):
        with pytest.raises(InvalidCalibration, match=r"benchmarks\.calibrate --encoder"):
            Calibration.load(tmp_path / name)
