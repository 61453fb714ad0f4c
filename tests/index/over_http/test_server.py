"""Against a real server on this machine; no wait is longer than a fraction of a second."""

import logging
import socket
import threading
import time

import numpy as np
import pytest

from index.encoder import Vectors
from index.errors import EncoderUnavailable, TextRefused
from index.over_http.forms import OpenAIForm
from index.over_http.server import EmbeddingServer, client_of
from tests.index.over_http.embedding_server import (
    SECRET,
    embedding,
    listed,
    saying,
    talking_to,
    unit,
    vectors_of,
)
from tests.rag.generators.model_server import Connection, Script, refusing, replying, serving
from tests.waiting import wait_for

TEXTS = ("Une question confidentielle ?", "The rain falls.", "L’œuvre « complète »")


def encoded(*scripts: Script, seconds: float = 20.0, urgent: bool = False) -> Vectors:
    with serving(*scripts) as server:
        return talking_to(server, seconds=seconds).vectors(TEXTS, urgent=urgent)


def failure(*scripts: Script, seconds: float = 20.0, urgent: bool = False) -> tuple[str, int]:
    """What is said when it fails, and how often the server was asked."""
    with serving(*scripts) as server:
        with pytest.raises(EncoderUnavailable) as raised:
            talking_to(server, seconds=seconds).vectors(TEXTS, urgent=urgent)
        return str(raised.value), len(server.bodies)


# What a good server gives


@pytest.mark.parametrize(
    "script",
    [
        embedding(),
        embedding(knows_base64=False),
        embedding(backwards=True),
        embedding(backwards=True, knows_base64=False),
    ],
    ids=["base64", "decimals", "backwards", "backwards in decimals"],
)
def test_each_text_gets_its_own_vector_of_norm_1(script: Script) -> None:
    vectors = encoded(script)

    assert vectors.dtype == np.float32
    np.testing.assert_allclose(vectors, unit(vectors_of(TEXTS)), atol=1e-6)


def test_the_request_is_what_openai_asks_for() -> None:
    with serving(embedding()) as server:
        form = OpenAIForm(server.url + "/", "tiny", 8)
        EmbeddingServer(form, client=client_of(api_key=SECRET)).vectors(TEXTS, urgent=False)

    assert server.bodies == [
        {
            "path": "/v1/embeddings",
            "model": "tiny",
            "input": list(TEXTS),
            "encoding_format": "base64",
            "dimensions": 8,
        }
    ]
    assert server.headers[0]["authorization"] == f"Bearer {SECRET}"
    assert server.headers[0]["content-type"] == "application/json"


def test_no_key_is_sent_where_there_is_none() -> None:
    with serving(embedding()) as server:
        asking = EmbeddingServer(OpenAIForm(server.url, "tiny"), client=client_of(api_key=None))
        asking.vectors(TEXTS, urgent=False)

    assert "authorization" not in server.headers[0]


def test_a_server_that_does_not_know_base64_is_asked_for_it_once() -> None:
    with serving(embedding(knows_base64=False)) as server:
        asking = talking_to(server)
        for _ in range(3):
            asking.vectors(TEXTS, urgent=False)

    formats = [body.get("encoding_format") for body in server.bodies]
    assert formats == ["base64", None, None, None]


def test_a_gateway_that_fails_over_base64_is_asked_without_it() -> None:
    def gateway(connection: Connection) -> None:
        packed = "encoding_format" in connection.body
        (refusing(500) if packed else embedding())(connection)

    with serving(gateway) as server:
        asking = talking_to(server)
        for _ in range(2):
            asking.vectors(TEXTS, urgent=True)

    assert len(server.bodies) == 3


def test_a_text_that_no_token_is_known_of_stays_without_direction() -> None:
    rows = vectors_of(TEXTS)
    rows[1] = 0
    assert encoded(saying(listed(rows)))[1].tolist() == [0.0] * 8


def test_what_cannot_be_written_as_utf8_is_sent_with_a_question_mark() -> None:
    with serving(embedding()) as server:
        talking_to(server).vectors(["a\ud800b"], urgent=True)

    assert server.bodies[0]["input"] == ["a?b"]


# What is tried again, and what is not


@pytest.mark.parametrize("status", [408, 429, 502, 503, 504])
@pytest.mark.parametrize("urgent", [False, True])
def test_a_server_that_is_busy_is_asked_again(status: int, *, urgent: bool) -> None:
    pauses: list[float] = []
    with serving(refusing(status), embedding()) as server:
        vectors = talking_to(server, pauses=pauses).vectors(TEXTS, urgent=urgent)

    assert len(vectors) == 3
    assert len(pauses) == 1
    assert 0 <= pauses[0] <= (0.05 if urgent else 0.5)


def test_the_server_may_say_how_long_to_wait() -> None:
    pauses: list[float] = []
    with serving(refusing(429, Retry_After="1"), embedding()) as server:
        talking_to(server, pauses=pauses).vectors(TEXTS, urgent=False)

    assert pauses == [1.0]


def test_a_server_that_wants_to_be_left_alone_for_longer_than_there_is_time_is_not_waited_for() -> (
    None
):
    assert failure(refusing(503, Retry_After="60")) == (
        "The embedding server answered with status 503 (overloaded).",
        1,
    )


@pytest.mark.parametrize(("urgent", "times"), [(False, 4), (True, 2)])
def test_one_that_always_fails_is_given_up(times: int, *, urgent: bool) -> None:
    said, asked = failure(refusing(502), urgent=urgent)
    assert (said, asked) == ("The embedding server answered with status 502 (overloaded).", times)


def dying(connection: Connection) -> None:
    """Die in the middle of the body."""
    connection.head(200, "application/json", Content_Length="5000")
    connection.send(b'{"object": "list", "data": [{"index": 0, "embedding": [0.1')


def test_one_that_dies_in_mid_sentence_is_asked_again() -> None:
    np.testing.assert_allclose(encoded(dying, embedding()), unit(vectors_of(TEXTS)), atol=1e-6)
    said, _ = failure(dying)
    assert said == "The embedding server cannot be reached (RemoteProtocolError)."


def test_nobody_there_is_named_soon() -> None:
    with socket.create_server(("127.0.0.1", 0)) as closed:
        port = closed.getsockname()[1]
    asking = EmbeddingServer(
        OpenAIForm(f"http://127.0.0.1:{port}/v1", "tiny"),
        client=client_of(api_key=None),
        sleep=lambda _: None,
    )
    with pytest.raises(EncoderUnavailable, match=r"cannot be reached \(ConnectError\)"):
        asking.vectors(TEXTS, urgent=True)


@pytest.mark.parametrize(
    ("status", "remedy"),
    [(401, "SOURCIER_ENCODER_API_KEY"), (403, "_API_KEY"), (404, "ENCODER_MODEL"), (307, "307")],
)
def test_a_wrong_setting_is_named_and_not_repeated(status: int, remedy: str) -> None:
    said, asked = failure(refusing(status))
    assert remedy in said
    assert asked == 1


@pytest.mark.parametrize("status", [400, 413, 422])
@pytest.mark.parametrize(
    ("body", "code"),
    [
        ({"error": {"code": "context_length_exceeded"}}, "(context_length_exceeded)"),
        ({"error": "Input validation: <512 tokens", "error_type": "Validation"}, "(Validation)"),
        ({"detail": "no"}, f"{413}."),
    ],
)
def test_texts_that_are_refused_are_told_from_a_server_that_is_away(
    status: int, body: object, code: str
) -> None:
    with serving(refusing(status, body)) as server:
        asking = talking_to(server)
        for _ in range(5):  # and the server is not left alone for it
            with pytest.raises(TextRefused, match="lower SOURCIER_PASSAGE_MAX_WORDS") as raised:
                asking.vectors(TEXTS, urgent=False)

    assert code.replace("413", str(status)) in str(raised.value)
    assert len(server.bodies) == 10  # each in Base64 and in decimals


def test_what_llama_cpp_says_of_a_long_text_is_no_failure_of_the_server() -> None:
    said = {"error": {"code": 500, "message": "input is too large to process. increase the …"}}
    with serving(refusing(500, said)) as server, pytest.raises(TextRefused, match="status 500"):
        talking_to(server).vectors(TEXTS, urgent=False)

    assert len(server.bodies) == 2


# Time


def stalling(connection: Connection) -> None:
    connection.wait(8.0)
    embedding()(connection)


def trickling(connection: Connection) -> None:
    connection.head(200, "application/json")
    for _ in range(160):
        connection.send(b" ")
        connection.wait(0.05)


@pytest.mark.parametrize("script", [stalling, trickling])
def test_a_server_that_is_too_slow_is_not_waited_for(script: Script) -> None:
    began = time.monotonic()
    assert failure(script, seconds=0.2) == ("The embedding server took too long.", 1)
    assert time.monotonic() - began < 6


def test_a_question_does_not_wait_as_long_as_passages_may(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr("index.over_http.server._QUESTION_SECONDS", 0.1)
    assert failure(stalling, seconds=10, urgent=True)[0] == "The embedding server took too long."


# Nonsense


@pytest.mark.parametrize(
    ("script", "message"),
    [
        (replying(b"<html>Hello</html>", "text/html"), "sent what is no JSON"),
        (replying(b"[" * 100_000), "no JSON"),
        (replying(b"[1, 2]"), "JSON without embeddings"),
        (replying(b'{"object": "list"}'), "JSON without embeddings"),
        (saying([1, 2, 3]), "JSON without embeddings"),
        (saying([]), "0 embeddings for 3 texts"),
        (saying(listed(vectors_of(TEXTS[:2]))), "2 embeddings for 3 texts"),
        (saying(listed(vectors_of([*TEXTS, "x"]))), "4 embeddings for 3 texts"),
        (saying([{"index": 0, "embedding": [1.0]}] * 3), "numbered from 0, each once"),
        (saying([{"index": i, "embedding": [1.0]} for i in (1, 2, 3)]), "numbered from 0"),
        (saying([{"embedding": [1.0]}] * 3), "unnumbered"),
        (saying([{"index": i} for i in range(3)]), "no lists of numbers"),
        (saying([{"index": i, "embedding": []} for i in range(3)]), "no lists of numbers"),
        (saying([{"index": i, "embedding": [[1.0]]} for i in range(3)]), "no lists of numbers"),
        (saying([{"index": i, "embedding": "é!"} for i in range(3)]), "no lists of numbers"),
        (saying([{"index": i, "embedding": "AAA="} for i in range(3)]), "no lists of numbers"),
        (saying([{"index": i, "embedding": [1.0] * (i + 1)} for i in range(3)]), "not all as long"),
        (saying([{"index": i, "embedding": [1.0, None]} for i in range(3)]), "not finite"),
        (saying(listed([[1.0, float("inf")]] * 3, packed=True)), "not finite"),
        (saying(listed([[1.0, float("nan")]] * 3, packed=True)), "not finite"),
        (saying([{"index": i, "embedding": [1e300]} for i in range(3)]), "not finite"),
        (replying(b'{"data": [{"index": 0, "embedding": [NaN]}]}'), "no JSON"),
    ],
)
def test_nonsense_is_told_and_not_asked_for_again(script: Script, message: str) -> None:
    said, asked = failure(script)
    assert message in said
    assert asked == 1


def test_a_reply_that_is_packed_wrongly_is_told() -> None:
    def script(connection: Connection) -> None:
        connection.head(200, "application/json", Content_Encoding="gzip")
        connection.send(b'{"data": []}')

    assert failure(script)[0] == "The embedding server cannot be reached (DecodingError)."


def test_a_reply_without_end_is_cut_off(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.over_http.server._LONGEST_REPLY", 1000)

    def endless(connection: Connection) -> None:
        connection.head(200, "application/json")
        while True:
            connection.send(b" " * 500)

    assert failure(endless)[0] == "The embedding server sent a reply without end."


# Being left alone, and coming back


def test_a_server_that_keeps_failing_is_left_alone_and_passages_do_not_silence_questions() -> None:
    def only_questions(connection: Connection) -> None:
        few = len(connection.body["input"]) == 1
        (embedding() if few else refusing(502))(connection)

    with serving(only_questions) as server:
        asking = talking_to(server)
        for _ in range(5):
            with pytest.raises(EncoderUnavailable, match="status 502"):
                asking.vectors(TEXTS, urgent=False)
        assert len(server.bodies) == 12
        assert len(asking.vectors(TEXTS[:1], urgent=True)) == 1


def test_it_is_asked_again_after_a_while(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.over_http.server._LEFT_ALONE_SECONDS", 1.0)
    with serving(*[refusing(502)] * 6, embedding()) as server:
        asking = talking_to(server)
        for _ in range(4):
            with pytest.raises(EncoderUnavailable):
                asking.vectors(TEXTS, urgent=True)
        assert len(server.bodies) == 6
        time.sleep(1.0)
        assert len(asking.vectors(TEXTS, urgent=True)) == 3
        assert len(asking.vectors(TEXTS, urgent=True)) == 3


# Secrets


@pytest.mark.parametrize(
    "script",
    [
        embedding(),
        refusing(401, {"error": {"message": f"Bad key {SECRET}", "code": f"key {SECRET}"}}),
        refusing(400, {"error": {"message": TEXTS[0], "code": TEXTS[0]}}),
        refusing(422, {"error": TEXTS[0], "error_type": TEXTS[0]}),
        replying(TEXTS[0].encode()),
    ],
)
def test_neither_the_key_nor_a_text_is_told(
    script: Script, caplog: pytest.LogCaptureFixture
) -> None:
    caplog.set_level(logging.DEBUG)
    told = ""
    try:
        encoded(script)
    except (EncoderUnavailable, TextRefused) as error:
        told = repr(error) + repr(error.__cause__)

    for secret in (SECRET, "confidentielle"):
        assert secret not in caplog.text
        assert secret not in told


# Side by side


def test_questions_do_not_wait_for_passages() -> None:
    gate = threading.Event()

    def script(connection: Connection) -> None:
        if len(connection.body["input"]) > 1:
            gate.wait(5)
        embedding()(connection)

    with serving(script) as server:
        asking = talking_to(server, seconds=10)
        threads = [
            threading.Thread(target=asking.vectors, args=(TEXTS,), kwargs={"urgent": False})
            for _ in range(8)
        ]
        for thread in threads:
            thread.start()
        wait_for(lambda: len(server.bodies) == 4)
        assert len(asking.vectors(TEXTS[:1], urgent=True)) == 1
        assert len(server.bodies) == 5  # the other passages still wait for their turn
        gate.set()
        for thread in threads:
            thread.join()
        assert len(server.bodies) == 9
