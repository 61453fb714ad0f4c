"""The service with its index in Milvus, which dies, hangs and comes back."""

import signal
import time
from collections.abc import Iterator
from pathlib import Path

import pytest
from httpx import Response
from starlette.testclient import TestClient

from api.app import create_app
from benchmarks.engine_servers import LITE, Engine, running
from rag.bootstrap import bootstrap
from rag.settings import Settings
from tests.contracts.milvus_lite import needs_lite

pytestmark = needs_lite
QUESTION = {"question": "Qui garde le phare de Kerlann ?"}
TEXT = "Le phare de Kerlann a été bâti en 1873. Odile Marchand le garde depuis douze ans."


@pytest.fixture
def engine(tmp_path: Path) -> Iterator[Engine]:
    with running(LITE, tmp_path / "engine") as engine:
        yield engine


@pytest.fixture
def client(engine: Engine, tmp_path: Path) -> Iterator[TestClient]:
    settings = Settings(
        data_dir=tmp_path / "data",
        encoder="embedded-static",
        index="milvus",
        milvus_uri=engine.address,
        milvus_timeout_seconds=2,
    )
    with bootstrap(settings) as sourcier, TestClient(create_app(sourcier)) as client:
        yield client


def ask(client: TestClient) -> Response:
    return client.post("/v1/ask", json=QUESTION)


def add(client: TestClient, text: str, title: str) -> Response:
    return client.post("/v1/documents", json={"text": text, "title": title})


def is_refused(response: Response) -> bool:
    problem = response.json()
    return (
        response.status_code == 503
        and problem["title"] == "Index unavailable"
        and "SOURCIER_MILVUS_URI" in problem["detail"]
        and "Retry-After" in response.headers
    )


def answered_within(client: TestClient, seconds: float) -> Response:
    deadline = time.monotonic() + seconds
    while (response := ask(client)).status_code != 200 and time.monotonic() < deadline:
        time.sleep(0.2)
    return response


def test_documents_come_in_while_the_engine_is_dead_and_are_found_once_it_is_back(
    client: TestClient, engine: Engine
) -> None:
    assert add(client, TEXT, "Kerlann").status_code == 201
    assert "Odile Marchand" in ask(client).text

    engine.kill()
    assert is_refused(ask(client))
    later = time.monotonic()
    assert is_refused(ask(client))
    assert time.monotonic() - later < 2  # it is not waited for
    assert is_refused(client.get("/readyz"))
    assert client.get("/healthz").status_code == 200
    added = add(client, TEXT.replace("Odile Marchand", "Yann Le Goff"), "Kerlann, depuis mars")
    assert added.status_code == 201
    assert client.get("/metrics").status_code == 200

    engine.start()
    assert answered_within(client, 20).status_code == 200
    assert client.get("/readyz").status_code == 200
    hits = client.post("/v1/search", json={"query": "phare de Kerlann"}).json()
    assert "Yann Le Goff" in str(hits)
    assert "Odile Marchand" in str(hits)


def test_an_engine_that_hangs_is_waited_for_no_longer_than_the_setting_says(
    client: TestClient, engine: Engine
) -> None:
    add(client, TEXT, "Kerlann")
    assert ask(client).status_code == 200

    engine.signal(signal.SIGSTOP)
    start = time.monotonic()
    assert is_refused(ask(client))
    assert time.monotonic() - start < 10  # two seconds for each of a few tries
    engine.signal(signal.SIGCONT)
    assert answered_within(client, 20).status_code == 200


def test_the_service_starts_while_the_engine_is_away(tmp_path: Path) -> None:
    settings = Settings(
        data_dir=tmp_path / "data",
        encoder="embedded-static",
        index="milvus",
        milvus_uri="http://127.0.0.1:9",
    )
    with bootstrap(settings) as sourcier, TestClient(create_app(sourcier)) as client:
        assert add(client, TEXT, "Kerlann").status_code == 201
        assert is_refused(client.get("/readyz"))
        assert is_refused(ask(client))
