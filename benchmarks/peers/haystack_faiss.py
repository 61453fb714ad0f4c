"""Haystack with its FAISS store: a flat index, documents and their vectors in one JSON file."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.peers.protocol import TOP, Pair, Vectors, model_folder, serve

_ENCODER = {"progress_bar": False, "normalize_embeddings": True}


class HaystackFaiss:
    """The pipeline of text embedder and retriever that its documentation shows."""

    def __init__(self, folder: Path) -> None:
        self._file = str(folder / "store")
        self._store: Any = None
        self._pipeline: Any = None
        self._embedder: Any = None

    def fill(self, passages: Sequence[Pair], vectors: Vectors) -> None:
        """Make the store anew from passages and ``float32 (n, d)`` of them, durably."""
        from haystack import Document  # noqa: PLC0415 - part of a start
        from haystack_integrations.document_stores.faiss import FAISSDocumentStore  # noqa: PLC0415

        Path(self._file).parent.mkdir(parents=True, exist_ok=True)
        self._store = FAISSDocumentStore(embedding_dim=vectors.shape[1])
        self._store.write_documents(
            [
                Document(id=known_as, content=text, embedding=vector)
                for (known_as, text), vector in zip(passages, vectors.tolist(), strict=True)
            ]
        )
        self.save()

    def open(self) -> None:
        """Load the encoder and what `fill` left."""
        from haystack import Pipeline  # noqa: PLC0415 - part of a start
        from haystack_integrations.components.embedders.sentence_transformers import (  # noqa: PLC0415
            SentenceTransformersTextEmbedder,
        )
        from haystack_integrations.components.retrievers.faiss import (  # noqa: PLC0415
            FAISSEmbeddingRetriever,
        )
        from haystack_integrations.document_stores.faiss import FAISSDocumentStore  # noqa: PLC0415

        self._store = FAISSDocumentStore(index_path=self._file)
        self._pipeline = Pipeline()
        self._pipeline.add_component(
            "encoder", SentenceTransformersTextEmbedder(model=model_folder(), **_ENCODER)
        )
        self._pipeline.add_component(
            "retriever", FAISSEmbeddingRetriever(document_store=self._store, top_k=TOP)
        )
        self._pipeline.connect("encoder.embedding", "retriever.query_embedding")

    def search(self, question: str) -> list[Pair]:
        """Return the ten nearest passages, nearest first."""
        found = self._pipeline.run({"encoder": {"text": question}})["retriever"]["documents"]
        return [(document.id, document.content) for document in found]

    def add(self, passages: Sequence[Pair]) -> None:
        """Encode and add passages; the next search sees them."""
        from haystack import Document  # noqa: PLC0415 - imported by now
        from haystack_integrations.components.embedders.sentence_transformers import (  # noqa: PLC0415
            SentenceTransformersDocumentEmbedder,
        )

        if self._embedder is None:
            self._embedder = SentenceTransformersDocumentEmbedder(model=model_folder(), **_ENCODER)
            self._embedder.warm_up()
        documents = [Document(id=known_as, content=text) for known_as, text in passages]
        self._store.write_documents(self._embedder.run(documents)["documents"])

    def delete(self, known_as: str) -> None:
        """Delete a passage; the next search does not see it."""
        self._store.delete_documents([known_as])

    def save(self) -> None:
        """Write all of it anew."""
        self._store.save(self._file)


if __name__ == "__main__":
    serve(HaystackFaiss(Path(sys.argv[1])))
