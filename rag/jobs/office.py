"""All that a service has of jobs: the desk where they are handed in, the threads behind it."""

from collections.abc import Callable, Mapping
from dataclasses import dataclass
from threading import Event
from typing import Self

from documents.feeds.address_guard import AddressGuard
from documents.store.store import Store
from rag.jobs.background import Background
from rag.jobs.crew import Crew
from rag.jobs.desk import JobDesk
from rag.jobs.runner import JobRunner
from rag.jobs.signing import secret_of
from rag.jobs.telling import Telling
from rag.jobs.webhooks import Webhooks
from rag.jobs.work import Work
from rag.settings import Settings


@dataclass(frozen=True, slots=True)
class JobOffice:
    """Its `desk` takes jobs whether or not its `background` does them."""

    desk: JobDesk
    background: Background

    @classmethod
    def open(
        cls,
        settings: Settings,
        store: Store,
        works: Mapping[str, Work],
        guard: AddressGuard,
        *,
        wake: Callable[[], None],
    ) -> Self:
        """Put everything together; `works` has each kind of job, `guard` says who may be told.

        `wake` is called when a job was taken here, for another process may do it.
        """
        ended = Event()
        bells = {kind: Event() for kind in works}
        secret = settings.webhook_secret
        webhooks = Webhooks(secret_of(secret.get_secret_value()) if secret else None, guard)
        runners = [
            JobRunner(store.job_queue, kind, work, submitted=bells[kind], ended=ended)
            for kind, work in works.items()
        ]
        background = Background(
            Crew(runners, store.job_queue, store.connections.turn("jobs")).run,
            Telling(store.deliveries, webhooks, ended=ended).run,
            bells=(*bells.values(), ended),
            jobs=store.job_queue,
            kept_days=settings.jobs_kept_days,
        )
        return cls(JobDesk(store.jobs, webhooks, bells, wake=wake), background)
