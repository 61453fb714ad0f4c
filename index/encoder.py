"""The encoder's contract: text in, unit vectors out.

Every encoder returns ``float32 (n, dimension)`` arrays whose rows are L2-normalised, so
that an inner product is a cosine. Questions and passages have a method each, because many
models want another prefix for each.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Protocol, runtime_checkable

import numpy as np
from numpy.typing import NDArray

Vectors = NDArray[np.float32]

_NORM_TOLERANCE = 1e-3


class Encoder(Protocol):
    """Turns text into unit vectors.

    `fingerprint` is a hash of everything that changes a vector (weights, tokenizer,
    settings); vectors of two fingerprints are never compared.
    """

    @property
    def name(self) -> str: ...

    @property
    def dimension(self) -> int: ...

    @property
    def fingerprint(self) -> str: ...

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Return ``float32 (len(texts), dimension)``, rows L2-normalised."""
        ...

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return ``float32 (len(texts), dimension)``, rows L2-normalised."""
        ...


@runtime_checkable
class StretchEncoder(Encoder, Protocol):
    """An encoder that has a vector of each token in its context too (`index.stretches`)."""

    def read_passages(self, texts: Sequence[str]) -> "ReadPassages":
        """Return the vectors that `encode_passages` gives, and the stretches of each text."""
        ...


@dataclass(frozen=True, slots=True, eq=False)
class ReadPassages:
    """What an encoder makes of n passages: `vectors` float32 (n, dimension), L2-normalised.

    `stretches` are bytes for each, none where it makes none.
    """

    vectors: Vectors
    stretches: Sequence[bytes]


def read_passages(encoder: Encoder, texts: Sequence[str]) -> ReadPassages:
    """Return all that `encoder` makes of passages."""
    if isinstance(encoder, StretchEncoder):
        return encoder.read_passages(texts)
    return ReadPassages(encoder.encode_passages(texts), [b""] * len(texts))


@runtime_checkable
class RemoteEncoder(Encoder, Protocol):
    """An encoder behind a server, whose methods raise EncoderUnavailable where that is away.

    `problem` is why the last call gave nothing, None if it did. Those who answer a question use
    `for_questions`, which waits less and goes first.
    """

    @property
    def problem(self) -> str | None: ...

    def for_questions(self) -> Encoder: ...


def problem_of(encoder: Encoder) -> str | None:
    """Return why `encoder` gives nothing at the moment, None if it does as far as is known."""
    return encoder.problem if isinstance(encoder, RemoteEncoder) else None


def are_unit(vectors: Vectors) -> NDArray[np.bool_]:
    """Tell which rows of ``float32 (n, dimension)`` have norm 1 or 0, as encoders make them."""
    with np.errstate(over="ignore", invalid="ignore"):  # of damaged ones anything can come
        norms = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    near: NDArray[np.bool_] = (np.abs(norms - 1) <= _NORM_TOLERANCE) | (norms == 0)
    return near
