"""Late interaction over static token vectors: how well a text covers each token of a question.

For each question token the best cosine among the tokens of the text is taken [1]; a text is
scored by their mean, each token weighing as much as its vector is long (a static encoder
makes the vectors of telling words long). The vectors are bilingual, so an English question
covers a French passage without a dictionary.

[1] Khattab and Zaharia, ColBERT: Efficient and Effective Passage Search via Contextualized
    Late Interaction over BERT, SIGIR 2020, https://arxiv.org/abs/2004.12832
"""

from collections.abc import Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float32]
TokenIds = NDArray[np.uint16]


class TokenEncoder(Protocol):
    """A static encoder: a vector a token. `weights` is ``float32 (tokens, dimension)``."""

    @property
    def weights(self) -> Floats: ...

    def token_ids(self, texts: Sequence[str]) -> list[TokenIds]: ...


@dataclass(frozen=True, slots=True, eq=False)
class TokenIndex:
    """The tokens of n texts end to end: `ids` uint16, text i is ``ids[starts[i]:starts[i+1]]``.

    Immutable; `starts` is ``int64 (n + 1,)``.
    """

    starts: NDArray[np.int64]
    ids: TokenIds

    @classmethod
    def build(cls, texts: Sequence[TokenIds]) -> "TokenIndex":
        """Return the index of `texts`, each given as its token ids."""
        starts = np.zeros(len(texts) + 1, dtype=np.int64)
        np.cumsum([len(text) for text in texts], out=starts[1:])
        ids = np.concatenate(texts) if texts else np.empty(0, np.uint16)
        return cls(starts, ids.astype(np.uint16, copy=False))

    @classmethod
    def empty(cls, size: int) -> "TokenIndex":
        """Return the index of `size` texts without a token."""
        return cls(np.zeros(size + 1, np.int64), np.empty(0, np.uint16))

    def __len__(self) -> int:
        return len(self.starts) - 1

    def take(self, positions: NDArray[np.int64]) -> "TokenIndex":
        """Return the index of the texts at `positions`, in that order."""
        return TokenIndex.build([self.text(at) for at in positions.tolist()])

    def text(self, position: int) -> TokenIds:
        """Return the tokens of the text at `position`."""
        return self.ids[self.starts[position] : self.starts[position + 1]]

    @staticmethod
    def joined(parts: Sequence["TokenIndex"]) -> "TokenIndex":
        """Return one index with the texts of all `parts`, in order."""
        offsets = np.cumsum([0, *(len(part.ids) for part in parts)])
        starts = [part.starts[:-1] + offset for part, offset in zip(parts, offsets, strict=False)]
        ids = [part.ids for part in parts]
        return TokenIndex(
            np.concatenate([*starts, offsets[-1:]]).astype(np.int64),
            np.concatenate(ids) if ids else np.empty(0, np.uint16),
        )


@dataclass(frozen=True)
class LateInteraction:
    """Scores texts against questions, token by token; safe to share between threads."""

    encoder: TokenEncoder

    @cached_property
    def lengths(self) -> Floats:
        """The length of each token's vector, ``float32 (tokens,)``."""
        return np.asarray(np.linalg.norm(self.encoder.weights, axis=1), np.float32)

    def index(self, texts: Sequence[str]) -> TokenIndex:
        """Return the tokens of `texts`."""
        return TokenIndex.build(self.encoder.token_ids(texts))

    def weights(self, question: TokenIds) -> Floats:
        """Return how much each token of a question counts, ``float32 (q,)``, sum 1."""
        lengths = self.lengths[question]
        total = lengths.sum()
        return lengths / total if total > 0 else lengths

    def maxima(self, question: TokenIds, texts: TokenIndex) -> Floats:
        """Return the best cosine of each question token in each text, ``float32 (n, q)``.

        A text without tokens has zeros.
        """
        best = np.zeros((len(texts), len(question)), dtype=np.float32)
        filled = np.flatnonzero(np.diff(texts.starts))
        if not len(filled) or not len(question):
            return best
        # Cosines are computed once for each distinct token of the texts.
        slots = np.zeros(len(self.lengths), dtype=np.int32)
        slots[texts.ids] = 1
        distinct = np.flatnonzero(slots)
        slots[distinct] = np.arange(len(distinct), dtype=np.int32)
        cosines = self._cosines(distinct, question)[slots[texts.ids]]
        best[filled] = np.maximum.reduceat(cosines, texts.starts[filled], axis=0)
        return best

    def _cosines(self, tokens: NDArray[np.int64], question: TokenIds) -> Floats:
        scale = np.outer(self.lengths[tokens], self.lengths[question])
        product = self.encoder.weights[tokens] @ self.encoder.weights[question].T
        cosines: Floats = np.divide(
            product, scale, out=np.zeros_like(product), where=scale > 0, dtype=np.float32
        )
        return cosines
