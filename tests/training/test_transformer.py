"""The whole training of the transformer, on a hundred lines, with a teacher of a few kilobytes."""

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from index.transformer_encoder import TransformerEncoder
from tests.training.texts import SPECIAL
from training.errors import TrainingError
from training.options import parse
from training.ragged import Ragged, from_lengths


def train(text: Path, teacher: Path, work: Path, *, monkeypatch: pytest.MonkeyPatch) -> None:
    """Run the commands as a user would."""
    from training import refine, transformer, transformer_export  # noqa: PLC0415 - imports torch

    def run(main: Callable[[], None], **named: object) -> None:
        options = (f"--{name.replace('_', '-')}={value}" for name, value in named.items())
        monkeypatch.setattr("sys.argv", ["command", *options])
        main()

    options = {
        "parallel": text / "parallel.tsv.gz",
        "dictionary": text / "dictionary.tsv.gz",
        "questions": text / "questions-en.jsonl.gz",
        "teacher": teacher,
        "work": work,
        "threads": 1,
        "vocabulary": 200,
        "known": 40,
        "steps": 10,
        "warmup": 2,
        "lines": 16,
        "passages": 4,
        "clozes": 4,
        "answers": 4,
    }
    run(transformer.main, out=work / "run", **options)
    more = {"asked": 8, "taught_questions": 4}
    run(refine.main, start=work / "run", out=work / "refined", **options, **more)
    text = options["parallel"]
    run(transformer_export.main, parallel=text, model=work / "refined", out=work / "model")


@pytest.fixture(scope="module")
def work(text: Path, teacher_folder: Path, tmp_path_factory: pytest.TempPathFactory) -> Path:
    """Train once; the runs are in ``run`` and ``refined``, the finished model in ``model``."""
    folder = tmp_path_factory.mktemp("work")
    with pytest.MonkeyPatch.context() as monkeypatch:
        train(text, teacher_folder, folder, monkeypatch=monkeypatch)
    return folder


def test_a_trained_model_is_an_encoder_and_has_its_recipe(work: Path) -> None:
    encoder = TransformerEncoder.load(work / "model")
    assert encoder.encode_passages(["le chat dort", "the cat sleeps"]).shape == (2, 32)
    assert json.loads((work / "model" / "config.json").read_text())["recipe"]["steps"] == 10


def test_the_gate_and_the_card_tell_what_the_integers_find(
    text: Path,
    work: Path,
    questions: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    from training import card, measure  # noqa: PLC0415 - with its neighbours

    options = [str(work / "model"), f"--data={questions}"]
    monkeypatch.setattr("sys.argv", ["measure", *options, f"--exact={work / 'run'}"])
    measure.main()
    lines = capsys.readouterr().out.splitlines()
    assert [line.split()[0] for line in lines] == [
        "fr→fr",
        "en→en",
        "en→fr",
        "fr→en",
        "news",
        "news",
    ]
    assert all("lost [" in line and "overlap" in line for line in lines)

    parallel = f"--parallel={text / 'parallel.tsv.gz'}"
    monkeypatch.setattr("sys.argv", ["card", *options, parallel])
    card.main()
    written = (work / "model" / "README.md").read_text()
    assert "- fr→fr: " in written
    for row in ("| news | 40 |", "| dictionary | 5 |", "| questions | 5 |"):
        assert f"{row} 1.0 | not stated |" in written
    assert "- steps: 10" in written
    assert "Apache License 2.0" in written


def test_an_overlap_is_the_share_of_the_nearest_that_stayed() -> None:
    from training.measure import found, overlap  # noqa: PLC0415 - with its neighbours

    one, other = np.array([[0, 1], [2, 3]]), np.array([[1, 0], [2, 9]])
    assert overlap(one, other) == 0.75
    axes = np.eye(3, dtype=np.float32)
    measured = found(axes, axes[[1, 0, 2]], [1, 0, 0])
    assert measured.recall == pytest.approx((2 / 3, 1, 1))


def test_the_teachers_words_are_kept_and_french_ones_are_learnt(
    text: Path, teacher_folder: Path, tmp_path: Path
) -> None:
    from training.sources import read_parallel  # noqa: PLC0415 - with its neighbours
    from training.teacher import Teacher  # noqa: PLC0415 - imports torch
    from training.vocabulary import load_or_join  # noqa: PLC0415 - with its neighbours

    pairs = list(read_parallel(text / "parallel.tsv.gz"))
    known = Teacher(teacher_folder).vocabulary
    tokenizer = load_or_join(tmp_path / "j.json", pairs, known, known=12, size=200, seed=1)
    rows = tokenizer.get_vocab()
    assert [rows[token] for token in SPECIAL] == [0, 1, 2, 3, 4]
    assert {"the", "cat", "dog", "chien", "vieille"} <= rows.keys()
    assert "." not in rows
    assert sorted(rows.values()) == list(range(len(rows)))
    assert tokenizer.encode("Le CHIEN, là").tokens[:2] == ["le", "chien"]


def test_a_word_starts_where_its_translations_are(teacher_folder: Path) -> None:
    from scipy.sparse import csr_array  # type: ignore[import-untyped]  # noqa: PLC0415

    from training.teacher import Teacher  # noqa: PLC0415 - imports torch
    from training.transplant import transplant  # noqa: PLC0415 - imports torch

    teacher = Teacher(teacher_folder)
    own = teacher.model.embeddings.word_embeddings.weight.detach()
    vocabulary = {"cat": 0, "dog": 1, "chat": 2, "zzz": 3}
    shared = csr_array(([0.6, 0.2], ([2, 2], [0, 1])), shape=(4, 4))

    words = transplant(vocabulary, teacher, shared)

    cat, dog, z = (own[teacher.vocabulary[token]] for token in ("cat", "dog", "z"))
    tail = own[teacher.vocabulary["##z"]]
    assert words[0] == pytest.approx(cat)
    assert words[2] == pytest.approx(0.75 * cat + 0.25 * dog, abs=1e-6)
    assert words[3] == pytest.approx((z + 2 * tail) / 3, abs=1e-6)


def rows_of(*rows: list[int]) -> Ragged:
    tokens = np.array([token for row in rows for token in row], dtype=np.int32)
    return from_lengths(tokens, np.array([len(row) for row in rows]))


def test_the_student_starts_as_its_teacher_where_it_has_the_same_words(
    teacher_folder: Path,
) -> None:
    import torch  # noqa: PLC0415 - heavy

    from training.student import Student  # noqa: PLC0415 - imports torch
    from training.teacher import Teacher  # noqa: PLC0415 - imports torch

    teacher = Teacher(teacher_folder)
    words = teacher.model.embeddings.word_embeddings.weight.detach().clone()
    student = Student.transplanted(teacher.model, words).eval()
    rows = rows_of([5, 6, 7, 8], [9], [], [7] * 300, [5, 9])
    with torch.no_grad():
        vectors = student.embed(rows)
        assert vectors == pytest.approx(teacher.embed(rows), abs=0.02)  # the teacher has 16 bits
        for row in range(len(rows)):
            alone = student.embed(rows.take(np.array([row])))
            assert vectors[row] == pytest.approx(alone[0], abs=1e-5)


def test_distillation_is_nothing_where_the_student_is_its_teacher() -> None:
    import torch  # noqa: PLC0415 - heavy

    from training.distillation import distillation_loss  # noqa: PLC0415 - imports torch

    vectors = torch.eye(4)
    nothing: Any = np.zeros((4, 4), dtype=np.bool_)
    same = distillation_loss(vectors, vectors, nothing, scale=50, contrast=1)
    other = distillation_loss(vectors, vectors.roll(1, 0), nothing, scale=50, contrast=1)
    assert same.item() == pytest.approx(0, abs=1e-5)
    assert other.item() == pytest.approx(1 + 50, abs=0.1)


def test_a_run_goes_on_with_its_own_tokens_or_not_at_all(
    text: Path, teacher_folder: Path, work: Path, tmp_path: Path
) -> None:
    from training.materials import gather  # noqa: PLC0415 - imports torch
    from training.transformer import Recipe  # noqa: PLC0415 - imports torch

    known = json.loads((work / "run" / "tokenizer.json").read_text("utf-8"))
    vocabulary = known["model"]["vocab"]
    one, other = list(vocabulary)[-2:]
    vocabulary[one], vocabulary[other] = vocabulary[other], vocabulary[one]
    (tmp_path / "tokenizer.json").write_text(json.dumps(known), "utf-8")
    folders = {"parallel": text / "parallel.tsv.gz", "teacher": teacher_folder, "threads": 1}
    options = folders | {"work": tmp_path / "work", "out": "", "vocabulary": 200, "known": 40}
    given, recipe = parse([f"--{name}={value}" for name, value in options.items()], "", Recipe)

    assert gather(given, recipe, started=tmp_path).tokenizer.get_vocab() == vocabulary
    with pytest.raises(TrainingError, match="has other tokens than"):
        gather(given, recipe, started=work / "run")
