"""The whole training of a static encoder, on a hundred lines and in two seconds."""

from pathlib import Path

import numpy as np
import pytest

from index.static_encoder import StaticEncoder
from tests.training.texts import NOUNS
from training.batches import Batch
from training.ragged import from_lengths


def train(
    text: Path, work: Path, out: Path, *, steps: int, monkeypatch: pytest.MonkeyPatch
) -> None:
    """Run the command as a user would."""
    from training.static import main  # noqa: PLC0415 - imports torch

    options = {
        "parallel": text / "parallel.tsv.gz",
        "dictionary": text / "dictionary.tsv.gz",
        "questions": text / "questions-en.jsonl.gz",
        "work": work,
        "out": out,
        "threads": 1,
        "vocabulary": 300,
        "dimension": 16,
        "batch": 16,
        "steps": steps,
        "warmup": 5,
    }
    command = ["static", *(f"--{name}={value}" for name, value in options.items())]
    monkeypatch.setattr("sys.argv", command)
    main()


def test_a_trained_model_is_an_encoder_that_finds_translations(
    text: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    train(text, tmp_path / "work", tmp_path / "model", steps=60, monkeypatch=monkeypatch)
    encoder = StaticEncoder.load(tmp_path / "model")
    english = encoder.encode_questions([noun for noun, _ in NOUNS])
    french = encoder.encode_passages([noun for _, noun in NOUNS])
    assert encoder.dimension == 16
    assert (english @ french.T).argmax(axis=1).tolist() == [0, 1, 2, 3, 4]


class Steps:
    """A curriculum whose batches depend on the step alone."""

    def draw(self, step: int) -> Batch:
        rng = np.random.default_rng(step)
        rows = [from_lengths(rng.integers(0, 50, 40).astype(np.int32), np.full(8, 5)) for _ in "qp"]
        return Batch(*rows, related=np.eye(8, dtype=np.bool_))


def test_an_interrupted_run_ends_with_the_same_weights(tmp_path: Path) -> None:
    from training.loop import run  # noqa: PLC0415 - imports torch
    from training.static import Recipe, Trainer  # noqa: PLC0415 - imports torch

    recipe = Recipe(dimension=8, batch=8, steps=20, warmup=5)
    whole, begun, resumed = (Trainer(50, Steps(), recipe) for _ in range(3))
    begun.start(whole.table.weight.detach().clone())
    run(whole, tmp_path / "whole.pt", steps=20, every=180)
    run(begun, tmp_path / "checkpoint.pt", steps=9, every=180)
    run(resumed, tmp_path / "checkpoint.pt", steps=20, every=180)
    assert np.array_equal(resumed.table.weight.detach(), whole.table.weight.detach())


def test_the_same_text_and_vocabulary_give_the_same_model(
    text: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("first", "second"):
        train(text, tmp_path / "work", tmp_path / name, steps=20, monkeypatch=monkeypatch)
    first, second = (StaticEncoder.load(tmp_path / name) for name in ("first", "second"))
    assert first.fingerprint == second.fingerprint
