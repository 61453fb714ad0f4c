"""An encoder that looks up what was encoded elsewhere, and encodes what was not."""

from collections.abc import Callable, Sequence
from dataclasses import dataclass

import numpy as np

from index.encoder import Encoder, Vectors

Found = Callable[[str, str], Vectors | None]


@dataclass(frozen=True, slots=True)
class EncodedElsewhere:
    """`encoder` that first looks for the vectors of passages (`index.encoder.Encoder`).

    `found` returns the vector of a text by the encoder of a fingerprint, None if there is none.
    """

    encoder: Encoder
    found: Found

    @property
    def name(self) -> str:
        """The name of the encoder."""
        return self.encoder.name

    @property
    def dimension(self) -> int:
        """The numbers of a vector."""
        return self.encoder.dimension

    @property
    def fingerprint(self) -> str:
        """What tells its vectors from another's."""
        return self.encoder.fingerprint

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Return ``float32 (len(texts), dimension)``, rows L2-normalised."""
        return self.encoder.encode_questions(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return ``float32 (len(texts), dimension)``, rows L2-normalised."""
        vectors = np.empty((len(texts), self.dimension), np.float32)
        missing = []
        for row, text in enumerate(texts):
            vector = self.found(text, self.fingerprint)
            if vector is None:
                missing.append(row)
            else:
                vectors[row] = vector
        if missing:
            vectors[missing] = self.encoder.encode_passages([texts[row] for row in missing])
        return vectors
