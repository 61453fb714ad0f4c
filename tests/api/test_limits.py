import asyncio
from collections.abc import Awaitable, Callable, Iterator
from typing import Any

import pytest
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from api.limits import BodyLimits
from tests.api.fakes import FakeSourcier

JSON = {"content-type": "application/json"}


def chunks(total: int, size: int = 1000) -> Iterator[bytes]:
    for _ in range(total // size):
        yield b" " * size


@pytest.mark.parametrize(("path", "limit"), [("/v1/ask", 20_000), ("/v1/search", 20_000)])
def test_a_body_that_says_it_is_too_large_is_refused(
    client: TestClient, sourcier: FakeSourcier, path: str, limit: int
) -> None:
    response = client.post(path, content=b" " * (limit + 1), headers=JSON)

    assert response.status_code == 413
    assert response.headers["content-type"] == "application/problem+json"
    assert response.headers["connection"] == "close"
    assert str(limit) in response.json()["detail"]
    assert sourcier.calls == []


@pytest.mark.parametrize("length", ["99999999999999999999999", "9" * 6000])
def test_an_absurd_length_is_refused_too(client: TestClient, length: str) -> None:
    response = client.post("/v1/ask", content=b"{}", headers={**JSON, "content-length": length})

    assert response.status_code == 413


def test_a_body_of_unknown_length_is_counted_as_it_comes(client: TestClient) -> None:
    response = client.post("/v1/ask", content=chunks(21_000), headers=JSON)

    assert response.status_code == 413
    assert "larger than 20000 bytes" in response.json()["detail"]


def test_a_body_of_exactly_the_limit_passes(client: TestClient) -> None:
    question = b'{"question": "Quand ?"}'
    body = question + b" " * (20_000 - len(question))

    assert client.post("/v1/ask", content=body, headers=JSON).status_code == 200


def test_documents_may_be_larger_than_questions(client: TestClient) -> None:
    text = "La tour. " * 9000

    assert client.post("/v1/documents", json={"text": text}).status_code == 201
    assert client.post("/v1/documents", json={"text": text * 3}).status_code == 413
    assert client.post("/v1/collections", json={"name": text}).status_code == 413


def test_a_file_may_be_as_large_as_the_setting_says_whatever_its_wrapping(
    client: TestClient, sourcier: FakeSourcier
) -> None:
    largest = b"a" * sourcier.settings.max_upload_bytes

    kept = client.post("/v1/documents", files={"file": ("a.txt", largest)})
    refused = client.post("/v1/documents", files={"file": ("a.txt", largest * 2)})

    assert kept.status_code == 201
    assert refused.status_code == 413


class Connection:
    """The server's side of one request, with a client that sends `body`, then nothing more."""

    def __init__(self, *body: bytes, length: int | None = None) -> None:
        self.body = list(body)
        self.sent: list[dict[str, Any]] = []
        headers = [(b"content-length", str(length).encode())] if length else []
        self.scope = {"type": "http", "method": "POST", "path": "/", "headers": headers}

    async def receive(self) -> dict[str, Any]:
        if not self.body:
            await asyncio.Event().wait()
        return {"type": "http.request", "body": self.body.pop(0), "more_body": True}

    async def send(self, message: Message) -> None:
        self.sent.append(message)

    def run(self, app: Callable[..., Awaitable[None]], **limits: float) -> None:
        limited = BodyLimits(app, limit_of=lambda _: 100, **limits)
        asyncio.run(limited(self.scope, self.receive, self.send))


async def answering_what_happens(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001
    """Read the whole body, and answer with the status that it is worth."""
    status = 200
    try:
        while (await receive())["more_body"]:
            pass
    except HTTPException as refusal:
        status = refusal.status_code
    await send({"type": "http.response.start", "status": status, "headers": []})
    await send({"type": "http.response.body", "body": b"told"})


def test_a_body_that_does_not_come_is_given_up() -> None:
    connection = Connection(b"a")

    connection.run(answering_what_happens, grace_seconds=0.01, linger_seconds=0.01)

    assert connection.sent[0]["status"] == 408


def test_nothing_is_read_of_a_body_that_says_it_is_too_large() -> None:
    connection = Connection(b"a", length=101)
    read = []

    async def refusing(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001
        with pytest.raises(HTTPException, match="larger than 100 bytes"):
            await receive()
        read.append(len(connection.body))

    connection.run(refusing)

    assert read == [1]


def test_a_refused_client_may_finish_speaking_before_the_line_is_closed() -> None:
    connection = Connection(*[b"a" * 60] * 4)

    connection.run(answering_what_happens, linger_seconds=0.01)

    assert connection.sent[0]["status"] == 413
    assert connection.sent[1:] == [
        {"type": "http.response.body", "body": b"told", "more_body": True},
        {"type": "http.response.body"},
    ]
    assert connection.body == []


def test_a_reply_that_refuses_nothing_is_sent_as_it_is() -> None:
    connection = Connection()

    async def answering(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001
        await send({"type": "http.response.body", "body": b"fine"})

    connection.run(answering)

    assert connection.sent == [{"type": "http.response.body", "body": b"fine"}]
