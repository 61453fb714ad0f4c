"""LangChain with its FAISS store: a flat index, documents in a pickled dictionary."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.peers.protocol import TOP, Pair, Vectors, model_folder, serve


class LangChainFaiss:
    """``FAISS`` of langchain-community, ``HuggingFaceEmbeddings`` of langchain-huggingface."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._store: Any = None

    def fill(self, passages: Sequence[Pair], vectors: Vectors) -> None:
        """Make the store anew from passages and ``float32 (n, d)`` of them, durably."""
        from langchain_community.vectorstores import FAISS  # noqa: PLC0415 - part of a start

        ids, texts = zip(*passages, strict=True)
        pairs = zip(texts, vectors.tolist(), strict=True)
        self._store = FAISS.from_embeddings(pairs, _embeddings(), ids=list(ids))
        self.save()

    def open(self) -> None:
        """Load the encoder and what `fill` left."""
        from langchain_community.vectorstores import FAISS  # noqa: PLC0415 - part of a start

        self._store = FAISS.load_local(
            self._folder, _embeddings(), allow_dangerous_deserialization=True
        )

    def search(self, question: str) -> list[Pair]:
        """Return the ten nearest passages, nearest first."""
        found = self._store.similarity_search(question, k=TOP)
        return [(document.id, document.page_content) for document in found]

    def add(self, passages: Sequence[Pair]) -> None:
        """Encode and add passages; the next search sees them."""
        ids, texts = zip(*passages, strict=True)
        self._store.add_texts(list(texts), ids=list(ids))

    def delete(self, known_as: str) -> None:
        """Delete a passage; the next search does not see it."""
        self._store.delete([known_as])

    def save(self) -> None:
        """Write all of it anew."""
        self._store.save_local(self._folder)


def _embeddings() -> object:
    from langchain_huggingface import HuggingFaceEmbeddings  # noqa: PLC0415 - part of a start

    return HuggingFaceEmbeddings(
        model_name=model_folder(),
        model_kwargs={"device": "cpu"},
        encode_kwargs={"normalize_embeddings": True},
    )


if __name__ == "__main__":
    serve(LangChainFaiss(Path(sys.argv[1])))
