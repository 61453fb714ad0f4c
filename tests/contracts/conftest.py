"""Each store in turn, opened as often as a test likes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.stores import STORES, Opener, Store


@pytest.fixture(params=STORES.values(), ids=list(STORES))
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    """Opens one and the same store, as often as it is called."""
    return lambda: request.param(tmp_path)


@pytest.fixture
def store(opened: Opener) -> Iterator[Store]:
    with opened() as store:
        yield store
