"""``transfer``: all that another store holds, taken into the one of the settings."""

from collections.abc import Iterator
from pathlib import Path

from pydantic import SecretStr

from documents.errors import StoreUnavailable
from documents.store.transfer import transfer as copy_all
from rag.settings import Settings
from rag.stores import open_store


def transfer(source: str, settings: Settings) -> Iterator[tuple[str, int]]:
    """Copy the store of `source`, a data folder or an address, into that of `settings`.

    Yields each table with its rows. It is one step: cut short, nothing was written.

    Raises:
        MissingExtra: the driver of PostgreSQL is not installed.
        StoreError: the store of `settings` is not empty, or one of them cannot be used.
    """
    with open_store(_settings_of(source)) as other, open_store(settings) as store:
        yield from copy_all(other.connections, store.connections)


def _settings_of(source: str) -> Settings:
    if "://" in source:
        return Settings(store=SecretStr(source))
    settings = Settings(store=None, data_dir=Path(source))
    if not settings.database.is_file():
        raise StoreUnavailable(f"there is no store in the folder {source}; name another")
    return settings
