"""Connections to one SQLite file: one that writes, as many that read as read at once.

Writing is one transaction, on disk when its block ends and undone when the block raises.
Reading is one transaction too: a block sees one state of the store, whatever is written
meanwhile. SQLite's errors leave here as ours.
"""

import sqlite3
from collections import deque
from collections.abc import Iterator
from contextlib import AbstractContextManager, contextmanager
from pathlib import Path
from typing import Self

from documents.errors import (
    CorruptStore,
    IncompatibleStore,
    StoreError,
    StoreUnavailable,
    UnstorableText,
)
from documents.store import schema
from documents.store.sqlite_lock import WriteLock

PATIENCE_SECONDS = 30.0

_UNAVAILABLE = {
    sqlite3.SQLITE_BUSY: "another process holds it; try again, or end the process that hangs",
    sqlite3.SQLITE_LOCKED: "another thread holds it; try again",
    sqlite3.SQLITE_PROTOCOL: "too many processes open it at once; try again",
    sqlite3.SQLITE_FULL: "the disk is full; free some space, nothing was half written",
    sqlite3.SQLITE_IOERR: "the disk reports an error or is full; nothing was half written",
    sqlite3.SQLITE_READONLY: "it is read-only; allow writing to its folder and files",
    sqlite3.SQLITE_CANTOPEN: "it cannot be opened; check the folder, its rights and free space, "
    "and how many files may be open (ulimit -n)",
    sqlite3.SQLITE_PERM: "access is denied; check the rights of its folder and files",
}


class SqliteConnections:
    """The connections of one process to the database at `path`."""

    def __init__(self, path: Path, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._path = path
        self._patience_seconds = patience_seconds
        self._lock = WriteLock(
            path.with_name(path.name + ".lock"), patience_seconds=patience_seconds
        )
        self._writer: sqlite3.Connection | None = None
        self._inode = 0
        self._readers: deque[sqlite3.Connection] = deque()  # idle ones; append and pop are atomic
        self._closed = False

    @classmethod
    def open(cls, path: Path, *, patience_seconds: float = PATIENCE_SECONDS) -> Self:
        """Open the database at `path`; create it, and its folder, or migrate it if need be."""
        connections = cls(path, patience_seconds=patience_seconds)
        with connections._reported():
            path.parent.mkdir(parents=True, exist_ok=True)
            writer = connections._connect()
            try:
                if not schema.is_current(writer, path=path):
                    with connections._lock.held():
                        schema.migrate(writer, path=path)
            except BaseException:
                writer.close()
                raise
            connections._writer = writer
            connections._inode = path.stat().st_ino
        return connections

    @contextmanager
    def reading(self) -> Iterator[sqlite3.Connection]:
        """Read one state of the store, in any thread."""
        with self._reported():
            self._refuse_if_closed()
            connection = self._idle_reader() or self._connect(read_only=True)
            try:
                connection.execute("BEGIN")
                yield connection
            finally:
                connection.rollback()
                self._readers.append(connection)
                if self._closed:
                    self._close_readers()

    def glancing(self) -> AbstractContextManager[sqlite3.Connection]:
        """Read by one statement; a transaction around it costs nothing here."""
        return self.reading()

    @contextmanager
    def writing(self) -> Iterator[sqlite3.Connection]:
        """Write in one transaction, after all other writers; durable when the block ends."""
        with self._reported(), self._lock.held():
            writer = self._refuse_if_closed()
            self._refuse_if_replaced()
            with writer:  # commits, or rolls back
                writer.execute("BEGIN IMMEDIATE")
                schema.is_current(writer, path=self._path)  # a newer program may have migrated it
                yield writer

    def turn(self, name: str) -> WriteLock:
        """Return the turn of this name: a lock in a file beside the database."""
        return WriteLock(self._path.with_name(f"{name}.lock"), patience_seconds=0)

    def advance(self, connection: sqlite3.Connection, table: str, number: int) -> None:
        """Give later rows of `table` numbers above this one."""
        connection.execute(
            "DELETE FROM sqlite_sequence WHERE name = ? AND seq < ?", (table, number)
        )
        connection.execute(
            """
            INSERT INTO sqlite_sequence (name, seq) SELECT ?1, ?2
            WHERE NOT EXISTS (SELECT 1 FROM sqlite_sequence WHERE name = ?1)
            """,
            (table, number),
        )

    def size(self) -> int:
        """Return how many bytes the database takes, with its log."""
        return sum(map(_size, (self._path, self._path.with_name(f"{self._path.name}-wal"))))

    def close(self) -> None:
        """Close all connections; blocks in progress finish first, or close their own."""
        self._closed = True
        with self._reported(), self._lock.turn():
            self._close_readers()
            if self._writer is not None:
                self._writer.close()  # the last one of all processes empties the log
                self._writer = None

    def _connect(self, *, read_only: bool = False) -> sqlite3.Connection:
        connection = sqlite3.connect(
            self._path,
            timeout=self._patience_seconds,
            isolation_level=None,
            check_same_thread=False,  # used by one thread at a time, not by one thread only
        )
        connection.row_factory = sqlite3.Row
        try:
            connection.execute("PRAGMA foreign_keys = ON")
            connection.execute("PRAGMA synchronous = FULL")
            connection.execute("PRAGMA journal_size_limit = 67108864")
            connection.execute("PRAGMA secure_delete = ON")  # a deleted text is gone from the disk
            connection.execute(f"PRAGMA query_only = {read_only:d}")
        except BaseException:
            connection.close()
            raise
        return connection

    def _idle_reader(self) -> sqlite3.Connection | None:
        try:
            return self._readers.pop()
        except IndexError:
            return None

    def _close_readers(self) -> None:
        while reader := self._idle_reader():
            reader.close()

    def _refuse_if_closed(self) -> sqlite3.Connection:
        if self._closed or self._writer is None:
            raise StoreUnavailable(f"{self._path} was closed by this process; open it again")
        return self._writer

    def _refuse_if_replaced(self) -> None:
        # SQLite would go on writing to a file that no longer has a name.
        if self._path.stat().st_ino != self._inode:
            raise StoreUnavailable(f"{self._path} was replaced while in use; restart this process")

    @contextmanager
    def _reported(self) -> Iterator[None]:
        try:
            yield
        except sqlite3.Error as error:
            raise _ours(error, self._path) from error
        except OSError as error:
            raise StoreUnavailable(
                f"{self._path} cannot be used ({error.strerror}); check the data folder, its "
                "rights and free space"
            ) from error
        except UnicodeEncodeError as error:
            raise UnstorableText(
                "a lone surrogate cannot be stored or looked for; normalise the text first "
                "(documents.normalization.normalize)"
            ) from error


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0


def _ours(error: sqlite3.Error, path: Path) -> Exception:
    """Return our error for SQLite's; it says what to do where there is something to do."""
    code = getattr(error, "sqlite_errorcode", sqlite3.SQLITE_ERROR) & 0xFF
    if code in _UNAVAILABLE:
        return StoreUnavailable(f"{path}: {_UNAVAILABLE[code]} ({error})")
    if code == sqlite3.SQLITE_NOTADB:
        return IncompatibleStore(f"{path} is not a Sourcier store; point the data folder elsewhere")
    if code == sqlite3.SQLITE_CORRUPT:
        return CorruptStore(f"{path} is damaged ({error}); restore it from a backup")
    return StoreError(f"{path}: {error}")
