"""Two real workers behind one address."""

import json
import os
import re
import signal
import subprocess
import sys
import threading
import time
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import ExitStack
from dataclasses import dataclass, field
from functools import partial
from pathlib import Path
from typing import Any
from uuid import uuid4

import httpx2
import pytest

from benchmarks.served import ROOT, Service, served

PATIENCE_SECONDS = 60.0
RATE = 100_000
QUESTION = "Quand le pont de Sizun a-t-il été bâti ?"


def eventually(look: Callable[[], Any]) -> Any:  # noqa: ANN401
    """Return what `look` finds, as soon as it finds something."""
    end = time.monotonic() + PATIENCE_SECONDS
    while not (found := look()):
        assert time.monotonic() < end, "it did not come to pass"
        time.sleep(0.02)
    return found


@dataclass(slots=True)
class Workers:
    """A service of two workers, and what it has said, line by line."""

    service: Service
    lines: list[dict[str, Any]] = field(default_factory=list)

    def __post_init__(self) -> None:
        threading.Thread(target=self._read, daemon=True).start()

    def _read(self) -> None:
        assert self.service.process.stderr is not None
        for line in self.service.process.stderr:
            self.lines.append(json.loads(line))

    def pids(self) -> list[int]:
        pid = self.service.process.pid
        found = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii")
        return [int(each) for each in found.split()]

    def client(self) -> httpx2.Client:
        """Return a client with one connection, which stays with one worker."""
        return httpx2.Client(base_url=f"http://127.0.0.1:{self.service.port}", timeout=30)

    def pid_of(self, client: httpx2.Client) -> int:
        """Return the worker that serves `client`, as its log tells."""
        asked = uuid4().hex
        client.get("/v1/status", headers={"X-Request-ID": asked})
        lines = eventually(lambda: [one for one in self.lines if one.get("request_id") == asked])
        return int(lines[0]["pid"])

    def both(self, held: ExitStack) -> dict[int, httpx2.Client]:
        """Return a client of each worker, by its process."""
        found: dict[int, httpx2.Client] = {}

        def look() -> bool:
            client = held.enter_context(self.client())
            if found.setdefault(self.pid_of(client), client) is not client:
                client.close()
            return len(found) == 2

        eventually(look)
        return found


@pytest.fixture(scope="module")
def workers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Workers]:
    with served(
        tmp_path_factory.mktemp("data"),
        WORKERS="2",
        ENCODER="embedded-static",
        LOG_FORMAT="json",
        LOG_LEVEL="info",
        RATE_LIMIT=f"{RATE}/day",
    ) as service:
        yield Workers(service)


@pytest.fixture
def clients(workers: Workers) -> Iterator[list[httpx2.Client]]:
    """A client of each worker."""
    with ExitStack() as held:
        yield list(workers.both(held).values())


def add(client: httpx2.Client, name: str, year: int) -> str:
    text = f"Le pont de {name} a été bâti en {year} par l'atelier de Morlaix."
    added = client.post("/v1/documents", json={"text": text, "title": f"Le pont de {name}"})
    assert added.status_code == 201, added.text
    return str(added.json()["id"])


def ask(client: httpx2.Client, question: str = QUESTION) -> dict[str, Any]:
    answer = client.post("/v1/ask", json={"question": question})
    assert answer.status_code == 200, answer.text
    found: dict[str, Any] = answer.json()
    return found


def measured(client: httpx2.Client) -> dict[str, float]:
    lines = client.get("/metrics").text.splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if line and not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


def test_two_processes_answer_and_connections_come_to_them_by_turns(workers: Workers) -> None:
    with ExitStack() as held:
        served_by = set(workers.both(held))
        assert served_by == set(workers.pids())

        pids = [workers.pid_of(held.enter_context(workers.client())) for _ in range(6)]
        assert {pids.count(pid) for pid in served_by} == {3}


def test_a_document_added_or_deleted_by_one_is_known_to_the_other_at_once(
    clients: list[httpx2.Client],
) -> None:
    one, other = clients
    for number in range(6):
        added = add(one, "Sizun", 1880 + number)
        assert str(1880 + number) in ask(other)["answer"]

        assert other.delete(f"/v1/documents/{added}").status_code == 204
        assert ask(one)["citations"] == []
        one, other = other, one


def test_feedback_is_taken_by_whichever_it_comes_to(clients: list[httpx2.Client]) -> None:
    one, other = clients
    add(one, "Sizun", 1887)

    answer = ask(one)
    said = {"answer_id": answer["id"], "helpful": True}
    assert other.post("/v1/feedback", json=said).status_code == 204
    assert (
        one.post("/v1/feedback", json={**said, "answer_id": "ans_" + 32 * "0"}).status_code == 404
    )


def test_a_caller_is_counted_by_both_together(clients: list[httpx2.Client]) -> None:
    left = [int(client.get("/v1/status").headers["RateLimit-Remaining"]) for client in clients * 3]
    assert left == list(range(left[0], left[0] - 6, -1))


def test_a_job_is_done_once_whichever_takes_it(
    workers: Workers, clients: list[httpx2.Client]
) -> None:
    for number, client in enumerate(clients * 2):
        text = f"La digue numéro {number} protège le port de Roscoff depuis {1900 + number}."
        taken = client.post(
            "/v1/documents", json={"text": text}, headers={"Prefer": "respond-async"}
        )
        assert taken.status_code == 202, taken.text
        path = taken.headers["Location"]
        watched = clients[number % 2 - 1]  # the other one
        job = eventually(partial(finished, watched, path))
        assert (job["state"], job["counts"]["added"]) == ("succeeded", 1)
        said = [one for one in workers.lines if str(job["id"]) in str(one["message"])]
        assert len(said) == 1


def finished(client: httpx2.Client, path: str) -> dict[str, Any] | None:
    job: dict[str, Any] = client.get(path).json()
    return job if job["state"] in ("succeeded", "failed") else None


def test_either_tells_the_metrics_of_both(workers: Workers, clients: list[httpx2.Client]) -> None:
    one, other = clients
    key = 'sourcier_answer_stage_seconds_count{stage="total"}'
    before = measured(one)
    for client in (one, one, other):
        ask(client, "Qui a construit le phare de Batz ?")

    after = measured(other)

    assert after[key] - before.get(key, 0) == 3
    assert after["sourcier_documents"] == one.get("/v1/status").json()["documents"]
    running = 'sourcier_tasks{pool="questions",state="running"}'
    # A worker notes once a second what runs: the last note may be of a question just then.
    assert eventually(lambda: measured(other)[running] == 0)
    assert [name for name in after if name.startswith("sourcier_build_info")]
    alone = ProcessFigures.of(workers.pids()[0])
    assert after["process_resident_memory_bytes"] > 1.5 * alone.resident
    assert after["process_cpu_seconds_total"] > alone.processor


@dataclass(frozen=True, slots=True)
class ProcessFigures:
    resident: int
    processor: float

    @classmethod
    def of(cls, pid: int) -> "ProcessFigures":
        parts = Path(f"/proc/{pid}/stat").read_text("utf-8").rpartition(")")[2].split()
        ticks = int(parts[11]) + int(parts[12])
        return cls(int(parts[21]) * 4096, ticks / os.sysconf("SC_CLK_TCK"))


def test_one_that_is_killed_is_followed_and_the_other_answers_meanwhile(
    workers: Workers,
) -> None:
    with ExitStack() as held:
        dies, stays = workers.pids()  # the one that leads is the elder
        clients = [held.enter_context(workers.client()) for _ in range(20)]
        pids = [workers.pid_of(client) for client in clients]
        assert pids.count(stays) >= 8
        there = clients[pids.index(stays)]
        before = measured(there)["process_cpu_seconds_total"]
        with ThreadPoolExecutor(20) as threads:
            asked = [threads.submit(ask, client, QUESTION) for client in clients]
            os.kill(dies, signal.SIGKILL)
            for pid, each in zip(pids, asked, strict=True):
                assert pid == dies or each.result()["id"]
        with workers.client() as new:
            assert ask(new)["id"]

        assert dies not in workers.both(held)

        said = next(one for one in workers.lines if "takes its place" in str(one["message"]))
        assert f"process {dies}" in said["message"]
        assert "SIGKILL" in said["message"]
        after = measured(there)
        assert after["process_cpu_seconds_total"] > before
        text = {"text": "Le sémaphore de Brignogan veille depuis 1901."}
        taken = there.post("/v1/documents", json=text, headers={"Prefer": "respond-async"})
        eventually(partial(finished, there, taken.headers["Location"]))


def test_sigterm_ends_all_in_order(workers: Workers) -> None:
    process, pids = workers.service.process, workers.pids()
    [folder] = {
        Path(each)
        for pid in pids
        for each in Path(f"/proc/{pid}/cmdline").read_text("utf-8").split("\0")
        if "sourcier-" in each
    }
    assert folder.is_dir()
    with ExitStack() as held, ThreadPoolExecutor(20) as threads:
        workers.both(held)  # neither has room for all by itself
        clients = [held.enter_context(workers.client()) for _ in range(20)]
        for client in clients:
            client.get("/healthz")
        asked = [
            threads.submit(ask, client, f"{QUESTION} ({n})") for n, client in enumerate(clients)
        ]
        for pid in (process.pid, *pids):  # as systemd does where it is not told otherwise
            os.kill(pid, signal.SIGTERM)
        with workers.client() as new:
            eventually(lambda: new.get("/readyz").status_code == 503)

        assert all(each.result()["id"] for each in asked)
        assert process.wait(timeout=20) == 0
    assert not folder.exists()
    assert not any(Path(f"/proc/{pid}").exists() for pid in pids)


def run(folder: Path, **settings: str) -> subprocess.Popen[str]:
    said = {"DATA_DIR": str(folder), "PORT": "0", "WORKERS": "2", "ENCODER": "embedded-static"}
    environment = {f"SOURCIER_{name}": value for name, value in (said | settings).items()}
    return subprocess.Popen(
        [sys.executable, "-m", "api"],
        cwd=ROOT,
        env={**os.environ, **environment},
        stderr=subprocess.PIPE,
        text=True,
    )


def test_what_keeps_the_first_worker_from_starting_ends_all_and_is_said_once(
    tmp_path: Path,
) -> None:
    with run(tmp_path, KEYS="on") as process:
        _, said = process.communicate(timeout=PATIENCE_SECONDS)

    assert process.returncode == 1
    [line] = said.splitlines()
    assert "python -m rag keys create" in line


def greeted(process: subprocess.Popen[str]) -> None:
    assert process.stderr is not None
    next(line for line in process.stderr if re.search(r"http://\S+:\d+", line))


def test_a_supervisor_that_is_killed_takes_its_workers_along_and_the_next_one_removes_its_folder(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    folders = tmp_path / "temporary"
    folders.mkdir()
    monkeypatch.setenv("TMPDIR", str(folders))
    with run(tmp_path / "data", DRAIN_SECONDS="0") as killed:
        greeted(killed)
        pid = killed.pid
        children = Path(f"/proc/{pid}/task/{pid}/children").read_text("ascii").split()
        assert children
        [left] = folders.iterdir()

        killed.kill()

        eventually(lambda: not any(Path(f"/proc/{each}").exists() for each in children))
    assert left.is_dir()

    with run(tmp_path / "data") as following:
        greeted(following)

        [own] = folders.iterdir()
        assert own != left
        following.kill()
