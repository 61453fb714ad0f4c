"""The two forms in which servers of embeddings are spoken to: OpenAI's, and TEI's own.

OpenAI's is what vLLM, Ollama, llama.cpp, Infinity, providers and Sourcier itself answer [1]; TEI's
own can be told to cut what is too long for its model [2].

[1] https://platform.openai.com/docs/api-reference/embeddings
[2] https://huggingface.github.io/text-embeddings-inference/
"""

import base64
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Protocol

import numpy as np
import orjson

from index.encoder import Vectors


class Garbled(Exception):
    """A reply is nothing that such a server says; the message goes on after "it sent"."""


class Form(Protocol):
    """Asks for the vectors of texts, and reads what comes back.

    `packs` says that numbers may be asked for in Base64, which is a quarter as long as decimals.
    """

    @property
    def address(self) -> str: ...

    @property
    def packs(self) -> bool: ...

    def request(self, texts: Sequence[str], *, packed: bool) -> Mapping[str, object]: ...

    def vectors(self, reply: bytes, *, count: int) -> Vectors:
        """Return ``float32 (count, dimension)``, in the order of the texts, all finite.

        Raises:
            Garbled: the reply holds no such vectors.
        """
        ...


@dataclass(frozen=True, slots=True)
class OpenAIForm:
    """``POST …/v1/embeddings``; `base` is up to and with its ``/v1``."""

    base: str
    model: str
    dimensions: int | None = None
    packs: bool = True

    @property
    def address(self) -> str:
        """Where texts are posted."""
        return self.base.rstrip("/") + "/embeddings"

    def request(self, texts: Sequence[str], *, packed: bool) -> Mapping[str, object]:
        """Return the body that asks for the vectors of `texts`."""
        body: dict[str, object] = {"model": self.model, "input": texts}
        if packed:
            body["encoding_format"] = "base64"
        return body | _asked(self.dimensions)

    def vectors(self, reply: bytes, *, count: int) -> Vectors:
        """Return the vectors in the order of their ``index``, whatever order they come in."""
        said = _parsed(reply)
        listed = said.get("data") if isinstance(said, dict) else None
        if not isinstance(listed, list) or not all(isinstance(one, dict) for one in listed):
            raise Garbled("JSON without embeddings")
        places = [one.get("index") for one in listed]
        if places != list(range(count)):
            if not all(isinstance(place, int) for place in places) or len(listed) != count:
                raise Garbled(f"{len(listed)} embeddings for {count} texts, or unnumbered ones")
            listed.sort(key=lambda one: int(one["index"]))
            if [one["index"] for one in listed] != list(range(count)):
                raise Garbled("embeddings that are not numbered from 0, each once")
        return _stacked([one.get("embedding") for one in listed], count)


@dataclass(frozen=True, slots=True)
class TeiForm:
    """``POST …/embed`` of Text Embeddings Inference, which cuts what is too long."""

    address: str
    dimensions: int | None = None
    packs: bool = False

    def request(self, texts: Sequence[str], *, packed: bool) -> Mapping[str, object]:
        """Return the body that asks for the vectors of `texts`."""
        assert not packed  # noqa: S101 - it was told that this form has none
        return {"inputs": texts, "truncate": True} | _asked(self.dimensions)

    def vectors(self, reply: bytes, *, count: int) -> Vectors:
        """Return the vectors, which come in the order of the texts."""
        listed = _parsed(reply)
        if not isinstance(listed, list):
            raise Garbled("JSON without embeddings")
        return _stacked(listed, count)


def _asked(dimensions: int | None) -> dict[str, object]:
    return {} if dimensions is None else {"dimensions": dimensions}


def _parsed(reply: bytes) -> object:
    try:
        said: object = orjson.loads(reply)
    except orjson.JSONDecodeError as error:
        raise Garbled("what is no JSON") from error
    return said


def _stacked(embeddings: Sequence[object], count: int) -> Vectors:
    """Return the embeddings, lists of numbers or Base64 of little-endian float32, as one array."""
    if len(embeddings) != count:
        raise Garbled(f"{len(embeddings)} embeddings for {count} texts")
    try:
        with np.errstate(over="ignore"):  # what is too large becomes infinite, and is refused
            vectors = np.array([_row(embedding) for embedding in embeddings], np.float32)
    except (ValueError, TypeError, OverflowError) as error:
        raise Garbled("embeddings that are no lists of numbers, or not all as long") from error
    if vectors.ndim != 2 or not vectors.shape[1]:
        raise Garbled("embeddings that are no lists of numbers")
    if not np.isfinite(vectors).all():
        raise Garbled("embeddings that are not finite numbers")
    return vectors


def _row(embedding: object) -> Vectors:
    if isinstance(embedding, str):
        return np.frombuffer(base64.b64decode(embedding, validate=True), np.dtype("<f4"))
    return np.array(embedding, np.float32)
