"""Scripts of a server of embeddings, and the vectors that its model gives."""

import base64
import hashlib
import json
from collections.abc import Sequence
from typing import Any

import numpy as np

from index.encoder import Vectors
from index.over_http.forms import OpenAIForm
from index.over_http.server import EmbeddingServer, client_of
from tests.rag.generators.model_server import Connection, ModelServer, Script

DIMENSION = 8
SECRET = "sk-very-secret"  # noqa: S105 - of nothing


def vectors_of(texts: Sequence[str], *, model: str = "tiny", dimension: int = DIMENSION) -> Vectors:
    """What a model gives: a vector of its own for each text, about 3 long."""
    seeds = [hashlib.sha256(f"{model}\0{text}".encode()).digest() for text in texts]
    drawn = [np.random.default_rng(list(seed)).normal(size=dimension) for seed in seeds]
    return np.array(drawn, np.float32).reshape(-1, dimension)


def unit(vectors: Vectors) -> Vectors:
    return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


def listed(
    vectors: Sequence[Sequence[float]] | Vectors, *, packed: bool = False
) -> list[dict[str, Any]]:
    """The embeddings of a reply in OpenAI's form."""
    rows = np.asarray(vectors, np.dtype("<f4"))
    written = [
        base64.b64encode(row.tobytes()).decode() if packed else [float(value) for value in row]
        for row in rows
    ]
    return [{"object": "embedding", "index": i, "embedding": one} for i, one in enumerate(written)]


def embedding(
    *,
    model: str = "tiny",
    dimension: int = DIMENSION,
    knows_base64: bool = True,
    backwards: bool = False,
) -> Script:
    """A well-behaved server."""

    def script(connection: Connection) -> None:
        packed = connection.body.get("encoding_format") == "base64"
        if packed and not knows_base64:
            connection.head(400, "application/json")
            connection.send(b'{"error": {"code": "unknown_parameter"}}')
            return
        texts = connection.body["input"]
        rows = listed(vectors_of(texts, model=model, dimension=dimension), packed=packed)
        connection.head(200, "application/json")
        said = {"object": "list", "data": rows[::-1] if backwards else rows, "model": model}
        connection.send(json.dumps(said).encode())

    return script


def saying(data: object) -> Script:
    """A server that sends these embeddings, whatever it is asked."""

    def script(connection: Connection) -> None:
        connection.head(200, "application/json")
        connection.send(json.dumps({"object": "list", "data": data}).encode())

    return script


def tei(*, model: str = "tiny") -> Script:
    """A well-behaved server of Text Embeddings Inference."""

    def script(connection: Connection) -> None:
        said: object
        if connection.body["path"] == "/info":
            said = {"model_id": "org/tiny", "model_sha": "0a1b", "max_client_batch_size": 16}
        else:
            said = vectors_of(connection.body["inputs"], model=model).tolist()
        connection.head(200, "application/json")
        connection.send(json.dumps(said).encode())

    return script


def talking_to(
    server: ModelServer, *, seconds: float = 20.0, pauses: list[float] | None = None
) -> EmbeddingServer:
    """What asks `server`, and notes its pauses instead of making them."""
    return EmbeddingServer(
        OpenAIForm(server.url, "tiny"),
        client=client_of(api_key=SECRET),
        seconds=seconds,
        sleep=([] if pauses is None else pauses).append,
    )
