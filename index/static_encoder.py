"""The light bilingual encoder: one vector a token, a text points where their sum points.

Tokenizers and NumPy only. How much a token counts is the length of its vector, so there are
no other weights. A model is a folder, written by `training.static`:

* ``config.json``: the BLAKE2b sums of the other two under ``"blake2b"``, and the recipe;
* ``tokenizer.json``: a tokenizer as the tokenizers library writes it, which reads no word across
  a space;
* ``model.safetensors``: ``embedding.weight``, float16 ``(tokens, dimension)``; mapped, so that a
  model is replaced by a new file, not written over while it serves.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path

import numpy as np

from index.encoder import Vectors
from index.model_folder import check_model
from index.token_vectors import TokenVectors
from index.word_tokens import TokenIds, WordTokens

_TOKENIZER, _WEIGHTS = "tokenizer.json", "model.safetensors"
_REMEDY = "Get the folder again, or train it with `python -m training.static --out FOLDER`."


@dataclass(frozen=True, slots=True, eq=False)
class StaticEncoder:
    """Embeds text as the direction of the sum of its token vectors (`index.encoder.Encoder`).

    A text without a known token is the zero vector: its cosine with everything is 0. Safe to
    share between threads.
    """

    name: str
    fingerprint: str
    vectors: TokenVectors
    _words: WordTokens

    @classmethod
    def load(cls, folder: Path) -> "StaticEncoder":
        """Read the model in `folder`; it is named after the folder.

        Raises:
            EncoderUnavailable: a file is missing, or is not what the configuration says.
        """
        from tokenizers import Tokenizer  # noqa: PLC0415 - not for everyone

        model = check_model(folder, (_TOKENIZER, _WEIGHTS), remedy=_REMEDY)
        return cls(
            name=folder.name,
            fingerprint=model.fingerprint,
            vectors=TokenVectors.mapped(folder / _WEIGHTS, "embedding.weight"),
            _words=WordTokens(Tokenizer.from_file(str(folder / _TOKENIZER))),
        )

    @property
    def dimension(self) -> int:
        """Return the width of a vector."""
        return self.vectors.dimension

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Return ``float32 (len(texts), dimension)``, rows L2-normalised."""
        return self.encode_passages(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return ``float32 (len(texts), dimension)``, rows L2-normalised."""
        return self.sums(self.token_ids(texts))

    def sums(self, texts: Sequence[TokenIds]) -> Vectors:
        """Return what `encode_passages` does, of texts that are given as their token ids."""
        sums = self.vectors.sums(texts)
        norms = np.linalg.norm(sums, axis=1, keepdims=True)
        vectors: Vectors = np.divide(sums, norms, out=sums, where=norms > 0)
        return vectors

    def token_ids(self, texts: Sequence[str]) -> list[TokenIds]:
        """Return the rows of `vectors` that each text sums, in the order of its tokens."""
        return self._words.ids(texts)
