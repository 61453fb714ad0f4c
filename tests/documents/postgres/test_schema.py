"""Both stores have the same tables, made by the same steps."""

import subprocess
import sys
from pathlib import Path

import pytest

from documents.errors import IncompatibleStore, StoreError
from documents.store import postgres_schema, schema
from documents.store.connection import Connections
from documents.store.postgres_connection import PostgresConnection
from documents.store.postgres_connections import PostgresConnections
from documents.store.sqlite_connections import SqliteConnections
from documents.store.store import Store

ROOT = Path(__file__).parents[3]
FIRST = ("CREATE TABLE a (x TEXT)", "INSERT INTO a VALUES ('kept')")
SECOND = ("ALTER TABLE a ADD COLUMN y TEXT", "UPDATE a SET y = upper(x)")
BROKEN = ("CREATE TABLE b (x TEXT)", "INSERT INTO nowhere VALUES (1)")

Columns = dict[str, list[tuple[str, bool]]]


def columns_in_sqlite(connections: SqliteConnections) -> Columns:
    """Return the columns of each table and view, with whether they must be given."""
    with connections.reading() as connection:
        tables = connection.execute(
            "SELECT name, type FROM sqlite_master WHERE type IN ('table', 'view')"
        ).fetchall()
        return {
            name: [
                (row["name"], bool(row["notnull"] or row["pk"]))
                for row in connection.execute(f"PRAGMA table_info({name})")
            ]
            for name, _ in tables
            if not name.startswith("sqlite_")
        }


def columns_in_postgres(connections: Connections) -> Columns:
    with connections.reading() as connection:
        found: Columns = {}
        for table, column, nullable in connection.execute(
            """
            SELECT table_name, column_name, is_nullable FROM information_schema.columns
            WHERE table_schema = current_schema() ORDER BY table_name, ordinal_position
            """
        ):
            found.setdefault(table, []).append((column, nullable == "NO"))
        return found


def test_both_stores_have_the_same_tables_and_columns(tmp_path: Path, url: str) -> None:
    files, server = SqliteConnections.open(tmp_path / "a.db"), PostgresConnections.open(url)
    in_file, in_server = columns_in_sqlite(files), columns_in_postgres(server)
    files.close()
    server.close()

    assert in_server.pop("sourcier_schema") == [("version", True)]
    views = {"summaries", "job_summaries"}
    assert set(in_server) == set(in_file)
    for table in set(in_file) - views:
        assert in_server[table] == in_file[table], table
    for view in views:
        assert [name for name, _ in in_server[view]] == [name for name, _ in in_file[view]]


def test_texts_are_ordered_by_code_point_in_every_column(url: str) -> None:
    connections = PostgresConnections.open(url)
    with connections.reading() as connection:
        others = connection.execute(
            """
            SELECT table_name, column_name FROM information_schema.columns
            WHERE table_schema = current_schema() AND data_type = 'text'
              AND coalesce(collation_name, '') <> 'C' AND table_name NOT LIKE '%summaries'
            """
        ).fetchall()
    connections.close()

    assert others == []


def test_an_older_store_gets_only_the_steps_it_lacks(url: str) -> None:
    connection = PostgresConnection.open(url, patience_seconds=1)
    for steps in ([FIRST], [FIRST, SECOND], [FIRST, SECOND]):
        connection.run("BEGIN")
        postgres_schema.migrate(connection, address="here", migrations=steps)
        connection.run("COMMIT")

    assert list(map(tuple, connection.execute("SELECT * FROM a"))) == [("kept", "KEPT")]
    assert postgres_schema.version(connection, address="here", migrations=[FIRST, SECOND]) == 2
    with pytest.raises(IncompatibleStore, match=r"version 2.*newer Sourcier"):
        postgres_schema.version(connection, address="here", migrations=[FIRST])
    connection.close()


def test_a_step_that_fails_leaves_the_database_as_it_was(
    url: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as patched:
        patched.setattr(postgres_schema.migrate, "__kwdefaults__", {"migrations": [FIRST, BROKEN]})
        with pytest.raises(StoreError, match="nowhere"):
            PostgresConnections.open(url)

    with Store(PostgresConnections.open(url)) as store:
        assert [collection.name for collection in store.collections()] == ["default"]
    assert len(schema.MIGRATIONS) > 2


def test_processes_that_open_a_new_store_together_all_get_it(url: str) -> None:
    script = (
        "import sys; from documents.store.store import Store\n"
        "from documents.store.postgres_connections import PostgresConnections\n"
        "print('ready', flush=True); sys.stdin.readline()\n"
        "with Store(PostgresConnections.open(sys.argv[1])) as s: s.create_collection(sys.argv[2])"
    )
    processes = [
        subprocess.Popen(
            [sys.executable, "-c", script, url, f"c{number}"],
            cwd=ROOT,
            stdin=subprocess.PIPE,
            stdout=subprocess.PIPE,
            stderr=subprocess.PIPE,
            text=True,
        )
        for number in range(3)
    ]
    for process in processes:
        assert process.stdout is not None
        assert process.stdout.readline() == "ready\n"
    outcomes = [process.communicate("\n", timeout=60) for process in processes]

    assert [errors for _, errors in outcomes] == [""] * 3
    with Store(PostgresConnections.open(url)) as store:
        names = [collection.name for collection in store.collections()]
    assert names == ["c0", "c1", "c2", "default"]
