"""How documents come in: bytes, text, passages, vectors, then one transaction in the store.

A document is known by its collection and its source. The same content twice writes nothing;
new content under the same source replaces the old in one step.
"""

import hashlib
import textwrap
from collections.abc import Callable, Generator, Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date

from documents.errors import EmptyDocument, InvalidDocument, InvalidRecord
from documents.extraction import Block, Extraction, assemble
from documents.language import detect
from documents.limits import Limits
from documents.loading import Loaded, complete, load
from documents.models import DEFAULT_COLLECTION, Document, Language
from documents.normalization import normalize
from documents.records import Stored
from documents.sniffing import Format
from documents.structure import parts
from index.encoder import Encoder
from rag.rows import ROW_MARK, explained, retained, row_source
from rag.shelving import DocumentStore, Ready, Shelving

_LONGEST_FALLBACK_TITLE = 80
_HEAD = 4000  # characters in which the prose of a document begins
_TOGETHER = 64  # passages of rows that are encoded in one call


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
class Expected:
    """How many documents, and rows that cannot become one, a file turned out to hold."""

    documents: int


@dataclass(frozen=True, slots=True)
class Library:
    """Brings documents into the store, in any thread; `encoder` returns the one that serves."""

    store: DocumentStore
    encoder: Callable[[], Encoder]
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
        return to_the_end(
            self.adding_file(
                data, name=name, media_type=media_type, collection=collection, source=source
            )
        )

    def adding_file(
        self,
        data: bytes,
        *,
        name: str,
        media_type: str | None = None,
        collection: str = DEFAULT_COLLECTION,
        source: str | None = None,
    ) -> Generator[Expected | Stored, None, Added]:
        """Do as `add_file` does; yield what is expected, then each document once it is stored.

        Closed early, it leaves the rows that it did not come to as they were.
        """
        loaded = load(data, name=name, media_type=media_type, limits=self.limits)
        return (yield from self.adding(loaded, collection=collection, source=source or name))

    def adding(
        self, loaded: Loaded, *, collection: str, source: str
    ) -> Generator[Expected | Stored, None, Added]:
        """Do as `adding_file` does with a file that was loaded already."""
        source = storable(source)
        yield Expected(len(loaded.extractions) + len(loaded.problems))
        if loaded.holds_rows:
            return (yield from self._adding_rows(loaded, collection=collection, source=source))
        [extraction] = loaded.extractions
        stored = self._put(document_of(extraction, collection, source))
        yield stored
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
        known_as = storable(source or extraction.url or f"text:{_sha256(text)}")
        return self._put(document_of(extraction, collection, known_as))

    def copy(
        self, document: Document, *, collection: str, metadata: Mapping[str, str] | None = None
    ) -> Stored:
        """Put a stored document into `collection` too, under the same source, with more metadata.

        Raises:
            UnknownCollection, StoreError: nothing was changed.
        """
        more = {**document.metadata, **(metadata or {})}
        return self._put(replace(document, id="", collection=collection, metadata=more))

    def _adding_rows(
        self, loaded: Loaded, *, collection: str, source: str
    ) -> Generator[Stored, None, Added]:
        documents: list[Stored] = []
        problems = list(loaded.problems)
        for rows in self._rows_ready(loaded.extractions, collection, source, problems):
            encoded = self._shelving.encode_together([ready for _, ready in rows])
            for (key, ready), vectors in zip(rows, encoded, strict=True):
                try:
                    stored = self._shelving.put(ready, vectors)
                except InvalidDocument as problem:
                    problems.append(InvalidRecord(str(problem), key=key))
                else:
                    documents.append(stored)
                    yield stored
        came_in = {stored.document.source for stored in documents}
        earlier = self._earlier(collection, source)
        gone = {name: document_id for name, document_id in earlier.items() if name not in came_in}
        stay = retained(gone, source, problems, all_failed=not documents)
        removed = sum(self.store.delete(gone[name]) for name in gone if name not in stay)
        said = tuple(explained(problem, source, stay) for problem in problems)
        return Added(tuple(documents), said, removed, len(stay))

    def _put(self, document: Document) -> Stored:
        return self._shelving.put(self._shelving.ready(document))

    @property
    def _shelving(self) -> Shelving:
        return Shelving(self.store, self.encoder, self.min_words, self.max_words)

    def _rows_ready(
        self,
        extractions: Sequence[Extraction],
        collection: str,
        source: str,
        problems: list[InvalidRecord],
    ) -> Iterator[list[tuple[str | None, Ready]]]:
        """Yield rows by their keys, about `_TOGETHER` passages at a time; note what is wrong."""
        rows: list[tuple[str | None, Ready]] = []
        passages = 0
        for extraction in extractions:
            row = row_source(source, extraction.key)
            try:
                ready = self._shelving.ready(document_of(extraction, collection, row))
            except (EmptyDocument, InvalidDocument) as problem:
                problems.append(InvalidRecord(str(problem), key=extraction.key))
                continue
            rows.append((extraction.key, ready))
            passages += max(1, len(ready.passages))  # what is stored already has none
            if passages >= _TOGETHER:
                yield rows
                rows, passages = [], 0
        if rows:
            yield rows

    def _earlier(self, collection: str, source: str) -> dict[str, str]:
        """Return the ids of what came from `source` before, as rows or as one document."""
        whole = self.store.find(collection, source)
        rows = self.store.sources(collection, prefix=source + ROW_MARK)
        return {**rows, **({source: whole.id} if whole else {})}


def to_the_end(steps: Generator[Expected | Stored, None, Added]) -> Added:
    """Take all `steps` of adding a file; return what came of it."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            added: Added = end.value
            return added


def document_of(extraction: Extraction, collection: str, source: str) -> Document:
    """Return the document of `extraction`; one that names no title goes by its first words.

    Raises:
        EmptyDocument: there is no word in it.
    """
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


def storable(name: str) -> str:
    """Return `name` without what cannot be stored; bytes that no encoding explains escaped."""
    return normalize(name.encode("utf-8", "backslashreplace").decode())


def _sha256(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()
