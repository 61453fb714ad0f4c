"""txtai as it comes: above 5,000 passages an approximate index, texts in SQLite."""

import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.peers.protocol import TOP, Pair, Vectors, model_folder, serve


class TxtaiIndex:
    """``Embeddings`` with content."""

    def __init__(self, folder: Path) -> None:
        self._folder = str(folder)
        self._index: Any = None

    def fill(self, passages: Sequence[Pair], vectors: Vectors) -> None:
        """Make the store anew from passages and ``float32 (n, d)`` of them, durably.

        Vectors that are there already come in by a function; then the encoder takes its place.
        """
        from txtai import Embeddings  # noqa: PLC0415 - part of a start

        known = {text: vector for (_, text), vector in zip(passages, vectors, strict=True)}
        given = Embeddings(
            method="external", transform=lambda texts: [known[text] for text in texts], content=True
        )
        given.index(passages)
        given.config.pop("transform")  # a function cannot be saved
        given.config |= {"method": "transformers", "path": model_folder()}
        given.save(self._folder)

    def open(self) -> None:
        """Load the encoder and what `fill` left."""
        from txtai import Embeddings  # noqa: PLC0415 - part of a start

        self._index = Embeddings()
        self._index.load(self._folder)

    def search(self, question: str) -> list[Pair]:
        """Return the ten nearest passages, nearest first."""
        return [(found["id"], found["text"]) for found in self._index.search(question, TOP)]

    def add(self, passages: Sequence[Pair]) -> None:
        """Encode and add passages; the next search sees them."""
        self._index.upsert(passages)

    def delete(self, known_as: str) -> None:
        """Delete a passage; the next search does not see it."""
        self._index.delete([known_as])

    def save(self) -> None:
        """Write all of it anew."""
        self._index.save(self._folder)


if __name__ == "__main__":
    serve(TxtaiIndex(Path(sys.argv[1])))
