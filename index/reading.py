"""What is read of a passage ahead of any question: its lines word by word, its sentences as wholes.

The first line is what stands over the passage, its title and headings; the others are sentences.
"""

from collections.abc import Iterable, Sequence
from dataclasses import dataclass
from hashlib import blake2b

import numpy as np

from index.encoder import Vectors
from index.late_interaction import TokenIndex

_DIGEST = 16  # bytes


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """Of n lines: n - 1 `vectors`, float32 (n - 1, dimension), n texts of `tokens`, n of `terms`.

    A line's terms are those of the analyzer, each once.
    """

    vectors: Vectors
    tokens: TokenIndex
    terms: Sequence[Sequence[str]]


@dataclass(frozen=True, slots=True)
class PackedReading:
    """A reading in bytes, vectors in 16 bits, under a `digest` of them and of the lines."""

    digest: bytes
    vectors: bytes
    starts: bytes
    tokens: bytes
    terms: bytes

    @classmethod
    def of(cls, reading: Reading, lines: Sequence[str]) -> "PackedReading":
        """Pack what was read of `lines`."""
        parts = (
            reading.vectors.astype("<f2").tobytes(),
            reading.tokens.starts.astype("<u4").tobytes(),
            reading.tokens.items.astype("<u2").tobytes(),
            "\n".join(" ".join(terms) for terms in reading.terms).encode("utf-8", "surrogatepass"),
        )
        return cls(_digest(lines, parts), *parts)

    def unpacked(self, lines: Sequence[str], *, dimension: int) -> Reading | None:
        """Return what was read; None where it is damaged, or was read of other lines."""
        parts = (self.vectors, self.starts, self.tokens, self.terms)
        if not all(isinstance(part, bytes) for part in parts):
            return None
        if self.digest != _digest(lines, parts):
            return None
        vectors = np.frombuffer(self.vectors, "<f2").astype(np.float32)
        starts = np.frombuffer(self.starts, "<u4").astype(np.int64)
        tokens = np.frombuffer(self.tokens, "<u2").astype(np.uint16, copy=False)
        terms = self.terms.decode("utf-8", "surrogatepass").split("\n")
        return Reading(
            vectors.reshape(-1, dimension),
            TokenIndex(starts, tokens),
            [line.split() for line in terms],
        )


def _digest(lines: Sequence[str], parts: Iterable[bytes]) -> bytes:
    digest = blake2b(digest_size=_DIGEST)
    for written in (*(line.encode("utf-8", "surrogatepass") for line in lines), *parts):
        digest.update(len(written).to_bytes(8, "big") + written)
    return digest.digest()
