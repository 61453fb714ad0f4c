"""The store that the settings name, opened: a file, or a database on a PostgreSQL server."""

from importlib.util import find_spec
from pathlib import Path

from documents.store.store import Store
from rag.errors import MissingExtra
from rag.settings import Settings


def open_store(settings: Settings) -> Store:
    """Open the store; make it, or bring it up to date, where that is needed.

    Raises:
        MissingExtra: the driver of PostgreSQL is not installed.
        StoreError: the store cannot be used.
    """
    if settings.store is None:
        return Store.open(settings.database)
    if find_spec("asyncpg") is None:
        raise MissingExtra(
            "SOURCIER_STORE needs the package of the extra `postgres`: pip install asyncpg"
        )
    from documents.store.postgres_connections import PostgresConnections  # noqa: PLC0415 - an extra

    return Store(PostgresConnections.open(settings.store.get_secret_value()))


def file_of(settings: Settings) -> Path | None:
    """Return the file of the store, None where a server keeps it."""
    return settings.database if settings.store is None else None
