"""What goes to the nodes of a cluster and what comes back: numbers, strings and bytes, no more.

Each is a row of a table (`rag.bulk.ray_cluster`), so that nothing of ours is pickled.
"""

import hashlib
from collections.abc import Iterable
from dataclasses import dataclass, field

from documents.limits import Limits

DIGEST_BYTES = 16


@dataclass(frozen=True, slots=True)
class Recipe:
    """What all nodes must know to make of a file what this machine would make of it.

    `encoder` and `fingerprint` name the encoder that serves, of `dimension` numbers; an empty
    name lets nothing be encoded.
    """

    collection: str
    encoder: str
    fingerprint: str
    dimension: int
    limits: Limits
    min_words: int
    max_words: int


@dataclass(frozen=True, slots=True)
class Asked:
    """A file to read, by its place among all; `known` are digests of what its source holds."""

    number: int
    path: bytes
    source: str
    known: bytes


@dataclass(frozen=True, slots=True)
class Fetched:
    """The same with its bytes; `problem` is why they could not be read."""

    number: int
    path: bytes
    source: str
    known: bytes
    data: bytes = b""
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Cut:
    """What a file says, and a part of the texts in it that are to be encoded.

    What it says stands in its first part alone: its `format` and `loaded`, lines of
    `documents.transfer`; where it is no document, one line, why.
    """

    number: int
    first: bool
    format: str = ""
    loaded: bytes = b""
    texts: list[str] = field(default_factory=list)
    problem: str = ""


@dataclass(frozen=True, slots=True)
class Piece:
    """The same, encoded: `vectors` of the texts whose digests are `keys`, each joined to one.

    Vectors are float32, little-endian; `stretches` are those of each text, joined to one
    (`documents.store.byte_strings`). `problem` is why there are none.
    """

    number: int
    first: bool
    format: str
    loaded: bytes
    keys: bytes
    vectors: bytes
    stretches: bytes
    problem: str


def digest(text: str) -> bytes:
    """Return what tells `text` from every other."""
    return hashlib.blake2b(text.encode("utf-8", "surrogatepass"), digest_size=DIGEST_BYTES).digest()


def joined(texts: Iterable[str]) -> bytes:
    """Return the digests of `texts`, one after the other."""
    return b"".join(map(digest, texts))


def apart(digests: bytes) -> list[bytes]:
    """Return the digests that `joined` put together."""
    return [digests[at : at + DIGEST_BYTES] for at in range(0, len(digests), DIGEST_BYTES)]
