"""The index follows the store, and what lies on disk only ever makes a start quicker."""

import logging
import shutil
import sqlite3
import threading
from collections.abc import Callable, Iterable, Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from documents.models import Document, Passage, Sentence
from documents.records import Change, Entries
from documents.store.store import Store
from index.errors import IndexNotSaved
from index.late_interaction import LateInteraction
from rag.additions import in_portions
from rag.live import LiveIndex
from rag.reading import read_as
from tests.rag.fakes import FakeEncoder

Opened = Callable[..., LiveIndex]
MANY = 250  # passages: more than a start should take in each time
VERY_MANY = 2100  # more than a crash should lose


def put(store: Store, source: str, passages: int = 1, *, word: str = "phare") -> Document:
    text = "\n".join(f"{word} {number}" for number in range(passages))
    cut, start = [], 0
    for line in text.split("\n"):
        end = start + len(line)
        cut.append(Passage(start, end, line, "fr", (Sentence(start, end),)))
        start = end + 1
    document = Document("", "default", source, source, "fr", text, f"{word}{passages}")
    vectors = FakeEncoder().encode_passages([passage.text for passage in cut])
    return store.put(document, cut, vectors, fingerprint="fake-1").document


class WatchedStore(Store):
    """Remembers how many passages were read to be indexed."""

    read = 0

    def entries(self, ranges: Iterable[range], *, batch: int = 4096) -> Iterator[Entries]:
        for entries in super().entries(ranges, batch=batch):
            self.read += len(entries.rows)
            yield entries


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "sourcier.db"


@pytest.fixture
def store(path: Path) -> Iterator[WatchedStore]:
    with WatchedStore.open(path) as store:
        yield store


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    return tmp_path / "index"


@pytest.fixture
def opened(interaction: LateInteraction, folder: Path) -> Iterator[Opened]:
    indexes: list[LiveIndex] = []

    def open_index(store: Store, encoder: FakeEncoder | None = None) -> LiveIndex:
        index = LiveIndex.open(
            store=store,
            encoder=encoder or FakeEncoder(),
            interaction=interaction,
            tokens="tokens",
            folder=folder,
        )
        indexes.append(index)
        return index

    yield open_index
    for index in indexes:
        index.close()


def found(index: LiveIndex, text: str) -> int:
    """How many passages hold `text` as a word."""
    return len(index.view().lexical({"fr": [{text: 1.0}]}, 10_000, collection=1))


def test_every_change_of_the_store_is_in_the_next_view(store: WatchedStore, opened: Opened) -> None:
    index = opened(store)
    assert len(index.view()) == 0

    document = put(store, "a", 3)
    assert (len(index.view()), found(index, "phar")) == (3, 3)
    put(store, "a", 2, word="moulin")
    assert (found(index, "phar"), found(index, "moulin")) == (0, 2)
    store.delete(document.id)
    assert len(index.view()) == 0
    assert index.view().change == store.last_change()


def test_what_another_process_writes_is_seen(
    store: WatchedStore, path: Path, opened: Opened
) -> None:
    index = opened(store)
    with Store.open(path) as other:
        put(other, "a", 2)
        assert len(index.view()) == 2


def test_what_is_replaced_while_it_is_taken_in_is_seen_in_its_new_generation(
    store: WatchedStore, path: Path, opened: Opened, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = opened(store)
    put(store, "a", 3)
    read, replaced = Store.vectors, []

    def replace_first(self: Store, *ranges: Any, **options: Any) -> Any:  # noqa: ANN401
        if not replaced:
            replaced.append(True)
            with Store.open(path) as other:
                put(other, "a", 2, word="moulin")
        return read(self, *ranges, **options)

    monkeypatch.setattr(Store, "vectors", replace_first)
    view = index.view()
    assert replaced
    assert len(view.lexical({"fr": [{"moulin": 1.0}]}, 10, collection=1)) == 2
    assert view.change == store.last_change()


def test_a_view_that_was_taken_does_not_change(store: WatchedStore, opened: Opened) -> None:
    index = opened(store)
    put(store, "a")
    before = index.view()
    put(store, "b")
    assert (len(before), len(index.view())) == (1, 2)


def test_a_start_after_many_passages_reads_the_snapshot_alone(
    store: WatchedStore, opened: Opened
) -> None:
    put(store, "a", MANY)
    opened(store).close()
    store.read = 0

    again = opened(store)

    assert len(again.view()) == MANY
    assert found(again, "phar") == MANY
    assert store.read == 0


def test_a_start_takes_in_only_what_came_since_the_snapshot(
    store: WatchedStore, opened: Opened
) -> None:
    put(store, "a", MANY)
    opened(store).close()
    put(store, "b", 3)
    store.read = 0

    assert len(opened(store).view()) == MANY + 3
    assert store.read == 3


def test_few_passages_are_not_worth_a_snapshot(
    store: WatchedStore, opened: Opened, folder: Path
) -> None:
    put(store, "a", 3)
    opened(store).close()

    assert not folder.exists()
    assert len(opened(store).view()) == 3


def damaged_manifest(folder: Path) -> None:
    (folder / "manifest.json").write_text("{")


def damaged_arrays(folder: Path) -> None:
    [path] = folder.glob("*.arrays")
    data = bytearray(path.read_bytes())
    data[len(data) // 2] ^= 0xFF
    path.write_bytes(data)


def missing_vectors(folder: Path) -> None:
    [path] = folder.glob("*.vectors")
    path.unlink()


@pytest.mark.parametrize("damage", [damaged_manifest, damaged_arrays, missing_vectors])
def test_a_damaged_snapshot_is_built_anew_with_a_warning(
    store: WatchedStore,
    opened: Opened,
    folder: Path,
    caplog: pytest.LogCaptureFixture,
    damage: Callable[[Path], None],
) -> None:
    put(store, "a", MANY)
    opened(store).close()
    damage(folder)

    index = opened(store)

    assert len(index.view()) == MANY
    assert "the index is built anew from the store" in caplog.text


def test_a_snapshot_that_is_gone_is_built_anew(
    store: WatchedStore, opened: Opened, folder: Path
) -> None:
    put(store, "a", MANY)
    opened(store).close()
    shutil.rmtree(folder)

    assert len(opened(store).view()) == MANY


def test_a_snapshot_of_another_encoder_is_not_used(
    store: WatchedStore, opened: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    put(store, "a", MANY)
    opened(store).close()

    index = opened(store, FakeEncoder(fingerprint="fake-2", dimension=4))

    assert len(index.view()) == 0  # nothing was encoded by it yet
    assert "built by encoder fake" in caplog.text


def test_a_snapshot_newer_than_the_store_is_not_used(
    path: Path, tmp_path: Path, opened: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    with Store.open(path) as store:
        put(store, "a", MANY)
    shutil.copy(path, tmp_path / "backup.db")
    with Store.open(path) as store:
        put(store, "b", MANY)
        opened(store).close()
    shutil.copy(tmp_path / "backup.db", path)

    with Store.open(path) as store:
        index = opened(store)
        assert len(index.view()) == MANY
        index.close()
    assert "the store is older" in caplog.text


def test_a_snapshot_that_cannot_be_written_is_no_reason_not_to_close(
    store: WatchedStore, opened: Opened, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder.write_text("a file where the folder should be")
    put(store, "a", MANY)
    index = opened(store)

    with pytest.raises(IndexNotSaved, match="cannot be saved"):
        index.save()
    assert len(index.view()) == MANY
    index.close()

    assert "the next start takes longer" in caplog.text


def test_closing_twice_or_after_the_store_is_harmless(
    store: WatchedStore, opened: Opened, caplog: pytest.LogCaptureFixture
) -> None:
    index = opened(store)
    put(store, "a", MANY)
    store.close()
    index.close()
    index.close()

    assert [record.levelno for record in caplog.records] == [logging.WARNING]


def test_very_many_passages_are_saved_while_questions_go_on(
    store: WatchedStore, opened: Opened, folder: Path
) -> None:
    put(store, "a", VERY_MANY)
    index = opened(store)
    assert len(index.view()) == VERY_MANY
    index._snapshots.close()  # as if the process ended here

    assert (folder / "manifest.json").exists()
    store.read = 0
    assert len(opened(store).view()) == VERY_MANY
    assert store.read == 0


def test_saving_aside_fails_quietly(
    store: WatchedStore, opened: Opened, folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    folder.write_text("a file where the folder should be")
    put(store, "a", VERY_MANY)
    index = opened(store)

    assert len(index.view()) == VERY_MANY
    index._snapshots.close()
    put(store, "b")
    assert len(index.view()) == VERY_MANY + 1

    assert caplog.text.count("a start would take longer") == 1


def test_no_thread_outlives_a_closed_index(store: WatchedStore, opened: Opened) -> None:
    before = threading.active_count()
    index = opened(store)
    put(store, "a", VERY_MANY)
    index.view()
    index.close()
    put(store, "b", VERY_MANY)
    index.view()

    assert threading.active_count() == before


def test_an_index_can_be_built_anew_at_any_time(
    store: WatchedStore, opened: Opened, folder: Path
) -> None:
    put(store, "a", 3)
    index = opened(store)
    index.view()

    index.rebuild()
    index.save()

    assert len(index.view()) == 3
    assert (folder / "manifest.json").exists()


def test_questions_and_changes_side_by_side_lose_nothing(
    store: WatchedStore, opened: Opened
) -> None:
    index = opened(store)
    seen: list[int] = []

    def write(writer: int) -> None:
        for number in range(8):
            put(store, f"{writer}/{number}", 2)

    def read() -> None:
        seen.extend(len(index.view()) for _ in range(20))

    threads = [threading.Thread(target=write, args=(writer,)) for writer in range(3)]
    threads += [threading.Thread(target=read) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert len(index.view()) == found(index, "phar") == 48
    assert all(count % 2 == 0 for count in seen)  # never half of a document


def test_changes_are_taken_in_by_portions() -> None:
    changes = [
        Change(
            number, "doc", 1, added=range(number * 10_000, (number + 1) * 10_000), removed=range(0)
        )
        for number in range(5)
    ]
    assert [len(portion) for portion in in_portions(changes)] == [2, 2, 1]
    assert list(in_portions([])) == []


@pytest.mark.parametrize("damaged", [b"\x00\x00\xc0\x7f", b"\x00\x00\x80\x7f", b"\xff\xff\x7f\x7f"])
def test_a_vector_that_the_disk_damaged_is_made_anew(
    store: Store, path: Path, opened: Opened, caplog: pytest.LogCaptureFixture, damaged: bytes
) -> None:
    put(store, "a", 3)
    [change] = store.changes(0)
    [whole] = store.vectors([change.added], fingerprint="fake-1", batch=3)
    with sqlite3.connect(path) as connection:
        [[vectors]] = connection.execute("SELECT vectors FROM vectors")
        connection.execute(
            "UPDATE vectors SET vectors = ?", (vectors[:40] + damaged + vectors[44:],)
        )
    connection.close()

    view = opened(store).view()

    expected = whole.vectors.copy()
    expected[1:2] = FakeEncoder().encode_passages([read_as("a", (), "phare 1")])
    [live] = view.segments
    assert np.array_equal(live.segment.vectors.vectors, expected)
    assert "damaged" in caplog.text
