from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass

from index.over_http.circuit_breaker import CircuitBreaker


@dataclass
class Clock:
    now: float = 100.0

    def __call__(self) -> float:
        return self.now


def opened(clock: Clock) -> CircuitBreaker:
    breaker = CircuitBreaker(failures=3, pause_seconds=30, clock=clock)
    for _ in range(3):
        assert breaker.allows()
        breaker.failed()
    return breaker


def test_failures_in_a_row_open_it() -> None:
    assert not opened(Clock()).allows()


def test_a_success_in_between_starts_the_count_again() -> None:
    breaker = CircuitBreaker(failures=2, clock=Clock())
    for outcome in (breaker.failed, breaker.succeeded, breaker.failed):
        assert breaker.allows()
        outcome()

    assert breaker.allows()


def test_after_the_pause_one_call_may_try() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += 30

    assert [breaker.allows() for _ in range(3)] == [True, False, False]


def test_a_try_that_succeeds_closes_it() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += 30
    assert breaker.allows()
    breaker.succeeded()

    assert [breaker.allows() for _ in range(3)] == [True, True, True]


def test_a_try_that_fails_opens_it_again_for_as_long() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += 30
    assert breaker.allows()
    breaker.failed()

    clock.now += 29
    assert not breaker.allows()
    clock.now += 1
    assert breaker.allows()


def test_a_try_that_is_given_up_lets_another_try() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += 30
    assert breaker.allows()
    breaker.abandoned()

    assert breaker.allows()


def test_of_many_threads_one_tries() -> None:
    clock = Clock()
    breaker = opened(clock)
    clock.now += 30

    with ThreadPoolExecutor(8) as threads:
        allowed = list(threads.map(lambda _: breaker.allows(), range(200)))

    assert sum(allowed) == 1
