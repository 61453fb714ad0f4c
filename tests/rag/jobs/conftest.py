"""What the tests of jobs share."""

from pathlib import Path

import pytest

from documents.store.store import Store
from tests.rag.jobs.bench import Bench


@pytest.fixture
def bench(store: Store, tmp_path: Path) -> Bench:
    return Bench(store, tmp_path)
