"""A service that runs as people start it, with two documents in it."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from tests.api.mcp.texts import ENGLISH, FRENCH
from tests.browser.service import Service, running_service


@pytest.fixture(scope="module")
def data(tmp_path_factory: pytest.TempPathFactory) -> Path:
    return tmp_path_factory.mktemp("data")


@pytest.fixture(scope="module")
def service(data: Path) -> Iterator[Service]:
    with running_service(data) as service:
        for text, title, url in (
            (FRENCH, "Le moulin de Kerloas", None),
            (ENGLISH, "The ferry of Loch Arden", "https://example.org/ferry"),
        ):
            body = {"text": text, "title": title, "url": url, "published_at": "2025-03-01"}
            service.http.post("/v1/documents", json=body).raise_for_status()
        yield service


@pytest.fixture
def anyio_backend() -> str:
    return "asyncio"
