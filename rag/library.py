"""How documents come in: bytes, text, passages, vectors, then one transaction in the store.

A document is known by its collection and its source. The same content twice writes nothing;
new content under the same source replaces the old in one step.
"""

import hashlib
import textwrap
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from documents.chunking import passages as cut_passages
from documents.errors import EmptyDocument, InvalidRecord
from documents.extraction import Block, Extraction, assemble
from documents.language import detect
from documents.limits import Limits
from documents.loading import Loaded, complete, load
from documents.models import DEFAULT_COLLECTION, Document, Language, Passage
from documents.normalization import normalize
from documents.records import DocumentSummary, Stored
from documents.sniffing import Format
from documents.structure import parts
from index.encoder import Encoder
from rag.reading import read_as

# Marks a row inside a file of many documents: "prices.csv#17".
ROW_MARK = "#"
_LONGEST_FALLBACK_TITLE = 80
_HEAD = 4000  # characters in which the prose of a document begins


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
    """What came of one file.

    `problems` are its rows that failed. Of the rows of its earlier version, `removed` are gone
    from the file and from the store; `retained` stayed, because their new version failed.
    """

    documents: tuple[Stored, ...]
    problems: tuple[InvalidRecord, ...] = ()
    removed: int = 0
    retained: int = 0


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
        """Add the document, or the documents, that a file holds; its source is its name.

        Raises:
            UnsupportedFormat, UnreadableDocument: nothing could be read; nothing was changed.
            UnknownCollection, StoreError: nothing was changed by the document that failed.
        """
        source = _storable(source or name)
        loaded = load(data, name=name, media_type=media_type, limits=self.limits)
        if loaded.holds_rows:
            return self._add_rows(loaded, collection=collection, source=source)
        [extraction] = loaded.extractions
        stored = self._put(_document(extraction, collection, source))
        if loaded.format is not Format.XLSX:
            return Added((stored,))
        # A workbook may have held rows before and have lost its text column.
        rows = self.store.sources(collection, prefix=source + ROW_MARK)
        return Added((stored,), removed=sum(map(self.store.delete, rows.values())))

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
            EmptyDocument: there is nothing in it that could be quoted.
            UnknownCollection, StoreError: nothing was changed.
        """
        text = normalize(text).strip()
        extraction = complete(
            Extraction(
                blocks=[Block(text)],
                title=title,
                url=url,
                published_at=published_at,
                language=language,
                metadata=metadata or {},
            )
        )
        known_as = _storable(source or extraction.url or f"text:{_sha256(text)}")
        return self._put(_document(extraction, collection, known_as))

    def copy(self, document: Document, *, collection: str) -> Stored:
        """Put a stored document into `collection` too, under the same source.

        Raises:
            UnknownCollection, StoreError: nothing was changed.
        """
        return self._put(replace(document, id="", collection=collection))

    def reembed(self, summaries: Iterable[DocumentSummary]) -> int:
        """Encode again what another encoder encoded; return how many documents that was."""
        done = 0
        for summary in summaries:
            document = self.store.document(summary.id)
            if document is not None and summary.fingerprint != self.encoder.fingerprint:
                self._encode_and_put(document, self._passages(document))
                done += 1
        return done

    def _add_rows(self, loaded: Loaded, *, collection: str, source: str) -> Added:
        documents: list[Stored] = []
        problems = list(loaded.problems)
        for extraction in loaded.extractions:
            row = f"{source}{ROW_MARK}{extraction.key}"
            try:
                documents.append(self._put(_document(extraction, collection, row)))
            except EmptyDocument as problem:
                problems.append(InvalidRecord(str(problem), key=extraction.key))
        came_in = {stored.document.source for stored in documents}
        earlier = self._earlier(collection, source)
        gone = {name: document_id for name, document_id in earlier.items() if name not in came_in}
        retained = _retained(gone, source, problems, all_failed=not documents)
        removed = sum(self.store.delete(gone[name]) for name in gone if name not in retained)
        said = tuple(_explained(problem, source, retained) for problem in problems)
        return Added(tuple(documents), said, removed, len(retained))

    def _earlier(self, collection: str, source: str) -> dict[str, str]:
        """Return the ids of what came from `source` before, as rows or as one document."""
        whole = self.store.find(collection, source)
        rows = self.store.sources(collection, prefix=source + ROW_MARK)
        return {**rows, **({source: whole.id} if whole else {})}

    def _put(self, document: Document) -> Stored:
        known = self.store.find(document.collection, document.source)
        if known is not None and self._is_same(document, known):
            stored = self.store.document(known.id)
            if stored is not None:
                return Stored(stored, "unchanged")
        passages = self._passages(document)
        if not passages:
            raise EmptyDocument(
                f"{document.source} holds nothing that could be quoted, only what stands around "
                "an article (menus, captions, prompts, notices): send the article itself."
            )
        return self._encode_and_put(document, passages)

    def _passages(self, document: Document) -> list[Passage]:
        return cut_passages(document, min_words=self.min_words, max_words=self.max_words)

    def _encode_and_put(self, document: Document, passages: Sequence[Passage]) -> Stored:
        vectors = self.encoder.encode_passages(
            [read_as(document.title, p.heading_path, p.text) for p in passages]
        )
        return self.store.put(document, passages, vectors, fingerprint=self.encoder.fingerprint)

    def _is_same(self, document: Document, known: DocumentSummary) -> bool:
        return (
            known.sha256 == document.sha256
            and known.fingerprint == self.encoder.fingerprint
            and (known.title, known.url) == (document.title, document.url)
            and (known.published_at, known.language) == (document.published_at, document.language)
            and dict(known.metadata) == dict(document.metadata)
        )


def _document(extraction: Extraction, collection: str, source: str) -> Document:
    """Return the document of `extraction`; one that names no title goes by its first words."""
    assembled = assemble(extraction.blocks)
    text = assembled.text
    if not any(character.isalnum() for character in text):
        raise EmptyDocument(f"{source} holds no text: send a document with words in it.")
    document = Document(
        id="",
        collection=collection,
        source=source,
        title=extraction.title or "",
        language=extraction.language or detect(text),
        text=text,
        sha256=_sha256(text),
        url=extraction.url,
        published_at=extraction.published_at,
        headings=assembled.headings,
        page_starts=assembled.page_starts,
        metadata=dict(extraction.metadata),
    )
    return document if document.title else replace(document, title=_first_words(document))


def _first_words(document: Document) -> str:
    """Return how the prose of `document` begins, menus and datelines left out."""
    head = replace(document, text=document.text[:_HEAD], headings=())
    prose = (part for part in parts(head) if part.kind != "boilerplate")
    start = next((part.start for part in prose), 0)
    return textwrap.shorten(head.text[start:], _LONGEST_FALLBACK_TITLE, placeholder="…")


def _retained(
    gone: Iterable[str], source: str, problems: Sequence[InvalidRecord], *, all_failed: bool
) -> set[str]:
    """Return which of the earlier rows that did not come in now may not be removed.

    Those whose row failed; and all, where a row failed so badly that it might be any of them.
    """
    if all_failed or any(problem.key is None for problem in problems):
        return set(gone)
    failed = {f"{source}{ROW_MARK}{problem.key}" for problem in problems}
    return failed.intersection(gone)


def _explained(problem: InvalidRecord, source: str, retained: set[str]) -> InvalidRecord:
    """Add to `problem` what became of the earlier version of its row, where there was one."""
    if f"{source}{ROW_MARK}{problem.key}" in retained:
        return InvalidRecord(f"{problem}; its earlier version stays", key=problem.key)
    if problem.key is None and retained:
        return InvalidRecord(f"{problem}; no row of the earlier version was removed")
    return problem


def _storable(name: str) -> str:
    """Return `name` without what cannot be stored; bytes that no encoding explains escaped."""
    return normalize(name.encode("utf-8", "backslashreplace").decode())


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
