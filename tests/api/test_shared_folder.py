"""Folders of services that live, and of those that were killed."""

import fcntl
import signal
import subprocess
import sys
from collections.abc import Callable
from pathlib import Path

import pytest

from api.shared_folder import shared_folder
from benchmarks.served import ROOT

# Keeps a folder as a supervisor does, beside a worker that lives until its input ends.
SERVICE = """
import subprocess
from api.shared_folder import shared_folder

with shared_folder() as folder:
    (folder.path / "scratch").write_text("an answer")
    worker = subprocess.Popen(["cat"], pass_fds=[folder.lock])
    print(folder.path, flush=True)
    worker.wait()
"""

Started = tuple[subprocess.Popen[str], Path]


@pytest.fixture(autouse=True)
def folders(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.setenv("TMPDIR", str(tmp_path))
    monkeypatch.setattr("tempfile.tempdir", None)
    return tmp_path


@pytest.fixture
def start() -> Callable[[], Started]:
    def started() -> Started:
        process = subprocess.Popen(
            [sys.executable, "-c", SERVICE],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            text=True,
        )
        assert process.stdout is not None
        return process, Path(process.stdout.readline().strip())

    return started


def end(process: subprocess.Popen[str], folder: Path) -> None:
    """Let the worker end, and wait until it holds its lock no more."""
    with (folder / "lock").open() as lock:
        process.communicate()
        fcntl.flock(lock, fcntl.LOCK_SH)


def test_it_is_there_for_its_service_only_and_for_nobody_else_to_read() -> None:
    with shared_folder() as folder:
        assert folder.path.is_dir()
        assert folder.path.stat().st_mode & 0o077 == 0

    assert not folder.path.exists()


def test_that_of_a_service_that_lives_is_left_alone(start: Callable[[], Started]) -> None:
    process, living = start()

    with shared_folder():
        assert (living / "scratch").read_text() == "an answer"

    process.communicate()
    assert process.wait() == 0
    assert not living.exists()


def test_that_of_a_service_that_was_killed_goes_once_its_last_worker_has_ended(
    start: Callable[[], Started],
) -> None:
    process, left = start()
    process.send_signal(signal.SIGKILL)
    process.wait()

    with shared_folder():
        assert (left / "scratch").exists()

    end(process, left)
    with shared_folder():
        assert not left.exists()


def test_of_several_that_were_killed_none_stays(start: Callable[[], Started]) -> None:
    for process, left in [start() for _ in range(3)]:
        process.kill()
        end(process, left)

    with shared_folder() as folder:
        assert list(folder.path.parent.iterdir()) == [folder.path]


def test_what_only_looks_like_one_is_left_alone(folders: Path) -> None:
    elsewhere = folders / "elsewhere"
    elsewhere.mkdir()
    (elsewhere / "lock").touch()
    (folders / "sourcier-link").symlink_to(elsewhere)
    (folders / "sourcier-notes").mkdir()
    (folders / "sourcier-notes" / "a text").touch()
    (folders / "sourcier.txt").touch()
    (folders / "sourcier-file").touch()
    (folders / "sourcier-trap").mkdir()
    (folders / "sourcier-trap" / "lock").symlink_to(elsewhere / "lock")
    before = sorted(folders.rglob("*"))

    with shared_folder():
        pass

    assert sorted(folders.rglob("*")) == before
