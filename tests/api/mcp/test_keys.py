"""Where keys are asked for, the tools see what the caller's key lets them see."""

from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from rag.bootstrap import bootstrap
from rag.service import Sourcier
from rag.settings import Settings
from tests.api.mcp.texts import ENGLISH, FRENCH

ACCEPT = {"Accept": "application/json, text/event-stream"}


@pytest.fixture(scope="module")
def sourcier(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sourcier]:
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("data"), encoder="embedded-static", keys="on"
    )
    with bootstrap(settings) as sourcier:
        for name, text in (("moulins", FRENCH), ("bacs", ENGLISH)):
            sourcier.create_collection(name)
            sourcier.add_text(text, collection=name, source="a")
        yield sourcier


@pytest.fixture(scope="module")
def client(sourcier: Sourcier, tmp_path_factory: pytest.TempPathFactory) -> Iterator[TestClient]:
    app = create_app(sourcier, page_folder=tmp_path_factory.mktemp("page"))
    with TestClient(app, base_url="https://docs.example.org") as client:
        yield client


@pytest.fixture(scope="module")
def key(sourcier: Sourcier) -> str:
    _, shown = sourcier.keys.create("mills", "ask", collections=["moulins"])
    return shown


def call(client: TestClient, tool: str, arguments: dict[str, str], *, key: str) -> dict[str, Any]:
    body = {
        "jsonrpc": "2.0",
        "id": 1,
        "method": "tools/call",
        "params": {"name": tool, "arguments": arguments},
    }
    headers = {**ACCEPT, "Authorization": f"Bearer {key}"}
    return dict(client.post("/mcp", json=body, headers=headers).raise_for_status().json()["result"])


@pytest.mark.parametrize("headers", [{}, {"Authorization": "Bearer src_00000000_none"}])
def test_without_a_valid_key_nothing_is_answered(
    client: TestClient, headers: dict[str, str]
) -> None:
    reply = client.post("/mcp", json={}, headers={**ACCEPT, **headers})

    assert reply.status_code == 401
    assert reply.headers["WWW-Authenticate"] == "Bearer"


def test_a_key_opens_its_collections_under_any_name_of_the_service(
    client: TestClient, sourcier: Sourcier, key: str
) -> None:
    (document,) = sourcier.all_documents("moulins")
    arguments = {"question": "Qui est la maire ?", "collection": "moulins"}

    answer = call(client, "ask", arguments, key=key)["structuredContent"]
    fetched = call(client, "fetch", {"id": document.id}, key=key)["structuredContent"]

    assert answer["answered"] is True
    assert fetched["url"] == f"https://docs.example.org/v1/documents/{document.id}/text"


@pytest.mark.parametrize("tool", ["ask", "search", "fetch"])
def test_what_a_key_does_not_open_is_as_if_it_were_not(
    client: TestClient, sourcier: Sourcier, key: str, tool: str
) -> None:
    (document,) = sourcier.all_documents("bacs")
    arguments = {
        "ask": {"question": "Who kept the bell?", "collection": "bacs"},
        "search": {"query": "bell", "collection": "bacs"},
        "fetch": {"id": document.id},
    }[tool]

    result = call(client, tool, arguments, key=key)

    assert result["isError"] is True
    assert "Rowan" not in str(result)
