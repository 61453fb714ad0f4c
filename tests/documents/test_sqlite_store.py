"""What is particular to SQLite: its file, its locks, and how they fail."""

import sqlite3
import subprocess
import sys
import threading
from pathlib import Path

import numpy as np
import pytest

from documents.errors import CorruptStore, StoreError, StoreUnavailable
from documents.models import Document, Passage
from documents.store.sqlite_connections import SqliteConnections
from documents.store.sqlite_lock import WriteLock
from documents.store.store import Store

ROOT = Path(__file__).parents[2]


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "data" / "store.db"


def put(store: Store, source: str, text: str = "Une phrase.") -> Document:
    document = Document("", "default", source, source, "fr", text, source)
    passages = [Passage(0, len(text), text, "fr", ())]
    return store.put(document, passages, np.ones((1, 4), np.float32), fingerprint="one").document


def impatient(path: Path) -> Store:
    return Store(SqliteConnections.open(path, patience_seconds=0.05))


def test_a_commit_waits_for_the_disk(path: Path) -> None:
    connections = SqliteConnections.open(path)

    with connections.writing() as connection:
        settings = {
            name: connection.execute(f"PRAGMA {name}").fetchone()[0]
            for name in ("journal_mode", "synchronous", "foreign_keys")
        }
    connections.close()

    assert settings == {"journal_mode": "wal", "synchronous": 2, "foreign_keys": 1}


def test_a_closed_store_is_one_file_and_its_lock(path: Path) -> None:
    with Store.open(path) as store:
        put(store, "a")

    assert sorted(file.name for file in path.parent.iterdir()) == ["store.db", "store.db.lock"]


def test_nothing_of_a_deleted_document_stays(path: Path) -> None:
    with Store.open(path) as store:
        stored = put(store, "a", "Texte secret." * 2_000)
        store.delete(stored.id)

    connection = sqlite3.connect(path)
    counted = (
        "SELECT count(*) FROM documents",
        "SELECT count(*) FROM texts",
        "SELECT count(*) FROM passages",
        "SELECT count(*) FROM vectors",
        "SELECT count(*) FROM metadata",
    )
    left = [connection.execute(count).fetchone()[0] for count in counted]
    connection.close()
    assert left == [0] * 5
    assert b"Texte secret" not in path.read_bytes()


def test_a_nul_is_kept_as_any_character(path: Path) -> None:
    with Store.open(path) as store:
        stored = put(store, "a", "Un œuf\0 cassé.")
        assert store.document(stored.id) == stored
        assert stored.text == "Un œuf\0 cassé."


def test_readers_are_used_again(path: Path) -> None:
    connections = SqliteConnections.open(path)
    seen = set()
    for _ in range(5):
        with connections.reading() as connection:
            seen.add(connection)
    connections.close()

    assert len(seen) == 1


def test_a_read_sees_one_state_whatever_is_written_meanwhile(path: Path) -> None:
    connections = SqliteConnections.open(path)
    store = Store(connections)
    put(store, "a")
    with connections.reading() as connection:
        before = connection.execute("SELECT count(*) FROM documents").fetchone()[0]
        put(store, "b")
        after = connection.execute("SELECT count(*) FROM documents").fetchone()[0]
    store.close()

    assert (before, after) == (1, 1)


def test_a_block_that_raises_writes_nothing(path: Path) -> None:
    connections = SqliteConnections.open(path)

    def fail() -> None:
        with connections.writing() as connection:
            connection.execute("DELETE FROM collections")
            raise ZeroDivisionError("by intention")

    with pytest.raises(ZeroDivisionError, match="by intention"):
        fail()
    with Store(connections) as store:
        assert store.create_collection("presse") is True
        assert len(store.collections()) == 2


def test_a_reader_cannot_write(path: Path) -> None:
    connections = SqliteConnections.open(path)

    def write() -> None:
        with connections.reading() as connection:
            connection.execute("DELETE FROM collections")

    with pytest.raises(StoreUnavailable, match="read-only; allow writing"):
        write()
    connections.close()


def test_a_store_closed_while_it_is_read_lets_the_read_finish(path: Path) -> None:
    connections = SqliteConnections.open(path)
    with connections.reading() as connection:
        connections.close()
        assert connection.execute("SELECT name FROM collections").fetchone()[0] == "default"

    with pytest.raises(sqlite3.ProgrammingError, match="closed"):
        connection.execute("SELECT 1")


# What can fail


def test_a_store_that_others_keep_locked_says_so(path: Path) -> None:
    with impatient(path) as store, WriteLock(lock_of(path), patience_seconds=1).held():
        with pytest.raises(StoreUnavailable, match=r"written to by others for 0\.05 s; try again"):
            put(store, "a")
        assert store.counts().documents == 0  # reading goes on


def test_a_store_that_another_program_keeps_locked_says_so(path: Path) -> None:
    with impatient(path) as store:
        other = sqlite3.connect(path, isolation_level=None)
        other.execute("BEGIN IMMEDIATE")
        with pytest.raises(StoreUnavailable, match="another process holds it; try again"):
            put(store, "a")
        other.close()

        assert put(store, "a").generation == 1


def lock_of(path: Path) -> Path:
    return path.with_name(path.name + ".lock")


def test_a_full_disk_loses_nothing_and_writing_goes_on_after(path: Path) -> None:
    script = """if True:
        import resource, sys
        from pathlib import Path
        import numpy as np
        from documents.errors import StoreUnavailable
        from documents.models import Document, Passage
        from documents.store.store import Store

        def put(store, source):
            text = source * 20_000
            passages = [Passage(0, len(text), text, "fr", ())]
            document = Document("", "default", source, source, "fr", text, source)
            store.put(document, passages, np.ones((1, 64), np.float32), fingerprint="one")

        with Store.open(Path(sys.argv[1])) as store:
            unlimited = resource.getrlimit(resource.RLIMIT_FSIZE)
            resource.setrlimit(resource.RLIMIT_FSIZE, (600_000, unlimited[1]))
            stored, refused = 0, ""
            while not refused and stored < 100:
                try:
                    put(store, f"s{stored}")
                    stored += 1
                except StoreUnavailable as error:
                    refused = str(error)
            assert store.counts().documents == stored, "a refused put left something"
            resource.setrlimit(resource.RLIMIT_FSIZE, unlimited)
            put(store, f"s{stored}")
            print(stored, refused)
    """
    done = subprocess.run(
        [sys.executable, "-c", script, path], cwd=ROOT, capture_output=True, text=True, check=False
    )
    assert done.returncode == 0, done.stderr
    stored, refused = done.stdout.split(maxsplit=1)

    assert 0 < int(stored) < 100
    assert "full; " in refused
    with Store.open(path) as store:
        assert store.counts().documents == int(stored) + 1
        assert [len(entries.texts) for entries in store.entries()] == [int(stored) + 1]
    assert integrity_of(path) == "ok"


def integrity_of(path: Path) -> str:
    connection = sqlite3.connect(path)
    [verdict] = connection.execute("PRAGMA integrity_check").fetchone()
    broken = connection.execute("PRAGMA foreign_key_check").fetchall()
    connection.close()
    return str(verdict) if not broken else f"orphans: {broken}"


def test_a_folder_that_cannot_be_made_is_named(tmp_path: Path) -> None:
    (tmp_path / "file").touch()

    with pytest.raises(StoreUnavailable, match=r"file/store\.db cannot be used .*check the data"):
        Store.open(tmp_path / "file" / "store.db")


def test_a_folder_in_the_place_of_the_file_is_named(tmp_path: Path) -> None:
    with pytest.raises(StoreUnavailable, match="cannot be opened; check the folder"):
        Store.open(tmp_path)


@pytest.mark.parametrize("deleted", ["files", "files and folder"])
def test_a_store_deleted_while_in_use_takes_no_more_writes(path: Path, deleted: str) -> None:
    store = Store.open(path)
    for file in list(path.parent.iterdir()):
        file.unlink()
    if "folder" in deleted:
        path.parent.rmdir()

    with pytest.raises(StoreUnavailable, match="cannot be used"):
        put(store, "a")
    store.close()


def test_a_store_replaced_while_in_use_takes_no_more_writes(path: Path) -> None:
    with Store.open(path) as store:
        path.rename(path.with_name("moved"))
        path.write_bytes(b"")

        with pytest.raises(StoreUnavailable, match="was replaced while in use; restart"):
            put(store, "a")


def test_a_damaged_file_is_reported_as_such(path: Path) -> None:
    with Store.open(path) as store:
        for number in range(50):
            put(store, f"s{number}", "Une phrase. " * 100)
    damaged = bytearray(path.read_bytes())
    damaged[4096:] = b"\xff" * (len(damaged) - 4096)
    path.write_bytes(damaged)

    with pytest.raises(CorruptStore, match=r"damaged.*backup"), Store.open(path) as store:
        list(store.entries())


def test_an_error_without_a_remedy_is_still_ours(path: Path) -> None:
    connections = SqliteConnections.open(path)

    def fail() -> None:
        with connections.writing() as connection:
            connection.execute("INSERT INTO vectors VALUES (1, 12345, x'00', x'')")

    with pytest.raises(StoreError, match="FOREIGN KEY constraint failed"):
        fail()
    connections.close()


# Several processes


def test_processes_that_write_together_lose_nothing(path: Path) -> None:
    script = """if True:
        import sys
        from pathlib import Path
        import numpy as np
        from documents.models import Document, Passage
        from documents.store.store import Store

        with Store.open(Path(sys.argv[1])) as store:
            for number in range(40):
                for source in (f"{sys.argv[2]}/{number}", "shared"):
                    text = f"Phrase {number} de {sys.argv[2]}."
                    passages = [Passage(0, len(text), text, "fr", ())]
                    document = Document("", "default", source, source, "fr", text, text)
                    store.put(document, passages, np.ones((1, 4), np.float32), fingerprint="one")
    """
    Store.open(path).close()
    writers = [
        subprocess.Popen([sys.executable, "-c", script, path, str(writer)], cwd=ROOT)
        for writer in range(3)
    ]
    seen = []
    with Store.open(path) as store:
        while any(writer.poll() is None for writer in writers):
            seen.append(store.last_change())
            for entries in store.entries():
                assert len(entries.texts) == len(set(entries.rows.tolist()))
        assert [writer.returncode for writer in writers] == [0, 0, 0]

        assert store.counts().documents == 3 * 40 + 1
        assert [change.number for change in store.changes(0)] == list(range(1, 241))
        rows = {row for change in store.changes(0) for row in change.added}
        for change in store.changes(0):
            rows.difference_update(change.removed)
        assert rows == {int(row) for entries in store.entries() for row in entries.rows}
    assert seen == sorted(seen)
    assert integrity_of(path) == "ok"


def test_the_lock_is_free_again_after_a_writer_that_raised(tmp_path: Path) -> None:
    lock = WriteLock(tmp_path / "lock", patience_seconds=0.05)

    def fail() -> None:
        with lock.held():
            raise ZeroDivisionError("by intention")

    with pytest.raises(ZeroDivisionError, match="by intention"):
        fail()
    with lock.held(), pytest.raises(StoreUnavailable, match="by others"), lock.held():
        pass


def test_the_lock_keeps_threads_apart(tmp_path: Path) -> None:
    lock = WriteLock(tmp_path / "lock", patience_seconds=10)
    inside, most = 0, 0

    def enter() -> None:
        nonlocal inside, most
        for _ in range(50):
            with lock.held():
                inside += 1
                most = max(most, inside)
                inside -= 1

    threads = [threading.Thread(target=enter) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()

    assert most == 1
