"""``python -m rag jobs list|show|cancel``: the jobs of a store, whether or not a service runs."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import asdict
from typing import Annotated

import typer

from documents.errors import UnknownJob
from documents.job_records import Job, JobItem, JobState
from documents.store.store import Store
from rag import output
from rag.complaints import complaining
from rag.settings import Settings
from rag.stores import open_store

jobs = typer.Typer(help="Long work that a service does.", no_args_is_help=True)

Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]


@contextmanager
def _store() -> Iterator[Store]:
    """Open the store alone: neither encoder nor index is needed."""
    with complaining(), open_store(Settings()) as store:
        yield store


@jobs.command("list")
def list_jobs(
    *,
    state: Annotated[JobState | None, typer.Option(help="Only these.")] = None,
    limit: Annotated[int, typer.Option(min=1, help="How many at most.")] = 50,
    json: Json = False,
) -> None:
    """List jobs, newest first."""
    with _store() as store:
        found = store.jobs.page(state=state, limit=limit).jobs
    if json:
        output.print_json([_told(job) for job in found])
        return
    for job in found:
        typer.echo(_line(job))


@jobs.command()
def show(job_id: str, *, json: Json = False) -> None:
    """Show a job, and all that it has dealt with."""
    with _store() as store:
        job, after = store.jobs.find(job_id), None
        items: list[JobItem] = []
        while True:
            page = store.jobs.items(job_id, limit=1000, after=after)
            if job is None or page is None:
                raise UnknownJob.named(job_id)
            items += page.items
            if (after := page.after) is None:
                break
    if json:
        output.print_json({**_told(job), "items": [asdict(item) for item in items]})
        return
    typer.echo(_line(job))
    for item in items:
        why = f": {item.problem.detail}" if item.problem else ""
        typer.echo(f"{item.outcome:9}  {item.name}{why}")


@jobs.command()
def cancel(job_ids: list[str]) -> None:
    """Cancel jobs: at once those that wait, after their document those that run."""
    with _store() as store:
        for job_id in job_ids:
            job = store.jobs.cancel(job_id)
            if job is None:
                raise UnknownJob.named(job_id)
            typer.echo(f"{'cancelling' if job.cancelling else job.state} {job_id}")


def _line(job: Job) -> str:
    state = "cancelling" if job.cancelling else job.state
    progress = f"{job.done}/{'?' if job.total is None else job.total}"
    said = job.doing or (job.problem.detail if job.problem else "")
    begun = f"{job.id}  {state:10}  {progress:>9}  {job.kind}  {job.collection}"
    return f"{begun}  {said}".rstrip()


def _told(job: Job) -> dict[str, object]:
    about = asdict(job)
    del about["number"], about["request"]
    return {**about, "done": job.done}
