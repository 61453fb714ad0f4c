"""A store opens in the version it should have, or not at all."""

import sqlite3
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import pytest

from documents.errors import IncompatibleStore
from documents.records import StoredEncoder
from documents.store import schema
from documents.store.store import Store

ROOT = Path(__file__).parents[2]

FIRST = ("CREATE TABLE a (x)", "INSERT INTO a VALUES ('kept')")
SECOND = ("ALTER TABLE a ADD COLUMN y", "UPDATE a SET y = upper(x)")
BROKEN = ("CREATE TABLE b (x)", "INSERT INTO nowhere VALUES (1)")


@pytest.fixture
def path(tmp_path: Path) -> Path:
    return tmp_path / "store.db"


@pytest.fixture
def connection(path: Path) -> Iterator[sqlite3.Connection]:
    connection = sqlite3.connect(path, isolation_level=None)
    yield connection
    connection.close()


def version_of(connection: sqlite3.Connection) -> tuple[int, int]:
    [application] = connection.execute("PRAGMA application_id").fetchone()
    [version] = connection.execute("PRAGMA user_version").fetchone()
    return application, version


def test_a_new_file_gets_all_steps_and_says_whose_it_is(
    connection: sqlite3.Connection, path: Path
) -> None:
    schema.migrate(connection, path=path, migrations=[FIRST, SECOND])

    assert version_of(connection) == (schema.APPLICATION_ID, 2)
    assert connection.execute("SELECT * FROM a").fetchall() == [("kept", "KEPT")]


def test_an_older_store_gets_only_the_steps_it_lacks(
    connection: sqlite3.Connection, path: Path
) -> None:
    schema.migrate(connection, path=path, migrations=[FIRST])
    assert not schema.is_current(connection, path=path, migrations=[FIRST, SECOND])

    schema.migrate(connection, path=path, migrations=[FIRST, SECOND])
    schema.migrate(connection, path=path, migrations=[FIRST, SECOND])

    assert schema.is_current(connection, path=path, migrations=[FIRST, SECOND])
    assert connection.execute("SELECT * FROM a").fetchall() == [("kept", "KEPT")]


def test_a_step_that_fails_leaves_the_store_as_it_was(
    connection: sqlite3.Connection, path: Path
) -> None:
    schema.migrate(connection, path=path, migrations=[FIRST])

    with pytest.raises(sqlite3.OperationalError, match="no such table: nowhere"):
        schema.migrate(connection, path=path, migrations=[FIRST, SECOND, BROKEN])

    assert version_of(connection) == (schema.APPLICATION_ID, 1)
    assert connection.execute("SELECT * FROM a").fetchall() == [("kept",)]
    assert schema.is_current(connection, path=path, migrations=[FIRST])


def test_a_newer_store_is_refused_and_left_alone(
    connection: sqlite3.Connection, path: Path
) -> None:
    Store.open(path).close()
    newer = len(schema.MIGRATIONS) + 1
    connection.execute(f"PRAGMA user_version = {newer}")
    before = path.read_bytes()

    with pytest.raises(IncompatibleStore, match=rf"version {newer}.*newer Sourcier; update"):
        Store.open(path)

    assert path.read_bytes() == before


def test_a_store_migrated_by_a_newer_program_takes_no_more_writes(
    connection: sqlite3.Connection, path: Path
) -> None:
    with Store.open(path) as store:
        connection.execute(f"PRAGMA user_version = {len(schema.MIGRATIONS) + 1}")

        with pytest.raises(IncompatibleStore, match="restart"):
            store.create_collection("presse")


@pytest.mark.parametrize(
    "statement",
    ["CREATE TABLE theirs (x)", "PRAGMA application_id = 77", "PRAGMA user_version = 5"],
)
def test_the_database_of_another_program_is_refused_and_left_alone(
    connection: sqlite3.Connection, path: Path, statement: str
) -> None:
    connection.execute(statement)
    before = path.read_bytes()

    with pytest.raises(IncompatibleStore, match="another program; point the data folder"):
        Store.open(path)

    assert path.read_bytes() == before
    assert [file.name for file in path.parent.iterdir()] == ["store.db"]


def test_a_file_that_is_no_database_is_refused_and_left_alone(path: Path) -> None:
    path.write_bytes(b"Chers amis, ceci est une lettre.\n" * 100)

    with pytest.raises(IncompatibleStore, match="not a Sourcier store; point the data folder"):
        Store.open(path)

    assert path.read_bytes().startswith(b"Chers amis")


def test_an_empty_file_becomes_a_store(path: Path) -> None:
    path.touch()

    with Store.open(path) as store:
        assert [collection.name for collection in store.collections()] == ["default"]


def test_processes_that_open_a_new_store_together_all_get_it(path: Path) -> None:
    script = (
        "import sys; from pathlib import Path; from documents.store.store import Store\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "with Store.open(Path(sys.argv[1])) as s: s.create_collection(sys.argv[2])"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, path, f"c{number}"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(4)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    for process in processes:
        assert process.stdin is not None
        process.stdin.write("\n")
        process.stdin.flush()
    outcomes = [process.communicate(timeout=60) for process in processes]

    assert [errors for _, errors in outcomes] == [""] * 4
    with Store.open(path) as store:
        names = [collection.name for collection in store.collections()]
    assert names == ["c0", "c1", "c2", "c3", "default"]


def test_a_store_of_the_first_version_keeps_what_it_holds_and_takes_feedback(
    connection: sqlite3.Connection, path: Path
) -> None:
    schema.migrate(connection, path=path, migrations=schema.MIGRATIONS[:1])
    connection.execute("INSERT INTO collections (name, created_at) VALUES ('presse', '2025-01-01')")

    with Store.open(path) as store:
        assert [collection.name for collection in store.collections()] == ["default", "presse"]
        assert store.feedback("presse") == []


@pytest.mark.parametrize("makers", [("one",), ("one", "two")])
def test_vectors_of_the_fourth_version_are_those_of_the_encoder_that_made_all(
    connection: sqlite3.Connection, path: Path, makers: tuple[str, ...]
) -> None:
    schema.migrate(connection, path=path, migrations=schema.MIGRATIONS[:4])
    for number, fingerprint in enumerate(makers, start=1):
        connection.execute(
            "INSERT INTO documents VALUES (?, ?, 1, ?, '', 'fr', NULL, NULL, '2025-01-01', '', '', "
            "?, 2, 3, ?, 1, '[]', '[]')",
            (number, f"doc_{number}", f"{number}", fingerprint, number),
        )
        connection.execute(
            "INSERT INTO passages VALUES (?, ?, 0, 3, 'fr', NULL, '[]', '[]')", (number, number)
        )
        connection.execute("INSERT INTO vectors VALUES (?, ?, zeroblob(8))", (number, number))

    with Store.open(path) as store:
        serving = store.encoders.serving()
        if len(makers) == 1:
            assert serving == StoredEncoder("one", "", 2)
            [batch] = store.vectors(fingerprint="one")
            assert batch.vectors.shape == (1, 2)
        else:
            assert serving is None
            while store.encoders.drop_others("three"):
                pass
            assert store.encoders.progress("three") == (0, 2)
