"""A server that dies at any moment: what it acknowledged is there, and nobody starts again."""

import random
import threading
import time
from collections.abc import Callable

import pytest

from benchmarks.postgres_server import PostgresServer
from documents.errors import StoreUnavailable
from documents.store.postgres_connections import PostgresConnections
from documents.store.store import Store
from tests.documents.steps import do_step, expected_after, whole_documents


def until_it_works(done: Callable[[], object]) -> int:
    """Try until the store can be used; return how often it could not."""
    failures = 0
    while True:
        try:
            done()
        except StoreUnavailable:
            failures += 1
            time.sleep(0.01)
        else:
            return failures


def test_what_was_acknowledged_survives_a_server_that_is_killed(mortal: PostgresServer) -> None:
    moments = random.Random(20261)
    acknowledged, ended = [0], threading.Event()
    with Store(PostgresConnections.open(mortal.new_url())) as store:

        def write() -> None:
            while not ended.is_set():
                until_it_works(lambda: do_step(store, acknowledged[0]))
                acknowledged[0] += 1

        writer = threading.Thread(target=write, daemon=True)
        writer.start()
        for _ in range(4):
            time.sleep(moments.uniform(0.05, 0.3))
            mortal.kill()
            done = acknowledged[0]
            with pytest.raises(StoreUnavailable):
                store.last_change()
            mortal.start()
            until_it_works(store.last_change)
            assert acknowledged[0] >= done
        ended.set()
        writer.join()

        assert acknowledged[0] > 4
        assert whole_documents(store) == expected_after(acknowledged[0])
        numbers = [change.number for change in store.changes(0)]
        assert numbers == sorted(set(numbers))


def test_a_server_that_went_and_came_is_used_again_without_a_restart(
    mortal: PostgresServer,
) -> None:
    with Store(PostgresConnections.open(mortal.new_url())) as store:
        do_step(store, 0)
        mortal.stop()
        for ask in (store.last_change, store.counts, lambda: do_step(store, 1)):
            with pytest.raises(StoreUnavailable, match=r"cannot be reached|broke|stopping"):
                ask()
        mortal.start()

        assert store.counts().documents == 1  # at the first try, over connections that are dead
        do_step(store, 1)
        assert whole_documents(store) == expected_after(2)


def test_a_turn_is_lost_with_the_server(mortal: PostgresServer) -> None:
    with Store(PostgresConnections.open(mortal.new_url())) as store:
        turn = store.connections.turn("jobs")
        with turn.held():
            mortal.kill()
            assert not turn.kept()
            mortal.start()
            assert not turn.kept()
        with turn.held():
            assert turn.kept()
