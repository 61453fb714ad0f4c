"""What every store promises of documents: read back, put again, deleted."""

from dataclasses import replace
from datetime import UTC, datetime

import numpy as np
import pytest

from documents.models import Document
from documents.records import document_id
from tests.contracts.stores import (
    DIMENSION,
    RICH,
    Opener,
    Store,
    live_rows,
    passages_of,
    put,
    vectors_of,
    written,
)

# Reading back


def test_a_document_is_read_back_as_it_was_put(store: Store) -> None:
    before = datetime.now(UTC)
    passages = passages_of(RICH)
    stored = store.put(RICH, passages, vectors_of(passages), fingerprint="one")

    found = store.document(stored.document.id)

    assert stored.status == "new"
    assert found == stored.document
    assert found.added_at is not None
    assert before <= found.added_at <= datetime.now(UTC)
    expected = replace(
        RICH, id=document_id("default", RICH.source), generation=1, added_at=found.added_at
    )
    assert found == expected


def test_a_summary_tells_all_but_the_text(store: Store) -> None:
    put(store, RICH)

    found = store.find("default", RICH.source)

    assert found is not None
    assert (found.title, found.url, found.published_at) == (RICH.title, RICH.url, RICH.published_at)
    assert (found.sha256, found.fingerprint, found.metadata) == ("a" * 64, "one", RICH.metadata)
    assert (found.characters, found.passages) == (len(RICH.text), 3)
    assert store.documents("default").documents == (found,)


def test_what_was_never_put_is_not_found(store: Store) -> None:
    assert store.find("default", "nulle part") is None
    assert store.find("default", "\ud800") is None
    assert store.document("doc_0000000000000000") is None
    assert store.passages([1, 2, 10**30]) == {}
    assert store.delete("doc_0000000000000000") is False


def test_an_open_store_sees_at_once_what_another_one_writes(opened: Opener) -> None:
    with opened() as writer, opened() as reader:
        for number in range(3):
            stored = put(writer, written("a", f"Version {number}."))
            assert reader.document(stored.id) == stored
            assert reader.last_change() == stored.generation
        writer.delete(stored.id)
        assert reader.document(stored.id) is None


def test_everything_survives_a_restart(opened: Opener) -> None:
    with opened() as store:
        store.create_collection("autre")
        stored = put(store, written("a", "Un.", "Deux.", collection="autre"))
        rows = live_rows(store)
    with opened() as store:
        assert store.document(stored.id) == stored
        assert live_rows(store) == rows
        assert store.last_change() == stored.generation
        assert put(store, written("b", "Trois.")).generation > stored.generation


def test_a_document_without_passages_is_kept(store: Store) -> None:
    stored = store.put(
        written("vide", "Rien à citer."), [], np.empty((0, DIMENSION), np.float32), fingerprint="x"
    )

    assert store.document(stored.document.id) == stored.document
    assert [len(change.added) for change in store.changes(0)] == [0]
    assert live_rows(store) == set()


# Putting again


def test_the_same_content_is_written_once(store: Store) -> None:
    first = put(store, RICH)
    passages = passages_of(RICH)

    again = store.put(
        replace(RICH, id="any", generation=9), passages, vectors_of(passages), fingerprint="one"
    )

    assert again.status == "unchanged"
    assert again.document == first
    assert store.last_change() == first.generation


@pytest.mark.parametrize(
    "changed",
    [
        replace(RICH, text=RICH.text + "\n\nFin."),
        replace(RICH, sha256="b" * 64),
        replace(RICH, title="Autre titre"),
        replace(RICH, language="en"),
        replace(RICH, url=None),
        replace(RICH, published_at=None),
        replace(RICH, metadata={}),
        replace(RICH, headings=()),
        replace(RICH, page_starts=()),
    ],
    ids=lambda document: next(
        name for name in Document.__slots__ if getattr(document, name) != getattr(RICH, name)
    ),
)
def test_any_difference_makes_a_new_generation(store: Store, changed: Document) -> None:
    first = put(store, RICH)
    old_rows = live_rows(store)
    passages = passages_of(changed)

    second = store.put(changed, passages, vectors_of(passages), fingerprint="one")

    assert second.status == "replaced"
    assert second.document.id == first.id
    assert second.document.generation > first.generation
    assert store.document(first.id) == second.document
    assert store.counts().documents == 1
    assert live_rows(store).isdisjoint(old_rows)
    assert store.passages(old_rows) == {}


def test_other_passages_of_the_same_text_make_a_new_generation(store: Store) -> None:
    first = put(store, RICH)
    fewer = passages_of(RICH)[:2]

    assert store.put(RICH, fewer, vectors_of(fewer), fingerprint="one").status == "replaced"
    assert len(live_rows(store)) == 2
    assert first.generation not in {c.number for c in store.changes(first.generation)}


def test_rows_are_never_used_again(store: Store) -> None:
    seen: set[int] = set()
    for number in range(5):
        stored = put(store, written("a", f"Version {number}.", "Commune."))
        assert live_rows(store).isdisjoint(seen)
        seen |= live_rows(store)
        store.delete(stored.id)
    assert len(seen) == 10


# Deleting


def test_a_deleted_document_is_gone_with_its_passages(store: Store) -> None:
    kept = put(store, written("a", "Gardé."))
    stored = put(store, written("b", "Un.", "Deux."))
    rows = live_rows(store)

    assert store.delete(stored.id) is True

    assert store.document(stored.id) is None
    assert store.delete(stored.id) is False
    assert len(live_rows(store)) == 1
    assert len(store.passages(rows)) == 1
    assert store.documents("default").documents[0].id == kept.id
    assert sum(len(batch.rows) for batch in store.vectors(fingerprint="one")) == 1


def test_a_document_is_out_of_reach_from_another_collection(store: Store) -> None:
    store.create_collection("autre")
    stored = put(store, written("a", "Ici."))

    assert store.document(stored.id, within={"autre", "nulle"}) is None
    assert store.delete(stored.id, within={"autre"}) is False
    assert store.document(stored.id, within={"autre", "default"}) == stored
    assert store.delete(stored.id, within={"autre", "default"}) is True


def test_changes_are_told_apart_by_collection(store: Store) -> None:
    store.create_collection("autre")
    put(store, written("a", "Ici."))
    theirs = put(store, written("a", "Là.", collection="autre"))
    put(store, written("b", "Ici aussi."))

    assert store.last_change(within={"autre"}) == theirs.generation == store.last_change() - 1
    assert store.last_change(within={"default", "autre"}) == store.last_change()
    assert store.last_change(within={"nulle"}) == 0


def test_collections_are_listed_within_bounds(store: Store) -> None:
    store.create_collection("autre")

    listed = store.collections(within={"autre", "nulle"})

    assert [collection.name for collection in listed] == ["autre"]
    assert store.collections(within=set()) == []
