"""What every store promises to derived indexes, and to several users at once."""

import threading
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from documents.models import Document
from documents.records import Change, StoredSpan, document_id
from tests.contracts.stores import (
    RICH,
    Opener,
    Store,
    live_rows,
    passages_of,
    put,
    vectors_of,
    written,
)

# The feed of derived indexes


def test_each_step_is_told_with_the_rows_that_came_and_went(store: Store) -> None:
    put(store, written("a", "Un.", "Deux."))
    put(store, written("a", "Un.", "Deux.", "Trois."))
    put(store, written("a", "Un.", "Deux.", "Trois."))
    store.delete(document_id("default", "a"))
    identity, number = document_id("default", "a"), store.collection_number("default")

    assert store.changes(0) == [
        Change(1, identity, number, added=range(1, 3), removed=range(0)),
        Change(2, identity, number, added=range(3, 6), removed=range(1, 3)),
        Change(3, identity, number, added=range(0), removed=range(3, 6)),
    ]
    assert store.changes(2) == store.changes(0)[2:]
    assert store.changes(store.last_change()) == []


def test_dropping_a_collection_tells_of_each_document(store: Store) -> None:
    store.create_collection("presse")
    number = store.collection_number("presse")
    documents = [put(store, written(s, "Un.", "Deux.", collection="presse")) for s in "ab"]
    mark = store.last_change()

    store.delete_collection("presse")

    told = [(c.document_id, c.collection, c.removed) for c in store.changes(mark)]
    assert told == [
        (documents[0].id, number, range(1, 3)),
        (documents[1].id, number, range(3, 5)),
    ]


def test_entries_hold_what_an_index_needs_in_batches(store: Store) -> None:
    store.create_collection("autre")
    put(store, written("a", "Un.", "Deux.", "Trois."))
    put(store, written("b", "Four.", collection="autre"), language="en")

    first, second = store.entries(batch=3)

    assert first.texts == ("Un.", "Deux.", "Trois.")
    assert first.rows.tolist() == [1, 2, 3]
    assert first.titles == ("Titre de a",) * 3
    assert first.heading_paths == ((), (), ())
    assert (second.texts, second.languages) == (("Four.",), ("en",))
    assert second.collections.tolist() == [store.collection_number("autre")]
    assert second.rows.dtype == np.int64
    assert second.collections.dtype == np.int32


@pytest.mark.parametrize("batch", [1, 300, 10_000])
def test_vectors_come_back_bit_for_bit_beside_their_rows(store: Store, batch: int) -> None:
    documents = [
        written("long", *(f"Passage {number}." for number in range(700))),
        written("court", "Un seul."),
    ]
    for document in documents:
        put(store, document)
    expected = np.concatenate([vectors_of(passages_of(document)) for document in documents])

    batches = list(store.vectors(fingerprint="one", batch=batch))

    assert np.concatenate([b.rows for b in batches]).tolist() == list(range(1, 702))
    np.testing.assert_array_equal(np.concatenate([b.vectors for b in batches]), expected)
    assert {b.vectors.dtype for b in batches} == {np.dtype(np.float32)}
    assert np.concatenate([b.collections for b in batches]).tolist() == [1] * 701


def test_the_ranges_of_changes_read_those_documents_alone(store: Store) -> None:
    for number in range(6):
        put(store, written(f"a{number}", f"Un {number}.", f"Deux {number}."))
    changes = store.changes(0)
    ranges = [changes[4].added, changes[1].added, range(0), changes[2].added, changes[4].added]

    texts = [text for batch in store.entries(ranges, batch=3) for text in batch.texts]
    rows = [row for batch in store.vectors(ranges, fingerprint="one") for row in batch.rows]

    assert texts == ["Un 1.", "Deux 1.", "Un 2.", "Deux 2.", "Un 4.", "Deux 4."]
    assert rows == [3, 4, 5, 6, 9, 10]


def test_an_index_built_while_documents_change_catches_up_exactly(store: Store) -> None:
    for number in range(6):
        put(store, written(f"a{number}", "Un.", f"Deux {number}."))
    mark = store.last_change()
    rows: set[int] = set()
    for step, batch in enumerate(store.entries(batch=3)):
        rows.update(batch.rows.tolist())
        if step < 4:
            put(store, written(f"a{step}", f"Remplacé {step}."))
            store.delete(document_id("default", f"a{5 - step}"))
    for change in store.changes(mark):
        rows.update(row for batch in store.entries([change.added]) for row in batch.rows.tolist())
        rows.difference_update(change.removed)

    assert rows == live_rows(store)


# Several at once


def test_a_reader_never_sees_half_a_replacement(store: Store) -> None:
    def version(number: int) -> Document:
        return written("a", *(f"Version {number}." for _ in range(1 + number % 5)))

    identity = put(store, version(0)).id
    done = threading.Event()
    faults: list[str] = []
    reads = threading.Semaphore(0)

    def read() -> None:
        while not done.is_set():
            document = store.document(identity)
            batches = list(store.entries())
            texts = batches[0].texts if batches else ()
            if document is None or document.text not in {version(n).text for n in range(60)}:
                faults.append("half a text")
            if len(set(texts)) != 1 or len(texts) != 1 + int(texts[0].split()[1][:-1]) % 5:
                faults.append(f"half the passages: {texts}")
            reads.release()

    readers = [threading.Thread(target=read) for _ in range(3)]
    for reader in readers:
        reader.start()
    for number in range(1, 60):
        put(store, version(number))
        if number % 10 == 0:
            reads.acquire(timeout=10)
    done.set()
    for reader in readers:
        reader.join()

    assert faults == []
    assert store.find("default", "a") is not None


def test_writers_of_the_same_document_write_it_once(opened: Opener) -> None:
    together = threading.Barrier(4)
    statuses: list[str] = []

    def write() -> None:
        with opened() as store:
            passages = passages_of(RICH)
            together.wait(timeout=10)
            stored = store.put(RICH, passages, vectors_of(passages), fingerprint="one")
            statuses.append(stored.status)

    writers = [threading.Thread(target=write) for _ in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert sorted(statuses) == ["new", "unchanged", "unchanged", "unchanged"]
    with opened() as store:
        assert store.last_change() == 1
        assert len(live_rows(store)) == 3


def test_threads_that_write_different_documents_lose_none(store: Store) -> None:
    def write(writer: int) -> None:
        for number in range(10):
            put(store, written(f"{writer}/{number}", "Un.", f"Deux {number}."))

    writers = [threading.Thread(target=write, args=(writer,)) for writer in range(4)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    assert store.counts().documents == 40
    assert [change.number for change in store.changes(0)] == list(range(1, 41))
    for change in store.changes(0):
        held = store.passages(change.added).values()
        assert [(p.document.id, p.ordinal) for p in held] == [
            (change.document_id, 0),
            (change.document_id, 1),
        ]


def test_a_store_keeps_its_identity_and_no_other_has_it(opened: Opener, tmp_path: Path) -> None:
    with opened() as store, opened() as reopened, Store.open(tmp_path / "2.db") as other:
        assert store.identity() == reopened.identity()
        assert store.identity() != other.identity()


def test_sources_are_found_by_their_beginning_taken_literally(store: Store) -> None:
    for source in ("prices.csv#1", "prices.csv#2", "prices_csv#3", "prices.csv"):
        put(store, written(source, "Un texte."))
    found = store.sources("default", prefix="prices.csv#")
    assert found == {source: document_id("default", source) for source in sorted(found)}
    assert sorted(found) == ["prices.csv#1", "prices.csv#2"]


def test_a_span_starts_on_a_page_of_its_generation(store: Store) -> None:
    paged = put(store, replace(written("a", "Un.", "Deux.", "Trois."), page_starts=(0, 5, 5)))
    plain = put(store, written("b", "Un."))
    starts = [(paged, 0), (paged, 4), (paged, 5), (paged, 13), (plain, 0)]
    spans = [StoredSpan(one.id, one.generation, start, start + 1) for one, start in starts]

    assert store.pages(spans) == [1, 1, 3, 3, None]
    assert store.pages([replace(spans[0], generation=99)]) == [None]
    assert store.pages([]) == []
