"""Connections to one PostgreSQL database, shared by the threads of a process.

Writers take turns, as with SQLite: each locks the one row that tells the version of the schema.
So the numbers of changes become visible in their order, and no writer runs into another.
Errors of the server leave here as ours; a connection that broke is replaced by the next call.
"""

import threading
import time
from collections import deque
from collections.abc import Iterator
from contextlib import contextmanager, suppress
from typing import Self

from documents.errors import StoreUnavailable
from documents.store import postgres_schema
from documents.store.connection import Connection, Values
from documents.store.postgres_address import shown
from documents.store.postgres_connection import PostgresConnection, PostgresRows
from documents.store.postgres_errors import LOST, ours
from documents.store.postgres_turn import PostgresTurn

PATIENCE_SECONDS = 30.0
MOST = 8  # connections of a process, but for the one that stands for a turn

_BELIEVED_SECONDS = 1.0  # a server that did not answer in time is not asked again at once
_READ = "BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY"
_WRITE = "BEGIN ISOLATION LEVEL READ COMMITTED READ WRITE"


class PostgresConnections:
    """The connections of one process to the database at `url`."""

    def __init__(self, url: str, *, patience_seconds: float = PATIENCE_SECONDS) -> None:
        self._url = url
        self._address = shown(url)
        self._patience_seconds = patience_seconds
        self._free = threading.BoundedSemaphore(MOST)
        self._writes = threading.Lock()
        self._idle: deque[PostgresConnection] = deque()  # append and pop are atomic
        self._silent_until = 0.0
        self._closed = False

    @classmethod
    def open(cls, url: str, *, patience_seconds: float = PATIENCE_SECONDS) -> Self:
        """Open the store in the database at `url`; make its tables, or migrate them if need be."""
        connections = cls(url, patience_seconds=patience_seconds)
        try:
            connections._prepare()
        except BaseException:
            connections.close()
            raise
        return connections

    @contextmanager
    def reading(self) -> Iterator[Connection]:
        """Read one state of the store, in any thread."""
        with self._reported(), self._borrowed(_READ) as connection:
            yield connection

    @contextmanager
    def glancing(self) -> Iterator[Connection]:
        """Read by one statement, without a transaction around it."""
        yield _Glance(self)

    @contextmanager
    def writing(self) -> Iterator[Connection]:
        """Write in one transaction, after all other writers; durable when the block ends."""
        with self._reported(), self._turn(), self._borrowed(_WRITE) as connection:
            postgres_schema.lock(connection, address=self._address)
            yield connection
            connection.run("COMMIT", writes=True)

    def turn(self, name: str) -> PostgresTurn:
        """Return the turn of this name, which the server keeps."""
        return PostgresTurn(self._url, name)

    def advance(self, connection: Connection, table: str, number: int) -> None:
        """Give later rows of `table` numbers above this one."""
        connection.execute(
            """
            SELECT setval(numbers, ?2)
            FROM CAST(pg_get_serial_sequence(?1, 'number') AS regclass) AS numbers
            WHERE ?2 > coalesce(pg_sequence_last_value(numbers), 0)
            """,
            (table, number),
        )

    def size(self) -> int:
        """Return how many bytes the database takes."""
        with self.glancing() as connection:
            [[size]] = connection.execute("SELECT pg_database_size(current_database())")
            return int(size)

    def close(self) -> None:
        """Close what is idle; blocks in progress close their own."""
        self._closed = True
        self._close_idle()

    def look(self, sql: str, values: Values) -> PostgresRows:
        """Run a statement that reads, on its own."""
        with self._reported(), self._place():
            while True:
                connection, is_fresh = self._next()
                try:
                    return connection.execute(sql, values)
                except LOST:
                    if is_fresh or not connection.is_lost:
                        raise
                finally:
                    self._give_back(connection)

    @contextmanager
    def _borrowed(self, begin: str) -> Iterator[PostgresConnection]:
        """Have a connection in a transaction that `begin` begins; undone unless it was ended."""
        with self._place():
            connection = self._begun(begin)
            try:
                yield connection
            finally:
                if not connection.is_lost and connection.is_in_transaction:
                    with suppress(*LOST):
                        connection.run("ROLLBACK")
                self._give_back(connection)

    def _begun(self, begin: str) -> PostgresConnection:
        """Return a connection that `begin` worked on; idle ones may have broken meanwhile."""
        while True:
            connection, is_fresh = self._next()
            try:
                connection.run(begin)
            except BaseException as error:
                lost = connection.is_lost
                self._give_back(connection)
                if is_fresh or not lost or not isinstance(error, LOST):
                    raise
            else:
                return connection

    def _next(self) -> tuple[PostgresConnection, bool]:
        """Return an idle connection, or a fresh one and True."""
        with suppress(IndexError):
            return self._idle.pop(), False
        if time.monotonic() < self._silent_until:
            raise TimeoutError
        try:
            return PostgresConnection.open(self._url, patience_seconds=self._patience_seconds), True
        except TimeoutError:
            self._silent_until = time.monotonic() + _BELIEVED_SECONDS
            raise

    def _give_back(self, connection: PostgresConnection) -> None:
        if connection.is_lost or connection.is_in_transaction:
            connection.close()
            return
        self._idle.append(connection)
        if self._closed:
            self._close_idle()

    def _close_idle(self) -> None:
        with suppress(IndexError):
            while True:
                self._idle.pop().close()

    @contextmanager
    def _place(self) -> Iterator[None]:
        if self._closed:
            raise StoreUnavailable(f"{self._address} was closed by this process; open it again")
        if not self._free.acquire(timeout=self._patience_seconds):
            raise StoreUnavailable(
                f"all {MOST} connections to {self._address} have been in use for "
                f"{self._patience_seconds:g} s; try again"
            )
        try:
            yield
        finally:
            self._free.release()

    @contextmanager
    def _turn(self) -> Iterator[None]:
        """Let one thread of this process write, so that those who wait take no connections."""
        if not self._writes.acquire(timeout=self._patience_seconds):
            raise StoreUnavailable(
                f"{self._address} has been written to by others for {self._patience_seconds:g} s; "
                "try again"
            )
        try:
            yield
        finally:
            self._writes.release()

    def _prepare(self) -> None:
        """Refuse what cannot hold a store; make its tables, or migrate them if need be."""
        with self._reported(), self._borrowed("BEGIN") as connection:
            postgres_schema.check_server(connection, address=self._address)
            if not postgres_schema.is_current(connection, address=self._address):
                postgres_schema.migrate(connection, address=self._address)
                connection.run("COMMIT", writes=True)

    @contextmanager
    def _reported(self) -> Iterator[None]:
        try:
            yield
        except LOST as error:
            raise ours(error, self._address) from error


class _Glance:
    """Runs each statement on its own."""

    def __init__(self, connections: PostgresConnections) -> None:
        self._connections = connections

    def execute(self, sql: str, values: Values = (), /) -> PostgresRows:
        return self._connections.look(sql, values)

    def executemany(self, sql: str, values: object, /) -> None:
        raise NotImplementedError("a glance only reads")
