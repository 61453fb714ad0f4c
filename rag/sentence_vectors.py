"""The vectors of sentences as they are read closely: read ahead of the question, or now.

Either way they are rounded to 16 bits, so that an answer does not depend on which it was.
"""

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from index.encoder import Encoder, Vectors
from index.remembering_encoder import within
from rag.evidence import Evidence


@dataclass(frozen=True, slots=True)
class SentenceVectors:
    """What `encoder` makes of questions, and of sentences, each under its title and headings."""

    encoder: Encoder

    def of_question(self, text: str, *, collection: str) -> Vectors:
        """Return the vector of a question, ``float32 (dimension,)``."""
        vector: Vectors = within(self.encoder, collection).encode_questions([text])[0]
        return vector

    def of(self, evidence: Sequence[Evidence]) -> Vectors:
        """Return the vector of each sentence of one collection, ``float32 (n, dimension)``."""
        missing = [one.in_context for one in evidence if one.vector is None]
        collection = evidence[0].found.hit.stored.document.collection
        encoder = within(self.encoder, collection)
        made = iter(rounded(encoder.encode_passages(missing)) if missing else ())
        return np.stack([next(made) if one.vector is None else one.vector for one in evidence])


def rounded(vectors: Vectors) -> Vectors:
    """Return `vectors` in the precision in which they are kept."""
    return vectors.astype(np.float16).astype(np.float32)
