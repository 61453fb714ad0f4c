"""A job goes on where it was, whether its service was stopped in order or killed."""

import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from time import monotonic, sleep
from typing import Any

import httpx2

from documents.store.store import Store

ROOT = Path(__file__).parents[2]
DOCUMENTS = 60
PATIENCE_SECONDS = 60.0


@contextmanager
def service(folder: Path) -> Iterator[tuple[subprocess.Popen[str], str]]:
    environment = {
        **os.environ,
        "SOURCIER_PORT": "0",
        "SOURCIER_DATA_DIR": str(folder),
        "SOURCIER_ENCODER": "embedded-static",
        "SOURCIER_LOG_LEVEL": "warning",
        "SOURCIER_DRAIN_SECONDS": "0",
    }
    with subprocess.Popen(
        [sys.executable, "-m", "api"],
        cwd=ROOT,
        env=environment,
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        said = process.stderr.readline()
        address = re.search(r"http://\S+", said)
        assert address, said
        try:
            yield process, address[0]
        finally:
            process.kill()


def text_of(number: int) -> str:
    """A text that takes a little while to read."""
    sentences = (f"Le gardien n° {number} a noté le passage du bateau {n}." for n in range(150))
    return " ".join(sentences)


def submit(address: str) -> str:
    files = [("file", (f"registre {n}.txt", text_of(n).encode())) for n in range(DOCUMENTS)]
    response = httpx2.post(
        f"{address}/v1/documents", files=files, headers={"Prefer": "respond-async"}
    )
    assert response.status_code == 202
    return str(response.headers["location"])


def seen(url: str, *, at_least: int) -> dict[str, Any]:
    """Return the job once it has dealt with so many items."""
    end = monotonic() + PATIENCE_SECONDS
    while True:
        job: dict[str, Any] = httpx2.get(url, params={"limit": 200}).json()
        if job["progress"]["done"] >= at_least:
            return job
        assert monotonic() < end, job
        sleep(0.002)


def test_a_job_survives_a_stop_and_a_kill_and_does_each_document_once(tmp_path: Path) -> None:
    with service(tmp_path) as (process, address):
        place = submit(address)
        seen(address + place, at_least=3)
        process.send_signal(signal.SIGTERM)
        assert process.wait(timeout=20) == 0
    with Store.open(tmp_path / "sourcier.db") as store:
        [left] = store.jobs.page().jobs
        assert (left.state, left.deaths) == ("queued", 0)
        assert 3 <= left.done < DOCUMENTS

    with service(tmp_path) as (process, address):
        seen(address + place, at_least=left.done + 5)
        process.kill()
        assert process.wait() == -signal.SIGKILL
    with Store.open(tmp_path / "sourcier.db") as store:
        [killed] = store.jobs.page().jobs
        assert killed.state == "running"
        assert left.done < killed.done < DOCUMENTS

    with service(tmp_path) as (_, address):
        job = seen(address + place, at_least=DOCUMENTS)
        while job["finished_at"] is None:
            job = seen(address + place, at_least=DOCUMENTS)
        stored = httpx2.get(f"{address}/v1/documents", params={"limit": 200}).json()["documents"]
    expected = {f"registre {number}.txt" for number in range(DOCUMENTS)}
    assert job["state"] == "succeeded"
    assert job["counts"] == {
        "added": DOCUMENTS,
        "replaced": 0,
        "unchanged": 0,
        "removed": 0,
        "refused": 0,
    }
    assert job["progress"] == {"done": DOCUMENTS, "total": DOCUMENTS, "now": None}
    assert sorted(item["name"] for item in job["items"]) == sorted(expected)
    assert {document["source"] for document in stored} == expected
    assert len(stored) == DOCUMENTS
    with Store.open(tmp_path / "sourcier.db") as store:
        assert store.job_queue.pending(job["id"]) == []
        assert len(store.changes(0)) == DOCUMENTS, "a document was stored twice"
