"""An encoder behind a server: known again, never mistaken for another, told when it is away."""

import json
import logging
import threading
from collections.abc import Callable

import numpy as np
import pytest

from index.encoder import Encoder, RemoteEncoder, Vectors
from index.errors import EncoderUnavailable, TextRefused
from index.http_encoder import HttpEncoder, Identity
from index.over_http.forms import TeiForm
from index.over_http.probe import PROBE, same
from index.over_http.server import EmbeddingServer, client_of
from index.over_http.tei_info import TeiInfo, read_info
from index.sentence_transformer_encoder import Prompts
from tests.index.over_http.embedding_server import (
    DIMENSION,
    embedding,
    listed,
    saying,
    talking_to,
    tei,
    unit,
    vectors_of,
)
from tests.rag.generators.model_server import (
    Connection,
    ModelServer,
    Script,
    refusing,
    replying,
    serving,
)

E5 = Prompts(question="query: ", passage="passage: ")


def met(
    server: ModelServer,
    *known: Identity,
    prompts: Prompts = E5,
    batch: int = 32,
) -> HttpEncoder:
    return HttpEncoder.recognised(
        talking_to(server), known, name="http:tiny", prompts=prompts, batch=batch
    )


def identity(*scripts: Script) -> Identity:
    with serving(*scripts) as server:
        return met(server).identity


# What it gives


def test_questions_and_passages_get_their_prefixes() -> None:
    with serving(embedding()) as server:
        encoder: Encoder = met(server)
        questions = encoder.encode_questions(["Où ?", "Why?"])
        passages = encoder.encode_passages(["Ici.", "Because."])

    expected = unit(vectors_of(["query: Où ?", "query: Why?"]))
    np.testing.assert_allclose(questions, expected, atol=1e-6)
    expected = unit(vectors_of(["passage: Ici.", "passage: Because."]))
    np.testing.assert_allclose(passages, expected, atol=1e-6)
    assert (encoder.name, encoder.dimension) == ("http:tiny", DIMENSION)
    assert passages.dtype == np.float32


def test_nothing_is_asked_for_no_text() -> None:
    with serving(embedding()) as server:
        encoder = met(server)
        assert encoder.encode_passages([]).shape == (0, DIMENSION)
        assert encoder.encode_questions([]).shape == (0, DIMENSION)

    assert len(server.bodies) == 1


def test_many_passages_go_in_batches_and_come_back_in_order() -> None:
    texts = [f"Le phare {number}." for number in range(100)]
    with serving(embedding()) as server:
        encoder = met(server, batch=16)
        vectors = encoder.encode_passages(texts)

    assert sorted(len(body["input"]) for body in server.bodies[1:]) == [11, *[16] * 6]
    expected = unit(vectors_of([f"passage: {text}" for text in texts]))
    np.testing.assert_allclose(vectors, expected, atol=1e-6)


def test_where_one_batch_fails_the_others_are_not_begun() -> None:
    def picky(connection: Connection) -> None:
        bad = any("mauvais" in text for text in connection.body["input"])
        (refusing(413) if bad else embedding())(connection)

    texts = ["mauvais", *["bon"] * 400]
    with serving(picky) as server:
        encoder = met(server, batch=8)
        with pytest.raises(TextRefused):
            encoder.encode_passages(texts)

    assert len(server.bodies) < 50
    assert encoder.problem is None  # the server is well


def test_threads_share_it() -> None:
    with serving(embedding()) as server:
        encoder = met(server, batch=8)
        found: dict[int, Vectors] = {}

        def work(number: int) -> None:
            texts = [f"texte {number}-{row}" for row in range(30)]
            found[number] = encoder.encode_passages(texts)

        threads = [threading.Thread(target=work, args=(number,)) for number in range(4)]
        for thread in threads:
            thread.start()
        for thread in threads:
            thread.join()

    for number, vectors in found.items():
        texts = [f"passage: texte {number}-{row}" for row in range(30)]
        np.testing.assert_allclose(vectors, unit(vectors_of(texts)), atol=1e-6)


# Who it is


def shaken(by: float) -> Script:
    """The same model on other hardware: each vector turned by an angle with this sine."""

    def script(connection: Connection) -> None:
        vectors = unit(vectors_of(connection.body["input"]))
        aside = unit(vectors_of(connection.body["input"], model="noise"))
        aside -= np.sum(aside * vectors, axis=1, keepdims=True) * vectors
        turned = vectors * np.sqrt(1 - by**2) + unit(aside) * by
        connection.head(200, "application/json")
        connection.send(json.dumps({"data": listed(turned)}).encode())

    return script


@pytest.mark.parametrize(
    ("script", "again"),
    [
        (embedding(), True),
        (embedding(knows_base64=False), True),
        (shaken(0.03), True),
        (shaken(0.06), False),
        (embedding(model="other"), False),
        (embedding(dimension=12), False),
    ],
)
def test_a_model_is_known_again_by_what_it_says(script: Script, *, again: bool) -> None:
    before = identity(embedding())
    with serving(script) as server:
        encoder = met(server, Identity("x", np.ones((5, 3), np.float32)), before)
        assert (encoder.fingerprint == before.fingerprint) is again
        assert encoder.encode_passages(["Oui."]).shape == (1, encoder.dimension)


def test_two_first_meetings_with_one_model_agree() -> None:
    assert identity(embedding()).fingerprint == identity(embedding(backwards=True)).fingerprint


def test_a_prefix_of_passages_makes_another_encoder_one_of_questions_does_not() -> None:
    with serving(embedding()) as server:
        first = met(server)
        other = Prompts(question="Frage: ", passage="passage: ")
        assert met(server, first.identity, prompts=other).fingerprint == first.fingerprint
        none = Prompts()
        assert met(server, first.identity, prompts=none).fingerprint != first.fingerprint


def test_the_texts_that_it_is_known_by_are_in_both_languages_and_one_is_long() -> None:
    assert len(set(PROBE)) == len(PROBE)
    lengths = [len(text.split()) for text in PROBE]
    assert max(lengths[:-1]) < 20
    assert 90 < lengths[-1] < 180


def test_a_model_that_says_nothing_is_no_encoder() -> None:
    zeros = saying(listed(np.zeros((len(PROBE), 4), np.float32)))
    with serving(zeros) as server, pytest.raises(EncoderUnavailable, match="vectors of zeros"):
        met(server)


@pytest.mark.parametrize("other", [embedding(model="other"), embedding(dimension=12), shaken(0.06)])
@pytest.mark.parametrize(
    "encode", [HttpEncoder.encode_passages, HttpEncoder.encode_questions], ids=["passages", "ask"]
)
def test_another_model_under_the_same_name_is_noticed_with_the_next_text(
    other: Script, encode: Callable[[HttpEncoder, list[str]], Vectors]
) -> None:
    with serving(embedding(), embedding(), other) as server:
        encoder = met(server)
        encode(encoder, ["Oui."])
        with pytest.raises(EncoderUnavailable, match="Another model answers"):
            encode(encoder, ["Oui."])
        assert encoder.problem is not None


def test_it_is_another_in_one_batch_of_many_and_nothing_is_given() -> None:
    def now_and_then(connection: Connection) -> None:
        one = any("phare 7." in text for text in connection.body["input"])
        embedding(model="other" if one else "tiny")(connection)

    texts = [f"Le phare {number}." for number in range(60)]
    with serving(now_and_then) as server:
        encoder = met(server, batch=8)
        with pytest.raises(EncoderUnavailable, match="Another model answers"):
            encoder.encode_passages(texts)


# Away, and back


def test_it_says_while_it_is_away_and_in_the_log_once(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level(logging.INFO)
    with serving(embedding(), *[refusing(503)] * 4, embedding()) as server:
        encoder = met(server)
        assert isinstance(encoder, RemoteEncoder)
        reader = encoder.for_questions()
        assert encoder.problem is None
        for _ in range(2):
            with pytest.raises(EncoderUnavailable, match="status 503"):
                reader.encode_passages(["Oui."])
        assert encoder.problem == "The embedding server answered with status 503 (overloaded)."
        assert len(reader.encode_questions(["Oui ?"])) == 1
        assert encoder.problem is None

    told = [r.message for r in caplog.records if r.name == "index.http_encoder"]
    assert told == [
        "http:tiny gives no vectors: The embedding server answered with status 503 (overloaded).",
        "http:tiny gives vectors again",
    ]


def test_who_answers_a_question_does_not_wait_long_for_passages_either() -> None:
    with serving(embedding(), refusing(500)) as server:
        encoder = met(server)
        with pytest.raises(EncoderUnavailable):
            encoder.for_questions().encode_passages(["Une phrase."])
        assert len(server.bodies) == 1 + 2
        with pytest.raises(EncoderUnavailable):
            encoder.encode_passages(["Un passage."])
        assert len(server.bodies) == 1 + 2 + 4


# Text Embeddings Inference


def asking_tei(server: ModelServer) -> EmbeddingServer:
    form = TeiForm(server.url.removesuffix("/v1") + "/embed")
    return EmbeddingServer(form, client=client_of(api_key=None), sleep=lambda _: None)


def test_tei_is_told_to_cut_what_is_too_long() -> None:
    with serving(tei()) as server:
        encoder = HttpEncoder.recognised(
            asking_tei(server), (), name="http:org/tiny", prompts=Prompts(), batch=32
        )
        vectors = encoder.encode_passages(["Oui.", "Non."])

    assert server.bodies[-1] == {
        "path": "/embed",
        "inputs": [PROBE[0], "Oui.", "Non."],
        "truncate": True,
    }
    np.testing.assert_allclose(vectors, unit(vectors_of(["Oui.", "Non."])), atol=1e-6)


@pytest.mark.parametrize(
    ("body", "message"),
    [(b'{"object": "list"}', "JSON without embeddings"), (b"[[1, null]]", "not finite")],
)
def test_nonsense_of_tei_is_told(body: bytes, message: str) -> None:
    with serving(replying(body)) as server, pytest.raises(EncoderUnavailable, match=message):
        asking_tei(server).vectors(["Oui."], urgent=False)


def test_tei_tells_its_model_and_how_much_it_takes() -> None:
    with serving(tei()) as server, client_of(api_key=None) as client:
        address = server.url.removesuffix("/v1") + "/embed"
        assert read_info(client, address) == TeiInfo("org/tiny", 16)
    assert server.bodies == [{"path": "/info"}]


@pytest.mark.parametrize(
    "script",
    [
        refusing(404),
        refusing(200, {"model": "x"}),
        refusing(200, [1]),
        replying(b"<html>", "text/html"),
    ],
)
def test_what_is_no_tei_is_told_apart(script: Script) -> None:
    with (
        serving(script) as server,
        client_of(api_key=None) as client,
        pytest.raises(EncoderUnavailable, match=r"does not tell its model.*/embed"),
    ):
        read_info(client, server.url + "/embed")


def test_a_tei_that_is_away_is_told() -> None:
    with serving(tei()) as server:
        pass
    with (
        client_of(api_key=None) as client,
        pytest.raises(EncoderUnavailable, match="cannot be reached"),
    ):
        read_info(client, server.url + "/embed")


# The same, or another


def test_vectors_of_other_shapes_are_of_another_model() -> None:
    vectors = unit(vectors_of(PROBE))
    assert same(vectors, vectors)
    assert not same(vectors, vectors[:-1])
    assert not same(vectors, vectors[:, :-1])
    assert not same(vectors, -vectors)
