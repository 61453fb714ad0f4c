"""LlamaIndex with the FAISS store that can delete: a flat index, all else in JSON files."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.peers.protocol import TOP, Pair, Vectors, model_folder, serve


class LlamaIndexFaiss:
    """``VectorStoreIndex`` over ``FaissMapVectorStore``."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._index: Any = None
        self._retriever: Any = None

    def fill(self, passages: Sequence[Pair], vectors: Vectors) -> None:
        """Make the store anew from passages and ``float32 (n, d)`` of them, durably."""
        import faiss  # noqa: PLC0415 - part of a start
        from llama_index.core import StorageContext, VectorStoreIndex  # noqa: PLC0415
        from llama_index.core.schema import TextNode  # noqa: PLC0415
        from llama_index.vector_stores.faiss import FaissMapVectorStore  # noqa: PLC0415

        flat = faiss.IndexIDMap2(faiss.IndexFlatL2(vectors.shape[1]))
        nodes = [
            TextNode(id_=known_as, text=text, embedding=vector)
            for (known_as, text), vector in zip(passages, vectors.tolist(), strict=True)
        ]
        context = StorageContext.from_defaults(vector_store=FaissMapVectorStore(faiss_index=flat))
        self._index = VectorStoreIndex(nodes, storage_context=context, embed_model=_embeddings())
        self.save()

    def open(self) -> None:
        """Load the encoder and what `fill` left."""
        from llama_index.core import StorageContext, load_index_from_storage  # noqa: PLC0415
        from llama_index.vector_stores.faiss import FaissMapVectorStore  # noqa: PLC0415

        context = StorageContext.from_defaults(
            vector_store=FaissMapVectorStore.from_persist_dir(self._folder),
            persist_dir=self._folder,
        )
        self._index = load_index_from_storage(context, embed_model=_embeddings())
        self._retriever = self._index.as_retriever(similarity_top_k=TOP)

    def search(self, question: str) -> list[Pair]:
        """Return the ten nearest passages, nearest first."""
        return [
            (found.node.node_id, found.node.text) for found in self._retriever.retrieve(question)
        ]

    def add(self, passages: Sequence[Pair]) -> None:
        """Encode and add passages; the next search sees them."""
        from llama_index.core.schema import TextNode  # noqa: PLC0415 - imported by now

        self._index.insert_nodes([TextNode(id_=one, text=text) for one, text in passages])

    def delete(self, known_as: str) -> None:
        """Delete a passage; the next search does not see it."""
        self._index.delete_nodes([known_as], delete_from_docstore=True)

    def save(self) -> None:
        """Write all of it anew."""
        self._index.storage_context.persist(self._folder)


def _embeddings() -> object:
    from llama_index.embeddings.huggingface import HuggingFaceEmbedding  # noqa: PLC0415

    return HuggingFaceEmbedding(model_name=model_folder(), device="cpu")


if __name__ == "__main__":
    serve(LlamaIndexFaiss(Path(sys.argv[1])))
