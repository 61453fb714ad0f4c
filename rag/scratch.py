"""What the workers of one service keep together while they run, in a file that ends with them.

Nothing in it is needed by the next start. One writes at a time, by SQLite's own lock; a journal
that is rolled back makes up for a worker that is killed while it writes.
"""

import sqlite3
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from threading import Lock
from typing import Any

_NAME = "scratch"  # prometheus_client takes every '.db' there for its own
_PATIENCE_SECONDS = 2.0


class Scratch:
    """The file in `folder`, with the tables that `schema` makes; safe to share between threads."""

    def __init__(self, folder: Path, *, schema: str) -> None:
        self._connection = sqlite3.connect(
            folder / _NAME,
            timeout=_PATIENCE_SECONDS,
            isolation_level=None,
            check_same_thread=False,
        )
        self._turn = Lock()
        for statement in (
            "PRAGMA journal_mode = PERSIST",
            "PRAGMA synchronous = OFF",  # a machine that goes down ends all of them
            "PRAGMA secure_delete = ON",
            *schema.split(";"),
        ):
            self._connection.execute(statement)

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Write in one transaction, after all others.

        Raises:
            sqlite3.Error: it cannot be written.
        """
        with self._turn:
            self._connection.execute("BEGIN IMMEDIATE")
            try:
                yield self._connection
            except BaseException:
                self._connection.execute("ROLLBACK")
                raise
            self._connection.execute("COMMIT")

    def found(self, statement: str, *values: str | float) -> list[Any]:
        """Return what `statement` finds; raises as `writing` does."""
        with self._turn:
            return self._connection.execute(statement, values).fetchall()
