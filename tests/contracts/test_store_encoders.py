"""One encoder serves, another's vectors come beside, and the switch is one step."""

from collections.abc import Sequence

import numpy as np
import pytest

from documents.errors import EncoderReplaced, InvalidDocument
from documents.records import Entries, StoredEncoder
from tests.contracts.stores import (
    DIMENSION,
    Made,
    Opener,
    Store,
    live_rows,
    passages_of,
    put,
    stretches_of,
    vectors_of,
    written,
)

ONE = StoredEncoder("one", "first", DIMENSION)
TWO = StoredEncoder("two", "second", 12)


def wide(texts: Sequence[str]) -> Made:
    """What the second encoder makes of texts."""
    vectors = np.array([np.full(12, len(text)) for text in texts], np.float32).reshape(-1, 12)
    return Made(vectors, stretches_of(texts))


def unencoded(store: Store, most: int = 100) -> Entries:
    entries = store.encoders.unencoded("two", most=most)
    assert entries is not None
    return entries


def encode(store: Store, most: int = 100) -> int:
    """Encode the next passages by the second encoder; return how many."""
    entries = store.encoders.unencoded("two", most=most)
    if entries is None:
        return 0
    store.encoders.add_vectors(TWO, entries.rows, wide(entries.texts))
    return len(entries.rows)


def switch(store: Store, most: int = 0) -> bool:
    return store.encoders.switch(TWO, lambda entries: wide(entries.texts), most=most)


def rows_of(store: Store, fingerprint: str) -> list[int]:
    return [int(row) for batch in store.vectors(fingerprint=fingerprint) for row in batch.rows]


def test_the_first_encoder_of_a_store_serves(store: Store) -> None:
    assert store.encoders.serving() is None
    put(store, written("a", "Un."))
    assert store.encoders.serving() == StoredEncoder("one", "", DIMENSION)

    store.encoders.adopt(ONE)
    assert store.encoders.serving() == ONE
    store.encoders.adopt(TWO)
    assert store.encoders.serving() == ONE


def test_a_store_without_documents_takes_any_encoder(store: Store) -> None:
    store.encoders.adopt(ONE)
    store.delete(put(store, written("a", "Un.")).id)
    store.encoders.adopt(TWO)

    assert store.encoders.serving() == TWO
    with pytest.raises(EncoderReplaced, match="rebuild --reembed"):
        put(store, written("a", "Un."))


def test_vectors_of_an_encoder_that_does_not_serve_are_refused(store: Store) -> None:
    put(store, written("a", "Un."))
    with pytest.raises(EncoderReplaced):
        put(store, written("b", "Deux."), fingerprint="two")
    assert store.counts().documents == 1


def test_vectors_of_another_width_are_refused(store: Store) -> None:
    put(store, written("a", "Un."))
    document = written("b", "Deux.")
    passages = passages_of(document)
    with pytest.raises(InvalidDocument, match="12 numbers"):
        store.put(document, passages, vectors_of(passages, dimension=12), fingerprint="one")


@pytest.mark.parametrize("most", [1, 2, 5, 1000])
def test_what_is_encoded_beside_is_read_back_and_changes_nothing_that_serves(
    store: Store, most: int
) -> None:
    long = written("long", *(f"Passage {number}." for number in range(600 if most > 5 else 7)))
    put(store, long)
    put(store, written("court", "Un seul."))
    before = [batch.vectors.tobytes() for batch in store.vectors(fingerprint="one")]
    all_rows = sorted(live_rows(store))

    done = 0
    while step := encode(store, most):
        done += step
        assert store.encoders.progress("two") == (done, len(all_rows))

    assert [batch.vectors.tobytes() for batch in store.vectors(fingerprint="one")] == before
    assert rows_of(store, "two") == all_rows
    texts = [text for batch in store.entries() for text in batch.texts]
    made = list(store.vectors(fingerprint="two"))
    np.testing.assert_array_equal(np.concatenate([b.vectors for b in made]), wide(texts).vectors)
    assert [each for batch in made for each in batch.stretches] == stretches_of(texts)
    assert store.last_change() == 2
    assert set(store.fingerprints()) == {"one"}


def test_what_was_encoded_beside_is_not_asked_for_again(store: Store, opened: Opener) -> None:
    put(store, written("a", "Un.", "Deux.", "Trois."))
    encode(store, 2)

    with opened() as again:
        assert unencoded(again).texts == ("Trois.",)


def test_the_switch_waits_for_the_last_passage(store: Store) -> None:
    put(store, written("a", "Un.", "Deux."))
    encode(store)
    put(store, written("b", "Entre-temps."))

    assert switch(store) is False
    assert store.encoders.serving() == StoredEncoder("one", "", DIMENSION)
    encode(store)
    assert switch(store) is True

    assert store.encoders.serving() == TWO
    assert store.fingerprints() == {"two": 3}
    with pytest.raises(EncoderReplaced):
        put(store, written("c", "Trop tard."))


def test_the_last_few_passages_are_encoded_in_the_step_of_the_switch(store: Store) -> None:
    put(store, written("a", "Un.", "Deux."))
    encode(store)
    put(store, written("b", "Entre-temps.", "Encore."))

    assert switch(store, 1) is False
    assert rows_of(store, "two") == [1, 2]
    assert switch(store, 2) is True
    assert rows_of(store, "two") == [1, 2, 3, 4]


def test_a_failure_in_the_step_of_the_switch_leaves_the_old_one_serving(store: Store) -> None:
    put(store, written("a", "Un.", "Deux."))
    with pytest.raises(InvalidDocument, match="check the model"):
        store.encoders.switch(TWO, lambda _: wide(["x"]), most=9)

    assert store.encoders.serving() == StoredEncoder("one", "", DIMENSION)
    assert rows_of(store, "two") == []


def test_documents_replaced_and_deleted_meanwhile_are_right_in_both(store: Store) -> None:
    gone = put(store, written("a", "Un.", "Deux."))
    put(store, written("b", "Trois.", "Quatre."))
    put(store, written("c", "Cinq."))
    encode(store, 3)
    store.delete(gone.id)
    put(store, written("b", "Six.", "Sept.", "Huit."))
    while encode(store, 1):
        pass

    assert rows_of(store, "one") == rows_of(store, "two") == sorted(live_rows(store))
    assert len(live_rows(store)) == 4


def test_a_document_that_goes_while_it_is_encoded_is_passed_over(store: Store) -> None:
    gone = put(store, written("a", "Un.", "Deux."))
    put(store, written("b", "Trois."))
    entries = unencoded(store)
    store.delete(gone.id)
    store.encoders.add_vectors(TWO, entries.rows, wide(entries.texts))

    assert rows_of(store, "two") == [3]
    assert switch(store) is True


def test_two_who_encode_the_same_passages_store_them_once(store: Store) -> None:
    put(store, written("a", "Un.", "Deux.", "Trois."))
    late = unencoded(store, 2)
    encode(store, 1)
    store.encoders.add_vectors(TWO, late.rows, wide(late.texts))
    store.encoders.add_vectors(TWO, late.rows, wide(late.texts))

    assert rows_of(store, "two") == [1, 2]


def test_vectors_that_would_leave_a_gap_are_not_stored(store: Store) -> None:
    store.encoders.adopt(ONE)
    put(store, written("a", "Un.", "Deux."))
    encode(store, 1)
    late = unencoded(store, 1)
    assert store.encoders.drop_others("one")  # somebody set the encoder back
    store.encoders.add_vectors(TWO, late.rows, wide(late.texts))

    assert rows_of(store, "two") == []
    assert unencoded(store).rows.tolist() == [1, 2]


def test_vectors_that_are_not_the_encoder_s_are_refused(store: Store) -> None:
    put(store, written("a", "Un."))
    rows = unencoded(store).rows
    nothing = np.full((1, 12), np.nan, np.float32)
    for wrong in (wide(["x", "y"]), Made(np.ones((1, 5), np.float32)), Made(nothing)):
        with pytest.raises(InvalidDocument, match="check the model"):
            store.encoders.add_vectors(TWO, rows, wrong)


def test_the_vectors_of_before_are_dropped_and_their_space_is_used_again(store: Store) -> None:
    put(store, written("a", *(f"Passage {number}." for number in range(700))))
    while encode(store):
        pass
    switch(store)
    while store.encoders.drop_others("two"):
        pass

    assert rows_of(store, "one") == []
    assert len(rows_of(store, "two")) == 700
