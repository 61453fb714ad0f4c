import json
import sqlite3
import threading
import time
import zipfile
from contextlib import closing
from pathlib import Path

import pytest

from documents.errors import CorruptStore, IncompatibleStore, StoreUnavailable
from documents.store import sqlite_backup
from documents.store.store import Store
from rag.errors import BackupRefused
from rag.operations.archive import read_archive
from rag.operations.backup import back_up
from rag.operations.restore import restore
from tests.rag.operations.stores import add, fill, names, place_in, sources


def test_a_backup_is_one_file_that_says_what_it_holds(tmp_path: Path) -> None:
    place = fill(tmp_path / "data", 1, 2, 3)

    manifest = back_up(place.database, tmp_path / "kept.zip")

    assert (manifest.documents, manifest.passages, manifest.change) == (3, 3, 3)
    assert read_archive(tmp_path / "kept.zip") == manifest
    assert {path.name for path in tmp_path.iterdir()} == {"data", "kept.zip"}
    assert (tmp_path / "kept.zip").stat().st_mode & 0o777 == 0o600


def test_any_tool_can_unpack_it(tmp_path: Path) -> None:
    place = fill(tmp_path / "data", 1)
    back_up(place.database, tmp_path / "kept.zip")

    with zipfile.ZipFile(tmp_path / "kept.zip") as archive:
        assert archive.testzip() is None
        assert json.loads(archive.read("manifest.json"))["documents"] == 1
        archive.extract("sourcier.db", tmp_path)
    with closing(sqlite3.connect(tmp_path / "sourcier.db")) as connection:
        assert connection.execute("SELECT count(*) FROM documents").fetchone() == (1,)


def test_a_backup_leaves_the_store_as_it_was(tmp_path: Path) -> None:
    place = fill(tmp_path / "data", 1)
    before = place.database.read_bytes()
    back_up(place.database, tmp_path / "kept.zip")
    assert place.database.read_bytes() == before
    assert names(tmp_path / "data") == {"sourcier.db"}


def test_a_backup_overwrites_nothing(tmp_path: Path) -> None:
    place = fill(tmp_path / "data", 1)
    (tmp_path / "kept.zip").write_text("precious")

    with pytest.raises(BackupRefused, match="exists already"):
        back_up(place.database, tmp_path / "kept.zip")

    assert (tmp_path / "kept.zip").read_text() == "precious"


def test_a_backup_to_nowhere_is_refused(tmp_path: Path) -> None:
    place = fill(tmp_path / "data", 1)
    with pytest.raises(BackupRefused, match="cannot be written"):
        back_up(place.database, tmp_path / "missing" / "kept.zip")


def test_where_there_is_no_store_none_is_made(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="there is no store"):
        back_up(tmp_path / "data" / "sourcier.db", tmp_path / "kept.zip")
    assert list(tmp_path.iterdir()) == []


def test_a_store_of_another_user_is_told(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    place = fill(tmp_path / "data", 1)

    def refuse(_: Path) -> bool:
        raise PermissionError(13, "Permission denied")

    monkeypatch.setattr(Path, "is_file", refuse)
    with pytest.raises(StoreUnavailable, match="the user who runs Sourcier"):
        back_up(place.database, tmp_path / "kept.zip")


def test_the_database_of_another_program_is_refused(tmp_path: Path) -> None:
    with closing(sqlite3.connect(tmp_path / "sourcier.db")) as connection:
        connection.execute("CREATE TABLE mine (x)")
    with pytest.raises(IncompatibleStore):
        back_up(tmp_path / "sourcier.db", tmp_path / "kept.zip")


def test_a_damaged_store_is_not_backed_up_as_if_it_were_whole(tmp_path: Path) -> None:
    place = fill(tmp_path / "data", *range(1, 30))
    content = bytearray(place.database.read_bytes())
    middle = len(content) // 2 // 4096 * 4096
    content[middle : middle + 4096] = b"\xff" * 4096
    place.database.write_bytes(content)

    with pytest.raises(CorruptStore, match="damaged"):
        back_up(place.database, tmp_path / "kept.zip")
    assert not (tmp_path / "kept.zip").exists()


def test_a_backup_while_others_write_is_one_state_and_keeps_nobody_waiting(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    place = fill(tmp_path / "data", *range(1, 41))
    monkeypatch.setattr(sqlite_backup, "_PAGES", 2)  # so many portions that writing comes between
    monkeypatch.setattr(sqlite_backup, "_REST_SECONDS", 0.005)
    waits, done = [], threading.Event()

    def write() -> None:
        with Store.open(place.database) as store:
            number = 100
            while not done.is_set():
                start = time.perf_counter()
                add(store, number)
                waits.append(time.perf_counter() - start)
                number += 1

    writer = threading.Thread(target=write)
    writer.start()
    try:
        while not waits:
            time.sleep(0.01)
        before = len(waits)
        manifest = back_up(place.database, tmp_path / "kept.zip")
        written = len(waits) - before
    finally:
        done.set()
        writer.join()

    assert written >= 3
    assert max(waits) < 2
    assert before <= manifest.documents - 40 <= before + written + 1
    assert manifest.documents == manifest.change
    copy = place_in(tmp_path / "copy")
    restore(tmp_path / "kept.zip", copy)
    first = {f"moulin-{n}.txt" for n in (*range(1, 41), *range(100, 60 + manifest.documents))}
    assert sources(copy) == first
    assert names(tmp_path / "copy") == {"sourcier.db"}


def test_a_letter_that_changed_on_the_disk_is_noticed(tmp_path: Path) -> None:
    place = fill(tmp_path / "data", 1, 2)
    content = place.database.read_bytes()
    place.database.write_bytes(content.replace(b"toute l", b"toute m", 1))

    with pytest.raises(CorruptStore, match=r"the text of doc_\w+ is not what was stored"):
        back_up(place.database, tmp_path / "kept.zip")
