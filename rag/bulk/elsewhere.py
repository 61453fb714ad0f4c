"""An encoder that looks up what was encoded elsewhere, and encodes what was not."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass

import numpy as np

from index.encoder import Encoder, ReadPassages, Vectors, read_passages

Found = Callable[[str, str], tuple[Vectors, bytes] | None]


@dataclass(frozen=True, slots=True)
class EncodedElsewhere:
    """`encoder` that first looks for the vectors of passages (`index.encoder.Encoder`).

    `found` returns the vector and the stretches of a text by the encoder of a fingerprint, None if
    there are none.
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
        return self.read_passages(texts).vectors

    def read_passages(self, texts: Sequence[str]) -> ReadPassages:
        """Return those vectors, and the stretches of each text if the encoder makes any."""
        found = [self.found(text, self.fingerprint) for text in texts]
        missing = [text for text, one in zip(texts, found, strict=True) if one is None]
        made: Iterator[tuple[Vectors, bytes]] = iter(())
        if missing:
            read = read_passages(self.encoder, missing)
            made = zip(read.vectors, read.stretches, strict=True)
        every = [next(made) if one is None else one for one in found]
        vectors = np.array([vector for vector, _ in every], np.float32)
        return ReadPassages(
            vectors.reshape(len(texts), self.dimension), [stretches for _, stretches in every]
        )
