"""``/v1/jobs``: long work, how far it has come, and what came of it."""

from datetime import datetime
from typing import Self

from pydantic import Field

from api.errors import problem_kept
from api.schemas.wire import Wire
from rag import vocabulary as domain
from rag.vocabulary import DeliveryState, JobState, Outcome


class Progress(Wire):
    """How far a job has come."""

    done: int = Field(description="Items that it has dealt with: documents, or refusals.")
    total: int | None = Field(description="Items in all, as far as is known.")
    now: str | None = Field(description="What it is at: a file's name, an address.")


class Counts(Wire):
    """How many items had each outcome."""

    added: int
    replaced: int
    unchanged: int
    removed: int = Field(description="Documents of an earlier version that are gone.")
    refused: int


class JobProblem(Wire):
    """A problem document: why an item was refused, or the job failed."""

    type: str = Field(examples=["urn:sourcier:problem:empty-document"])
    title: str
    status: int = Field(description="What a request of its own would have been answered with.")
    detail: str


class Webhook(Wire):
    """Who is told when the job is over, and what became of that."""

    url: str
    state: DeliveryState
    attempts: int
    detail: str | None = Field(description="What became of the last attempt.")
    next_attempt_at: datetime | None


class Job(Wire):
    """Long work, and how far it has come."""

    id: str = Field(examples=["job_5b0c7e1d9a3f4e62a1d40c8f7b2e6935"])
    collection: str
    kind: str = Field(examples=["upload"])
    state: JobState
    cancelling: bool = Field(description="It ends as cancelled after the item that it is at.")
    progress: Progress
    counts: Counts
    created_at: datetime
    started_at: datetime | None
    finished_at: datetime | None
    error: JobProblem | None = Field(description="Why it failed.")
    webhook: Webhook | None

    @classmethod
    def from_domain(cls, job: domain.Job) -> Self:
        """Return the wire form of `job`."""
        told = job.webhook
        return cls(
            id=job.id,
            collection=job.collection,
            kind=job.kind,
            state=job.state,
            cancelling=job.cancelling,
            progress=Progress(done=job.done, total=job.total, now=job.doing),
            counts=Counts(**{str(outcome): count for outcome, count in job.counts.items()}),
            created_at=job.created_at,
            started_at=job.started_at,
            finished_at=job.finished_at,
            error=_problem(job.problem),
            webhook=told
            and Webhook(
                url=told.url,
                state=told.state,
                attempts=told.attempts,
                detail=told.detail,
                next_attempt_at=told.due_at if told.attempts else None,
            ),
        )


class Item(Wire):
    """What came of one thing that a job dealt with."""

    name: str = Field(description="A document's source, or a file's name.")
    outcome: Outcome
    document_id: str | None = Field(description="Null where there is none.")
    problem: JobProblem | None = Field(description="Why it was refused.")

    @classmethod
    def from_domain(cls, item: domain.JobItem) -> Self:
        """Return the wire form of `item`."""
        return cls(
            name=item.name,
            outcome=item.outcome,
            document_id=item.document_id,
            problem=_problem(item.problem),
        )


class JobWithItems(Job):
    """A job, and a page of what it has dealt with."""

    items: list[Item]
    next: str | None = Field(description="Give it as `after` for the next page; null at the end.")

    @classmethod
    def of(cls, job: domain.Job, page: domain.ItemPage) -> Self:
        """Return the wire form of `job` with `page`."""
        return cls(
            **dict(Job.from_domain(job)),
            items=[Item.from_domain(item) for item in page.items],
            next=None if page.after is None else str(page.after),
        )


class JobList(Wire):
    """One page of jobs, newest first."""

    jobs: list[Job]
    next: str | None = Field(description="Give it as `after` for the next page; null at the end.")


def _problem(kept: domain.JobProblem | None) -> JobProblem | None:
    return None if kept is None else JobProblem(**problem_kept(kept.error, kept.detail))
