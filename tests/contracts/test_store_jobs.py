"""What every store promises those who hand jobs in, look them up and cancel them."""

from dataclasses import replace
from datetime import UTC, datetime, timedelta

import pytest

from documents.errors import TooManyJobs, UnknownCollection
from documents.job_records import JobItem, JobProblem, NewJob, Spooled
from documents.store.job_queue import Progress
from documents.store.jobs import MOST_UNFINISHED
from tests.contracts.stores import Opener, Store

PIECE = Spooled({"name": "œuvre.txt", "source": "« œuvre »"}, b"\0\xff bytes")
LONG_AGO = datetime(2020, 1, 1, tzinfo=UTC)


def new(job_id: str, *, collection: str = "default", webhook: str | None = None) -> NewJob:
    return NewJob(
        job_id, collection, "upload", {"n": 1}, spooled=(PIECE,), total=1, webhook=webhook
    )


def test_a_job_is_whole_after_the_store_was_closed(opened: Opener) -> None:
    with opened() as store:
        submitted = store.jobs.submit(new("job_a", webhook="https://example.org/é"))

    with opened() as store:
        job = store.jobs.find("job_a")
        assert job == submitted
        assert (job.state, job.request, job.total, job.done) == ("queued", {"n": 1}, 1, 0)
        assert job.webhook is not None
        assert (job.webhook.url, job.webhook.state) == ("https://example.org/é", "waiting")
        assert store.job_queue.pending("job_a") == [0]
        assert store.job_queue.piece("job_a", 0) == PIECE


def test_a_job_of_no_collection_is_refused(store: Store) -> None:
    with pytest.raises(UnknownCollection, match="nulle"):
        store.jobs.submit(new("job_a", collection="nulle"))
    assert store.jobs.page().jobs == ()


def test_a_collection_has_a_bounded_number_of_unfinished_jobs(store: Store) -> None:
    store.create_collection("presse")
    for number in range(MOST_UNFINISHED):
        store.jobs.submit(new(f"job_{number}"))

    with pytest.raises(TooManyJobs, match="wait for some"):
        store.jobs.submit(new("job_more"))
    store.jobs.submit(new("job_other", collection="presse"))
    store.jobs.cancel("job_0")
    store.jobs.submit(new("job_more"))


def test_jobs_are_paged_newest_first_by_state_and_collection(store: Store) -> None:
    for name in ("presse", "notes"):
        store.create_collection(name)
    for number in range(5):
        store.jobs.submit(new(f"job_{number}", collection="presse" if number % 2 else "notes"))
    store.jobs.cancel("job_3")

    page = store.jobs.page(limit=2)
    assert [job.id for job in page.jobs] == ["job_4", "job_3"]
    page = store.jobs.page(limit=2, after=page.after)
    assert [job.id for job in page.jobs] == ["job_2", "job_1"]
    page = store.jobs.page(limit=2, after=page.after)
    assert ([job.id for job in page.jobs], page.after) == (["job_0"], None)
    assert [job.id for job in store.jobs.page(state="cancelled").jobs] == ["job_3"]
    assert [job.id for job in store.jobs.page(within={"presse"}).jobs] == ["job_3", "job_1"]
    assert store.jobs.page(within=set()).jobs == ()
    assert store.jobs.page(within={"presse"}, after="job_4").jobs == ()
    assert store.jobs.counts() == {
        "queued": 4,
        "running": 0,
        "succeeded": 0,
        "failed": 0,
        "cancelled": 1,
    }


def test_a_job_of_another_collection_is_as_one_that_never_was(store: Store) -> None:
    store.create_collection("presse")
    store.jobs.submit(new("job_a"))

    assert store.jobs.find("job_a", within={"default"}) is not None
    for job_id in ("job_a", "job_never"):
        assert store.jobs.find(job_id, within={"presse"}) is None
        assert store.jobs.items(job_id, within={"presse"}) is None
        assert store.jobs.cancel(job_id, within={"presse"}) is None
    job = store.jobs.find("job_a")
    assert job is not None
    assert job.state == "queued"


def test_items_are_paged_in_the_order_they_came_and_by_outcome(store: Store) -> None:
    store.jobs.submit(new("job_a"))
    job = store.job_queue.take("upload")
    assert job is not None
    items = [
        JobItem("0", "a", "added", "doc_1"),
        JobItem("1", "b", "refused", None, JobProblem("EmptyDocument", "b is empty")),
        JobItem("2", "c", "unchanged", "doc_3"),
    ]
    store.job_queue.record(job, Progress(items))

    page = store.jobs.items("job_a", limit=2)
    assert page is not None
    assert list(page.items) == items[:2]
    page = store.jobs.items("job_a", limit=2, after=page.after)
    assert page is not None
    assert (list(page.items), page.after) == (items[2:], None)
    refused = store.jobs.items("job_a", outcome="refused")
    assert refused is not None
    assert list(refused.items) == items[1:2]


def test_a_waiting_job_is_cancelled_at_once_with_what_it_had_to_read(opened: Opener) -> None:
    with opened() as store:
        store.jobs.submit(new("job_a", webhook="https://example.org/"))
        cancelled = store.jobs.cancel("job_a")

    with opened() as store:
        assert cancelled is not None
        assert cancelled == store.jobs.find("job_a")
        assert (cancelled.state, cancelled.cancelling) == ("cancelled", False)
        assert cancelled.finished_at is not None
        assert store.job_queue.pending("job_a") == []
        assert store.job_queue.take("upload") is None
        assert store.jobs.cancel("job_a") == cancelled
        told = store.deliveries.take(lease=timedelta(minutes=1))
        assert told is not None
        assert told.id == "job_a"


def test_a_running_job_is_told_to_end(store: Store) -> None:
    store.jobs.submit(new("job_a"))
    job = store.job_queue.take("upload")
    assert job is not None

    cancelled = store.jobs.cancel("job_a")

    assert cancelled is not None
    assert (cancelled.state, cancelled.cancelling) == ("running", True)
    seen = store.job_queue.record(job, Progress())
    assert seen is not None
    assert seen.cancelling


@pytest.mark.parametrize("name", ["presse", "default"])
def test_the_jobs_of_a_collection_go_with_it(store: Store, name: str) -> None:
    store.create_collection("presse")
    store.jobs.submit(new("job_a", collection=name))
    job = store.job_queue.take("upload")
    assert job is not None

    store.delete_collection(name)

    assert store.jobs.page().jobs == ()
    assert store.job_queue.record(job, Progress([JobItem("0", "a", "added")])) is None
    store.job_queue.end(job, "succeeded")
    assert store.jobs.find("job_a") is None


def test_finished_jobs_are_forgotten_in_time_and_unfinished_ones_never(store: Store) -> None:
    for number in range(4):
        store.jobs.submit(new(f"job_{number}"))
    for number in range(3):
        store.jobs.cancel(f"job_{number}")

    assert store.job_queue.forget(before=LONG_AGO, keep=3) == 0
    assert store.job_queue.forget(before=LONG_AGO, keep=2) == 1
    assert [job.id for job in store.jobs.page().jobs] == ["job_3", "job_2", "job_1"]
    later = datetime.now(UTC) + timedelta(seconds=1)
    assert store.job_queue.forget(before=later, keep=3) == 2
    assert [job.id for job in store.jobs.page().jobs] == ["job_3"]


def test_a_job_whose_end_is_still_to_be_told_is_not_forgotten(store: Store) -> None:
    store.jobs.submit(new("job_a", webhook="https://example.org/"))
    store.jobs.cancel("job_a")
    later = datetime.now(UTC) + timedelta(days=1)
    assert store.job_queue.forget(before=later, keep=0) == 0

    job = store.deliveries.take(lease=timedelta(minutes=1))
    assert job is not None
    assert store.deliveries.take(lease=timedelta(minutes=1)) is None
    assert store.job_queue.forget(before=later, keep=0) == 0
    assert job.webhook is not None
    store.deliveries.record(job, replace(job.webhook, state="delivered", due_at=None))

    assert store.job_queue.forget(before=later, keep=0) == 1


def test_a_delivery_that_nobody_wrote_down_is_due_again(store: Store) -> None:
    store.jobs.submit(new("job_a", webhook="https://example.org/"))
    assert store.deliveries.take(lease=timedelta(0)) is None, "it is not over"
    store.jobs.cancel("job_a")

    assert store.deliveries.take(lease=timedelta(0)) is not None
    assert store.deliveries.take(lease=timedelta(0)) is not None
