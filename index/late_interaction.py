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
from typing import ClassVar, Protocol

import numpy as np
from numpy.typing import NDArray

from index.text_parts import TextParts
from index.token_vectors import Floats, TokenVectors

TokenIds = NDArray[np.uint16]


class TokenEncoder(Protocol):
    """A static encoder: a vector a token."""

    @property
    def vectors(self) -> TokenVectors: ...

    def token_ids(self, texts: Sequence[str]) -> list[TokenIds]: ...


class TokenIndex(TextParts):
    """The tokens of n texts, by their numbers."""

    __slots__ = ()
    KIND: ClassVar = np.uint16


@dataclass(frozen=True)
class LateInteraction:
    """Scores texts against questions, token by token; safe to share between threads."""

    encoder: TokenEncoder

    @cached_property
    def lengths(self) -> Floats:
        """The length of each token's vector, ``float32 (tokens,)``."""
        return self.encoder.vectors.lengths()

    @cached_property
    def _scales(self) -> Floats:
        """What makes each token's vector of length 1, if it has any, ``float32 (tokens, 1)``."""
        lengths = self.lengths[:, None]
        return np.divide(1, lengths, out=np.zeros_like(lengths), where=lengths > 0)

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
        seen = np.zeros(len(self.lengths), np.bool_)
        seen[texts.items] = True
        distinct = np.flatnonzero(seen)
        slots = np.empty(len(self.lengths), np.int32)
        slots[distinct] = np.arange(len(distinct), dtype=np.int32)
        # `take` gathers rows faster than an index does.
        cosines = np.take(self._cosines(distinct, question), np.take(slots, texts.items), axis=0)
        best[filled] = np.maximum.reduceat(cosines, texts.starts[filled], axis=0)
        return best

    def _cosines(self, tokens: NDArray[np.int64], question: TokenIds) -> Floats:
        vectors = self.encoder.vectors
        cosines = vectors.products(tokens, vectors.take(question) * self._scales[question])
        cosines *= self._scales[tokens]
        return cosines
