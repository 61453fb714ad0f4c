"""What one process of all that share a database has at a time: a lock that the server keeps.

It is of a session, so it is free again once the process, or the server, dies.
"""

from collections.abc import Iterator
from contextlib import contextmanager, suppress
from zlib import crc32

from documents.errors import StoreUnavailable
from documents.store.postgres_address import shown
from documents.store.postgres_connection import PostgresConnection
from documents.store.postgres_errors import LOST, ours

# Locks are of a database, whatever the schema, and told apart by two numbers of 32 bits.
_PATIENCE_SECONDS = 5.0
_OURS = 0x53524352
_TAKE = "SELECT pg_try_advisory_lock(CAST(? AS INTEGER), CAST(? AS INTEGER))"


class PostgresTurn:
    """The turn of this `name` at the store in the database at `url`."""

    def __init__(self, url: str, name: str) -> None:
        self._url = url
        self._name = name
        self._connection: PostgresConnection | None = None

    @contextmanager
    def held(self) -> Iterator[None]:
        """Hold it for the length of a `with` block, over a connection of its own.

        Raises:
            StoreUnavailable: another process has it, or the server cannot be asked.
        """
        self._connection = self._take()
        try:
            yield
        finally:
            with suppress(*LOST):  # at once; the end of the session is noticed a little later
                self._connection.execute("SELECT pg_advisory_unlock_all()")
            self._connection.close()
            self._connection = None

    def kept(self) -> bool:
        """Ask the server whether the session that has it is still there."""
        if self._connection is None:
            return False
        try:
            self._connection.execute("SELECT 1")
        except LOST:
            return False
        return True

    def _take(self) -> PostgresConnection:
        try:
            connection = PostgresConnection.open(self._url, patience_seconds=_PATIENCE_SECONDS)
            try:
                is_taken = self._is_taken(connection)
            except BaseException:
                connection.close()
                raise
        except LOST as error:
            raise ours(error, shown(self._url)) from error
        if is_taken:
            return connection
        connection.close()
        raise StoreUnavailable(f"another process has the turn of {self._name}")

    def _is_taken(self, connection: PostgresConnection) -> bool:
        [[identity]] = connection.execute("SELECT id FROM identity")
        number = crc32(f"{identity}/{self._name}".encode()) - 2**31
        [[taken]] = connection.execute(_TAKE, (_OURS, number))
        return bool(taken)
