"""``/v1/jobs``: list, watch and cancel long work."""

from collections.abc import Awaitable, Callable
from functools import partial
from typing import Annotated

import orjson
from anyio import CapacityLimiter, sleep, to_thread
from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response
from starlette.types import Scope

from api import examples
from api.access import needs
from api.dependencies import SourcierDep
from api.errors import problem_of
from api.event_stream import EVENT_STREAM, AsyncFrames, EventStream, frame
from api.openapi import problems
from api.schemas.jobs import Job, JobList, JobWithItems
from rag import vocabulary as domain
from rag.vocabulary import JobState, Outcome

router = APIRouter(prefix="/v1/jobs", tags=["jobs"], dependencies=[needs("write")])

_LOOK_SECONDS = 0.5

_WATCHED = {
    "description": "The job as it gets on, until it is over.",
    "content": {
        EVENT_STREAM: {
            "schema": {
                "type": "string",
                "description": "`progress`, whose data is the job without its items, at once and "
                "after each change; then `done` with the job as it ended, or `error`, whose data "
                "is a problem document. Lines that begin with a colon keep the connection open.",
            },
            "examples": examples.WATCHED,
        }
    },
}

Limit = Annotated[int, Query(ge=1, le=200, description="How many at most.")]


@router.get("", summary="List jobs", responses=problems(422, 500, 503))
async def list_jobs(
    sourcier: SourcierDep,
    state: Annotated[JobState | None, Query(description="Only these.")] = None,
    limit: Limit = 50,
    after: Annotated[
        str | None, Query(pattern="^job_[0-9a-f]{32}$", description="`next` of the page before.")
    ] = None,
) -> JobList:
    """List the jobs of all collections that the key may write to, newest first."""
    list_ = partial(sourcier.jobs.page, state=state, limit=limit, after=after)
    page = await run_in_threadpool(list_)
    return JobList(jobs=[Job.from_domain(job) for job in page.jobs], next=page.after)


@router.get("/{job_id}", summary="Look a job up", responses=problems(404, 422, 500, 503))
async def look_job_up(
    job_id: str,
    sourcier: SourcierDep,
    outcome: Annotated[Outcome | None, Query(description="Only these items.")] = None,
    limit: Limit = 50,
    after: Annotated[
        str | None, Query(pattern="^[0-9]{1,9}$", description="`next` of the page before.")
    ] = None,
) -> JobWithItems:
    """Return a job as it stands, with what it has dealt with so far, a page at a time."""

    def look() -> JobWithItems:
        job = sourcier.jobs.find(job_id)
        start = None if after is None else int(after)
        items = sourcier.jobs.items(job_id, outcome=outcome, limit=limit, after=start)
        return JobWithItems.of(job, items)

    return await run_in_threadpool(look)


@router.delete("/{job_id}", summary="Cancel a job", responses=problems(404, 422, 500, 503))
async def cancel_job(job_id: str, sourcier: SourcierDep) -> Job:
    """Cancel a job: at once where it waits, after the item that it is at where it runs.

    What came in stays. A job that is over stays as it is.
    """
    return Job.from_domain(await run_in_threadpool(sourcier.jobs.cancel, job_id))


@router.get(
    "/{job_id}/events",
    summary="Watch a job",
    response_class=Response,
    responses={200: _WATCHED, **problems(404, 422, 500, 503)},
)
async def watch_job(job_id: str, request: Request, sourcier: SourcierDep) -> EventStream:
    """Send how a job gets on as server-sent events, until it is over."""
    # A thread of its own: those who watch must not wait for those who ask.
    look = partial(to_thread.run_sync, sourcier.jobs.find, job_id, limiter=CapacityLimiter(1))
    return await EventStream.watch(_frames(look, request.scope, request.app.state.leaving))


async def _frames(
    look: Callable[[], Awaitable[domain.Job]], scope: Scope, leaving: Callable[[], bool]
) -> AsyncFrames:
    """Yield the job at each change; raises what comes before the first, tells the rest.

    Ends early when the service stops: the client asks again, and there is another.
    """
    job = await look()
    while True:
        told = Job.from_domain(job).model_dump_json()
        yield frame("done" if job.is_over else "progress", told)
        before = job
        while job == before:
            if job.is_over or leaving():
                return
            await sleep(_LOOK_SECONDS)
            try:
                job = await look()
            except Exception as error:  # noqa: BLE001 - logged where it is made a problem
                yield frame("error", orjson.dumps(problem_of(error, scope)).decode())
                return
