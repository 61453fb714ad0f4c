"""What the tests of jobs share."""

from pathlib import Path

import pytest

from documents.sqlite_store import SqliteStore
from tests.rag.jobs.bench import Bench


@pytest.fixture
def bench(store: SqliteStore, tmp_path: Path) -> Bench:
    return Bench(store, tmp_path)
