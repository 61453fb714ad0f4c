"""A service with documents in two collections, for the examples to speak to."""

import os
from collections.abc import Iterator

import pytest

from tests.browser.service import Service, running_service

# Before Haystack is imported: it would tell its makers of every pipeline.
os.environ["HAYSTACK_TELEMETRY_ENABLED"] = "False"

FRENCH = (
    "La fonderie de Saint-Aubin a coulé sa première cloche en 1864. Elle employait soixante "
    "ouvriers et livrait ses cloches jusqu’au Québec. Le dernier maître fondeur, Émile Garnaud, "
    "a pris sa retraite en 1998."
)
ENGLISH = (
    "The observatory on Cairn Hill was built in 1931 for the astronomer Ada Whitcombe. Its "
    "telescope weighs four tonnes and was paid for by public subscription."
)


@pytest.fixture(scope="session")
def service(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Service]:
    with running_service(tmp_path_factory.mktemp("data")) as service:
        service.http.post("/v1/collections", json={"name": "autres"}).raise_for_status()
        for text, title, day, collection in (
            (FRENCH, "La fonderie de Saint-Aubin", "2024-05-01", "default"),
            (ENGLISH, "The observatory on Cairn Hill", "2025-05-01", "default"),
            (ENGLISH, "The observatory on Cairn Hill", "2025-05-01", "autres"),
        ):
            body = {"text": text, "title": title, "published_at": day, "collection": collection}
            service.http.post("/v1/documents", json=body).raise_for_status()
        yield service
