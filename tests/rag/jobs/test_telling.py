"""A webhook is tried a few times, later each time, and what became of it is told."""

from datetime import UTC, datetime, timedelta
from threading import Event, Thread

import httpx2
import pytest

from documents.errors import ForbiddenAddress, StoreUnavailable
from documents.job_records import Delivery, Job
from rag.jobs.telling import RETRY_SECONDS, Telling
from tests.rag.jobs.test_webhooks import finished_job

URL = "https://example.org/hook"


class FakeDeliveries:
    """Holds one job that is due, however late its next attempt is."""

    def __init__(self) -> None:
        self.job = finished_job(URL)
        self.recorded: list[Delivery] = []
        self.done = Event()
        self.failures: list[Exception] = []

    def take(self, *, lease: timedelta) -> Job | None:
        assert lease > timedelta(seconds=60)
        if self.failures:
            raise self.failures.pop()
        return None if self.done.is_set() else self.job

    def record(self, job: Job, delivery: Delivery) -> None:
        assert job is self.job
        self.recorded.append(delivery)
        self.job = finished_job(URL)
        object.__setattr__(self.job, "webhook", delivery)
        if delivery.due_at is None:
            self.done.set()


class FakeCaller:
    """Answers with each of `answers` in turn, the last one for ever."""

    def __init__(self, *answers: int | Exception) -> None:
        self._answers = list(answers)
        self.calls = 0

    def call(self, _: Job) -> int:
        self.calls += 1
        answer = self._answers.pop(0) if len(self._answers) > 1 else self._answers[0]
        if isinstance(answer, Exception):
            raise answer
        return answer


def told(caller: FakeCaller, *, failures: tuple[Exception, ...] = ()) -> list[Delivery]:
    """Return how the delivery stood after each attempt."""
    deliveries, stopping, ended = FakeDeliveries(), Event(), Event()
    deliveries.failures = list(failures)
    telling = Telling(deliveries, caller, ended=ended)
    thread = Thread(target=telling.run, args=(stopping,), daemon=True)
    thread.start()
    ring = Thread(target=_ring, args=(ended, deliveries.done), daemon=True)
    ring.start()
    assert deliveries.done.wait(20)
    stopping.set()
    ended.set()
    thread.join(20)
    assert not thread.is_alive()
    return deliveries.recorded


def _ring(bell: Event, done: Event) -> None:
    while not done.wait(0.01):
        bell.set()


@pytest.mark.parametrize("status", [200, 202, 204])
def test_an_answer_of_2xx_is_enough(status: int) -> None:
    caller = FakeCaller(status)
    [delivery] = told(caller)

    assert (delivery.state, delivery.attempts, delivery.due_at) == ("delivered", 1, None)
    assert delivery.detail is not None
    assert str(status) in delivery.detail
    assert delivery.url == URL


def test_it_is_tried_again_later_each_time_and_given_up_in_the_end() -> None:
    before = datetime.now(UTC)
    deliveries = told(FakeCaller(500, 302, httpx2.ConnectError("refused"), httpx2.ReadTimeout("")))

    *tried, last = deliveries
    assert [delivery.attempts for delivery in deliveries] == list(range(1, len(RETRY_SECONDS) + 2))
    for delivery, seconds in zip(tried, RETRY_SECONDS, strict=True):
        assert (delivery.state, delivery.due_at is None) == ("waiting", False)
        assert delivery.due_at is not None
        late = (delivery.due_at - before).total_seconds()
        assert seconds <= late <= seconds * 1.1 + 20
    assert (last.state, last.due_at) == ("failed", None)
    assert [delivery.detail for delivery in deliveries] == [
        "It answered with status 500.",
        "It answered with status 302.",
        "It could not be reached (refused).",
        "It did not answer in time.",
        "It did not answer in time.",
    ]


def test_a_receiver_that_comes_back_is_told() -> None:
    deliveries = told(FakeCaller(503, 200))
    assert [delivery.state for delivery in deliveries] == ["waiting", "delivered"]


def test_a_receiver_that_is_gone_for_good_is_not_asked_again() -> None:
    caller = FakeCaller(410)
    assert [delivery.state for delivery in told(caller)] == ["failed"]
    assert caller.calls == 1


def test_an_address_that_may_not_be_asked_says_so() -> None:
    deliveries = told(FakeCaller(ForbiddenAddress("It leads to an address that is not public.")))
    assert deliveries[-1].detail == "It leads to an address that is not public."


def test_a_store_that_is_busy_only_delays() -> None:
    [delivery] = told(FakeCaller(200), failures=(StoreUnavailable("busy"),))
    assert delivery.state == "delivered"
