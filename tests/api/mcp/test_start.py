"""The SDK is imported, and started, by the first request and not by the service."""

from concurrent.futures import ThreadPoolExecutor
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from rag.errors import NotReady
from tests.api.fakes import ANSWER_ID, QUOTE, FakeSourcier

ACCEPT = {"Accept": "application/json, text/event-stream"}
ASK = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "tools/call",
    "params": {"name": "ask", "arguments": {"question": "Quand ?"}},
}


def ask(client: TestClient) -> dict[str, Any]:
    # The name by which the test's client knows the service is not one of this machine's.
    headers = {**ACCEPT, "Host": "localhost"}
    return dict(client.post("/mcp", json=ASK, headers=headers).raise_for_status().json()["result"])


def test_many_first_requests_at_once_are_all_answered(client: TestClient) -> None:
    with ThreadPoolExecutor(4) as pool:
        results = list(pool.map(ask, [client] * 8))

    assert [QUOTE in result["structuredContent"]["answer"] for result in results] == [True] * 8


def test_an_application_that_is_started_again_answers_again(app: FastAPI) -> None:
    for _ in range(2):
        with TestClient(app) as client:
            assert QUOTE in ask(client)["structuredContent"]["answer"]


def test_a_start_that_fails_is_tried_again(
    client: TestClient, monkeypatch: pytest.MonkeyPatch
) -> None:
    with monkeypatch.context() as broken:
        broken.setattr("api.mcp.endpoint._TRANSPORT", "api.no_such_module")
        headers = {**ACCEPT, "Host": "localhost"}
        assert client.post("/mcp", json=ASK, headers=headers).status_code == 500

    assert QUOTE in ask(client)["structuredContent"]["answer"]


def test_a_foreseen_fault_is_told_and_logged(
    client: TestClient, sourcier: FakeSourcier, caplog: pytest.LogCaptureFixture
) -> None:
    sourcier.failure = NotReady("The index is still being built: try again in a few seconds.")

    result = ask(client)

    assert result["isError"] is True
    assert "try again in a few seconds" in result["content"][0]["text"]
    assert "Not ready" in caplog.text


def test_an_unforeseen_fault_is_logged_and_not_told(
    client: TestClient, sourcier: FakeSourcier, caplog: pytest.LogCaptureFixture
) -> None:
    sourcier.failure = ZeroDivisionError(f"secret {ANSWER_ID}")

    result = ask(client)

    assert result["isError"] is True
    assert ANSWER_ID not in str(result)
    assert ANSWER_ID in caplog.text
