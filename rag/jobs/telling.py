"""Who calls webhooks: a thread of its own, so that no receiver keeps a job waiting."""

import logging
import random
from dataclasses import replace
from datetime import UTC, datetime, timedelta
from threading import Event
from typing import Protocol

from documents.errors import DocumentError, StoreError
from documents.job_records import Delivery, Job
from rag.errors import RagError

logger = logging.getLogger(__name__)

# Seconds from each try that failed to the next; after the last one it is given up.
RETRY_SECONDS = (5.0, 60.0, 600.0, 3600.0)
_JITTER = 0.1  # so that what failed together is not tried together
_GONE = 410  # the receiver wants no more
_LOOK_SECONDS = 5.0
_LEASE = timedelta(seconds=120)  # longer than a try can take


class Deliveries(Protocol):
    """What is asked of the store; see `documents.store.deliveries`."""

    def take(self, *, lease: timedelta) -> Job | None: ...

    def record(self, job: Job, delivery: Delivery) -> None: ...


class Caller(Protocol):
    """What calls one webhook; see `rag.jobs.webhooks`."""

    def call(self, job: Job) -> int: ...


class Telling:
    """Tells receivers of jobs that are over; looks for them whenever `ended` is set."""

    def __init__(self, deliveries: Deliveries, caller: Caller, *, ended: Event) -> None:
        self._deliveries = deliveries
        self._caller = caller
        self._ended = ended

    def run(self, stopping: Event) -> None:
        """Call what is due until `stopping` is set."""
        while not stopping.is_set():
            self._ended.clear()
            try:
                while not stopping.is_set() and (job := self._deliveries.take(lease=_LEASE)):
                    self._deliveries.record(job, self._try(job))
            except StoreError as error:
                logger.warning("webhooks wait, the store cannot be used: %s", error)
            if not stopping.is_set():
                self._ended.wait(_LOOK_SECONDS)

    def _try(self, job: Job) -> Delivery:
        """Call the webhook of `job`; return how its delivery stands then."""
        before = job.webhook or Delivery("")
        status, said = self._answer(job)
        tried = replace(before, attempts=before.attempts + 1, detail=said, due_at=None)
        if status // 100 == 2:
            return replace(tried, state="delivered")
        if status == _GONE or tried.attempts > len(RETRY_SECONDS):
            logger.warning("webhook of %s given up: %s", job.id, said)
            return replace(tried, state="failed")
        seconds = RETRY_SECONDS[before.attempts] * (1 + random.uniform(0, _JITTER))  # noqa: S311
        return replace(tried, due_at=datetime.now(UTC) + timedelta(seconds=seconds))

    def _answer(self, job: Job) -> tuple[int, str]:
        """Return the status of the receiver's answer, 0 where there is none, and what to tell."""
        import httpx2  # noqa: PLC0415 - only where somebody is told

        try:
            status = self._caller.call(job)
        except (DocumentError, RagError) as error:
            return 0, str(error)
        except httpx2.TimeoutException:
            return 0, "It did not answer in time."
        except httpx2.TransportError as error:
            return 0, f"It could not be reached ({error or 'the connection broke off'})."
        return status, f"It answered with status {status}."
