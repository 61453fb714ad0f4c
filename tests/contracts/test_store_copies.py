"""Copies are found among the documents of a collection, and nowhere else."""

from documents.models import DEFAULT_COLLECTION
from documents.store.fetches import Fetch
from tests.contracts.stores import Store, passages_of, put, vectors_of, written
from tests.documents.test_copies import MARKET_MONDAY, WIRE_EN, WIRE_FR


def test_a_copy_is_linked_both_ways(store: Store) -> None:
    first = put(store, written("a", WIRE_FR))
    other = put(store, written("b", WIRE_EN))
    copy = put(store, written("c", "Dépêche.", WIRE_FR))

    assert store.copies.of(first.id) == (copy.id,)
    assert store.copies.of(copy.id) == (first.id,)
    assert store.copies.of(other.id) == ()


def test_the_nearest_copy_comes_first(store: Store) -> None:
    first = put(store, written("a", WIRE_FR))
    shorter = put(store, written("b", WIRE_FR[: len(WIRE_FR) * 4 // 5]))
    same = put(store, written("c", WIRE_FR))

    assert store.copies.of(first.id) == (same.id, shorter.id)


def test_a_put_says_what_its_copies_are(store: Store) -> None:
    first = put(store, written("a", WIRE_FR))
    document = written("b", WIRE_FR)
    passages = passages_of(document)
    vectors = vectors_of(passages)

    new = store.put(document, passages, vectors, fingerprint="one")
    again = store.put(document, passages, vectors, fingerprint="one")

    assert (new.status, new.copies) == ("new", (first.id,))
    assert (again.status, again.copies) == ("unchanged", (first.id,))


def test_what_lies_in_another_collection_is_no_copy(store: Store) -> None:
    store.create_collection("ailleurs")
    first = put(store, written("a", WIRE_FR))
    elsewhere = put(store, written("a", WIRE_FR, collection="ailleurs"))

    assert store.copies.of(first.id) == store.copies.of(elsewhere.id) == ()
    assert store.copies.of(first.id, within={"ailleurs"}) == ()


def test_a_link_ends_with_either_text(store: Store) -> None:
    first = put(store, written("a", WIRE_FR))
    second = put(store, written("b", WIRE_FR))
    third = put(store, written("c", WIRE_FR))

    store.delete(second.id)
    put(store, written("c", MARKET_MONDAY))

    assert store.copies.of(first.id) == ()
    assert store.copies.of(second.id) == ()
    assert store.copies.of(third.id) == ()


def test_a_short_text_is_nobodys_copy(store: Store) -> None:
    first = put(store, written("a", "Le phare a rouvert."))
    put(store, written("b", "Le phare a rouvert."))

    assert store.copies.of(first.id) == ()


# What was fetched


def test_the_last_fetch_of_an_address_is_remembered(store: Store) -> None:
    store.fetches.put(DEFAULT_COLLECTION, Fetch("https://presse.example/", None, '"1"', None))
    store.fetches.put(DEFAULT_COLLECTION, Fetch("https://presse.example/", None, '"2"', "jeudi"))

    found = store.fetches.find(DEFAULT_COLLECTION, "https://presse.example/")

    assert found is not None
    assert (found.etag, found.last_modified) == ('"2"', "jeudi")
    assert found.fetched_at is not None
    assert store.fetches.find(DEFAULT_COLLECTION, "https://autre.example/") is None


def test_a_fetch_is_forgotten_with_what_came_of_it(store: Store) -> None:
    document = put(store, written("a", WIRE_FR))
    store.fetches.put(DEFAULT_COLLECTION, Fetch("https://presse.example/a", document.id))
    store.fetches.put(DEFAULT_COLLECTION, Fetch("https://presse.example/b"))

    store.delete(document.id)

    assert store.fetches.find(DEFAULT_COLLECTION, "https://presse.example/a") is None
    assert store.fetches.find(DEFAULT_COLLECTION, "https://presse.example/b") is not None
    store.delete_collection(DEFAULT_COLLECTION)
    assert store.fetches.find(DEFAULT_COLLECTION, "https://presse.example/b") is None


def test_a_fetch_is_of_one_collection(store: Store) -> None:
    store.create_collection("ailleurs")
    store.fetches.put("ailleurs", Fetch("https://presse.example/"))

    assert store.fetches.find(DEFAULT_COLLECTION, "https://presse.example/") is None


def test_what_may_be_copies_is_told_of_several_at_once(store: Store) -> None:
    first = put(store, written("a", WIRE_FR))
    other = put(store, written("b", WIRE_EN))
    copy = put(store, written("c", WIRE_FR))
    of = {document.generation for document in (first, other)}

    assert store.copies.alike(of) == set()
    assert store.copies.alike({*of, copy.generation, 4711}) == {first.generation, copy.generation}
