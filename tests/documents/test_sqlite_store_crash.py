"""A writer killed at any moment loses nothing that it acknowledged, and leaves no half."""

import random
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from documents.store.store import Store
from tests.documents.steps import expected_after, whole_documents

ROOT = Path(__file__).parents[2]

WRITER = """if True:
    import sys
    from itertools import count
    from pathlib import Path
    from documents.store.store import Store
    from tests.documents.steps import do_step

    with Store.open(Path(sys.argv[1])) as store:
        for step in count(int(sys.argv[2])):
            do_step(store, step)
            print(step, flush=True)
"""


def killed_writer(path: Path, *, first: int, seconds: float) -> int:
    """Let a process write from step `first` on, kill it, and return its last acknowledged step."""
    process = subprocess.Popen(
        [sys.executable, "-c", WRITER, path, str(first)],
        cwd=ROOT,
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    lines = [process.stdout.readline()]
    time.sleep(seconds)
    process.kill()
    lines += process.stdout.readlines()
    process.stdout.close()
    assert process.wait() == -signal.SIGKILL
    return int([line for line in lines if line.endswith("\n")][-1])


def test_what_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    path, moments, done = tmp_path / "store.db", random.Random(20261), 0
    for _ in range(4):
        last = killed_writer(path, first=done, seconds=moments.uniform(0.01, 0.25))
        assert last >= done
        done = last + 1

        with Store.open(path) as store:
            # The step in flight may have been done; it was not acknowledged.
            assert whole_documents(store) in (expected_after(done), expected_after(done + 1))
        connection = sqlite3.connect(path)
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        connection.close()
