"""Answers as they are made: the events, their order, and what ends them early."""

import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager
from threading import Event, Thread
from typing import Any

import httpx2
import pytest
import uvicorn
from fastapi import FastAPI
from starlette.testclient import TestClient

import api.event_stream
from api.__main__ import listen
from documents.errors import StoreUnavailable, UnknownCollection
from rag.errors import InvalidQuestion
from tests.api.event_streams import parse
from tests.api.fakes import FakeSourcier
from tests.waiting import wait_for

ASKED = {"question": "Quand ?", "stream": True}


def stream(client: TestClient, **changes: object) -> list[tuple[str, Any]]:
    response = client.post("/v1/ask", json={**ASKED, **changes})
    assert response.status_code == 200
    return parse(response.text)


def test_events_come_in_the_promised_order(client: TestClient) -> None:
    assert [name for name, _ in stream(client)] == [
        "passages",
        "citation",
        "delta",
        "sentence",
        "citation",
        "delta",
        "sentence",
        "done",
    ]


def test_the_end_is_what_comes_without_a_stream(client: TestClient) -> None:
    whole = client.post("/v1/ask", json={"question": "Quand ?"}).json()

    name, last = stream(client)[-1]

    assert (name, last) == ("done", whole)


def test_the_pieces_make_up_the_whole(client: TestClient) -> None:
    events = stream(client)
    done = events[-1][1]

    assert "".join(data["text"] for name, data in events if name == "delta") == done["answer"]
    assert [data for name, data in events if name == "sentence"] == done["sentences"]
    assert [data for name, data in events if name == "citation"] == done["citations"]
    assert events[0][1] == {
        "language": "fr",
        "standalone_question": None,
        "passages": done["passages"],
    }


def test_a_sentence_comes_after_all_that_it_cites(client: TestClient) -> None:
    known = set()
    for name, data in stream(client):
        if name == "citation":
            known.add(data["number"])
        if name == "sentence":
            assert set(data["citations"]) <= known


def test_what_a_question_meant_is_told_first(client: TestClient) -> None:
    first = stream(client, history=[{"question": "La tour ?"}])[0][1]

    assert first["standalone_question"] == "Quand la tour a-t-elle été bâtie ?"


def test_nothing_on_the_way_keeps_or_holds_back_events(client: TestClient) -> None:
    headers = client.post("/v1/ask", json=ASKED).headers

    assert headers["content-type"] == "text/event-stream; charset=utf-8"
    assert headers["cache-control"] == "no-store"
    assert headers["x-accel-buffering"] == "no"
    assert headers["x-content-type-options"] == "nosniff"
    assert "content-length" not in headers


@pytest.mark.parametrize(
    ("failure", "status"),
    [
        (InvalidQuestion("Empty."), 422),
        (UnknownCollection("There is none."), 404),
        (StoreUnavailable("Busy."), 503),
    ],
)
def test_what_is_wrong_from_the_start_is_refused_with_its_status(
    client: TestClient, sourcier: FakeSourcier, failure: Exception, status: int
) -> None:
    sourcier.failure = failure

    response = client.post("/v1/ask", json=ASKED)

    assert response.status_code == status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["detail"] == str(failure)


def raising(error: Exception) -> None:
    raise error


def test_a_failure_on_the_way_is_the_last_event(client: TestClient, sourcier: FakeSourcier) -> None:
    sourcier.between = lambda: raising(StoreUnavailable("The disk is full; free some space."))

    events = stream(client)

    assert [name for name, _ in events] == ["passages", "error"]
    assert events[-1][1] == {
        "type": "urn:sourcier:problem:store-unavailable",
        "title": "Store unavailable",
        "status": 503,
        "detail": "The disk is full; free some space.",
    }
    assert sourcier.closed.is_set()


def test_an_unforeseen_failure_is_logged_and_told_without_its_reason(
    client: TestClient, sourcier: FakeSourcier, caplog: pytest.LogCaptureFixture
) -> None:
    sourcier.between = lambda: raising(RuntimeError("secret-password"))

    with caplog.at_level(logging.ERROR):
        response = client.post("/v1/ask", json=ASKED)

    problem = parse(response.text)[-1][1]
    assert problem["type"] == "urn:sourcier:problem:internal-error"
    assert "secret-password" not in response.text
    assert problem["instance"] in caplog.text
    assert "RuntimeError: secret-password" in caplog.text


# Over a real connection


@contextmanager
def serving(app: FastAPI) -> Iterator[str]:
    """Serve `app` on a free port; yield its address."""
    with listen("127.0.0.1", 0) as listener:
        server = uvicorn.Server(uvicorn.Config(app, log_config=None, timeout_graceful_shutdown=1))
        thread = Thread(target=server.run, kwargs={"sockets": [listener]})
        thread.start()
        try:
            yield f"http://127.0.0.1:{listener.getsockname()[1]}"
        finally:
            server.should_exit = True
            thread.join(timeout=10)
            assert not thread.is_alive()


def test_each_event_is_sent_when_it_happens(app: FastAPI, sourcier: FakeSourcier) -> None:
    go_on = Event()
    sourcier.between = lambda: go_on.wait(10) and None

    with serving(app) as address, httpx2.stream("POST", f"{address}/v1/ask", json=ASKED) as reply:
        lines = reply.iter_lines()
        assert next(lines) == "event: passages"
        assert not sourcier.closed.is_set()
        go_on.set()
        assert "event: done" in lines


def test_a_silent_stream_is_kept_alive(
    app: FastAPI, sourcier: FakeSourcier, monkeypatch: pytest.MonkeyPatch
) -> None:
    assert api.event_stream.KEEP_ALIVE_SECONDS <= 10
    monkeypatch.setattr(api.event_stream, "KEEP_ALIVE_SECONDS", 0.02)
    sourcier.between = lambda: time.sleep(0.1)

    with serving(app) as address:
        body = httpx2.post(f"{address}/v1/ask", json=ASKED).text

    assert body.count(": keep-alive\n\n") >= 3
    assert [name for name, _ in parse(body)][-1] == "done"


def test_a_client_that_leaves_stops_the_work(
    app: FastAPI, sourcier: FakeSourcier, caplog: pytest.LogCaptureFixture
) -> None:
    noticed, steps = Event(), []

    def step() -> None:
        steps.append(1)
        noticed.wait(10)

    sourcier.between = step
    with caplog.at_level(logging.INFO), serving(app) as address:
        with httpx2.stream("POST", f"{address}/v1/ask", json=ASKED) as reply:
            next(reply.iter_lines())
        wait_for(lambda: "POST /v1/ask: the client left" in caplog.text)
        assert not sourcier.closed.is_set()  # nobody can stop the step that a thread is in
        noticed.set()

        assert sourcier.closed.wait(5)
    assert len(steps) == 1


def test_other_requests_are_answered_while_a_stream_waits(
    app: FastAPI, sourcier: FakeSourcier
) -> None:
    go_on = Event()
    sourcier.between = lambda: go_on.wait(10) and None

    with serving(app) as address, httpx2.stream("POST", f"{address}/v1/ask", json=ASKED) as reply:
        next(reply.iter_lines())
        assert httpx2.get(f"{address}/healthz").status_code == 200
        go_on.set()
