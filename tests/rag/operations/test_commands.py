import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from rag.__main__ import app
from rag.operations import commands
from tests.rag.operations.stores import fill, place_in, sources

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on a store of its own, without ever a traceback."""
    monkeypatch.setenv("SOURCIER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.setenv("SOURCIER_ENCODER", "embedded-static")
    monkeypatch.setenv("SOURCIER_PORT", "0")

    def run(*arguments: str) -> Result:
        result = CliRunner().invoke(app, list(arguments))
        assert result.exception is None or isinstance(result.exception, SystemExit), result
        return result

    return run


def test_a_backup_is_made_and_restored(run: Run, tmp_path: Path) -> None:
    fill(tmp_path / "data", 1, 2)
    file = str(tmp_path / "kept.zip")

    made = run("backup", file)
    assert made.exit_code == 0
    assert made.stdout.startswith(f"2 documents in {file} (")

    again = run("restore", file)
    assert again.exit_code == 1
    assert again.stderr.startswith("sourcier: ")
    assert "--replace" in again.stderr

    restored = run("restore", file, "--replace")
    assert restored.exit_code == 0
    assert restored.stdout.startswith("2 documents restored, as they were on 20")
    assert len(sources(place_in(tmp_path / "data"))) == 2


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_what_cannot_be_done_is_said_in_one_line(run: Run, tmp_path: Path, command: str) -> None:
    result = run(command, str(tmp_path / "kept.zip"))
    assert (result.exit_code, result.stdout, result.stderr.count("\n")) == (1, "", 1)


def test_the_doctor_says_what_is_wrong_and_how_to_mend_it(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "sourcier.db").write_bytes(b"never was a database" * 100)

    result = run("doctor")

    assert result.exit_code == 1
    lines = result.stdout.splitlines()
    [wrong] = [at for at, line in enumerate(lines) if line.startswith("fail  ")]
    assert lines[wrong + 1].startswith("      → ")


def test_the_doctor_warns_that_another_encoder_has_to_take_over(run: Run, tmp_path: Path) -> None:
    fill(tmp_path / "data", 1)

    result = run("doctor")

    assert result.exit_code == 0
    lines = result.stdout.splitlines()
    [told] = [at for at, line in enumerate(lines) if line.startswith("warn  vectors: 1 of 1")]
    assert lines[told + 1].startswith("      → run the service, which encodes again")


def test_the_doctor_is_content_where_nothing_fails(run: Run) -> None:
    result = run("doctor", "--json")
    assert result.exit_code == 0
    found = json.loads(result.stdout)
    assert {finding["state"] for finding in found} == {"ok", "warn"}
    assert set(found[0]) == {"part", "state", "message", "remedy"}


def test_the_doctor_names_variables_that_mean_nothing(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCIER_ENCODR", "embedded")
    assert "these mean nothing: SOURCIER_ENCODR" in run("doctor").stdout


def test_the_doctor_names_settings_that_are_wrong(
    run: Run, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCIER_PORT", "many")
    result = run("doctor")
    assert result.exit_code == 1
    assert "SOURCIER_PORT: " in result.stderr


@pytest.mark.parametrize(
    ("size", "said"), [(12, "12 bytes"), (3 << 20, "3 MiB"), (3 << 29, "1.5 GiB")]
)
def test_sizes_are_for_people(size: int, said: str) -> None:
    assert commands._size(size) == said
