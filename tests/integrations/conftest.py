"""The services over the bundled sample that all examples and clients ask."""

import os
from collections.abc import Iterator

import pytest

from tests.integrations.running import Services
from tests.integrations.services import running_services

# Before Haystack is imported: it would tell its makers of every pipeline.
os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"


@pytest.fixture(scope="session")
def services(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Services]:
    with running_services(tmp_path_factory.mktemp("data")) as services:
        yield services
