"""The jobs of a store, from the command line."""

import json
from pathlib import Path

import pytest
from typer.testing import CliRunner

from documents.job_records import JobItem, JobProblem, NewJob
from documents.store.job_queue import Progress
from documents.store.store import Store
from rag.__main__ import app


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A data folder with a job that runs and one that waits."""
    with Store.open(tmp_path / "sourcier.db") as store:
        for name in ("job_a", "job_b"):
            store.jobs.submit(NewJob(name, "default", "upload", {"secret": "address"}, total=2))
        job = store.job_queue.take("upload")
        assert job is not None
        problem = JobProblem("EmptyDocument", "vide.txt is empty")
        items = [
            JobItem("0", "phare.txt", "added", "doc_1"),
            JobItem("1", "vide.txt", "refused", None, problem),
        ]
        store.job_queue.record(job, Progress(items, doing="fin.txt", total=3))
    return tmp_path


def said(folder: Path, *arguments: str, code: int = 0) -> str:
    environment = {"SOURCIER_DATA_DIR": str(folder)}
    done = CliRunner().invoke(app, ["jobs", *arguments], env=environment)
    assert done.exit_code == code, done.output
    return done.output


def test_jobs_are_listed_newest_first_and_by_state(folder: Path) -> None:
    waiting, running = said(folder, "list").splitlines()

    assert waiting.split() == ["job_b", "queued", "0/2", "upload", "default"]
    assert running.split() == ["job_a", "running", "2/3", "upload", "default", "fin.txt"]
    assert said(folder, "list", "--state", "running").splitlines() == [running]


def test_a_job_is_shown_with_its_items(folder: Path) -> None:
    _, *items = said(folder, "show", "job_a").splitlines()
    assert [item.split(maxsplit=1) for item in items] == [
        ["added", "phare.txt"],
        ["refused", "vide.txt: vide.txt is empty"],
    ]

    told = json.loads(said(folder, "show", "job_a", "--json"))
    assert (told["id"], told["done"], told["counts"]["refused"]) == ("job_a", 2, 1)
    assert [item["name"] for item in told["items"]] == ["phare.txt", "vide.txt"]
    assert [job["id"] for job in json.loads(said(folder, "list", "--json"))] == ["job_b", "job_a"]
    assert "address" not in said(folder, "list", "--json")


def test_jobs_are_cancelled_by_their_ids(folder: Path) -> None:
    assert said(folder, "cancel", "job_a", "job_b").splitlines() == [
        "cancelling job_a",
        "cancelled job_b",
    ]


@pytest.mark.parametrize("command", ["show", "cancel"])
def test_a_job_that_is_not_there_is_told(folder: Path, command: str) -> None:
    assert "job_never" in said(folder, command, "job_never", code=1)
