"""The vector of each token: kept in 16 bits in a mapped file, read as 32.

Half the memory of 32 bits, which the workers of a machine share, and given back to the system
where it is short. NumPy reads float16 slowly; moved into the places of a float32 [1], its bits are
the same number times 2^-112, since an exponent of 16 bits counts from 15 and one of 32 from 127.

[1] https://en.wikipedia.org/wiki/Half-precision_floating-point_format
"""

import json
import mmap
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
Tokens = NDArray[np.integer]

_MOVED = 13  # a float32 has 13 more bits of fraction than a float16
_KEPT = np.int32(-(1 << 31) | 0x0FFFE000)  # sign, exponent and fraction; not what the sign filled
_LARGE = np.float32(2.0**112)
_BLOCK = 256  # vectors widened at a time, which stay in the processor's cache
_TEXTS = 8  # texts whose vectors are widened together


@dataclass(frozen=True, slots=True, eq=False)
class TokenVectors:
    """Vectors of n tokens, exact to their 16 bits; `bits` int16 (n, dimension), all finite."""

    bits: NDArray[np.int16]

    @classmethod
    def of(cls, vectors: NDArray[np.floating]) -> "TokenVectors":
        """Return `vectors` (n, dimension) to the nearest float16."""
        return cls(vectors.astype(np.float16).view(np.int16))

    @classmethod
    def mapped(cls, path: Path, name: str) -> "TokenVectors":
        """Return the float16 matrix `name` of a safetensors file, which must not change.

        The format's own library copies a matrix into memory, which is what this avoids.

        [1] https://github.com/huggingface/safetensors#format
        """
        with path.open("rb") as file:
            content = mmap.mmap(file.fileno(), 0, access=mmap.ACCESS_READ)
        first = 8 + int.from_bytes(content[:8], "little")
        entry = json.loads(content[8:first])[name]
        start, stop = entry["data_offsets"]
        bits = np.frombuffer(content, "<i2", (stop - start) // 2, first + start)
        return cls(bits.reshape(entry["shape"]))

    def __len__(self) -> int:
        return len(self.bits)

    @property
    def dimension(self) -> int:
        """Return the width of a vector."""
        return int(self.bits.shape[1])

    def take(self, tokens: Tokens) -> Floats:
        """Return the vectors of `tokens`, float32 (len(tokens), dimension)."""
        return self._tiny(tokens) * _LARGE

    def sums(self, texts: Sequence[Tokens]) -> Floats:
        """Return the sum of the vectors of each text, float32 (len(texts), dimension)."""
        sums = np.zeros((len(texts), self.dimension), np.float32)
        for first in range(0, len(texts), _TEXTS):
            block = texts[first : first + _TEXTS]
            vectors = self._tiny(np.concatenate(block))
            stop = 0
            for row, tokens in enumerate(block, first):
                start, stop = stop, stop + len(tokens)
                # A dot product: several times faster than a sum over rows.
                np.dot(np.full(len(tokens), _LARGE), vectors[start:stop], out=sums[row])
        return sums

    def products(self, tokens: Tokens, others: Floats) -> Floats:
        """Return the dot product of each of `tokens` with each row of `others`, float32."""
        columns = np.ascontiguousarray(others.T) * _LARGE
        products = np.empty((len(tokens), len(others)), np.float32)
        for start in range(0, len(tokens), _BLOCK):
            part = slice(start, start + _BLOCK)
            np.dot(self._tiny(tokens[part]), columns, out=products[part])
        return products

    def lengths(self) -> Floats:
        """Return the length of each vector, float32 (n,)."""
        lengths = np.empty(len(self), np.float32)
        for start in range(0, len(self), _BLOCK):
            part = np.arange(start, min(start + _BLOCK, len(self)))
            lengths[part] = np.linalg.norm(self.take(part), axis=1)
        return lengths

    def _tiny(self, tokens: Tokens) -> Floats:
        """Return the vectors of `tokens`, times 2^-112."""
        # `take` gathers rows faster than an index does.
        bits = self.bits.take(tokens, axis=0).astype(np.int32)
        bits <<= _MOVED
        bits &= _KEPT
        return bits.view(np.float32)
