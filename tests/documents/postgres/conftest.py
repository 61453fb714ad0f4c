"""Servers that tests of the store in PostgreSQL start, stop and kill."""

from collections.abc import Iterator

import pytest

from benchmarks.postgres_server import IS_THERE, PostgresServer, running

if not IS_THERE:
    collect_ignore_glob = ["test_*.py"]


@pytest.fixture
def url(postgres: PostgresServer) -> str:
    """The address of a store that is still to be made."""
    return postgres.new_url()


@pytest.fixture(scope="package")
def mortal() -> Iterator[PostgresServer]:
    """A server of one's own, to be stopped and killed."""
    with running() as server:
        yield server
