"""More requests than there are places: the rest is refused at once, and nobody is forgotten."""

import asyncio
import json
from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field
from threading import Event, Semaphore
from typing import Any

import pytest
from fastapi import FastAPI
from starlette.exceptions import HTTPException
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from api.admission import Admission, Places
from api.app import create_app
from rag.models import Answer, Question
from rag.settings import Settings
from tests.api.fakes import FakeSourcier

QUESTION = {"question": "Quand la tour a-t-elle été bâtie ?"}


@dataclass
class BusySourcier(FakeSourcier):
    """Answers once it is allowed to."""

    settings: Settings = field(default_factory=lambda: Settings(max_waiting=0))
    allowed: Event = field(default_factory=Event)
    begun: Semaphore = field(default_factory=lambda: Semaphore(0))

    def ask(self, question: Question) -> Answer:
        self.begun.release()
        assert self.allowed.wait(30)
        return super().ask(question)


@pytest.fixture
def busy(monkeypatch: pytest.MonkeyPatch) -> BusySourcier:
    monkeypatch.setattr("os.cpu_count", lambda: 2)
    return BusySourcier()


@pytest.fixture
def busy_client(busy: BusySourcier) -> Iterator[TestClient]:
    with TestClient(create_app(busy)) as client:
        yield client


def test_beyond_its_threads_and_those_who_wait_the_service_refuses_at_once(
    busy: BusySourcier, busy_client: TestClient
) -> None:
    with ThreadPoolExecutor(3) as threads:
        asked = [
            threads.submit(busy_client.post, "/v1/ask", json=QUESTION)
            for _ in range(3)  # two processors and one
        ]
        for _ in asked:
            assert busy.begun.acquire(timeout=30)

        refused = busy_client.post("/v1/ask", json=QUESTION)
        openai = busy_client.post("/v1/chat/completions", json={})
        reading = busy_client.get("/v1/documents")
        adding = busy_client.post("/v1/documents", json={"text": "La tour mesure 330 m."})
        health = [busy_client.get(path).status_code for path in ("/healthz", "/readyz")]
        busy.allowed.set()

    assert refused.status_code == 503
    assert refused.headers["retry-after"] == "2"
    assert refused.headers["content-type"] == "application/problem+json"
    assert openai.status_code == 503
    assert openai.json()["error"]["message"] == refused.json()["detail"]
    assert reading.status_code == 503
    assert adding.status_code == 201
    assert health == [200, 200]
    assert [done.result().status_code for done in asked] == [200] * 3
    assert busy_client.post("/v1/ask", json=QUESTION).status_code == 200


def test_who_does_not_read_an_answer_keeps_no_thread_from_others(
    app: FastAPI, sourcier: FakeSourcier
) -> None:
    """Streams to clients that take nothing, more of them than there are threads."""

    async def test() -> None:
        stuck = asyncio.Event()

        async def taking_nothing(message: Message) -> None:
            if message["type"] == "http.response.body":
                stuck.set()
                await asyncio.Event().wait()

        async with app.router.lifespan_context(app):
            streams = [
                asyncio.create_task(app(post(), body({**QUESTION, "stream": True}), taking_nothing))
                for _ in range(12)
            ]
            await stuck.wait()
            sent: list[Message] = []
            async with asyncio.timeout(30):
                await app(post(), body(QUESTION), collecting(sent))
            for stream in streams:
                stream.cancel()
            await asyncio.gather(*streams, return_exceptions=True)
        assert sent[0]["status"] == 200

    asyncio.run(test())
    assert sourcier.closed.is_set()


def post() -> dict[str, Any]:
    return {
        "type": "http",
        "http_version": "1.1",
        "method": "POST",
        "path": "/v1/ask",
        "raw_path": b"/v1/ask",
        "root_path": "",
        "query_string": b"",
        "scheme": "http",
        "headers": [(b"content-type", b"application/json")],
        "client": ("127.0.0.1", 1),
        "server": ("127.0.0.1", 2),
    }


def body(value: dict[str, Any]) -> Receive:
    messages = [{"type": "http.request", "body": json.dumps(value).encode(), "more_body": False}]

    async def receive() -> Message:
        if not messages:
            await asyncio.Event().wait()
        return messages.pop()

    return receive


def collecting(sent: list[Message]) -> Send:
    async def send(message: Message) -> None:
        sent.append(message)

    return send


async def reading(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001
    while (await receive()).get("more_body"):
        pass


def pieces(*, whole: bool) -> Receive:
    parts = [{"type": "http.request", "body": b"a", "more_body": True}] * 2
    if whole:
        parts.append({"type": "http.request", "body": b"a", "more_body": False})

    async def receive() -> Message:
        if not parts:
            await asyncio.Event().wait()
        return parts.pop(0)

    return receive


def test_a_body_that_is_still_coming_takes_no_place() -> None:
    places = Places(1)
    admission = Admission(reading, places_of=lambda _: places)

    async def test() -> None:
        scope = {"type": "http", "method": "POST"}
        slow = [
            asyncio.create_task(admission(scope, pieces(whole=False), collecting([])))
            for _ in range(3)
        ]
        await asyncio.sleep(0)
        await admission(scope, pieces(whole=True), collecting([]))
        for task in slow:
            task.cancel()
        await asyncio.gather(*slow, return_exceptions=True)

    asyncio.run(test())
    assert not places.full


def test_the_last_place_may_be_gone_when_a_body_has_come() -> None:
    places = Places(1)
    admission = Admission(reading, places_of=lambda _: places)

    async def test() -> None:
        parts = pieces(whole=True)

        async def receive() -> Message:
            message = await parts()
            if not message["more_body"]:
                places.take()  # somebody was quicker
            return message

        with pytest.raises(HTTPException) as refused:
            await admission({"type": "http", "method": "POST"}, receive, collecting([]))
        assert refused.value.status_code == 503

    asyncio.run(test())
    assert places.full  # the other's
