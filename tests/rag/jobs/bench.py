"""A store with jobs, and a runner of works made by hand."""

from collections.abc import Iterator, Mapping
from contextlib import contextmanager
from pathlib import Path
from threading import Event, Thread
from time import monotonic, sleep

from documents.job_records import Job, NewJob
from documents.store.sqlite_lock import WriteLock
from documents.store.store import Store
from rag.jobs.crew import Crew
from rag.jobs.runner import JobRunner
from rag.jobs.work import Work

PATIENCE_SECONDS = 20.0


class Bench:
    """Submits jobs and runs them; `folder` is where the lock lies."""

    def __init__(self, store: Store, folder: Path) -> None:
        self.store = store
        self.ended = Event()
        self._bells: list[dict[str, Event]] = []
        self._lock = folder / "jobs.lock"

    def submit(self, job_id: str, kind: str, *, collection: str = "default") -> None:
        self.store.create_collection(collection)
        self.store.jobs.submit(NewJob(job_id, collection, kind, {"id": job_id}))
        for bells in self._bells:
            if kind in bells:
                bells[kind].set()

    def job(self, job_id: str) -> Job:
        job = self.store.jobs.find(job_id)
        assert job is not None
        return job

    def crew(self, works: Mapping[str, Work]) -> tuple[Crew, dict[str, Event]]:
        """Return who does jobs of these kinds, and what wakes them."""
        bells = {kind: Event() for kind in works}
        self._bells.append(bells)
        runners = [
            JobRunner(self.store.job_queue, kind, work, submitted=bells[kind], ended=self.ended)
            for kind, work in works.items()
        ]
        lock = WriteLock(self._lock, patience_seconds=0)
        return Crew(runners, self.store.job_queue, lock), bells

    @contextmanager
    def running(self, works: Mapping[str, Work]) -> Iterator[None]:
        """Do jobs for the length of a block; the step that runs then is waited for."""
        crew, bells = self.crew(works)
        stopping = Event()
        thread = Thread(target=crew.run, args=(stopping,), daemon=True)
        thread.start()
        try:
            yield
        finally:
            stopping.set()
            for bell in bells.values():
                bell.set()
            thread.join(PATIENCE_SECONDS)
            assert not thread.is_alive()

    def over(self, job_id: str) -> Job:
        """Return the job once it is over."""
        end = monotonic() + PATIENCE_SECONDS
        while not (job := self.job(job_id)).is_over:
            assert monotonic() < end, job
            sleep(0.005)
        return job
