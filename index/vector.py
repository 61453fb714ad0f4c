"""Search by cosine over the vectors of one segment, with FAISS.

Where many vectors are searched together, codes propose (index/codes.py) and the vectors
themselves decide; where they are fewer, or few of them are allowed, all are compared. Cosines are
exact in either case, and what is not allowed is never found.

Immutable once built. Vectors are unit vectors, so that an inner product is a cosine.
"""

from collections.abc import Iterable, Mapping
from pathlib import Path
from typing import Any, BinaryIO

import numpy as np
from numpy.typing import NDArray

from index.codes import Codes
from index.encoder import Vectors, are_unit
from index.errors import DimensionMismatch, InvalidVectors
from index.ranking import Scores
from index.space import MEMORY, Space

Positions = NDArray[np.int64]
Mask = NDArray[np.bool_]

# Below this share of allowed vectors, gathering them costs less than testing each
# (measured at 20,000 and 100,000 vectors: 31 against 56, 159 against 275 microseconds).
_GATHERED_SHARE = 0.05
# Codes propose so many times more than are wanted: of the 100 nearest of 500,000 vectors they
# then miss 3 in 1,000, of the ten nearest none (docs/decisions/0017).
_PROPOSED_TIMES = 10
_MOST_PROPOSED = 16_384
_WRITTEN_AT_ONCE = 16_384  # vectors


class VectorIndex:
    """``float32 (n, dimension)`` unit vectors, searched by position 0 … n-1.

    `codes` are those of the ranges of positions that are searched together.
    """

    def __init__(self, vectors: Vectors, codes: Mapping[range, Codes] | None = None) -> None:
        self.vectors = vectors.view()
        self.vectors.flags.writeable = False
        self.codes = codes or {}

    @classmethod
    def build(cls, vectors: Vectors, together: Iterable[range] = ()) -> "VectorIndex":
        """Build from unit vectors (a zero vector is allowed: it is like nothing).

        `together` are the ranges of positions that are searched as one.

        Raises:
            InvalidVectors: not float32 (n, dimension), or a row's norm is neither 1 nor 0.
        """
        _check(vectors)
        return cls.coded(np.ascontiguousarray(vectors), together)

    @classmethod
    def coded(
        cls, vectors: Vectors, together: Iterable[range], space: Space = MEMORY
    ) -> "VectorIndex":
        """Build from vectors that were checked before."""
        codes = {
            part: Codes.build(vectors[part.start : part.stop], space)
            for part in together
            if Codes.worth_it(len(part), vectors.shape[1])
        }
        return cls(vectors, codes)

    @classmethod
    def load(cls, path: Path) -> "VectorIndex":
        """Map the vectors written by `save`, without codes; the file must never be overwritten.

        Raises ValueError where it is not such a file.
        """
        return cls(np.asarray(np.load(path, mmap_mode="r", allow_pickle=False)))

    def save(self, file: BinaryIO) -> None:
        """Write the vectors to an open file, for `load`."""
        header = np.lib.format.header_data_from_array_1_0(self.vectors)
        np.lib.format.write_array_header_1_0(file, header)
        starts = range(0, len(self), _WRITTEN_AT_ONCE)
        file.writelines(self.vectors[start : start + _WRITTEN_AT_ONCE].data for start in starts)

    def __len__(self) -> int:
        return len(self.vectors)

    @property
    def dimension(self) -> int:
        """Width of the vectors."""
        return int(self.vectors.shape[1])

    def search(
        self,
        vector: Vectors,
        k: int,
        *,
        within: range | None = None,
        allowed: Mask | None = None,
    ) -> tuple[Positions, Scores]:
        """Return positions and cosines of at most `k` vectors nearest to `vector`, best first.

        `vector` is float32 (dimension,); only positions `within` a range are searched, and of
        those the `allowed`, bool (len(within),), None for all.
        """
        self._check_width(vector)
        within = within if within is not None else range(len(self))
        count = len(within) if allowed is None else int(np.count_nonzero(allowed))
        allowed = None if count == len(within) else allowed
        k = min(k, count)
        if k <= 0:
            return np.empty(0, np.int64), np.empty(0, np.float32)
        proposed = self._proposed(vector, k, within, allowed, count)
        if proposed is not None:
            return self._best(vector, k, proposed)
        if allowed is not None and count <= len(within) * _GATHERED_SHARE:
            return self._best(vector, k, np.flatnonzero(allowed) + within.start)
        return self._scan(vector, k, within, allowed)

    def cosines(self, vector: Vectors, positions: Positions) -> Scores:
        """Return the cosine of `vector` with the vector at each of `positions`."""
        self._check_width(vector)
        scores: Scores = self.vectors[positions] @ vector
        return scores

    def _proposed(
        self, vector: Vectors, k: int, within: range, allowed: Mask | None, count: int
    ) -> Positions | None:
        """Return allowed positions that hold the nearest `k`, by codes; None without an opinion."""
        codes = self.codes.get(within)
        wanted = k * _PROPOSED_TIMES
        if codes is None or wanted >= count:
            return None
        asked = -(-wanted * len(within) // count)  # that so many of them are allowed
        if asked > min(_MOST_PROPOSED, len(within)):
            return None
        found = codes.nearest(vector, asked)
        if allowed is not None:
            found = found[allowed[found]]
            if len(found) < wanted // 2:  # the nearest are seldom allowed
                return None
        return np.sort(found) + within.start

    def _scan(
        self, vector: Vectors, k: int, within: range, allowed: Mask | None
    ) -> tuple[Positions, Scores]:
        faiss = _faiss()
        faiss.omp_set_num_threads(1)  # holds for the calling thread only
        question = np.ascontiguousarray(vector, np.float32)
        part = self.vectors[within.start : within.stop]
        scores, positions = np.empty(k, np.float32), np.empty(k, np.int64)
        selector = []
        if allowed is not None:
            bits = np.packbits(allowed, bitorder="little")
            selector = [faiss.IDSelectorBitmap(len(within), faiss.swig_ptr(bits))]
        arrays = map(faiss.swig_ptr, (question, part, scores, positions))
        asked, searched, best, found = arrays
        faiss.knn_inner_product(
            asked, searched, self.dimension, 1, len(within), k, best, found, *selector
        )
        return positions + within.start, scores

    def _best(self, vector: Vectors, k: int, positions: Positions) -> tuple[Positions, Scores]:
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
    wrong = ~are_unit(vectors)
    if wrong.any():
        row = int(np.argmax(wrong))
        raise InvalidVectors(
            f"vector {row} of {len(vectors)} has norm {np.linalg.norm(vectors[row]):.4g}, "
            "expected 1; normalise what the encoder returns"
        )
