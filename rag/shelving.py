"""A document into the store: cut into passages, encoded, put; several encoded in one call.

One call for many short texts uses all cores, or fills a request to a server; one call each
would not.
"""

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import accumulate, pairwise
from typing import Protocol, Self

import numpy as np
from numpy.typing import NDArray

from documents.chunking import passages as cut_passages
from documents.errors import EmptyDocument, EncoderReplaced, InvalidDocument
from documents.models import Document, Passage
from documents.records import DocumentSummary, Stored
from index.encoder import Encoder, Vectors, read_passages
from index.errors import TextRefused
from rag.distinct import Copies
from rag.reading import read_as


class DocumentStore(Protocol):
    """What bringing documents in needs of a store."""

    def put(
        self,
        document: Document,
        passages: Sequence[Passage],
        vectors: NDArray[np.float32],
        *,
        fingerprint: str,
        stretches: Sequence[bytes] = (),
    ) -> Stored: ...

    def find(self, collection: str, source: str) -> DocumentSummary | None: ...

    def document(self, document_id: str) -> Document | None: ...

    def sources(self, collection: str, *, prefix: str) -> Mapping[str, str]: ...

    def delete(self, document_id: str) -> bool: ...

    @property
    def copies(self) -> Copies: ...


@dataclass(frozen=True, slots=True)
class Ready:
    """A document cut into passages; where the same is stored already, `stored` and no passages."""

    document: Document
    passages: Sequence[Passage] = ()
    stored: Stored | None = None

    @property
    def texts(self) -> list[str]:
        """What the encoder reads."""
        title = self.document.title
        return [read_as(title, passage.heading_path, passage.text) for passage in self.passages]


@dataclass(frozen=True, slots=True, eq=False)
class Encoded:
    """What an encoder made of passages, and its fingerprint."""

    vectors: Vectors
    stretches: Sequence[bytes]
    fingerprint: str

    @classmethod
    def by(cls, encoder: Encoder, texts: Sequence[str]) -> Self:
        """Let `encoder` read passages."""
        made = read_passages(encoder, texts)
        return cls(made.vectors, made.stretches, encoder.fingerprint)

    def part(self, start: int, stop: int) -> Self:
        """Return what it made of the passages from `start` to before `stop`."""
        return replace(self, vectors=self.vectors[start:stop], stretches=self.stretches[start:stop])


@dataclass(frozen=True, slots=True)
class Shelving:
    """Puts documents into `store`; `encoder` returns the one that serves."""

    store: DocumentStore
    encoder: Callable[[], Encoder]
    min_words: int
    max_words: int

    def ready(self, document: Document) -> Ready:
        """Cut `document` into passages, unless the same is stored already.

        Raises:
            EmptyDocument: there is nothing in it that could be quoted.
        """
        known = self.store.find(document.collection, document.source)
        if known is not None and said_by(known) == said_by(document):
            stored = self.store.document(known.id)
            if stored is not None:
                same = Stored(stored, "unchanged", self.store.copies.of(known.id))
                return Ready(document, stored=same)
        passages = cut_passages(document, min_words=self.min_words, max_words=self.max_words)
        if not passages:
            raise EmptyDocument(
                f"{document.source} holds nothing that could be quoted, only what stands around "
                "an article (menus, captions, prompts, notices): send the article itself."
            )
        return Ready(document, passages)

    def encode_together(self, several: Sequence[Ready]) -> list[Encoded | None]:
        """Encode the passages of `several` documents in one call.

        None for each where a text is refused, so that `put` encodes each alone and tells which,
        and where there is nothing to encode.
        """
        encoder = self.encoder()
        texts = [text for one in several for text in one.texts]
        if not texts:
            return [None] * len(several)
        try:
            together = Encoded.by(encoder, texts)
        except TextRefused:
            return [None] * len(several)
        ends = accumulate((len(one.passages) for one in several), initial=0)
        return [together.part(start, stop) for start, stop in pairwise(ends)]

    def put(self, ready: Ready, encoded: Encoded | None = None) -> Stored:
        """Store what is ready, `encoded` before or now.

        Raises:
            InvalidDocument: the encoder refuses a text.
            UnknownCollection, StoreError: nothing was changed.
        """
        if ready.stored is not None:
            return ready.stored
        while True:
            made = encoded or self._encode(ready)
            try:
                return self.store.put(
                    ready.document,
                    ready.passages,
                    made.vectors,
                    fingerprint=made.fingerprint,
                    stretches=made.stretches,
                )
            except EncoderReplaced:  # while this was encoded: again, by the one that serves now
                if self.encoder().fingerprint == made.fingerprint:
                    raise
                encoded = None

    def _encode(self, ready: Ready) -> Encoded:
        try:
            return Encoded.by(self.encoder(), ready.texts)
        except TextRefused as error:
            source = ready.document.source
            raise InvalidDocument(f"{source} cannot be encoded. {error}") from error


def said_by(one: Document | DocumentSummary) -> tuple[object, ...]:
    """Return what makes a document another one under the same source."""
    about = (one.title, one.url, one.published_at, one.language)
    return (one.sha256, *about, sorted(one.metadata.items()))
