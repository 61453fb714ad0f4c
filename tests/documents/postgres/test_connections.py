"""What is particular to PostgreSQL: its transactions, its locks, and how they fail."""

import socket
import threading

import numpy as np
import pytest
from asyncpg import PostgresError

from benchmarks.postgres_server import PostgresServer
from documents.errors import (
    CorruptStore,
    IncompatibleStore,
    StoreError,
    StoreUnavailable,
    UnstorableText,
)
from documents.models import Document, Passage
from documents.records import Filters
from documents.store import postgres_connection, schema
from documents.store.postgres_connection import PostgresConnection
from documents.store.postgres_connections import MOST, PostgresConnections
from documents.store.store import Store
from tests.contracts.stores import put, written


def opened(url: str) -> Store:
    return Store(PostgresConnections.open(url))


def schema_of(url: str) -> str:
    return url.partition("search_path=")[2]


def impatient(url: str) -> Store:
    return Store(PostgresConnections.open(url, patience_seconds=0.05))


def test_a_commit_waits_for_the_disk_whatever_the_default(postgres: PostgresServer) -> None:
    url = postgres.new_database("hasty")
    postgres.psql("ALTER DATABASE hasty SET synchronous_commit = off")
    connections = PostgresConnections.open(url)

    with connections.writing() as connection:
        [[setting]] = connection.execute("SELECT current_setting('synchronous_commit')")
    connections.close()

    assert setting == "on"


def test_a_read_sees_one_state_whatever_is_written_meanwhile(url: str) -> None:
    connections = PostgresConnections.open(url)
    with Store(connections) as store:
        put(store, written("a", "Un."))
        with connections.reading() as connection:
            [[before]] = connection.execute("SELECT count(*) FROM documents")
            put(store, written("b", "Deux."))
            [[after]] = connection.execute("SELECT count(*) FROM documents")

    assert (before, after) == (1, 1)


def test_a_block_that_raises_writes_nothing(url: str) -> None:
    connections = PostgresConnections.open(url)

    def fail() -> None:
        with connections.writing() as connection:
            connection.execute("DELETE FROM collections")
            raise ZeroDivisionError("by intention")

    with Store(connections) as store:
        with pytest.raises(ZeroDivisionError, match="by intention"):
            fail()
        assert store.create_collection("presse") is True
        assert len(store.collections()) == 2


def test_a_reader_cannot_write(url: str) -> None:
    connections = PostgresConnections.open(url)

    def write() -> None:
        with connections.reading() as connection:
            connection.execute("DELETE FROM collections")

    with pytest.raises(StoreUnavailable, match="read-only"):
        write()
    connections.close()


def test_connections_are_used_again_and_never_more_than_the_most(
    postgres: PostgresServer,
) -> None:
    with opened(postgres.new_database("counted")) as store:
        threads = [threading.Thread(target=store.counts) for _ in range(3 * MOST)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()
        seen = postgres.psql("SELECT count(*) FROM pg_stat_activity WHERE datname = 'counted'")
    assert 1 <= int(seen) <= MOST


def test_a_closed_store_takes_nothing_more(url: str) -> None:
    store = opened(url)
    store.close()

    with pytest.raises(StoreUnavailable, match="closed by this process; open it again"):
        store.counts()


# One writer at a time


def test_a_store_that_others_keep_locked_says_so_and_is_read(url: str) -> None:
    with opened(url) as store, impatient(url) as other:
        put(store, written("a", "Un."))
        with store.connections.writing():
            with pytest.raises(StoreUnavailable, match="written to by others"):
                other.create_collection("presse")
            assert other.counts().documents == 1


def test_numbers_of_changes_become_visible_in_their_order(url: str) -> None:
    stores = [opened(url) for _ in range(3)]
    seen: list[list[int]] = []
    ended = threading.Event()

    def write(number: int) -> None:
        for count in range(15):
            put(stores[number], written(f"{number}/{count}", f"Phrase {count}."))

    def watch() -> None:
        while not ended.is_set():
            seen.append([change.number for change in stores[0].changes(0)])

    writers = [threading.Thread(target=write, args=(number,)) for number in range(3)]
    watcher = threading.Thread(target=watch)
    for thread in (watcher, *writers):
        thread.start()
    for thread in writers:
        thread.join()
    ended.set()
    watcher.join()
    for store in stores[1:]:
        store.close()
    with stores[0] as store:
        numbers = [change.number for change in store.changes(0)]
    assert len(numbers) == 45
    for found in seen:
        assert found == numbers[: len(found)]


# What one process has at a time


def test_one_process_has_a_turn_until_it_lets_go(url: str) -> None:
    with opened(url) as store, opened(url) as other:
        ours_, theirs = store.connections.turn("jobs"), other.connections.turn("jobs")
        with ours_.held():
            assert ours_.kept()
            with pytest.raises(StoreUnavailable, match="another process has the turn"):
                theirs.held().__enter__()
            with other.connections.turn("else").held():
                pass
        assert not ours_.kept()
        with theirs.held():
            assert theirs.kept()


def test_stores_in_one_database_have_turns_of_their_own(postgres: PostgresServer) -> None:
    with (
        opened(postgres.new_url()) as store,
        opened(postgres.new_url()) as other,
        store.connections.turn("jobs").held(),
        other.connections.turn("jobs").held(),
    ):
        pass


# What is refused


def test_a_password_is_never_shown(postgres: PostgresServer) -> None:
    url = f"postgresql://sourcier:geheim@127.0.0.1:{postgres.port}/nowhere"
    with pytest.raises(StoreUnavailable, match="no such database; create it") as raised:
        PostgresConnections.open(url)

    assert f"127.0.0.1:{postgres.port}/nowhere" in str(raised.value)
    assert "geheim" not in str(raised.value)


def test_a_user_that_is_refused_is_told_of(postgres: PostgresServer) -> None:
    url = f"postgresql://nobody_knows@127.0.0.1:{postgres.port}/postgres"
    with pytest.raises(StoreUnavailable, match="refuses the user or the password"):
        PostgresConnections.open(url)


def test_a_user_without_rights_is_told_of(postgres: PostgresServer, url: str) -> None:
    postgres.psql("DROP ROLE IF EXISTS guest; CREATE ROLE guest LOGIN")
    with pytest.raises(StoreUnavailable, match=r"may not do this|no such schema"):
        PostgresConnections.open(url.replace("sourcier@", "guest@"))


def test_a_server_that_is_away_is_told_of() -> None:
    with pytest.raises(StoreUnavailable, match="cannot be reached"):
        PostgresConnections.open("postgresql://sourcier@127.0.0.1:9/postgres")


def test_a_database_of_another_encoding_is_refused(postgres: PostgresServer) -> None:
    url = postgres.new_database("latin", "ENCODING 'LATIN1' LOCALE 'C'")
    with pytest.raises(IncompatibleStore, match=r"LATIN1; create .* ENCODING 'UTF8'"):
        PostgresConnections.open(url)


def test_tables_of_another_program_are_left_alone(postgres: PostgresServer, url: str) -> None:
    postgres.psql(f"CREATE TABLE {schema_of(url)}.collections (theirs text)")

    with pytest.raises(IncompatibleStore, match="tables of another program"):
        PostgresConnections.open(url)

    tables = postgres.psql("SELECT schemaname, tablename FROM pg_tables").split()
    assert [name for name in tables if name.startswith(f"{schema_of(url)}|")] == [
        f"{schema_of(url)}|collections"
    ]


def test_a_store_of_a_newer_program_takes_no_more_writes(url: str) -> None:
    newer = len(schema.MIGRATIONS) + 1
    with opened(url) as store:
        with store.connections.writing() as connection:
            connection.execute("UPDATE sourcier_schema SET version = ?", (newer,))
        with pytest.raises(IncompatibleStore, match=rf"version {newer}.*restart it"):
            store.create_collection("presse")
    with pytest.raises(IncompatibleStore, match=rf"version {newer}.*newer Sourcier"):
        PostgresConnections.open(url)


def test_text_with_nul_is_refused_and_nothing_is_written(url: str) -> None:
    text = "Un œuf\0 cassé."
    document = Document("", "default", "a", "a", "fr", text, "")
    passages = [Passage(0, len(text), text, "fr", ())]
    with opened(url) as store:
        with pytest.raises(UnstorableText, match=r"U\+0000; normalise"):
            store.put(document, passages, np.ones((1, 4), np.float32), fingerprint="one")
        assert store.last_change() == 0
        assert store.rows_matching("default", Filters(metadata={"a": "\0"})).tolist() == []


@pytest.mark.parametrize(
    ("code", "kind", "said"),
    [
        ("53100", StoreUnavailable, "disk is full; free some space"),
        ("53300", StoreUnavailable, "raise its max_connections"),
        ("25006", StoreUnavailable, "read-only; name the server that takes writes"),
        ("57P01", StoreUnavailable, "starting or stopping; try again"),
        ("40001", StoreUnavailable, "try again"),
        ("XX001", CorruptStore, "damaged"),
        ("22012", StoreError, "by intention"),
    ],
)
def test_an_error_of_the_server_is_ours(
    url: str, code: str, kind: type[StoreError], said: str
) -> None:
    connections = PostgresConnections.open(url)
    raising = f"DO $$ BEGIN RAISE EXCEPTION 'by intention' USING ERRCODE = '{code}'; END $$"

    def fail() -> None:
        with connections.writing() as connection:
            connection.execute(raising)

    with pytest.raises(kind, match=said) as raised:
        fail()
    assert isinstance(raised.value.__cause__, PostgresError)
    connections.close()


def test_a_server_that_says_nothing_is_not_waited_for_twice(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(postgres_connection, "_CONNECT_SECONDS", 0.1)
    with socket.create_server(("127.0.0.1", 0)) as silent:
        url = f"postgresql://sourcier@127.0.0.1:{silent.getsockname()[1]}/postgres"
        connections = PostgresConnections(url)
        with pytest.raises(StoreUnavailable, match="does not answer in time"):
            connections.size()
        monkeypatch.setattr(PostgresConnection, "open", None)  # the next one is not even tried
        with pytest.raises(StoreUnavailable, match="does not answer in time"):
            connections.size()
    connections.close()
