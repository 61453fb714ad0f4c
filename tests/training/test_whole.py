"""The whole training, as `make train-small` does it, on forty lines and with a tiny teacher."""

import gzip
import shutil
from pathlib import Path

import pytest

from index.lexicon import Lexicon
from index.static_encoder import StaticEncoder
from index.transformer_encoder import TransformerEncoder
from tests.training.texts import write_parallel
from training.errors import TrainingError, command
from training.kept import claim


@pytest.fixture(autouse=True)
def short(monkeypatch: pytest.MonkeyPatch) -> None:
    """Take fewer steps than even the small training."""
    from training import __main__ as whole  # noqa: PLC0415 - imports torch

    few = {"steps": 12, "warmup": 2, "lines": 16, "passages": 4, "clozes": 4, "answers": 4}
    tokens = {"vocabulary": 200, "known": 40}
    monkeypatch.setattr(whole, "_SMALL_STATIC", {"steps": 12, "dimension": 16, "batch": 16})
    monkeypatch.setattr(whole, "_SMALL_TRANSFORMER", few | tokens)
    more = {"asked": 8, "taught-questions": 4}
    monkeypatch.setattr(whole, "_SMALL_REFINEMENT", few | tokens | more)
    monkeypatch.setattr(whole, "_SMALL_CHECKPOINT", 0)


def train(text: Path, teacher: Path, data: Path, work: Path) -> None:
    from training.__main__ import main  # noqa: PLC0415 - imports torch

    folders = {"text": text, "teacher": teacher, "data": data, "work": work, "threads": 1}
    main(["--small", *(f"--{name}={value}" for name, value in folders.items())])


def test_parallel_text_is_all_that_is_needed(
    teacher_folder: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    write_parallel(tmp_path)
    pairs = tmp_path / "pairs.tsv"
    pairs.write_bytes(gzip.decompress((tmp_path / "parallel.tsv.gz").read_bytes()))

    train(pairs, teacher_folder, tmp_path / "none", tmp_path / "work")

    models = tmp_path / "work" / "models"
    assert TransformerEncoder.load(models / "embedded").dimension == 32
    assert StaticEncoder.load(models / "embedded-static").dimension == 16
    assert Lexicon.load(models / "lexicon").translate("cat", source="en")[0][0] == "chat"
    for name in ("embedded", "embedded-static"):
        card = (models / name / "README.md").read_text("utf-8")
        assert "Not measured." in card
        assert "| news | 40 | 1.0 | not stated |" in card
    said = capsys.readouterr().out
    assert "8 of 8: card of embedded-static" in said
    assert "nothing to measure with" in said


class Killed(Exception):
    """The process ends here."""


def test_a_training_that_was_killed_goes_on_and_ends_as_if_it_had_not_been(
    text: Path,
    teacher_folder: Path,
    questions: Path,
    tmp_path: Path,
    *,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from training import transformer  # noqa: PLC0415 - imports torch

    advance = transformer.Trainer.advance
    due = [("Recipe", 5), ("Refinement", 7)]

    def dying(trainer: transformer.Trainer) -> float:
        if (type(trainer.recipe).__name__, trainer.step) in due:
            due.pop(0)
            raise Killed
        return advance(trainer)

    monkeypatch.setattr(transformer.Trainer, "advance", dying)
    killed, whole = tmp_path / "killed", tmp_path / "whole"
    for _ in range(2):
        with pytest.raises(Killed):
            train(text, teacher_folder, questions, killed)
    train(text, teacher_folder, questions, killed)
    said = capsys.readouterr().out
    assert "Going on from step 5 of 12." in said
    assert "Going on from step 7 of 12." in said
    assert "fr→fr" in said
    assert "8 of 8: card of embedded-static" in said

    # The library that learns vocabularies never learns two alike.
    runs = shutil.ignore_patterns("models", "transformer", "refined", "done")
    shutil.copytree(killed, whole, ignore=runs)
    train(text, teacher_folder, questions, whole)
    for name in ("embedded/model.bin", "embedded/model.onnx", "embedded-static/model.safetensors"):
        assert (killed / "models" / name).read_bytes() == (whole / "models" / name).read_bytes()

    capsys.readouterr()
    train(text, teacher_folder, questions, whole)
    assert capsys.readouterr().out.count("done before") == 8


@pytest.mark.parametrize(
    ("lines", "remedy"),
    [
        (["news\tthe cat sleeps\tle chat dort", "news\tthe dog"], "line 2: 2 columns where source"),
        ([], "no line of text"),
        (["news\tyes\toui"] * 9, "has 6 tokens in both languages"),
    ],
)
def test_text_that_cannot_be_used_is_told_with_the_remedy(
    teacher_folder: Path, tmp_path: Path, lines: list[str], remedy: str
) -> None:
    (tmp_path / "parallel.tsv.gz").write_text("".join(f"{line}\n" for line in lines), "utf-8")
    with pytest.raises(TrainingError, match=remedy):
        train(tmp_path, teacher_folder, tmp_path, tmp_path / "work")


def test_a_folder_is_not_trained_in_for_another_text(
    text: Path, teacher_folder: Path, tmp_path: Path
) -> None:
    work = tmp_path / "work"
    claim(work, {"text": "another"})
    with pytest.raises(TrainingError, match=r"another training \(not the same: text\)"):
        train(text, teacher_folder, tmp_path, work)


def test_a_command_shows_what_stops_it_in_one_line(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    from training.__main__ import main  # noqa: PLC0415 - imports torch

    monkeypatch.setattr("sys.argv", ["training", f"--text={tmp_path}", f"--work={tmp_path / 'w'}"])
    with pytest.raises(SystemExit, match=r"error: There is no .*parallel\.tsv\.gz\. Text is"):
        command(main)
