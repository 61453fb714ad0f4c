"""A real service with two documents, one in each language."""

from collections.abc import Iterator

import pytest

from tests.api.openai.texts import ENGLISH, FRENCH
from tests.browser.service import Service, running_service


@pytest.fixture(scope="session")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running_service(tmp_path_factory.mktemp("data")) as service:
        for text in (FRENCH, ENGLISH):
            service.http.post("/v1/documents", json=text).raise_for_status()
        yield service
