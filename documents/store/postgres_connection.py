"""One connection to a PostgreSQL server, used by one thread at a time.

Its driver is asynchronous; the store is not. So each connection has an event loop of its own,
which runs in the thread that asks for as long as it waits for the answer.
"""

import asyncio
from collections.abc import Coroutine, Iterable, Iterator, Sequence
from typing import Any, Final, Self, TypeVar

import asyncpg

from documents.store.connection import Values
from documents.store.postgres_dialect import translated

Result = TypeVar("Result")

_CONNECT_SECONDS = 5.0
_ANSWER_SECONDS = 40.0  # longer than locks are waited for
_WRITTEN_SECONDS = 300.0  # a large collection is deleted by one statement
_SESSION: Final = {
    "application_name": "sourcier",
    "idle_in_transaction_session_timeout": "120s",
    # A machine that vanished gives up its transaction, and its turn, within a minute.
    "tcp_keepalives_idle": "30",
    "tcp_keepalives_interval": "10",
    "tcp_keepalives_count": "3",
    "jit": "off",  # compiling a statement takes longer than ours run
}
# What was acknowledged is on disk, whatever the server's default; a stricter one is kept.
_DURABLE = """
    SELECT set_config('synchronous_commit', 'on', false)
    WHERE current_setting('synchronous_commit') = 'off'
"""


class PostgresRows:
    """What a statement found or changed."""

    def __init__(self, found: Sequence[Any], rowcount: int) -> None:
        self._found = iter(found)
        self.rowcount = rowcount

    def fetchone(self) -> Any:  # noqa: ANN401 - what the database holds
        """Return the next row, None after the last."""
        return next(self._found, None)

    def fetchall(self) -> list[Any]:
        """Return the rows that are left."""
        return list(self._found)

    def __iter__(self) -> Iterator[Any]:
        return self._found


class PostgresConnection:
    """A connection to a server; errors are the driver's own.

    Must not be used in a thread that runs an event loop, as no blocking call should be.
    """

    def __init__(self, loop: asyncio.AbstractEventLoop) -> None:
        self._loop = loop
        self._interrupted = False
        self._raw: asyncpg.Connection[Any]

    @classmethod
    def open(cls, url: str, *, patience_seconds: float) -> Self:
        """Connect to the server that `url` names; locks are waited for with this patience.

        Raises:
            OSError, asyncpg.PostgresError, asyncpg.InterfaceError: it cannot be.
        """
        connection = cls(asyncio.new_event_loop())
        try:
            connection._raw = connection._wait(
                asyncpg.connect(
                    url,
                    timeout=_CONNECT_SECONDS,
                    command_timeout=_ANSWER_SECONDS,
                    server_settings=_SESSION | {"lock_timeout": f"{patience_seconds * 1000:.0f}ms"},
                )
            )
            connection._wait(connection._raw.execute(_DURABLE))
        except BaseException:
            connection.close()
            raise
        return connection

    @property
    def version(self) -> int:
        """The server's major version."""
        return int(self._raw.get_server_version().major)

    @property
    def encoding(self) -> str:
        """How the server encodes the database."""
        return str(self._raw.get_settings().server_encoding)

    @property
    def is_lost(self) -> bool:
        """Whether it can no longer be used."""
        return self._interrupted or self._raw.is_closed()

    @property
    def is_in_transaction(self) -> bool:
        """Whether a transaction was begun and not ended."""
        return bool(self._raw.is_in_transaction())

    def run(self, sql: str, *, writes: bool = False) -> None:
        """Run statements of PostgreSQL's own, without values; those that write may take longer."""
        seconds = _WRITTEN_SECONDS if writes else _ANSWER_SECONDS
        self._wait(self._raw.execute(sql, timeout=seconds))

    def execute(self, sql: str, values: Values = (), /) -> PostgresRows:
        """Run one of the store's statements."""
        statement = translated(sql)
        arguments = statement.arguments(values)
        if statement.finds:
            found = self._wait(self._raw.fetch(statement.text, *arguments))
            return PostgresRows(found, len(found))
        written = self._raw.execute(statement.text, *arguments, timeout=_WRITTEN_SECONDS)
        told = self._wait(written)
        count = told.rpartition(" ")[2]  # as in "INSERT 0 3", "DELETE 5"
        return PostgresRows((), int(count) if count.isdecimal() else 0)

    def executemany(self, sql: str, values: Iterable[Values], /) -> None:
        """Run a statement once for each of `values`, all of them sent at once."""
        statement = translated(sql)
        arguments = [statement.arguments(one) for one in values]
        if arguments:
            self._wait(self._raw.executemany(statement.text, arguments, timeout=_WRITTEN_SECONDS))

    def close(self) -> None:
        """Close it, without waiting for a server that does not answer."""
        if hasattr(self, "_raw"):
            self._raw.terminate()
        self._loop.run_until_complete(_clear_away())
        self._loop.close()

    def _wait(self, answer: Coroutine[Any, Any, Result]) -> Result:
        try:
            return self._loop.run_until_complete(answer)
        except Exception as error:
            self._interrupted |= _breaks(error)
            raise
        except BaseException:  # Ctrl-C: what the server answers would be taken for the next answer
            self._interrupted = True
            raise


def _breaks(error: Exception) -> bool:
    """Tell whether a connection is of no use after this, though it may not be closed yet."""
    if isinstance(error, asyncpg.PostgresError):  # the connection, or the server, goes away
        return str(error.sqlstate).startswith(("08", "57"))
    return isinstance(error, asyncpg.InternalClientError | TimeoutError)


async def _clear_away() -> None:
    """End what was interrupted, and let the closed socket be cleared away."""
    left = asyncio.all_tasks() - {asyncio.current_task()}
    for task in left:
        task.cancel()
    await asyncio.gather(*left, asyncio.sleep(0), return_exceptions=True)
