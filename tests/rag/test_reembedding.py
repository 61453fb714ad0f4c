"""Another encoder takes the place of the one that serves, whatever comes between."""

import shutil
import threading
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import NamedTuple

import pytest

from documents.errors import StoreUnavailable
from documents.limits import Limits
from documents.records import StoredEncoder
from documents.store.store import Store
from index.encoder import Vectors
from rag import reembedding
from rag.library import Library
from rag.reembedding import Progress, Reembedding, encode_beside
from tests.rag.fakes import FakeEncoder
from tests.rag.texts import BAKERY, LIGHTHOUSE
from tests.waiting import wait_for

NEW = StoredEncoder("fake-2", "/models/new", 4)
MANY = 150  # documents of one passage: three batches


def new_encoder() -> FakeEncoder:
    return FakeEncoder(name="new", fingerprint="fake-2", dimension=4)


class Disk(NamedTuple):
    """What `shutil.disk_usage` tells, as far as it is asked."""

    free: int


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sourcier.db"


@pytest.fixture
def filled(store: Store) -> Store:
    library = Library(store, FakeEncoder, Limits(), min_words=60, max_words=180)
    for number in range(MANY):
        library.add_text(f"Le moulin numéro {number} tourne depuis 1887.", source=f"{number}")
    return store


def in_thread(
    store: Store, encoder: FakeEncoder, path: Path, *, prepare: Callable[[], None] = int
) -> Reembedding:
    return Reembedding(
        store.encoders, encoder, NEW, database=path, prepare=prepare, switched=lambda: None
    )


def test_every_passage_is_encoded_once_then_the_other_serves(filled: Store, path: Path) -> None:
    encoder = new_encoder()

    steps = encode_beside(filled.encoders, encoder, NEW, database=path)
    asked = [filled.encoders.progress("fake-2") for _ in steps]

    assert asked == [(64, MANY), (128, MANY), (MANY, MANY)]
    assert encoder.read == MANY
    assert filled.encoders.serving() == NEW
    assert filled.fingerprints() == {"fake-2": MANY}


def test_a_passage_is_read_as_it_is_when_it_comes_in(filled: Store, path: Path) -> None:
    encoder = new_encoder()
    for _ in encode_beside(filled.encoders, encoder, NEW, database=path):
        pass
    before = {
        int(r): v
        for b in filled.vectors(fingerprint="fake-2")
        for r, v in zip(b.rows, b.vectors, strict=True)
    }

    library = Library(filled, lambda: encoder, Limits(), min_words=60, max_words=180)
    document = filled.documents("default", limit=1).documents[0]
    whole = filled.document(document.id)
    assert whole is not None
    filled.create_collection("copy")
    library.copy(whole, collection="copy")

    [*_, last] = filled.vectors(fingerprint="fake-2")
    assert last.vectors[-1].tolist() == before[MANY].tolist()


def test_whoever_starts_again_goes_on_where_it_was(filled: Store, path: Path) -> None:
    first, second = new_encoder(), new_encoder()
    next(encode_beside(filled.encoders, first, NEW, database=path))

    for _ in encode_beside(filled.encoders, second, NEW, database=path):
        pass

    assert (first.read, second.read) == (64, MANY - 64)


def test_what_comes_and_goes_meanwhile_is_right_after(filled: Store, path: Path) -> None:
    library = Library(filled, FakeEncoder, Limits(), min_words=60, max_words=180)
    steps = encode_beside(filled.encoders, new_encoder(), NEW, database=path)
    next(steps)
    library.add_text(LIGHTHOUSE, source="phare")
    library.add_text(BAKERY, source="3")
    for source in ("5", "149"):
        filled.delete(filled.sources("default", prefix=source)[source])
    for _ in steps:
        pass

    rows = [int(row) for batch in filled.vectors(fingerprint="fake-2") for row in batch.rows]
    assert rows == [int(row) for batch in filled.entries() for row in batch.rows]
    assert filled.fingerprints() == {"fake-2": len(rows)}


@pytest.mark.parametrize(("late", "times"), [(8, 1), (9, 2), (70, 2)])
def test_documents_that_come_at_the_last_moment_are_not_left_out(
    filled: Store, path: Path, late: int, times: int
) -> None:
    library = Library(filled, FakeEncoder, Limits(), min_words=60, max_words=180)
    prepared = []

    def prepare() -> None:
        prepared.append(filled.encoders.progress("fake-2"))
        for number in range(late if len(prepared) == 1 else 0):
            library.add_text(f"La forge numéro {number} est fermée.", source=f"forge {number}")

    steps = encode_beside(filled.encoders, new_encoder(), NEW, database=path, before_switch=prepare)
    for _ in steps:
        pass

    assert prepared == [(MANY, MANY), (MANY + late, MANY + late)][:times]
    assert filled.encoders.progress("fake-2") == (MANY + late, MANY + late)
    assert filled.encoders.serving() == NEW


def test_without_room_on_the_disk_nothing_is_begun(
    filled: Store, path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    encoder = new_encoder()
    monkeypatch.setattr(shutil, "disk_usage", lambda _: Disk(free=1000))

    with pytest.raises(StoreUnavailable, match="make room, the encoder of before serves"):
        next(encode_beside(filled.encoders, encoder, NEW, database=path))

    assert encoder.read == 0
    assert filled.encoders.serving() == StoredEncoder("fake-1", "", 8)


def test_in_the_background_it_says_how_far_it_is_and_leaves_nothing_of_before(
    filled: Store, path: Path
) -> None:
    gate = threading.Event()
    told = in_thread(filled, new_encoder(), path, prepare=lambda: gate.wait() and None)
    assert told.progress() == Progress("new", "fake-2", 0, MANY)

    told.start()
    wait_for(lambda: told.progress() == Progress("new", "fake-2", MANY, MANY))
    gate.set()
    wait_for(lambda: told.progress() is None)
    wait_for(lambda: not list(filled.vectors(fingerprint="fake-1")))
    told.close()

    assert "reembedding" not in {thread.name for thread in threading.enumerate()}


def test_stopped_it_ends_after_the_batch_in_hand(filled: Store, path: Path) -> None:
    begun, go_on = threading.Event(), threading.Event()

    class Slow(FakeEncoder):
        def encode_passages(self, texts: Sequence[str]) -> Vectors:
            begun.set()
            go_on.wait()
            return super().encode_passages(texts)

    encoder = Slow(name="new", fingerprint="fake-2", dimension=4)
    slow = in_thread(filled, encoder, path)
    slow.start()
    begun.wait()
    threading.Timer(0.05, go_on.set).start()
    slow.close()

    assert encoder.read == 64
    assert filled.encoders.progress("fake-2") == (64, MANY)


def test_one_that_was_not_started_may_be_closed(store: Store, path: Path) -> None:
    in_thread(store, new_encoder(), path).close()


@pytest.mark.parametrize("broken", ["store", "encoder"])
def test_what_fails_is_told_and_tried_again_while_the_old_one_serves(
    filled: Store,
    path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
    broken: str,
) -> None:
    monkeypatch.setattr(reembedding, "_PAUSE_SECONDS", 0.01)
    full = threading.Event()
    full.set()
    encoder = new_encoder()
    encode, store_vectors = encoder.encode_passages, filled.encoders.add_vectors

    def encoded(texts: Sequence[str]) -> Vectors:
        return encode(texts)[1:] if full.is_set() and broken == "encoder" else encode(texts)

    def stored(*arguments: object) -> None:
        if full.is_set() and broken == "store":
            raise StoreUnavailable("the disk is full; free some space")
        store_vectors(*arguments)  # type: ignore[arg-type]

    monkeypatch.setattr(encoder, "encode_passages", encoded)
    monkeypatch.setattr(filled.encoders, "add_vectors", stored)
    told = in_thread(filled, encoder, path)
    told.start()

    def waits() -> str:
        seen = told.progress()
        return (seen and seen.waits) or ""

    wait_for(lambda: waits() != "")
    assert ("the disk is full" in waits()) == (broken == "store")
    assert filled.encoders.serving() == StoredEncoder("fake-1", "", 8)
    full.clear()
    wait_for(lambda: told.progress() is None)
    told.close()

    assert caplog.text.count("encoding again waits") == 1


def test_the_vectors_of_an_encoder_that_was_given_up_are_dropped(filled: Store, path: Path) -> None:
    other = StoredEncoder("fake-3", "given up", 4)
    given_up = FakeEncoder(fingerprint="fake-3", dimension=4)
    next(encode_beside(filled.encoders, given_up, other, database=path))
    assert list(filled.vectors(fingerprint="fake-3"))

    back = Reembedding(
        filled.encoders,
        FakeEncoder(),
        StoredEncoder("fake-1", "old", 8),
        database=path,
        prepare=lambda: None,
        switched=lambda: None,
    )
    back.start()
    back._thread.join()

    assert not list(filled.vectors(fingerprint="fake-3"))
    assert len([row for b in filled.vectors(fingerprint="fake-1") for row in b.rows]) == MANY
