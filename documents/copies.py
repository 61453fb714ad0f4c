"""Which documents are nearly the same text: wire copy in several papers, a page come twice.

The text of a document's passages is cut into runs of five words, each run is hashed, and the
smallest hashes are its *sketch*. Of two documents, the share of the smallest hashes of both
together that stand in both is close to the share of all runs that do: their *resemblance* [1].
A few smallest of all, the *marks*, find whom to compare: texts that resemble each other
nearly always have one in common.

[1] Broder, On the resemblance and containment of documents,
    https://doi.org/10.1109/SEQUEN.1997.666900
"""

import hashlib
import re
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Self

import numpy as np
from numpy.typing import NDArray

from documents.normalization import fold

ALIKE = 0.6  # resemblance from which a document is a copy
MARKS = 8  # hashes by which a sketch is found
_RUN = 5  # words
_SIZE = 128  # hashes of a sketch: the resemblance is known to within some 0.04
_FEWEST_RUNS = 24  # less text than this proves nothing
_WORDS = re.compile(r"\w+")

Hashes = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class Sketch:
    """The smallest hashes of the runs of a text, ``uint64 (n,)``, ascending, none twice."""

    hashes: Hashes

    @classmethod
    def of(cls, texts: Iterable[str]) -> Self:
        """Return the sketch of a document whose passages are `texts`; empty if they are short."""
        hashes = {hash_ for text in texts for hash_ in _run_hashes(text)}
        kept = sorted(hashes)[:_SIZE] if len(hashes) >= _FEWEST_RUNS else []
        return cls(np.array(kept, dtype=np.uint64))

    @classmethod
    def unpack(cls, packed: bytes) -> Self:
        """Return the sketch that `pack` wrote."""
        return cls(np.frombuffer(packed, dtype="<u8").astype(np.uint64))

    def pack(self) -> bytes:
        """Return the sketch as bytes, at most 1 KiB."""
        return self.hashes.astype("<u8").tobytes()

    @property
    def marks(self) -> list[int]:
        """The few hashes by which it is found, as signed 64-bit integers."""
        marks: list[int] = self.hashes[:MARKS].view(np.int64).tolist()
        return marks

    def resemblance(self, other: "Sketch") -> float:
        """Return about which share of the runs of both texts stands in both, 0 to 1."""
        if not len(self.hashes) or not len(other.hashes):
            return 0.0
        smallest = np.union1d(self.hashes, other.hashes)[:_SIZE]
        in_both = np.intersect1d(self.hashes, other.hashes, assume_unique=True)
        return float(np.isin(smallest, in_both).mean())


def _run_hashes(text: str) -> Iterable[int]:
    words = _WORDS.findall(fold(text))
    for start in range(len(words) - _RUN + 1):
        run = " ".join(words[start : start + _RUN]).encode()
        yield int.from_bytes(hashlib.blake2b(run, digest_size=8).digest(), "big")
