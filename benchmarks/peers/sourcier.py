"""Sourcier through Python; ``SOURCIER_ENCODER`` says by which encoder. Search is hybrid."""

import json
import shutil
import sys
from collections.abc import Sequence
from pathlib import Path
from typing import Any

from benchmarks.peers.protocol import TOP, Pair, Vectors, serve


class SourcierInProcess:
    """What `rag.bootstrap` puts together, on a store in one folder."""

    def __init__(self, folder: Path) -> None:
        self._folder = folder
        self._sourcier: Any = None

    def fill(self, passages: Sequence[Pair], vectors: Vectors) -> None:
        """Make the store anew: each passage a document, its vector as if it were encoded here.

        An encoder that makes stretches reads the passages for those.
        """
        from documents.language import detect  # noqa: PLC0415 - not needed to answer
        from documents.models import Document, Passage, Sentence  # noqa: PLC0415
        from documents.sentences import sentence_spans  # noqa: PLC0415
        from documents.store.store import Store  # noqa: PLC0415
        from index.encoder import StretchEncoder  # noqa: PLC0415

        shutil.rmtree(self._folder, ignore_errors=True)
        self.open()
        encoder, stretches = self._sourcier.encoder, [b""] * len(passages)
        if isinstance(encoder, StretchEncoder):
            stretches = list(encoder.read_passages([text for _, text in passages]).stretches)
        each = zip(passages, vectors, stretches, strict=True)
        with Store.open(self._sourcier.settings.database) as store:
            for (known_as, text), vector, made in each:
                language = detect(text)
                spans = [Sentence(span.start, span.end) for span in sentence_spans(text)]
                passage = Passage(0, len(text), text, language, tuple(spans))
                document = Document("", "default", known_as, known_as, language, text, known_as)
                store.put(
                    document,
                    [passage],
                    vector[None],
                    fingerprint=encoder.fingerprint,
                    stretches=[made],
                )
        self._sourcier.rebuild()

    def open(self) -> None:
        """Load the encoder and what `fill` left."""
        from rag.bootstrap import bootstrap  # noqa: PLC0415 - part of a start
        from rag.settings import Settings  # noqa: PLC0415 - part of a start

        self._sourcier = bootstrap(Settings(data_dir=self._folder))

    def search(self, question: str) -> list[Pair]:
        """Return the ten best passages, best first."""
        from rag.models import Query  # noqa: PLC0415 - imported by now

        hits = self._sourcier.search(Query(question, top_k=TOP))
        return [(hit.stored.document.source, hit.stored.passage.text) for hit in hits]

    def add(self, passages: Sequence[Pair]) -> None:
        """Encode and add passages, each a document, several as a file of rows."""
        if len(passages) == 1:
            [(known_as, text)] = passages
            self._sourcier.add_text(text, source=known_as)
            return
        rows = (json.dumps({"id": known_as, "text": text}) for known_as, text in passages)
        added = self._sourcier.add_file("\n".join(rows).encode(), name="passages.jsonl")
        assert len(added.documents) == len(passages)  # noqa: S101 - none is empty

    def delete(self, known_as: str) -> None:
        """Delete a passage; the next search does not see it."""
        from documents.records import document_id  # noqa: PLC0415 - imported by now

        self._sourcier.delete_document(document_id("default", known_as))

    def save(self) -> None:
        """Do nothing: it is durable."""


if __name__ == "__main__":
    serve(SourcierInProcess(Path(sys.argv[1])))
