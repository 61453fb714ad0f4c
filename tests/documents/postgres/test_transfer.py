"""A whole store taken into another: nothing is lost, and numbers stay what they were."""

from collections.abc import Callable
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from documents.errors import StoreError
from documents.job_records import JobItem, NewJob, Spooled
from documents.records import Feedback, Key, QuotedSpan
from documents.store import transfer as transferring
from documents.store.fetches import Fetch
from documents.store.job_queue import Progress
from documents.store.postgres_connections import PostgresConnections
from documents.store.schema import ROWS
from documents.store.store import Store
from documents.store.transfer import transfer
from tests.contracts.stores import RICH, passages_of, put, vectors_of, written

NOON = datetime(2025, 4, 26, 12, tzinfo=UTC)
KEY = Key("0000000a", "Lectrice", "ask", frozenset({"presse"}), b"sel\0", b"hash\xff", NOON)


def fill(store: Store) -> None:
    """Put something of everything there is, and delete some of it."""
    store.create_collection("presse")
    gone = put(store, written("b", "Parti."))
    stored = put(store, RICH)
    put(store, written("c", "Un.", "Deux.", collection="presse"))
    put(store, written("c", "Un.", "Deux, mieux.", collection="presse"))
    store.delete(gone.id)
    store.create_collection("breve")
    put(store, written("d", "Éphémère.", collection="breve"))
    store.delete_collection("breve")
    store.keys.put(KEY)
    store.fetches.put("presse", Fetch("https://example.org/é", stored.id, '"1"', None))
    quote = QuotedSpan(stored.id, f"{stored.id}.{stored.generation}.0", "fr", "Un œuf.", 0, 7)
    store.put_feedback(
        Feedback("ans_1", "default", "Quoi ?", "fr", "Un œuf.", (quote,), helpful=True)
    )
    spooled = (Spooled({"name": "é.txt"}, b"\0\xff"), Spooled({}, b"deux"))
    store.jobs.submit(NewJob("job_1", "presse", "upload", {"a": 1}, spooled, 2, "https://e.org"))
    job = store.job_queue.take("upload")
    assert job is not None
    done = Progress([JobItem("0", "é.txt", "added", stored.id)], read=[0], doing="lit")
    store.job_queue.record(job, done)


def everything(store: Store) -> dict[str, Any]:
    """Return all that a store tells, in the shape of plain values."""
    documents = [one for c in store.collections() for one in store.documents(c.name).documents]
    vectors = list(store.vectors(fingerprint="one"))
    return {
        "collections": store.collections(),
        "documents": documents,
        "texts": [store.document(one.id) for one in documents],
        "passages": store.passages(row for batch in store.entries() for row in batch.rows),
        "rows": np.concatenate([batch.rows for batch in vectors]).tolist(),
        "vectors": np.concatenate([batch.vectors for batch in vectors]).tolist(),
        "changes": store.changes(0),
        "encoders": store.encoders.known(),
        "keys": store.keys.all(),
        "fetch": store.fetches.find("presse", "https://example.org/é"),
        "feedback": store.feedback("default"),
        "jobs": store.jobs.page(),
        "items": store.jobs.items("job_1"),
        "pending": [store.job_queue.piece("job_1", n) for n in store.job_queue.pending("job_1")],
        "copies": [store.copies.of(one.id) for one in documents],
    }


@pytest.fixture
def opened(tmp_path: Path, url: str) -> Callable[[str], Store]:
    """Opens a store by the name of its kind; each name is another one."""

    def open_store(name: str) -> Store:
        if name.startswith("file"):
            return Store.open(tmp_path / f"{name}.db")
        return Store(PostgresConnections.open(url))

    return open_store


def test_a_store_goes_into_a_server_and_back_whole(opened: Callable[[str], Store]) -> None:
    with opened("file") as first, opened("server") as second, opened("file again") as third:
        fill(first)
        told = dict(transfer(first.connections, second.connections))
        list(transfer(second.connections, third.connections))

        assert told["documents"] == 2
        assert told["job_spool"] == 1
        assert everything(second) == everything(first)
        assert everything(third) == everything(first)
        assert len({first.identity(), second.identity(), third.identity()}) == 3


@pytest.mark.parametrize("target", ["server", "file 2"])
def test_numbers_go_on_where_they_were(opened: Callable[[str], Store], target: str) -> None:
    with opened("file") as first, opened(target) as second:
        fill(first)
        list(transfer(first.connections, second.connections))
        for store in (first, second):
            store.create_collection("apres")
            put(store, written("e", "Après.", collection="apres"))
            store.keys.put(Key("0000000b", "", "ask", None, b"", b"", NOON))
        numbers = [
            (store.collection_number("apres"), store.changes(0)[-1]) for store in (first, second)
        ]
        assert numbers[0] == numbers[1]


def test_a_store_that_holds_something_is_not_written_to(opened: Callable[[str], Store]) -> None:
    with opened("file") as first, opened("server") as second:
        fill(first)
        kept = put(second, written("x", "Gardé."))
        with pytest.raises(StoreError, match="holds something already: name an empty one"):
            list(transfer(first.connections, second.connections))
        assert [one.id for one in second.documents("default").documents] == [kept.id]


def test_a_transfer_that_is_cut_short_writes_nothing(opened: Callable[[str], Store]) -> None:
    with opened("file") as first, opened("server") as second:
        fill(first)
        steps = transfer(first.connections, second.connections)
        while next(steps)[0] != "vectors":
            pass
        steps.close()
        assert second.counts().documents == 0
        assert [collection.name for collection in second.collections()] == ["default"]
        list(transfer(first.connections, second.connections))
        assert everything(second) == everything(first)


def test_every_table_is_taken_along_or_derived(tmp_path: Path) -> None:
    with Store.open(tmp_path / "a.db") as store, store.connections.reading() as connection:
        names = connection.execute("SELECT name FROM sqlite_master WHERE type = 'table'")
        tables = {name for (name,) in names if not name.startswith("sqlite_")}
    taken = {table for table, *_ in transferring._TABLES}

    assert tables == taken | set(transferring._DERIVED)


def test_tables_larger_than_a_batch_come_whole(
    opened: Callable[[str], Store], monkeypatch: pytest.MonkeyPatch
) -> None:
    small = tuple((table, key, 2) for table, key, _ in transferring._TABLES)
    monkeypatch.setattr(transferring, "_TABLES", small)
    with opened("file") as first, opened("server") as second:
        for number in range(5):
            document = written(f"s{number}", *[f"Phrase {number} {part}." for part in range(3)])
            passages = passages_of(document)
            first.put(document, passages, vectors_of(passages), fingerprint="one")
        told = dict(transfer(first.connections, second.connections))

        assert (told["documents"], told["passages"]) == (5, 15)
        rows = range(1, ROWS)
        [expected], [found] = [list(store.entries([rows])) for store in (first, second)]
        assert found.texts == expected.texts
