"""Against a real server on this machine; no wait is longer than a fraction of a second."""

import itertools
import json
import logging
import time
from collections.abc import Iterator
from contextlib import contextmanager

import httpx2
import pytest

from index.over_http.circuit_breaker import CircuitBreaker
from rag.errors import GeneratorUnavailable
from rag.generators.chat import CutShort, Message
from rag.generators.openai_chat import OpenAIChat
from rag.generators.patience import Patience
from tests.rag.generators.model_server import (
    SSE,
    Connection,
    ModelServer,
    Script,
    part,
    refusing,
    replying,
    saying,
    serving,
    stalling,
)

SECRET = "sk-very-secret"  # noqa: S105 - of nothing
ASKED = (Message("system", "Réponds."), Message("user", "Une question confidentielle ?"))
FAST = Patience(connect=0.3, first=0.3, between=0.3, total=2.0)


@contextmanager
def talking(
    *scripts: Script, patience: Patience = FAST, breaker: CircuitBreaker | None = None
) -> Iterator[tuple[ModelServer, OpenAIChat, list[float]]]:
    """A server, a chat with it, and the pauses that the chat made."""
    pauses: list[float] = []
    with serving(*scripts) as server:
        chat = OpenAIChat(
            client=httpx2.Client(headers={"Authorization": f"Bearer {SECRET}"}),
            url=server.url + "/chat/completions",
            model="tiny",
            patience=patience,
            prompt_tokens=1000,
            most_tokens=64,
            breaker=breaker or CircuitBreaker(),
            sleep=pauses.append,
        )
        try:
            yield server, chat, pauses
        finally:
            chat.close()


def said(*scripts: Script, patience: Patience = FAST) -> str:
    with talking(*scripts, patience=patience) as (_, chat, _):
        return "".join(chat.stream(ASKED))


def test_an_answer_comes_word_by_word() -> None:
    with talking(saying("Le phare a été allumé en 1887.")) as (server, chat, _):
        pieces = list(chat.stream(ASKED))

    assert pieces == ["Le ", "phare ", "a ", "été ", "allumé ", "en ", "1887. "]
    [body] = server.bodies
    assert body["path"] == "/v1/chat/completions"
    assert (body["model"], body["stream"], body["max_tokens"]) == ("tiny", True, 64)
    assert body["messages"][1] == {"role": "user", "content": ASKED[1].content}
    assert server.headers[0]["authorization"] == f"Bearer {SECRET}"


@pytest.mark.parametrize(("key", "sent"), [(None, None), ("k", "Bearer k")])
def test_a_key_is_sent_only_if_there_is_one(key: str | None, sent: str | None) -> None:
    with serving(saying("Oui.")) as server:
        chat = OpenAIChat.connect(server.url + "/", "tiny", api_key=key)
        assert "".join(chat.stream(ASKED)) == "Oui. "
        chat.close()

    assert server.headers[0].get("authorization") == sent
    assert server.bodies[0]["path"] == "/v1/chat/completions"
    assert (chat.name, chat.prompt_tokens) == ("openai:tiny", 8192 - 512)


def test_a_stream_may_be_cut_anywhere() -> None:
    stream = (
        ": ping\r\n\r\ndata: "
        + json.dumps(part("l’été œuvre"), ensure_ascii=False)
        + "\r\n\r\ndata: [DONE]\r\n\r\n"
    ).encode()

    def script(connection: Connection) -> None:
        connection.head(200, SSE + "; charset=utf-8")
        for byte in stream:
            connection.send(bytes([byte]))

    assert said(script) == "l’été œuvre"


def test_a_reply_that_does_not_stream_is_an_answer() -> None:
    reply = {"choices": [{"message": {"content": "Oui."}, "finish_reason": "stop"}]}

    assert said(replying(json.dumps(reply).encode())) == "Oui."


def test_an_answer_without_done_but_with_a_reason_is_whole() -> None:
    def script(connection: Connection) -> None:
        connection.head()
        connection.event(part("Oui."))
        connection.event(part(finish="stop"))

    assert said(script) == "Oui."


def test_an_answer_at_its_bound_of_tokens_is_cut_short() -> None:
    with talking(saying("Le phare est", finish="length")) as (_, chat, _):
        pieces = chat.stream(ASKED)
        assert list(itertools.islice(pieces, 3)) == ["Le ", "phare ", "est "]
        with pytest.raises(CutShort):
            next(pieces)


def test_thoughts_in_a_field_of_their_own_are_not_read() -> None:
    def script(connection: Connection) -> None:
        connection.head()
        connection.event({"choices": [{"delta": {"reasoning_content": "Hum.", "content": ""}}]})
        connection.event(part("Oui."))
        connection.event("[DONE]")

    assert said(script) == "Oui."


# What is tried again, and what is not


@pytest.mark.parametrize("status", [408, 429, 500, 502, 503, 504])
def test_a_server_that_is_busy_is_asked_again(status: int) -> None:
    with talking(refusing(status), refusing(status), saying("Oui.")) as (server, chat, pauses):
        assert "".join(chat.stream(ASKED)) == "Oui. "

    assert len(server.bodies) == 3
    assert 0 <= pauses[0] <= 0.5
    assert 0 <= pauses[1] <= 1.0


@pytest.mark.parametrize(("asked", "pauses"), [("1", [1.0]), ("x", None)])
def test_the_server_may_say_how_long_to_wait(asked: str, pauses: list[float] | None) -> None:
    with talking(refusing(429, Retry_After=asked), saying("Oui.")) as (_, chat, made):
        assert "".join(chat.stream(ASKED)) == "Oui. "

    assert made == pauses if pauses else made[0] <= 0.5


@pytest.mark.parametrize("asked", ["3600", "Wed, 21 Oct 2099 07:28:00 GMT"])
def test_a_server_that_wants_to_be_left_alone_for_long_is_down(asked: str) -> None:
    with (
        talking(refusing(503, Retry_After=asked)) as (server, chat, pauses),
        pytest.raises(GeneratorUnavailable, match="status 503"),
    ):
        list(chat.stream(ASKED))

    assert (len(server.bodies), pauses) == (1, [])


def test_a_server_that_always_fails_is_asked_three_times() -> None:
    with (
        talking(refusing(500)) as (server, chat, _),
        pytest.raises(GeneratorUnavailable, match=r"status 500 \(overloaded\)"),
    ):
        list(chat.stream(ASKED))

    assert len(server.bodies) == 3


@pytest.mark.parametrize(
    ("status", "remedy"),
    [(400, "400"), (401, "SOURCIER_OPENAI_API_KEY"), (404, "SOURCIER_OPENAI_MODEL"), (307, "307")],
)
def test_a_wrong_request_is_not_repeated(status: int, remedy: str) -> None:
    with (
        talking(refusing(status)) as (server, chat, _),
        pytest.raises(GeneratorUnavailable, match=remedy),
    ):
        list(chat.stream(ASKED))

    assert len(server.bodies) == 1


def test_nobody_there_is_tried_again_and_then_named() -> None:
    with talking(saying("Oui.")) as (_, chat, pauses):
        pass
    chat._client = httpx2.Client()
    with pytest.raises(GeneratorUnavailable, match=r"cannot be reached \(ConnectError\)"):
        list(chat.stream(ASKED))

    assert len(pauses) == 2


def test_what_was_begun_is_never_begun_again() -> None:
    def dying(connection: Connection) -> None:
        connection.head(200, SSE, Content_Length="5000")
        connection.event(part("Le phare "))

    with talking(dying) as (server, chat, _):
        pieces = chat.stream(ASKED)
        assert next(pieces) == "Le phare "
        with pytest.raises(GeneratorUnavailable, match="broke off"):
            next(pieces)

    assert len(server.bodies) == 1


# Time


@pytest.mark.parametrize("text", [("Oui.",), ("Oui.", "Non.")])
def test_a_server_that_is_too_slow_is_not_waited_for(text: tuple[str, ...]) -> None:
    slow = Patience(connect=0.2, first=0.1, between=0.1, total=1.0)
    began = time.monotonic()

    with pytest.raises(GeneratorUnavailable, match="took too long"):
        said(stalling(*text, seconds=0.6), patience=slow)

    assert time.monotonic() - began < 0.9


def test_words_may_come_slower_at_first_than_later() -> None:
    patience = Patience(connect=0.2, first=0.8, between=0.1, total=2.0)

    assert said(stalling("Oui.", seconds=0.2), patience=patience) == "Oui."
    with pytest.raises(GeneratorUnavailable, match="took too long"):
        said(stalling("Oui.", "Non.", seconds=0.2), patience=patience)


def test_less_time_may_be_given_than_to_every_answer() -> None:
    breaker = CircuitBreaker(failures=1)
    patient = Patience(connect=0.2, first=9.0, between=9.0, total=9.0)
    slow, quick = stalling("Oui.", seconds=5.0), saying("Oui.")
    began = time.monotonic()

    with talking(slow, quick, patience=patient, breaker=breaker) as (_, chat, _):
        with pytest.raises(GeneratorUnavailable, match="took too long"):
            list(chat.stream(ASKED, seconds=0.1))
        assert "".join(chat.stream(ASKED)) == "Oui. "  # the breaker counts no failure

    assert time.monotonic() - began < 4


def test_more_time_is_not_given_than_to_every_answer() -> None:
    assert FAST.within(60) == FAST


def test_signs_of_life_are_no_words() -> None:
    def pinging(connection: Connection) -> None:
        connection.head()
        for _ in range(40):
            connection.send(b": ping\n\n")
            connection.wait(0.02)

    with pytest.raises(GeneratorUnavailable, match="took too long"):
        said(pinging, patience=Patience(connect=0.2, first=0.2, between=0.2, total=0.3))


def test_an_answer_that_never_ends_has_an_end() -> None:
    def endless(connection: Connection) -> None:
        connection.head()
        while True:
            connection.event(part("mot "))
            connection.wait(0.01)

    with pytest.raises(GeneratorUnavailable, match="took too long"):
        said(endless, patience=Patience(connect=0.2, first=0.2, between=0.2, total=0.3))


def test_who_leaves_ends_the_call() -> None:
    def endless(connection: Connection) -> None:
        connection.head()
        for _ in range(400):
            connection.event(part("mot "))
            connection.wait(0.01)

    with talking(endless) as (server, chat, _):
        pieces = chat.stream(ASKED)
        assert next(pieces) == "mot "
        pieces.close()
        assert server.left.wait(0.5)


def test_the_next_call_after_one_that_was_left_is_not_disturbed() -> None:
    with talking(stalling("Le ", "phare", seconds=0.1), saying("Oui.")) as (_, chat, _):
        pieces = chat.stream(ASKED)
        next(pieces)
        pieces.close()
        assert "".join(chat.stream(ASKED)) == "Oui. "


# Nonsense


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (replying(b"<html>Hello</html>", "text/html"), "no OpenAI-compatible server"),
        (replying(b"{}", ""), "no content type"),
        (replying(b"not json"), "no JSON"),
        (replying(b"[" * 100_000), "no JSON"),
        (replying(b'{"object": "list"}'), "without choices"),
        (replying(b"data: {nonsense}\n\n", SSE), "no JSON"),
        (replying(b"data: [1, 2]\n\n", SSE), "no JSON object"),
        (replying(b"", SSE), "broke off"),
        (replying(b'data: {"error": {"message": "x", "code": "oom"}}\n\n', SSE), r"failed \(oom\)"),
        (replying(b'{"error": "sk-very-secret"}'), r"failed\.$"),
        (saying("Non.", finish="content_filter"), "content_filter"),
    ],
)
def test_nonsense_makes_the_generator_unavailable(script: Script, message: str) -> None:
    with pytest.raises(GeneratorUnavailable, match=message):
        said(script)


@pytest.mark.parametrize(
    "choice", [{}, {"delta": None}, {"delta": []}, {"delta": {"content": 3}}, None, {"message": 1}]
)
def test_parts_that_say_nothing_are_passed_over(choice: object) -> None:
    def script(connection: Connection) -> None:
        connection.head()
        connection.event({"choices": [choice]})
        connection.event(part("Oui."))
        connection.event("[DONE]")

    assert said(script) == "Oui."


# Being left alone, and keeping secrets


def test_a_server_that_keeps_failing_is_left_alone() -> None:
    with talking(refusing(500), breaker=CircuitBreaker(failures=2)) as (server, chat, _):
        for _ in range(4):
            with pytest.raises(GeneratorUnavailable):
                list(chat.stream(ASKED))

    assert len(server.bodies) == 6


def test_a_request_that_was_wrong_does_not_close_the_way_for_others() -> None:
    breaker = CircuitBreaker(failures=1)
    with talking(refusing(400), saying("Oui."), breaker=breaker) as (_, chat, _):
        with pytest.raises(GeneratorUnavailable, match="400"):
            list(chat.stream(ASKED))
        assert "".join(chat.stream(ASKED)) == "Oui. "


def test_a_call_that_was_left_counts_as_an_answer() -> None:
    breaker = CircuitBreaker(failures=1)
    with talking(saying("Le phare est haut."), breaker=breaker) as (_, chat, _):
        for _ in range(3):
            pieces = chat.stream(ASKED)
            next(pieces)
            pieces.close()


@pytest.mark.parametrize(
    "script",
    [
        saying("Oui."),
        refusing(401, {"error": {"message": f"Bad key {SECRET}", "code": f"key {SECRET}"}}),
        refusing(500, {"error": {"message": ASKED[1].content}}),
        replying(b"not json"),
    ],
)
def test_neither_the_key_nor_the_question_is_told(
    script: Script, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    message = ""
    try:
        said(script)
    except GeneratorUnavailable as error:
        message = repr(error)

    for secret in (SECRET, "confidentielle"):
        assert secret not in caplog.text
        assert secret not in message
