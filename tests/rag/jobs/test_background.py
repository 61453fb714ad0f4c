"""The threads behind jobs begin, end in time, and delete what is over."""

from datetime import UTC, datetime, timedelta
from threading import Event

from rag.jobs.background import Background
from tests.rag.jobs.bench import PATIENCE_SECONDS, Bench
from tests.rag.jobs.test_runner import CountingWork


def sleeping(stopping: Event) -> None:
    stopping.wait()


def background_of(bench: Bench, work: CountingWork) -> Background:
    crew, bells = bench.crew({"count": work})
    return Background(
        crew.run, sleeping, bells=tuple(bells.values()), jobs=bench.store.job_queue, kept_days=30
    )


def test_jobs_are_done_while_it_works(bench: Bench) -> None:
    with background_of(bench, CountingWork()).working(seconds=PATIENCE_SECONDS):
        bench.submit("job_a", "count")
        assert bench.over("job_a").state == "succeeded"

    bench.submit("job_b", "count")
    assert bench.job("job_b").state == "queued"


def test_an_item_that_takes_too_long_is_left_for_the_next_start(bench: Bench) -> None:
    work = CountingWork(waits_at=1)
    background = background_of(bench, work)
    background.start()
    bench.submit("job_a", "count")
    assert work.at.wait(PATIENCE_SECONDS)

    background.stop(seconds=0.05)

    left = bench.job("job_a")
    assert (left.state, left.deaths, left.done) == ("queued", 0, 1)
    work.go.set()
    background.stop(seconds=PATIENCE_SECONDS)  # what it left is over before the store is closed


def test_jobs_that_were_over_long_ago_are_deleted() -> None:
    asked: list[datetime] = []
    done = Event()

    class OldJobs:
        def release(self) -> None:
            raise AssertionError

        def forget(self, *, before: datetime, keep: int) -> int:
            assert keep > 0
            asked.append(before)
            done.set()
            return 0

    background = Background(sleeping, sleeping, bells=(), jobs=OldJobs(), kept_days=30)
    with background.working(seconds=PATIENCE_SECONDS):
        assert done.wait(PATIENCE_SECONDS)

    [before] = asked
    assert timedelta(days=29) < datetime.now(UTC) - before < timedelta(days=31)
