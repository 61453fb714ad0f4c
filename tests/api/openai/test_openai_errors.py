"""Refusals on OpenAI's routes have its form, whoever refused."""

import logging

import pytest
from starlette.testclient import TestClient

from api.openai.errors import openai_error
from api.problems import problem_document
from documents.errors import UnknownCollection
from rag.errors import InvalidQuestion
from tests.api.fakes import FakeSourcier

CHAT = "/v1/chat/completions"
ASKED = {"model": "sourcier", "messages": [{"role": "user", "content": "Quand ?"}]}


@pytest.mark.parametrize(
    ("failure", "status", "kind", "code"),
    [
        (InvalidQuestion("Empty."), 422, "invalid_request_error", "invalid_question"),
        (UnknownCollection("None."), 404, "invalid_request_error", "model_not_found"),
        (RuntimeError("secret-password"), 500, "server_error", "internal_error"),
    ],
)
@pytest.mark.parametrize(
    ("path", "body"),
    [(CHAT, ASKED), (CHAT, {**ASKED, "stream": True}), ("/v1/responses", {**ASKED, "input": "Q"})],
)
def test_statuses_are_the_same_as_on_our_own_routes(
    client: TestClient,
    sourcier: FakeSourcier,
    caplog: pytest.LogCaptureFixture,
    *,
    path: str,
    body: object,
    failure: Exception,
    status: int,
    kind: str,
    code: str,
) -> None:
    sourcier.failure = failure

    with caplog.at_level(logging.CRITICAL):
        response = client.post(path, json=body)

    assert response.status_code == status
    assert response.status_code == client.post("/v1/ask", json={"question": "Q"}).status_code
    assert response.headers["content-type"] == "application/json"
    assert int(response.headers["content-length"]) == len(response.content)
    error = response.json()["error"]
    assert set(error) == {"message", "type", "param", "code"}
    assert (error["type"], error["code"]) == (kind, code)
    assert "secret-password" not in response.text


def test_our_own_routes_keep_their_problem_documents(client: TestClient) -> None:
    response = client.post("/v1/ask", json={})

    assert response.headers["content-type"] == "application/problem+json"


@pytest.mark.parametrize(
    ("content", "kind", "status"),
    [
        (b"{", "application/json", 400),
        (b"{}", "text/plain", 415),
        (b'{"model": "' + b"x" * 30_000 + b'"}', "application/json", 413),
    ],
)
def test_a_body_that_cannot_be_read_is_refused_in_the_same_form(
    client: TestClient, content: bytes, kind: str, status: int
) -> None:
    response = client.post(CHAT, content=content, headers={"Content-Type": kind})

    assert response.status_code == status
    assert response.json()["error"]["message"]


def test_a_wrong_method_is_refused_in_the_same_form(client: TestClient) -> None:
    response = client.get(CHAT)

    assert (response.status_code, response.headers["allow"]) == (405, "POST")
    assert response.json()["error"]["code"] == "method_not_allowed"


def test_what_is_wrong_is_named_as_clients_write_it(client: TestClient) -> None:
    messages = [{"role": "user", "content": "Q"}, {"role": "robot", "content": "Q"}]

    response = client.post(CHAT, json={**ASKED, "messages": messages})

    error = response.json()["error"]
    assert response.status_code == 422
    assert error["param"] == "messages[1].role"
    assert error["message"].startswith("messages[1].role: ")


def test_a_conversation_must_end_with_a_question(client: TestClient) -> None:
    messages = [{"role": "user", "content": "Q"}, {"role": "assistant", "content": "A"}]

    response = client.post(CHAT, json={**ASKED, "messages": messages})

    assert (response.status_code, response.json()["error"]["param"]) == (422, "messages")


@pytest.mark.parametrize(
    ("status", "code"), [(401, "invalid_api_key"), (429, "rate_limit_exceeded")]
)
def test_keys_and_limits_have_the_codes_that_clients_know(status: int, code: str) -> None:
    assert openai_error(problem_document(status, detail="No."), CHAT).code == code
