"""A passage by its stretches: what each few words of it mean, in the company of the others.

A vector of a whole passage says of each of its sentences a little. The transformer has a vector
of each token in its context as well; the mean of those of a stretch says what that stretch means
here, and costs no further run [1]. Of each mean only the signs are kept, a bit a number: what a
question has in common with a stretch is the inner product of its vector with those signs. The
passage is as close as its closest stretch.

[1] Günther et al., Late Chunking: Contextual Chunk Embeddings Using Long-Context Embedding
    Models, https://arxiv.org/abs/2409.04701
"""

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import ClassVar

import numpy as np
from numpy.typing import NDArray

from index.encoder import Vectors
from index.text_parts import TextParts

_HALF = 8  # tokens: a stretch is two halves, and shares each with its neighbours
_WORD = 64  # bits

Words = NDArray[np.uint64]


@dataclass(frozen=True, slots=True, eq=False)
class StretchIndex(TextParts):
    """The stretches of n texts: each has the signs of a vector, 64 to a word, the last ones 0.

    `read` reads items from a file, from one place to another. Of a mapped file the system would
    take the neighbours of every text that is looked at into memory too.
    """

    KIND: ClassVar = np.uint64

    read: Callable[[int, int], Words] | None = None

    def text(self, position: int) -> Words:
        """Return the items of the text at `position`."""
        start, stop = self.starts[position : position + 2].tolist()
        if self.read is None or start == stop:
            return self.items[start:stop]
        return self.read(start, stop)


def stretches_of(states: Vectors) -> Words:
    """Return the stretches of a text as words, from its tokens' vectors float32 (t, dimension)."""
    tokens, dimension = states.shape
    halves = np.add.reduceat(states, np.arange(0, tokens, _HALF), axis=0)
    # A sum has the signs of the mean.
    sums = halves[:-1] + halves[1:] if len(halves) > 1 else halves
    bits = np.zeros((len(sums), words_of(dimension) * _WORD), np.bool_)
    bits[:, :dimension] = sums > 0
    words: Words = np.packbits(bits, axis=1).view("<u8").ravel()
    return words


def closeness(vector: Vectors, texts: StretchIndex) -> Vectors:
    """Return how close the closest stretch of each text is, ``float32 (n,)``, -1 to 1.

    `vector` is a unit vector, float32 (dimension,). A text without stretches has 0.
    """
    best = np.zeros(len(texts), np.float32)
    filled = np.flatnonzero(np.diff(texts.starts))
    if not len(filled):
        return best
    width = words_of(len(vector))
    bits = np.unpackbits(texts.items.view(np.uint8).reshape(-1, width * 8), axis=1)
    positive = bits[:, : len(vector)].astype(np.float32) @ vector
    products = (2 * positive - vector.sum()) / np.sqrt(np.float32(len(vector)))
    best[filled] = np.maximum.reduceat(products, texts.starts[filled] // width)
    return best


def words_of(dimension: int) -> int:
    """Return how many words a stretch takes."""
    return -(-dimension // _WORD)


def unpacked(stored: Sequence[bytes], dimension: int) -> StretchIndex:
    """Return the stretches of texts that were stored as bytes; what is damaged has none."""
    width = 8 * words_of(dimension)
    return StretchIndex.build(
        [np.frombuffer(one if len(one) % width == 0 else b"", "<u8") for one in stored]
    )
