"""What every store promises the one who does the jobs."""

import pytest

from documents.errors import UnknownJob
from documents.job_records import Job, JobItem, JobProblem, NewJob, Spooled
from documents.store.job_queue import Progress
from tests.contracts.stores import Opener, Store, put, written


def submit(
    store: Store, job_id: str, *, collection: str = "default", pieces: int = 0, kind: str = "upload"
) -> None:
    spooled = tuple(Spooled({"n": n}, bytes([n])) for n in range(pieces))
    store.jobs.submit(NewJob(job_id, collection, kind, spooled=spooled))


def taken(store: Store, *busy: str) -> Job:
    job = store.job_queue.take("upload", busy=set(busy))
    assert job is not None
    return job


def found(store: Store, job_id: str) -> Job:
    job = store.jobs.find(job_id)
    assert job is not None
    return job


def test_jobs_are_taken_in_their_order_and_the_collections_by_turns(store: Store) -> None:
    store.create_collection("presse")
    for number in range(3):
        submit(store, f"job_d{number}")
    submit(store, "job_p0", collection="presse")
    submit(store, "job_p1", collection="presse")

    order = [taken(store).id for _ in range(5)]

    assert order == ["job_d0", "job_p0", "job_d1", "job_p1", "job_d2"]
    assert store.job_queue.take("upload") is None


def test_a_busy_collection_has_no_other_job_taken(store: Store) -> None:
    store.create_collection("presse")
    submit(store, "job_a")
    submit(store, "job_b")
    submit(store, "job_c", collection="presse")

    assert taken(store).id == "job_a"
    assert taken(store, "default").id == "job_c"
    assert store.job_queue.take("upload", busy={"default", "presse"}) is None


def test_what_is_written_down_is_counted_once_and_survives(opened: Opener) -> None:
    with opened() as store:
        submit(store, "job_a", pieces=2)
        job = taken(store)
        items = [JobItem("0", "a", "added", "doc_1"), JobItem("1", "b", "refused")]
        store.job_queue.record(job, Progress(items, read=[0], doing="c.txt", total=9))
        store.job_queue.record(job, Progress([JobItem("0", "a", "unchanged", "doc_1")], doing="d"))

    with opened() as store:
        job = found(store, "job_a")
        assert (job.done, job.total, job.doing) == (2, 9, "d")
        assert (job.counts["added"], job.counts["unchanged"], job.counts["refused"]) == (1, 0, 1)
        assert store.job_queue.finished(job) == {"0", "1"}
        assert store.job_queue.pending("job_a") == [1]
        with pytest.raises(UnknownJob, match="job_a"):
            store.job_queue.piece("job_a", 0)


def test_an_ended_job_tells_how_and_keeps_nothing_to_read(store: Store) -> None:
    submit(store, "job_a", pieces=2)
    job = taken(store)
    problem = JobProblem("EmptyDocument", "a is empty")
    store.job_queue.record(job, Progress([JobItem("0", "a", "refused", None, problem)]))
    assert store.job_queue.first_problem(job) == problem

    store.job_queue.end(job, "failed", problem)

    ended = found(store, "job_a")
    assert (ended.state, ended.problem, ended.doing) == ("failed", problem, None)
    assert ended.finished_at is not None
    assert store.job_queue.pending("job_a") == []


def test_what_a_dead_process_left_is_gone_on_with_where_it_was(opened: Opener) -> None:
    with opened() as store:
        submit(store, "job_a", pieces=2)
        job = taken(store)
        store.job_queue.record(job, Progress([JobItem("0", "a", "added")], read=[0], doing="b"))

    with opened() as store:
        store.job_queue.recover()
        waiting = found(store, "job_a")
        assert (waiting.state, waiting.doing, waiting.deaths) == ("queued", None, 1)
        again = taken(store)
        assert again.started_at == job.started_at
        assert store.job_queue.pending("job_a") == [1]
        seen = store.job_queue.record(again, Progress([JobItem("1", "b", "added")], read=[1]))
        assert seen is not None
        assert (seen.deaths, seen.done) == (0, 2)


def test_a_job_at_which_two_processes_died_in_a_row_is_given_up(store: Store) -> None:
    submit(store, "job_a", pieces=1)
    for _ in range(2):
        taken(store)
        store.job_queue.recover()

    job = found(store, "job_a")
    assert job.state == "failed"
    assert job.problem is not None
    assert job.problem.error == "JobGivenUp"
    assert store.job_queue.pending("job_a") == []


def test_a_job_that_was_left_in_order_has_killed_nobody(store: Store) -> None:
    submit(store, "job_a")
    for _ in range(3):
        taken(store)
        store.job_queue.release()

    assert (found(store, "job_a").state, found(store, "job_a").deaths) == ("queued", 0)


def test_jobs_of_another_kind_are_for_another(store: Store) -> None:
    submit(store, "job_a", kind="fetch")
    submit(store, "job_b")

    assert taken(store).id == "job_b"
    assert store.job_queue.take("upload") is None
    assert store.job_queue.take("fetch") is not None
    store.job_queue.release("fetch")
    assert (found(store, "job_a").state, found(store, "job_b").state) == ("queued", "running")


@pytest.mark.parametrize("kind", ["upload", "fetch"])
def test_a_job_at_which_a_process_died_is_done_first_and_alone(store: Store, kind: str) -> None:
    store.create_collection("presse")
    submit(store, "job_a")
    submit(store, "job_b", collection="presse", kind=kind)
    store.jobs.cancel("job_b")
    submit(store, "job_c", collection="presse", kind=kind)
    assert store.job_queue.take("upload") is not None  # job_a
    store.job_queue.recover()

    suspect = taken(store)
    assert suspect.id == "job_a"
    assert store.job_queue.take(kind) is None, "it may take this one with it"
    store.job_queue.record(suspect, Progress([JobItem("0", "a", "added")]))
    beside = store.job_queue.take(kind)
    assert beside is not None
    assert beside.id == "job_c"


def test_while_others_run_one_at_which_a_process_died_waits(store: Store) -> None:
    store.create_collection("presse")
    submit(store, "job_a")
    taken(store)
    store.job_queue.recover()
    submit(store, "job_b", collection="presse", kind="fetch")
    assert store.job_queue.take("fetch") is not None  # the quicker one of the two kinds

    assert store.job_queue.take("upload") is None
    store.job_queue.release("fetch")
    assert store.job_queue.take("upload") is not None


def test_a_job_that_was_to_be_cancelled_when_its_process_died_is_cancelled(store: Store) -> None:
    submit(store, "job_a")
    taken(store)
    store.jobs.cancel("job_a")

    store.job_queue.recover()

    assert found(store, "job_a").state == "cancelled"


@pytest.mark.parametrize("earlier", ["added", "replaced"])
def test_a_document_stored_just_before_the_end_is_told_as_what_it_was(
    store: Store, earlier: str
) -> None:
    if earlier == "replaced":
        put(store, written("a", "Ancien."))
    before = put(store, written("b", "Resté."))
    submit(store, "job_a")
    taken(store)
    document = put(store, written("a", "Neuf."))
    store.job_queue.recover()  # the item was not written down
    job = taken(store)

    store.job_queue.record(
        job,
        Progress(
            [
                JobItem("0", "a", "unchanged", document.id),
                JobItem("1", "a again", "unchanged", document.id),
                JobItem("2", "b", "unchanged", before.id),
            ]
        ),
    )

    page = store.jobs.items("job_a")
    assert page is not None
    assert [item.outcome for item in page.items] == [earlier, "unchanged", "unchanged"]


def test_a_document_that_was_there_is_unchanged(store: Store) -> None:
    document = put(store, written("a", "Là."))
    submit(store, "job_a")
    job = taken(store)
    later = put(store, written("b", "Aussi."))

    items = [
        JobItem("0", "a", "unchanged", document.id),
        JobItem("1", "b", "unchanged", later.id),
    ]
    store.job_queue.record(job, Progress(items))

    assert found(store, "job_a").counts["unchanged"] == 2
