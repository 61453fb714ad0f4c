"""A client that leaves a stream in OpenAI's form stops the work."""

import logging
from collections.abc import Callable, Iterator
from threading import Event
from typing import Any

import httpx2
import pytest
from fastapi import FastAPI

from api.openai.streaming import shaped_frames
from rag.events import Event as Happened
from rag.events import Events
from rag.models import Question
from tests.api.fakes import FakeSourcier
from tests.api.test_streaming import serving, wait_for

SCOPE = {"type": "http", "method": "POST", "path": "/v1/responses"}
CHAT = {"model": "sourcier", "messages": [{"role": "user", "content": "Quand ?"}], "stream": True}
RESPONSE = {"model": "sourcier", "input": "Quand ?", "stream": True}


@pytest.fixture
def sourcier(sourcier: FakeSourcier) -> FakeSourcier:
    """A `FakeSourcier` whose streams stay known, so that none ends for want of a reference."""
    made, begin = [], sourcier.stream

    def stream(question: Question) -> Events:
        made.append(begin(question))
        return made[-1]

    sourcier.stream = stream  # type: ignore[method-assign]
    return sourcier


@pytest.mark.parametrize(
    ("path", "body"), [("/v1/chat/completions", CHAT), ("/v1/responses", RESPONSE)]
)
def test_the_work_stops_when_the_client_leaves(
    app: FastAPI,
    sourcier: FakeSourcier,
    caplog: pytest.LogCaptureFixture,
    path: str,
    body: dict[str, object],
) -> None:
    noticed, steps = Event(), []

    def step() -> None:
        steps.append(1)
        noticed.wait(10)

    sourcier.between = step
    with caplog.at_level(logging.INFO), serving(app) as address:
        with httpx2.stream("POST", f"{address}{path}", json=body) as reply:
            next(reply.iter_lines())
        wait_for(lambda: f"POST {path}: the client left" in caplog.text)
        noticed.set()

        assert sourcier.closed.wait(5)
    assert len(steps) <= 1  # of three


def frames_of(events: Events, shape: Callable[[Iterator[Happened]], Iterator[bytes]]) -> Any:  # noqa: ANN401 - a generator
    return shaped_frames(events, shape, lambda _, sent: f"failed after {sent}".encode(), SCOPE)


def test_closed_frames_close_what_they_come_from(sourcier: FakeSourcier) -> None:
    frames = frames_of(sourcier.stream(Question("Quand ?")), lambda events: (b"x" for _ in events))

    assert next(frames) == b"x"
    assert not sourcier.closed.is_set()
    frames.close()

    assert sourcier.closed.is_set()


def test_a_shape_that_fails_ends_the_work_and_says_how_far_it_came(sourcier: FakeSourcier) -> None:
    def shape(events: Iterator[Happened]) -> Iterator[bytes]:
        next(events)
        yield b"x"
        raise RuntimeError("no shape")

    frames = frames_of(sourcier.stream(Question("Quand ?")), shape)

    assert list(frames) == [b"x", b"failed after 1"]
    assert sourcier.closed.is_set()
