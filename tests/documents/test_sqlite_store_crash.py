"""A writer killed at any moment loses nothing that it acknowledged, and leaves no half."""

import random
import re
import signal
import sqlite3
import subprocess
import sys
import time
from pathlib import Path

from documents.records import document_id
from documents.sqlite_store import SqliteStore

ROOT = Path(__file__).parents[2]

# Step n deletes a source when n % 4 == 3, and otherwise puts version n of it.
WRITER = """if True:
    import sys
    from itertools import count
    from pathlib import Path
    import numpy as np
    from documents.models import Document, Passage
    from documents.records import document_id
    from documents.sqlite_store import SqliteStore

    with SqliteStore.open(Path(sys.argv[1])) as store:
        for step in count(int(sys.argv[2])):
            source = f"s{step % 5}"
            if step % 4 == 3:
                store.delete(document_id("default", source))
            else:
                parts = 1 + step % 7
                part = f"Version {step} sur {parts}. " * 200
                spans = [(n * len(part), (n + 1) * len(part)) for n in range(parts)]
                passages = [Passage(start, end, part, "fr", ()) for start, end in spans]
                document = Document("", "default", source, source, "fr", part * parts, "")
                vectors = np.full((parts, 64), step, np.float32)
                store.put(document, passages, vectors, fingerprint="one")
            print(step, flush=True)
"""


def expected_after(steps: int) -> dict[str, int]:
    """Return the version of each source when steps 0 to `steps` - 1 are done."""
    versions: dict[str, int] = {}
    for step in range(steps):
        if step % 4 == 3:
            versions.pop(f"s{step % 5}", None)
        else:
            versions[f"s{step % 5}"] = step
    return versions


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


def whole_documents(store: SqliteStore) -> dict[str, int]:
    """Return the version of each source, after checking that each is wholly there."""
    vectors = {
        int(row): float(vector[0])
        for batch in store.vectors(fingerprint="one")
        for row, vector in zip(batch.rows, batch.vectors, strict=True)
    }
    passages = store.passages(vectors)
    assert len(passages) == len(vectors)
    versions = {}
    for summary in store.documents("default").documents:
        document = store.document(summary.id)
        assert document is not None
        version, parts = map(int, re.findall(r"\d+", document.text)[:2])
        part = f"Version {version} sur {parts}. " * 200
        assert document.text == part * parts
        rows = [row for row, held in passages.items() if held.document.id == summary.id]
        assert [passages[row].passage.text for row in rows] == [part] * parts
        assert {vectors[row] for row in rows} == {version}
        assert summary.id == document_id("default", summary.source)
        versions[summary.source] = version
    assert store.counts().passages == len(passages)
    return versions


def test_what_was_acknowledged_survives_kill_9(tmp_path: Path) -> None:
    path, moments, done = tmp_path / "store.db", random.Random(20261), 0
    for _ in range(4):
        last = killed_writer(path, first=done, seconds=moments.uniform(0.01, 0.25))
        assert last >= done
        done = last + 1

        with SqliteStore.open(path) as store:
            # The step in flight may have been done; it was not acknowledged.
            assert whole_documents(store) in (expected_after(done), expected_after(done + 1))
        connection = sqlite3.connect(path)
        assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        connection.close()
