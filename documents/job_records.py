"""What a store hands out of jobs: long work that was accepted, and is done later.

Words: a *job* is one request to bring documents in; its *items* are what it has dealt with so
far, a document or a refusal each. What a job needs and nobody else keeps (the bytes of an
upload) is *spooled* beside it until it is dealt with.
"""

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import datetime
from typing import Any, Literal

JobState = Literal["queued", "running", "succeeded", "failed", "cancelled"]
JOB_STATES: tuple[JobState, ...] = ("queued", "running", "succeeded", "failed", "cancelled")
OVER: tuple[JobState, ...] = ("succeeded", "failed", "cancelled")
Outcome = Literal["added", "replaced", "unchanged", "removed", "refused"]
OUTCOMES: tuple[Outcome, ...] = ("added", "replaced", "unchanged", "removed", "refused")
DeliveryState = Literal["waiting", "delivered", "failed"]


@dataclass(frozen=True, slots=True)
class JobProblem:
    """Why an item was refused or a job failed: the name of the error's class, and its message."""

    error: str
    detail: str

    @classmethod
    def of(cls, error: Exception) -> "JobProblem":
        """Return what is kept of `error`."""
        return cls(type(error).__name__, str(error))


@dataclass(frozen=True, slots=True)
class JobItem:
    """What came of one thing that a job dealt with.

    `key` tells it from the job's other items, and is the same when the job is begun again.
    `name` is for people: a file's name, an address. `document_id` is None where there is none;
    only what was refused has a `problem`.
    """

    key: str
    name: str
    outcome: Outcome
    document_id: str | None = None
    problem: JobProblem | None = None


@dataclass(frozen=True, slots=True)
class Spooled:
    """Bytes that a job has still to deal with, and what was said about them, JSON values only."""

    about: Mapping[str, Any]
    content: bytes = field(repr=False)
    position: int = 0


@dataclass(frozen=True, slots=True)
class Delivery:
    """How far the message at the end of a job has come; `detail` says what became of it last.

    `due_at` is when it is tried next, None before the job is over and after the last try.
    """

    url: str
    state: DeliveryState = "waiting"
    attempts: int = 0
    detail: str | None = None
    due_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class NewJob:
    """A job as it is submitted; `total` is how many items it will have, where that is known.

    `request` holds what its kind needs, JSON values only; `spooled` is deleted piece by piece
    as it is dealt with.
    """

    id: str
    collection: str
    kind: str
    request: Mapping[str, Any] = field(default_factory=dict)
    spooled: tuple[Spooled, ...] = ()
    total: int | None = None
    webhook: str | None = None


@dataclass(frozen=True, slots=True)
class Job:
    """A job as it stands; `number` only grows.

    `counts` has the number of items by outcome. `doing` is what is being done just now.
    `cancelling`: it runs, and ends as cancelled after the item that it is at. `deaths` counts the
    processes that died at it since it last got on.
    """

    number: int
    id: str
    collection: str
    kind: str
    state: JobState
    request: Mapping[str, Any]
    total: int | None
    counts: Mapping[Outcome, int]
    doing: str | None
    created_at: datetime
    cancelling: bool = False
    deaths: int = 0
    started_at: datetime | None = None
    finished_at: datetime | None = None
    problem: JobProblem | None = None
    webhook: Delivery | None = None

    @property
    def done(self) -> int:
        """How many items it has dealt with; rows that are gone from a file are none of them."""
        return sum(count for outcome, count in self.counts.items() if outcome != "removed")

    @property
    def is_over(self) -> bool:
        """Whether it will never change again, but for what is told of its webhook."""
        return self.state in OVER


@dataclass(frozen=True, slots=True)
class JobPage:
    """One page of jobs, newest first; `after` asks for the next one, None where there is none."""

    jobs: tuple[Job, ...]
    after: str | None


@dataclass(frozen=True, slots=True)
class ItemPage:
    """One page of a job's items, oldest first; `after` as in `JobPage`."""

    items: tuple[JobItem, ...]
    after: int | None
