"""One thread does the jobs of all collections, and leaves nothing half told."""

import logging
from collections.abc import Iterator
from dataclasses import dataclass, field
from threading import Event
from time import monotonic, sleep

import pytest

from documents.errors import EmptyDocument, StoreUnavailable, UnsupportedFormat
from documents.job_records import JobItem, JobProblem, Outcome
from index.errors import EncoderUnavailable
from rag.jobs import runner as runner_module
from rag.jobs.work import Doing, Step, Task
from tests.rag.jobs.bench import PATIENCE_SECONDS, Bench


@dataclass
class CountingWork:
    """Yields `items`, those left; `at` is set before the item of this number, `go` awaited."""

    items: int = 3
    outcome: Outcome = "added"
    at: Event = field(default_factory=Event)
    go: Event = field(default_factory=Event)
    waits_at: int | None = None
    tasks: list[Task] = field(default_factory=list)
    order: list[str] = field(default_factory=list)

    def steps(self, task: Task) -> Iterator[Step]:
        self.tasks.append(task)
        for number in range(self.items):
            if str(number) in task.finished:
                continue
            yield Doing(f"item {number}", total=self.items)
            if number == self.waits_at:
                self.at.set()
                assert self.go.wait(PATIENCE_SECONDS)
            self.order.append(f"{task.id}:{number}")
            problem = (
                JobProblem("EmptyDocument", f"{number}") if self.outcome == "refused" else None
            )
            yield JobItem(str(number), f"item {number}", self.outcome, problem=problem)


@dataclass
class RaisingWork:
    """Yields one item, then raises each of `errors` in turn."""

    errors: list[Exception]

    def steps(self, task: Task) -> Iterator[Step]:
        if "0" not in task.finished:
            yield JobItem("0", "a", "added")
        yield Doing("raising")
        if self.errors:
            raise self.errors.pop(0)


def test_a_job_is_done_item_by_item(bench: Bench) -> None:
    work = CountingWork()
    with bench.running({"count": work}):
        bench.submit("job_a", "count")
        job = bench.over("job_a")

    assert (job.state, job.counts["added"], job.total, job.doing) == ("succeeded", 3, 3, None)
    assert bench.ended.is_set()
    [task] = work.tasks
    assert (task.id, task.collection, task.request) == ("job_a", "default", {"id": "job_a"})
    items = bench.store.jobs.items("job_a")
    assert items is not None
    assert [item.name for item in items.items] == ["item 0", "item 1", "item 2"]


def test_jobs_that_waited_for_a_runner_are_done(bench: Bench) -> None:
    bench.submit("job_a", "count")
    bench.submit("job_b", "count")

    with bench.running({"count": CountingWork()}):
        assert bench.over("job_a").state == bench.over("job_b").state == "succeeded"


def test_a_job_of_which_nothing_came_in_failed_and_says_why(bench: Bench) -> None:
    with bench.running({"count": CountingWork(outcome="refused")}):
        bench.submit("job_a", "count")
        job = bench.over("job_a")

    assert (job.state, job.counts["refused"]) == ("failed", 3)
    assert job.problem == JobProblem("EmptyDocument", "0")


def test_a_job_without_items_succeeded(bench: Bench) -> None:
    with bench.running({"count": CountingWork(items=0)}):
        bench.submit("job_a", "count")
        assert bench.over("job_a").state == "succeeded"


def test_a_cancelled_job_ends_after_its_item_and_keeps_what_it_did(bench: Bench) -> None:
    work = CountingWork(items=1000, waits_at=2)
    with bench.running({"count": work}):
        bench.submit("job_a", "count")
        assert work.at.wait(PATIENCE_SECONDS)
        bench.store.jobs.cancel("job_a")
        assert bench.job("job_a").cancelling
        work.go.set()
        job = bench.over("job_a")

    assert (job.state, job.cancelling) == ("cancelled", False)
    assert 2 <= job.done < 1000
    items = bench.store.jobs.items("job_a", limit=1000)
    assert items is not None
    assert len(items.items) == job.done


def test_jobs_of_two_collections_get_on_by_turns(
    bench: Bench, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(runner_module, "TURN_SECONDS", 0.001)
    work = CountingWork(items=20)
    bench.submit("job_a", "count")
    bench.submit("job_b", "count", collection="presse")
    bench.submit("job_c", "count")

    with bench.running({"count": work}):
        for job_id in ("job_a", "job_b", "job_c"):
            assert bench.over(job_id).counts["added"] == 20

    whose = [step[:5] for step in work.order]
    first_of_b = whose.index("job_b")
    assert first_of_b < 20, "the second collection waits for the first"
    assert whose.index("job_c") >= 20, "a collection has two jobs under way"


def test_a_stopped_runner_leaves_the_job_where_it_is_and_the_next_goes_on(bench: Bench) -> None:
    first = CountingWork(items=6, waits_at=3)
    with bench.running({"count": first}):
        bench.submit("job_a", "count")
        assert first.at.wait(PATIENCE_SECONDS)
        first.go.set()
        # The block ends: the runner stops after this item, or a few more.
    left = bench.job("job_a")
    assert (left.state, left.deaths) in (("queued", 0), ("succeeded", 0))

    second = CountingWork(items=6)
    with bench.running({"count": second}):
        job = bench.over("job_a")

    assert (job.state, job.counts["added"]) == ("succeeded", 6)
    assert sorted(first.order + second.order) == [f"job_a:{n}" for n in range(6)]


def test_what_a_dead_process_left_is_gone_on_with(bench: Bench) -> None:
    bench.submit("job_a", "count")
    assert bench.store.job_queue.take("count") is not None  # and then it died

    with bench.running({"count": CountingWork()}):
        assert bench.over("job_a").state == "succeeded"


def test_that_a_job_got_on_which_a_process_died_at_is_written_down_at_once(bench: Bench) -> None:
    go = Event()

    class SilentWork:
        def steps(self, _: Task) -> Iterator[Step]:
            yield JobItem("0", "a", "added")
            assert go.wait(PATIENCE_SECONDS)

    bench.submit("job_a", "silent")
    assert bench.store.job_queue.take("silent") is not None  # and then it died
    with bench.running({"silent": SilentWork()}):
        end = monotonic() + PATIENCE_SECONDS
        while bench.job("job_a").done == 0:
            assert monotonic() < end
            sleep(0.005)
        assert bench.job("job_a").deaths == 0
        go.set()
        assert bench.over("job_a").state == "succeeded"


def test_two_runners_of_the_same_data_do_each_job_once(bench: Bench) -> None:
    one, other = CountingWork(items=5), CountingWork(items=5)
    with bench.running({"count": one}), bench.running({"count": other}):
        for number in range(4):
            bench.submit(f"job_{number}", "count")
        for number in range(4):
            assert bench.over(f"job_{number}").counts["added"] == 5

    assert [len(one.order), len(other.order)] in ([20, 0], [0, 20])


def test_an_error_ends_the_job_as_failed_and_what_it_did_stays(bench: Bench) -> None:
    with bench.running({"raise": RaisingWork([UnsupportedFormat("It is a picture.")])}):
        bench.submit("job_a", "raise")
        job = bench.over("job_a")

    assert (job.state, job.counts["added"]) == ("failed", 1)
    assert job.problem == JobProblem("UnsupportedFormat", "It is a picture.")


def test_a_fault_of_ours_is_logged_and_not_told(
    bench: Bench, caplog: pytest.LogCaptureFixture
) -> None:
    with bench.running({"raise": RaisingWork([ZeroDivisionError("secret")])}):
        bench.submit("job_a", "raise")
        job = bench.over("job_a")

    assert job.state == "failed"
    assert job.problem is not None
    assert "secret" not in str(job.problem)
    assert "ZeroDivisionError" in caplog.text


def test_a_kind_that_waits_keeps_no_other_kind_waiting(bench: Bench) -> None:
    slow = CountingWork(waits_at=0)
    with bench.running({"slow": slow, "count": CountingWork()}):
        bench.submit("job_a", "slow")
        assert slow.at.wait(PATIENCE_SECONDS)
        bench.submit("job_b", "count")
        assert bench.over("job_b").state == "succeeded"
        assert bench.job("job_a").state == "running"
        slow.go.set()
        assert bench.over("job_a").state == "succeeded"


def test_a_store_or_an_encoder_that_cannot_be_used_for_a_while_only_delays(
    bench: Bench, monkeypatch: pytest.MonkeyPatch, caplog: pytest.LogCaptureFixture
) -> None:
    monkeypatch.setattr(runner_module, "PAUSE_SECONDS", 0.01)
    caplog.set_level(logging.WARNING)
    work = RaisingWork([StoreUnavailable("the disk is full"), EncoderUnavailable("no server")])
    with bench.running({"raise": work}):
        bench.submit("job_a", "raise")
        job = bench.over("job_a")

    assert (job.state, job.counts["added"], job.deaths) == ("succeeded", 1, 0)
    assert "the disk is full" in caplog.text
    assert "no server" in caplog.text


def test_a_job_whose_collection_is_deleted_stops(bench: Bench) -> None:
    work = CountingWork(items=100_000, waits_at=1)
    with bench.running({"count": work, "other": CountingWork()}):
        bench.submit("job_a", "count", collection="presse")
        assert work.at.wait(PATIENCE_SECONDS)
        bench.store.delete_collection("presse")
        work.go.set()
        bench.submit("job_b", "other")
        bench.over("job_b")

    assert bench.store.jobs.find("job_a") is None
    assert sum(step.startswith("job_a") for step in work.order) < 100_000


def test_the_problem_of_an_error_is_its_name_and_its_words() -> None:
    assert JobProblem.of(EmptyDocument("Vide.")) == JobProblem("EmptyDocument", "Vide.")
