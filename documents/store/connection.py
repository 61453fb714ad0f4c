"""What the store asks of a database, so that one set of statements serves SQLite and PostgreSQL.

The statements are written for both: what only one of them understands is replaced by
`documents.store.postgres_dialect`, and nothing else knows which of them is there.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from contextlib import AbstractContextManager
from typing import Any, Protocol

Values = Sequence[Any] | Mapping[str, Any]


class Row(Protocol):
    """A row: its values by position, or by the name of the column."""

    def __getitem__(self, key: str, /) -> Any: ...  # noqa: ANN401 - what the database holds

    def __iter__(self) -> Iterator[Any]: ...


class Rows(Protocol):
    """What a statement found, to be read once; `rowcount` is how many it changed."""

    @property
    def rowcount(self) -> int: ...

    def fetchone(self) -> Any: ...  # noqa: ANN401

    def fetchall(self) -> list[Any]: ...

    def __iter__(self) -> Iterator[Any]: ...


class Connection(Protocol):
    """A connection inside a transaction; values stand for ``?``, ``?1`` or ``:name``."""

    def execute(self, sql: str, values: Values = ..., /) -> Rows: ...

    def executemany(self, sql: str, values: Iterable[Values], /) -> object: ...


class Turn(Protocol):
    """What one process has at a time, of all that use the store."""

    def held(self) -> AbstractContextManager[None]:
        """Have it for the length of a `with` block; it is free again when the process dies.

        Raises:
            StoreUnavailable: another process has it, or the store cannot be asked.
        """
        ...

    def kept(self) -> bool:
        """Tell whether it is still held: what stands for it may have been lost meanwhile."""
        ...


class Connections(Protocol):
    """The connections of one process to a store; safe to share between threads.

    All methods raise StoreError as those of `Store` do.
    """

    def reading(self) -> AbstractContextManager[Connection]:
        """Read one state of the store in a block, whatever is written meanwhile."""
        ...

    def glancing(self) -> AbstractContextManager[Connection]:
        """Read by one statement, which sees one state by itself: no transaction is begun."""
        ...

    def writing(self) -> AbstractContextManager[Connection]:
        """Write in one transaction, after all other writers; durable when the block ends."""
        ...

    def turn(self, name: str) -> Turn:
        """Return the turn of this name, which one process has at a time."""
        ...

    def advance(self, connection: Any, table: str, number: int) -> None:  # noqa: ANN401
        """Give later rows of `table` numbers above this one; `connection` writes."""
        ...

    def size(self) -> int:
        """Return how many bytes the store takes."""
        ...

    def close(self) -> None:
        """Close all connections; blocks in progress finish first, or close their own."""
        ...
