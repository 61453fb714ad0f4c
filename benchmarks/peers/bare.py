"""The reference: the encoder and an exact search by FAISS, and nothing else.

Its ``add`` encodes and keeps the vector in memory: what every framework has to do at least.
"""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.peers.protocol import TOP, Pair, Vectors, model_folder, read_filling, serve


class Bare:
    """sentence-transformers and a flat index."""

    def __init__(self, folder: Path) -> None:
        self._given = folder.parent.parent
        self._model: Any = None

    def fill(self, passages: Sequence[Pair], vectors: Vectors) -> None:
        """Do nothing: `open` reads what all are given."""

    def open(self) -> None:
        """Load the encoder, the passages and their vectors."""
        import faiss  # noqa: PLC0415 - part of a start
        from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - part of a start

        self._model = SentenceTransformer(model_folder(), device="cpu")
        self._passages, vectors = read_filling(self._given, "minilm")
        self._index = faiss.IndexFlatIP(vectors.shape[1])
        self._index.add(vectors)

    def search(self, question: str) -> list[Pair]:
        """Return the ten nearest passages, nearest first."""
        _, [best] = self._index.search(self._encode([question]), TOP)
        return [self._passages[at] for at in best]

    def add(self, passages: Sequence[Pair]) -> None:
        """Encode; the index stays as it is."""
        self._encode([text for _, text in passages])

    def delete(self, known_as: str) -> None:
        """Do nothing."""

    def save(self) -> None:
        """Do nothing."""

    def _encode(self, texts: Sequence[str]) -> Vectors:
        vectors: Vectors = self._model.encode(
            texts, normalize_embeddings=True, show_progress_bar=False
        )
        return vectors


if __name__ == "__main__":
    serve(Bare(Path(sys.argv[1])))
