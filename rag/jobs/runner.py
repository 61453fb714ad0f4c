"""Who does the jobs of one kind: one thread, step after step, the collections by turns.

A job goes on until it is done, its turn is over, it is cancelled or the service stops. What it
yields is written down at once before anything that may take long, and else a few times a second.
"""

import logging
from collections import deque
from collections.abc import Generator
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from threading import Event
from time import monotonic
from typing import Protocol

from documents.errors import DocumentError, EncoderReplaced, StoreError, StoreUnavailable
from documents.job_records import Job, JobItem, JobProblem, JobState
from documents.store.job_queue import Progress
from index.errors import EncoderUnavailable
from rag.jobs.work import Doing, Read, Step, Task, Work

logger = logging.getLogger(__name__)

# So many collections have a job of a kind under way, each with what it is reading in memory.
MOST_AT_ONCE = 4
TURN_SECONDS = 1.0
PAUSE_SECONDS = 5.0  # after the store or the encoder could not be used
_UNWRITTEN_SECONDS = 0.25
_LOOK_SECONDS = 1.0  # for jobs that another process submitted
_UNFORESEEN = JobProblem("Unforeseen", "A fault of the service; its log holds the reason.")


class Queue(Protocol):
    """What is asked of the store; see `documents.store.job_queue`."""

    def release(self, kind: str) -> None: ...

    def take(self, kind: str, *, busy: AbstractSet[str]) -> Job | None: ...

    def finished(self, job: Job) -> frozenset[str]: ...

    def record(self, job: Job, progress: Progress) -> Job | None: ...

    def first_problem(self, job: Job) -> JobProblem | None: ...

    def end(self, job: Job, state: JobState, problem: JobProblem | None = None) -> None: ...


class JobRunner:
    """Does the jobs of `kind` in `queue` by `work`.

    It sleeps on `submitted` while there are none, and sets `ended` when one is over.
    """

    def __init__(
        self, queue: Queue, kind: str, work: Work, *, submitted: Event, ended: Event
    ) -> None:
        self._queue = queue
        self._kind = kind
        self._work = work
        self._submitted = submitted
        self._ended = ended
        self._active: deque[_Active] = deque()

    def run(self, stopping: Event) -> None:
        """Do jobs until `stopping` is set; then leave them as they can be gone on with.

        Nobody else may do jobs of this kind meanwhile.
        """
        while not stopping.is_set():
            try:
                self._queue.release(self._kind)
                self._serve(stopping)
            except (StoreError, EncoderUnavailable) as error:
                logger.warning("jobs wait, the store or the encoder cannot be used: %s", error)
                stopping.wait(PAUSE_SECONDS)
            except Exception:
                logger.exception("jobs wait, for an unforeseen reason")
                stopping.wait(PAUSE_SECONDS)
            finally:
                while self._active:
                    self._active.pop().steps.close()

    def _serve(self, stopping: Event) -> None:
        while not stopping.is_set():
            self._submitted.clear()
            self._take_more()
            if not self._active:
                if not stopping.is_set():
                    self._submitted.wait(_LOOK_SECONDS)
                continue
            active = self._active.popleft()
            if self._goes_on(active, stopping):
                self._active.append(active)
        for active in self._active:
            active.write()
        self._queue.release(self._kind)

    def _take_more(self) -> None:
        while len(self._active) < MOST_AT_ONCE:
            busy = {active.job.collection for active in self._active}
            job = self._queue.take(self._kind, busy=busy)
            if job is None:
                return
            task = Task(job.id, job.collection, job.request, self._queue.finished(job))
            self._active.append(_Active(self._queue, job, task.finished, _steps(self._work, task)))

    def _goes_on(self, active: "_Active", stopping: Event) -> bool:
        """Let a job have its turn; tell whether there is more of it."""
        end = monotonic() + TURN_SECONDS
        try:
            while monotonic() < end and not stopping.is_set():
                step = next(active.steps, None)
                if step is not None:
                    active.take(step)
                if step is None or active.cancelled:
                    active.write()
                    self._end(active, whole=step is None)
                    return False
        except (StoreUnavailable, EncoderReplaced, EncoderUnavailable):
            raise
        except DocumentError as error:
            self._fail(active, JobProblem.of(error))
            return False
        except Exception:
            logger.exception("job %s (%s) failed", active.job.id, self._kind)
            self._fail(active, _UNFORESEEN)
            return False
        return True

    def _end(self, active: "_Active", *, whole: bool) -> None:
        active.steps.close()
        job = active.job
        came_in = sum(count for outcome, count in job.counts.items() if outcome != "refused")
        problem = None if came_in else self._queue.first_problem(job)
        if not whole:
            self._over(job, "cancelled")
        elif problem is not None:
            self._over(job, "failed", problem)
        else:
            self._over(job, "succeeded")

    def _fail(self, active: "_Active", problem: JobProblem) -> None:
        active.steps.close()
        active.write()
        self._over(active.job, "failed", problem)

    def _over(self, job: Job, state: JobState, problem: JobProblem | None = None) -> None:
        self._queue.end(job, state, problem)
        logger.info("job %s (%s): %s, %d items", job.id, self._kind, state, job.done)
        self._ended.set()


@dataclass(slots=True)
class _Active:
    """A job that is under way, and what it did that is not written down yet."""

    queue: Queue
    job: Job
    finished: AbstractSet[str]
    steps: Generator[Step, None, None]
    doing: Doing | None = None
    items: list[JobItem] = field(default_factory=list)
    read: list[int] = field(default_factory=list)
    written: float = field(default_factory=monotonic)
    cancelled: bool = False

    def take(self, step: Step) -> None:
        """Note a step, and write down what there is if it is time to."""
        match step:
            case Doing():
                self.doing = step
                self.write()
            case Read():
                self.read.append(step.position)
            case JobItem() if step.key not in self.finished:
                self.items.append(step)
        # That a job got on which a process died at is written down at once.
        if monotonic() - self.written >= _UNWRITTEN_SECONDS or (self.items and self.job.deaths):
            self.write()

    def write(self) -> None:
        """Write down what was done; see whether the job was cancelled, or is gone."""
        what, total = (self.doing.what, self.doing.total) if self.doing else (None, None)
        progress = Progress(tuple(self.items), tuple(self.read), what, total)
        job = self.queue.record(self.job, progress)
        self.items.clear()
        self.read.clear()
        self.written = monotonic()
        self.cancelled = job is None or job.cancelling
        self.job = job or self.job


def _steps(work: Work, task: Task) -> Generator[Step, None, None]:
    yield from work.steps(task)
