"""Vectors in a sixteenth of their size, to propose which may be nearest (FAISS).

Each pair of numbers of a vector becomes four bits: the nearest of sixteen pairs that were learnt
from a sample [1]. All of them are compared with a question, through tables that stay in the
processor's registers [2]; what they propose is then measured exactly. Why this kind and no other:
docs/decisions/0017.

[1] Jégou, Douze, Schmid, Product Quantization for Nearest Neighbor Search, 2011,
    https://doi.org/10.1109/TPAMI.2010.57
[2] André, Kermarrec, Le Scouarnec, Quicker ADC, 2019, https://arxiv.org/abs/1812.09162
"""

from typing import Any

import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors
from index.space import MEMORY, Space

Positions = NDArray[np.int64]

# Where vectors are fewer, comparing all of them exactly takes about as long (measured at 384
# numbers: 10,000 vectors 0.28 against 0.22 ms, 20,000 1.1 against 0.27 ms).
WORTH_CODES = 20_000
_SAMPLE = 65_536  # vectors to learn from
_AT_ONCE = 16_384  # vectors


class Codes:
    """Proposes positions among n vectors; immutable."""

    def __init__(self, index: Any) -> None:  # noqa: ANN401 - faiss has no types
        self._index = index

    @staticmethod
    def worth_it(count: int, dimension: int) -> bool:
        """Tell whether `count` vectors are so many that codes pay."""
        return count >= WORTH_CODES and dimension % 2 == 0

    @classmethod
    def build(cls, vectors: Vectors, space: Space = MEMORY) -> "Codes":
        """Learn from a sample of `vectors` and code all of them; the same always give the same."""
        faiss = _faiss()
        faiss.omp_set_num_threads(1)  # holds for the calling thread only
        count, dimension = vectors.shape
        kind = f"PQ{dimension // 2}x4fs"
        index = faiss.index_factory(dimension, kind, faiss.METRIC_INNER_PRODUCT)
        index.train(np.ascontiguousarray(vectors[:: -(-count // _SAMPLE)]))
        for start in range(0, count, _AT_ONCE):
            space.go_on()
            index.add(np.ascontiguousarray(vectors[start : start + _AT_ONCE]))
        return cls(index)

    def nearest(self, vector: Vectors, count: int) -> Positions:
        """Return `count` positions, about those of the nearest vectors, in no order."""
        faiss = _faiss()
        faiss.omp_set_num_threads(1)
        _, positions = self._index.search(vector.reshape(1, -1), count)
        found: Positions = positions[0][positions[0] >= 0]
        return found

    def to_bytes(self) -> NDArray[np.uint8]:
        """Return all there is to save."""
        written: NDArray[np.uint8] = _faiss().serialize_index(self._index)
        return written

    @classmethod
    def from_bytes(cls, written: NDArray[np.uint8]) -> "Codes":
        """Return the codes that `to_bytes` wrote; raises RuntimeError where FAISS cannot read."""
        return cls(_faiss().deserialize_index(written))


def _faiss() -> Any:  # noqa: ANN401 - faiss has no types
    import faiss  # noqa: PLC0415 - heavy, and not everyone who imports this searches

    return faiss
