"""Exact search by cosine over the vectors of one segment, with FAISS.

Immutable once built: a FAISS index must never change while it is searched, so nothing here
can change one. Vectors are unit vectors, so that an inner product is a cosine.
"""

from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors
from index.errors import DimensionMismatch, InvalidVectors
from index.ranking import Scores

Positions = NDArray[np.int64]
Mask = NDArray[np.bool_]

# Below this share of allowed vectors, gathering them costs less than testing each
# (measured at 20,000 and 100,000 vectors: 31 against 56, 159 against 275 microseconds).
_GATHERED_SHARE = 0.05
_WRITTEN_AT_ONCE = 1 << 20  # bytes
_NORM_TOLERANCE = 1e-3


class VectorIndex:
    """``float32 (n, dimension)`` unit vectors, searched by position 0 … n-1."""

    def __init__(self, flat: Any) -> None:  # noqa: ANN401 - faiss has no types
        self._flat = flat

    @classmethod
    def build(cls, vectors: Vectors) -> "VectorIndex":
        """Build from unit vectors (a zero vector is allowed: it is like nothing).

        Raises:
            InvalidVectors: not float32 (n, dimension), or a row's norm is neither 1 nor 0.
        """
        _check(vectors)
        flat = _faiss().IndexFlatIP(vectors.shape[1])
        flat.add(np.ascontiguousarray(vectors))
        return cls(flat)

    @classmethod
    def load(cls, path: Path) -> "VectorIndex":
        """Map the vectors written by `save`; the file must never be overwritten."""
        faiss = _faiss()
        return cls(faiss.read_index(str(path), faiss.IO_FLAG_MMAP_IFC))

    def save(self, file: BinaryIO) -> None:
        """Write the vectors to an open file, for `load`."""
        faiss = _faiss()
        faiss.write_index(self._flat, faiss.PyCallbackIOWriter(file.write, _WRITTEN_AT_ONCE))

    def __len__(self) -> int:
        return int(self._flat.ntotal)

    @property
    def dimension(self) -> int:
        """Width of the vectors."""
        return int(self._flat.d)

    @property
    def vectors(self) -> Vectors:
        """All vectors, ``float32 (n, dimension)``, not to be written to, nor kept for long.

        It shows the memory of this index, which must outlive it.
        """
        if not len(self):
            return np.empty((0, self.dimension), np.float32)
        values = _faiss().rev_swig_ptr(self._flat.get_xb(), len(self) * self.dimension)
        rows: Vectors = values.reshape(len(self), self.dimension)
        rows.flags.writeable = False
        return rows

    def search(
        self, vector: Vectors, k: int, *, allowed: Mask | None = None
    ) -> tuple[Positions, Scores]:
        """Return positions and cosines of at most `k` vectors nearest to `vector`, best first.

        `vector` is float32 (dimension,); `allowed` is bool (n,), or None for all.
        """
        self._check_width(vector)
        count = len(self) if allowed is None else int(np.count_nonzero(allowed))
        k = min(k, count)
        if k <= 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        if allowed is not None and count <= len(self) * _GATHERED_SHARE:
            return self._gather(vector, k, np.flatnonzero(allowed))
        return self._scan(vector, k, allowed if count < len(self) else None)

    def cosines(self, vector: Vectors, positions: Positions) -> Scores:
        """Return the cosine of `vector` with the vector at each of `positions`."""
        self._check_width(vector)
        scores: Scores = self.vectors[positions] @ vector
        return scores

    def _scan(self, vector: Vectors, k: int, allowed: Mask | None) -> tuple[Positions, Scores]:
        faiss = _faiss()
        faiss.omp_set_num_threads(1)  # holds for the calling thread only
        question = np.ascontiguousarray(vector, np.float32).reshape(1, -1)
        if allowed is None:
            scores, positions = self._flat.search(question, k)
        else:
            bits = np.packbits(allowed, bitorder="little")
            selector = faiss.IDSelectorBitmap(len(self), faiss.swig_ptr(bits))
            options = faiss.SearchParameters(sel=selector)
            scores, positions = self._flat.search(question, k, params=options)
        return positions[0], scores[0]

    def _gather(self, vector: Vectors, k: int, positions: Positions) -> tuple[Positions, Scores]:
        scores = self.cosines(vector, positions)
        order = np.argsort(-scores, kind="stable")[:k]
        return positions[order], scores[order]

    def _check_width(self, vector: Vectors) -> None:
        if vector.shape != (self.dimension,):
            raise DimensionMismatch(
                f"the index holds vectors of {self.dimension} numbers, the question's has shape "
                f"{vector.shape}; use the encoder that built the index, or re-embed"
            )


def _faiss() -> Any:  # noqa: ANN401 - faiss has no types
    import faiss  # noqa: PLC0415 - heavy, and not everyone who imports this searches

    return faiss


def _check(vectors: Vectors) -> None:
    if vectors.ndim != 2 or vectors.dtype != np.float32:
        raise InvalidVectors(
            f"expected float32 (n, dimension), got {vectors.dtype} {vectors.shape}; "
            "an encoder returns one unit vector a text"
        )
    norms = np.sqrt(np.einsum("ij,ij->i", vectors, vectors))
    wrong = ~((np.abs(norms - 1) <= _NORM_TOLERANCE) | (norms == 0))
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InvalidVectors(
            f"vector {row} of {len(vectors)} has norm {norms[row]:.4g}, expected 1; "
            "normalise what the encoder returns"
        )
