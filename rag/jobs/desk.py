"""Where jobs are handed in, looked up and cancelled; who does them is not known here."""

from collections.abc import Callable, Mapping, Sequence
from collections.abc import Set as AbstractSet
from threading import Event
from typing import Any, Protocol
from uuid import uuid4

from documents.errors import UnknownJob
from documents.job_records import ItemPage, Job, JobPage, JobState, NewJob, Outcome, Spooled


class JobStore(Protocol):
    """What is asked of the store; see `documents.store.jobs`."""

    def submit(self, new: NewJob) -> Job: ...

    def find(self, job_id: str, *, within: AbstractSet[str] | None = None) -> Job | None: ...

    def page(
        self,
        *,
        within: AbstractSet[str] | None = None,
        state: JobState | None = None,
        limit: int = 50,
        after: str | None = None,
    ) -> JobPage: ...

    def items(
        self,
        job_id: str,
        *,
        within: AbstractSet[str] | None = None,
        outcome: Outcome | None = None,
        limit: int = 50,
        after: int | None = None,
    ) -> ItemPage | None: ...

    def cancel(self, job_id: str, *, within: AbstractSet[str] | None = None) -> Job | None: ...

    def counts(self) -> dict[JobState, int]: ...


class Receivers(Protocol):
    """What is asked of webhooks when a job is handed in."""

    def check(self, url: str) -> None: ...


class JobDesk:
    """Takes jobs; safe to share between threads. `bells` wake who does those of each kind here.

    `wake` tells another process, if one does them.

    All methods raise StoreError as those of the store do.
    """

    def __init__(
        self,
        store: JobStore,
        receivers: Receivers,
        bells: Mapping[str, Event],
        *,
        wake: Callable[[], None] = lambda: None,
    ) -> None:
        self._store = store
        self._receivers = receivers
        self._bells = bells
        self._wake = wake

    def submit(
        self,
        kind: str,
        *,
        collection: str,
        request: Mapping[str, Any] | None = None,
        spooled: Sequence[Spooled] = (),
        webhook: str | None = None,
    ) -> Job:
        """Take a job of a kind that somebody does, with what it needs, on disk at return.

        `webhook` is the address that is told when it is over.

        Raises:
            KeyError: nobody does jobs of this `kind`.
            UnknownCollection: there is none of this name.
            TooManyJobs: the collection has as many unfinished ones as are kept.
            InvalidWebhook, ForbiddenAddress: nobody can be told at this address.
        """
        bell = self._bells[kind]
        if webhook is not None:
            self._receivers.check(webhook)
        new = NewJob(
            id=f"job_{uuid4().hex}",
            collection=collection,
            kind=kind,
            request=request or {},
            spooled=tuple(spooled),
            total=len(spooled) or None,
            webhook=webhook,
        )
        job = self._store.submit(new)
        bell.set()
        self._wake()
        return job

    def find(self, job_id: str, *, within: AbstractSet[str] | None = None) -> Job:
        """Return a job as it stands.

        Raises:
            UnknownJob: there is none with this id, or not in the collections `within`.
        """
        return _known(self._store.find(job_id, within=within), job_id)

    def page(
        self,
        *,
        within: AbstractSet[str] | None = None,
        state: JobState | None = None,
        limit: int = 50,
        after: str | None = None,
    ) -> JobPage:
        """Return a page of jobs, newest first; `after` is that of the page before."""
        return self._store.page(within=within, state=state, limit=limit, after=after)

    def items(
        self,
        job_id: str,
        *,
        within: AbstractSet[str] | None = None,
        outcome: Outcome | None = None,
        limit: int = 50,
        after: int | None = None,
    ) -> ItemPage:
        """Return a page of what a job did, oldest first; raises as `find` does."""
        found = self._store.items(job_id, within=within, outcome=outcome, limit=limit, after=after)
        if found is None:
            raise UnknownJob.named(job_id)
        return found

    def cancel(self, job_id: str, *, within: AbstractSet[str] | None = None) -> Job:
        """Cancel a job, and return it as it is then; raises as `find` does.

        One that waits is cancelled at once, one that runs after the item that it is at; one that
        is over stays as it is. What came in stays.
        """
        return _known(self._store.cancel(job_id, within=within), job_id)

    def counts(self) -> dict[JobState, int]:
        """Return how many jobs are in each state."""
        return self._store.counts()


def _known(job: Job | None, job_id: str) -> Job:
    if job is None:
        raise UnknownJob.named(job_id)
    return job
