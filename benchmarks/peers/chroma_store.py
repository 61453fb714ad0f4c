"""Chroma in the process: an approximate index (HNSW), durable at once."""

import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.peers.protocol import TOP, Pair, Vectors, model_folder, serve

_BATCH = 5000  # below what it takes at a time


class ChromaStore:
    """A collection of a ``PersistentClient``."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._collection: Any = None

    def fill(self, passages: Sequence[Pair], vectors: Vectors) -> None:
        """Make the store anew from passages and ``float32 (n, d)`` of them, durably."""
        shutil.rmtree(self._folder, ignore_errors=True)
        self.open()
        for start in range(0, len(passages), _BATCH):
            ids, texts = zip(*passages[start : start + _BATCH], strict=True)
            self._collection.add(
                ids=list(ids), documents=list(texts), embeddings=vectors[start : start + _BATCH]
            )

    def open(self) -> None:
        """Load the encoder and what `fill` left."""
        import chromadb  # noqa: PLC0415 - part of a start
        from chromadb.utils.embedding_functions import (  # noqa: PLC0415
            SentenceTransformerEmbeddingFunction,
        )

        client = chromadb.PersistentClient(
            str(self._folder), chromadb.Settings(anonymized_telemetry=False)
        )
        encoder = SentenceTransformerEmbeddingFunction(
            model_name=model_folder(), device="cpu", normalize_embeddings=True
        )
        self._collection = client.get_or_create_collection("passages", embedding_function=encoder)

    def search(self, question: str) -> list[Pair]:
        """Return the ten nearest passages, nearest first."""
        found = self._collection.query(query_texts=[question], n_results=TOP)
        return list(zip(found["ids"][0], found["documents"][0], strict=True))

    def add(self, passages: Sequence[Pair]) -> None:
        """Encode and add passages; the next search sees them."""
        ids, texts = zip(*passages, strict=True)
        self._collection.add(ids=list(ids), documents=list(texts))

    def delete(self, known_as: str) -> None:
        """Delete a passage; the next search does not see it."""
        self._collection.delete(ids=[known_as])

    def save(self) -> None:
        """Do nothing: it is durable."""


if __name__ == "__main__":
    serve(ChromaStore(Path(sys.argv[1])))
