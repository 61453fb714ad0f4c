"""How documents come in: bytes, text, passages, vectors, then one transaction in the store.

A document is known by its collection and its source. The same content twice writes nothing;
new content under the same source replaces the old in one step.
"""

import hashlib
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from pathlib import PurePath
from typing import Protocol

import numpy as np
from documents.chunking import passages as cut_passages
from numpy.typing import NDArray

from documents.dates import find_date
from documents.errors import EmptyDocument, InvalidRecord
from documents.extraction import Block, Extraction, assemble
from documents.language import detect
from documents.limits import Limits
from documents.loading import load
from documents.models import DEFAULT_COLLECTION, Document, Language, Passage
from documents.records import DocumentSummary, Stored
from documents.titles import find_title
from index.encoder import Encoder
from rag.reading import read_as

# Marks a row inside a file of many documents: "prices.csv#17".
ROW_MARK = "#"


class DocumentStore(Protocol):
    """What bringing documents in needs of a store."""

    def put(
        self,
        document: Document,
        passages: Sequence[Passage],
        vectors: NDArray[np.float32],
        *,
        fingerprint: str,
    ) -> Stored: ...

    def find(self, collection: str, source: str) -> DocumentSummary | None: ...

    def document(self, document_id: str) -> Document | None: ...

    def sources(self, collection: str, *, prefix: str) -> Mapping[str, str]: ...

    def delete(self, document_id: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Added:
    """What came of one file: its documents, its rows that failed, how many old rows went."""

    documents: tuple[Stored, ...]
    problems: tuple[InvalidRecord, ...] = ()
    removed: int = 0


@dataclass(frozen=True, slots=True)
class Library:
    """Brings documents into the store; safe to call from several threads."""

    store: DocumentStore
    encoder: Encoder
    limits: Limits
    min_words: int
    max_words: int

    def add_file(
        self,
        data: bytes,
        *,
        name: str,
        media_type: str | None = None,
        collection: str = DEFAULT_COLLECTION,
        source: str | None = None,
    ) -> Added:
        """Add the document, or the documents, that a file holds.

        Raises:
            UnsupportedFormat, UnreadableDocument: nothing could be read; nothing was changed.
            UnknownCollection, StoreError: nothing was changed by the document that failed.
        """
        source = source or name
        loaded = load(data, name=name, media_type=media_type, limits=self.limits)
        documents: list[Stored] = []
        problems = list(loaded.problems)
        for extraction in loaded.extractions:
            row = extraction.key is not None
            try:
                document = self._document(
                    extraction,
                    collection=collection,
                    source=f"{source}{ROW_MARK}{extraction.key}" if row else source,
                    fallback_title=PurePath(name).stem,
                )
            except EmptyDocument as problem:
                if not row:
                    raise
                problems.append(InvalidRecord(str(problem)))
            else:
                documents.append(self._put(document))
        kept = {stored.document.source for stored in documents}
        removed = self._remove_old_rows(collection, source, kept) if kept != {source} else 0
        return Added(tuple(documents), tuple(problems), removed)

    def add_text(
        self,
        text: str,
        *,
        title: str | None = None,
        url: str | None = None,
        published_at: date | None = None,
        language: Language | None = None,
        metadata: Mapping[str, str] | None = None,
        collection: str = DEFAULT_COLLECTION,
        source: str | None = None,
    ) -> Stored:
        """Add one document from its text; its source is the url, or else its own content.

        Raises:
            EmptyDocument: there is no text in it.
            UnknownCollection, StoreError: nothing was changed.
        """
        extraction = Extraction(
            blocks=[Block(text)],
            title=title,
            url=url,
            published_at=published_at,
            language=language,
            metadata=metadata or {},
        )
        source = source or url or f"text:{_sha256(assemble(extraction.blocks).text)}"
        return self._put(
            self._document(extraction, collection=collection, source=source, fallback_title=source)
        )

    def _document(
        self, extraction: Extraction, *, collection: str, source: str, fallback_title: str
    ) -> Document:
        assembled = assemble(extraction.blocks)
        text = assembled.text
        if not any(character.isalnum() for character in text):
            raise EmptyDocument(f"{source} holds no text: send a document with words in it.")
        return Document(
            id="",
            collection=collection,
            source=source,
            title=extraction.title or find_title(text) or fallback_title,
            language=extraction.language or detect(text),
            text=text,
            sha256=_sha256(text),
            url=extraction.url,
            published_at=extraction.published_at or find_date(text),
            headings=assembled.headings,
            page_starts=assembled.page_starts,
            metadata=dict(extraction.metadata),
        )

    def _put(self, document: Document) -> Stored:
        known = self.store.find(document.collection, document.source)
        if known is not None and self._is_same(document, known):
            stored = self.store.document(known.id)
            if stored is not None:
                return Stored(stored, "unchanged")
        passages = cut_passages(document, min_words=self.min_words, max_words=self.max_words)
        vectors = self.encoder.encode_passages(
            [read_as(document.title, p.heading_path, p.text) for p in passages]
        )
        return self.store.put(document, passages, vectors, fingerprint=self.encoder.fingerprint)

    def reembed(self, summaries: Iterable[DocumentSummary]) -> int:
        """Encode again what another encoder encoded; return how many documents that was."""
        done = 0
        for summary in summaries:
            document = self.store.document(summary.id)
            if document is not None and summary.fingerprint != self.encoder.fingerprint:
                self._put(document)
                done += 1
        return done

    def _is_same(self, document: Document, known: DocumentSummary) -> bool:
        return (
            known.sha256 == document.sha256
            and known.fingerprint == self.encoder.fingerprint
            and (known.title, known.url) == (document.title, document.url)
            and (known.published_at, known.language) == (document.published_at, document.language)
            and dict(known.metadata) == dict(document.metadata)
        )

    def _remove_old_rows(self, collection: str, source: str, kept: set[str]) -> int:
        """Delete what an earlier version of the file `source` held and this one does not."""
        stored = self.store.sources(collection, prefix=source + ROW_MARK)
        stale = [document_id for name, document_id in stored.items() if name not in kept]
        return sum(self.store.delete(document_id) for document_id in stale)


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
