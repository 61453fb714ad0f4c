"""Each store in turn, opened as often as a test likes."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.contracts.stores import STORES, Opener, Store, opener


@pytest.fixture(params=STORES)
def opened(request: pytest.FixtureRequest, tmp_path: Path) -> Opener:
    """Opens one and the same store, as often as it is called."""
    return opener(request.param, request, tmp_path)


@pytest.fixture
def store(opened: Opener) -> Iterator[Store]:
    with opened() as store:
        yield store
