"""An encoder and a translator made by hand."""

import hashlib
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field

import numpy as np

from documents.models import Language
from index.encoder import Vectors


@dataclass
class FakeEncoder:
    """Gives each text a vector of its own; remembers how many texts it read."""

    name: str = "fake"
    fingerprint: str = "fake-1"
    dimension: int = 8
    read: int = 0

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        return self.encode_passages(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        self.read += len(texts)
        seeds = [hashlib.blake2b(text.encode(), digest_size=8).digest() for text in texts]
        drawn = [np.random.default_rng(list(seed)).normal(size=self.dimension) for seed in seeds]
        vectors = np.array(drawn, np.float32).reshape(-1, self.dimension)
        return np.asarray(vectors / np.linalg.norm(vectors, axis=1, keepdims=True), np.float32)


@dataclass
class FakeTranslator:
    """Knows the translations that it was given, by term."""

    known: Mapping[str, tuple[tuple[str, float], ...]] = field(default_factory=dict)

    def translate(self, term: str, *, source: Language) -> tuple[tuple[str, float], ...]:
        assert source in ("fr", "en")
        return self.known.get(term, ())
