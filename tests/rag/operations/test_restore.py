import multiprocessing
import os
import sqlite3
import zipfile
from collections.abc import Callable
from contextlib import closing
from multiprocessing.connection import Connection
from pathlib import Path

import pytest

from documents.errors import StoreError, StoreUnavailable
from documents.store.store import Store
from rag.errors import BackupRefused
from rag.operations import restore as restoring
from rag.operations.backup import back_up
from rag.operations.restore import Place, restore
from tests.rag.operations.stores import add, fill, names, place_in, sources


@pytest.fixture
def kept(tmp_path: Path) -> Path:
    """A backup of two documents."""
    place = fill(tmp_path / "first", 1, 2)
    back_up(place.database, tmp_path / "kept.zip")
    return tmp_path / "kept.zip"


def journal_mode(place: Place) -> str:
    with closing(sqlite3.connect(place.database)) as connection:
        return str(connection.execute("PRAGMA journal_mode").fetchone()[0])


def test_a_backup_comes_back_where_nothing_was(kept: Path, tmp_path: Path) -> None:
    place = place_in(tmp_path / "new")

    manifest = restore(kept, place)

    assert manifest.documents == 2
    assert sources(place) == {"moulin-1.txt", "moulin-2.txt"}
    assert names(tmp_path / "new") == {"sourcier.db"}
    assert journal_mode(place) == "wal"


def test_the_rights_of_the_file_stay_and_are_narrow_at_first(kept: Path, tmp_path: Path) -> None:
    place = place_in(tmp_path / "new")
    restore(kept, place)
    assert place.database.stat().st_mode & 0o777 == 0o600

    place.database.chmod(0o640)
    restore(kept, place, replace=True)
    assert place.database.stat().st_mode & 0o777 == 0o640


@pytest.mark.skipif(os.geteuid() != 0, reason="only root gives files away")
def test_what_root_restores_belongs_to_the_owner_of_the_folder(kept: Path, tmp_path: Path) -> None:
    place = place_in(tmp_path / "new")
    place.database.parent.mkdir()
    os.chown(place.database.parent, 10001, 10002)
    restore(kept, place)
    assert (place.database.stat().st_uid, place.database.stat().st_gid) == (10001, 10002)


def test_a_store_without_documents_is_replaced_unasked(kept: Path, tmp_path: Path) -> None:
    place = fill(tmp_path / "new")
    restore(kept, place)
    assert sources(place) == {"moulin-1.txt", "moulin-2.txt"}


def test_documents_are_replaced_only_where_that_is_said(kept: Path, tmp_path: Path) -> None:
    place = fill(tmp_path / "new", 7)

    with pytest.raises(BackupRefused, match="holds 1 documents; to replace them, add --replace"):
        restore(kept, place)
    assert sources(place) == {"moulin-7.txt"}

    restore(kept, place, replace=True)
    assert sources(place) == {"moulin-1.txt", "moulin-2.txt"}
    assert names(tmp_path / "new") == {"sourcier.db"}


def test_the_index_is_dropped_so_that_it_is_built_anew(kept: Path, tmp_path: Path) -> None:
    place = place_in(tmp_path / "new")
    place.index.mkdir(parents=True)
    (place.index / "manifest.json").write_text("{}")

    restore(kept, place)

    assert not place.index.exists()


def test_what_an_engine_outside_holds_is_forgotten(tmp_path: Path) -> None:
    place = fill(tmp_path / "first", 1)
    with Store.open(place.database) as store:
        store.builds.begin("an encoder", average_length=70.0)
    back_up(place.database, tmp_path / "built.zip")

    for target in (place, place_in(tmp_path / "new")):
        restore(tmp_path / "built.zip", target, replace=True)
        with Store.open(target.database) as store:
            assert store.builds.all() == []


def test_what_is_restored_goes_on_as_a_store(kept: Path, tmp_path: Path) -> None:
    place = place_in(tmp_path / "new")
    restore(kept, place)
    with Store.open(place.database) as store:
        add(store, 3)
        assert store.last_change() == 3
    assert len(sources(place)) == 3


def flip(content: bytearray) -> None:
    content[len(content) // 2] ^= 0xFF


def cut(content: bytearray) -> None:
    del content[-100:]


def empty(content: bytearray) -> None:
    content.clear()


@pytest.mark.parametrize("damage", [flip, cut, empty])
def test_a_damaged_backup_is_refused_and_loses_nothing(
    kept: Path, tmp_path: Path, damage: Callable[[bytearray], None]
) -> None:
    place = fill(tmp_path / "new", 7)
    place.index.mkdir()
    content = bytearray(kept.read_bytes())
    damage(content)
    kept.write_bytes(content)

    with pytest.raises(BackupRefused, match="damaged"):
        restore(kept, place, replace=True)

    assert sources(place) == {"moulin-7.txt"}
    assert place.index.exists()
    assert names(tmp_path / "new") == {"sourcier.db", "index"}


def test_another_database_under_the_same_manifest_is_refused(kept: Path, tmp_path: Path) -> None:
    other = fill(tmp_path / "other", 5, 6)
    with zipfile.ZipFile(kept) as archive:
        manifest = archive.read("manifest.json")
    with zipfile.ZipFile(tmp_path / "forged.zip", "w") as archive:
        archive.write(other.database, "sourcier.db")
        archive.writestr("manifest.json", manifest)

    with pytest.raises(BackupRefused, match="checksum"):
        restore(tmp_path / "forged.zip", place_in(tmp_path / "new"))
    assert names(tmp_path / "new") == set()


def test_a_file_that_is_no_backup_is_refused(tmp_path: Path) -> None:
    (tmp_path / "list.txt").write_text("bread, milk")
    for name in ("list.txt", "nothing.zip"):
        with pytest.raises(BackupRefused):
            restore(tmp_path / name, place_in(tmp_path / "new"))


def test_a_backup_of_a_newer_format_is_refused(tmp_path: Path) -> None:
    with zipfile.ZipFile(tmp_path / "newer.zip", "w") as archive:
        archive.writestr("manifest.json", '{"format": 2, "whatever": 1}')
    with pytest.raises(BackupRefused, match="update Sourcier"):
        restore(tmp_path / "newer.zip", place_in(tmp_path / "new"))


def _hold_open(database: Path, pipe: Connection) -> None:
    with Store.open(database) as store:
        store.counts()
        pipe.send("open")
        pipe.recv()


@pytest.mark.parametrize("documents", [(), (7,)])
def test_a_store_that_a_service_has_open_is_left_alone(
    kept: Path, tmp_path: Path, documents: tuple[int, ...]
) -> None:
    place = fill(tmp_path / "new", *documents)
    ours, theirs = multiprocessing.Pipe()
    service = multiprocessing.get_context("spawn").Process(
        target=_hold_open, args=(place.database, theirs)
    )
    service.start()
    try:
        assert ours.recv() == "open"
        with pytest.raises(StoreUnavailable, match="in use: stop the service"):
            restore(kept, place, replace=True)
    finally:
        ours.send("close")
        service.join()
    assert len(sources(place)) == len(documents)

    restore(kept, place, replace=True)
    assert len(sources(place)) == 2


def test_a_store_that_cannot_be_read_may_be_replaced(kept: Path, tmp_path: Path) -> None:
    place = place_in(tmp_path / "new")
    place.database.parent.mkdir()
    place.database.write_bytes(b"not a database" * 1000)
    place.database.with_name("sourcier.db-wal").write_bytes(b"what was left of it")

    with pytest.raises(BackupRefused, match="may hold documents"):
        restore(kept, place)

    restore(kept, place, replace=True)
    assert sources(place) == {"moulin-1.txt", "moulin-2.txt"}
    assert names(tmp_path / "new") == {"sourcier.db"}


@pytest.mark.parametrize("filled", [True, False])
def test_if_what_was_restored_cannot_be_opened_the_store_before_is_there_again(
    kept: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, *, filled: bool
) -> None:
    place = fill(tmp_path / "new", 7) if filled else place_in(tmp_path / "new")

    def fail(*_: object) -> None:
        with Store.open(place.database) as store:
            add(store, 50)
            raise StoreError("it cannot be opened")

    monkeypatch.setattr(restoring, "_open_and_compare", fail)
    with pytest.raises(StoreError, match="it cannot be opened"):
        restore(kept, place, replace=True)

    assert names(tmp_path / "new") == ({"sourcier.db"} if filled else set())
    if filled:
        assert sources(place) == {"moulin-7.txt"}
        assert journal_mode(place) == "wal"
