"""The store: documents, passages and vectors in one SQLite file, the only authority.

Promises: what `put` or `delete` returned from is on disk; a document is replaced in one step,
so no reader sees half of one; any number of threads and processes may use the same file; and
`changes` tells of every step, so that indexes can be derived from here and thrown away.
"""

from collections.abc import Iterable, Iterator, Sequence
from collections.abc import Set as AbstractSet
from functools import partial
from pathlib import Path
from types import TracebackType
from typing import Self

import numpy as np
from numpy.typing import NDArray

from documents.models import Document, Passage
from documents.records import (
    Change,
    Collection,
    Counts,
    DocumentPage,
    DocumentSummary,
    Entries,
    Feedback,
    Filters,
    Stored,
    StoredPassage,
    StoredSpan,
    VectorEntries,
    document_id,
)
from documents.storable import Submission, check_collection_name
from documents.store import collections, feed, reading, writing
from documents.store import feedback as opinions
from documents.store.builds import Builds
from documents.store.connection import Connections
from documents.store.copies import Copies
from documents.store.deliveries import Deliveries
from documents.store.encoders import Encoders
from documents.store.fetches import Fetches
from documents.store.filters import matching_rows
from documents.store.job_queue import JobQueue
from documents.store.jobs import Jobs
from documents.store.keys import Keys
from documents.store.sqlite_connections import SqliteConnections


class Store:
    """A store in the SQLite file that `open` was given; safe to share between threads.

    All methods raise StoreError: IncompatibleStore, CorruptStore, or StoreUnavailable where
    the disk is full, the file is read-only, or others keep it locked.
    """

    def __init__(self, connections: Connections) -> None:
        self.connections = self._connections = connections
        self.keys = Keys(connections)
        self.jobs = Jobs(connections)
        self.job_queue = JobQueue(connections)
        self.deliveries = Deliveries(connections)
        self.encoders = Encoders(connections)
        self.copies = Copies(connections)
        self.fetches = Fetches(connections)
        self.builds = Builds(connections)

    @classmethod
    def open(cls, path: Path) -> Self:
        """Open the store at `path`; make the file, and its folder, where there is none."""
        return cls(SqliteConnections.open(path))

    def close(self) -> None:
        """Release the file; calls in other threads finish first, later ones are refused."""
        self._connections.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(
        self,
        kind: type[BaseException] | None,
        error: BaseException | None,
        trace: TracebackType | None,
    ) -> None:
        self.close()

    def identity(self) -> str:
        """Return what tells this store from every other, for as long as it exists."""
        with self._connections.glancing() as connection:
            return reading.read_identity(connection)

    # Collections

    def create_collection(self, name: str) -> bool:
        """Make the collection `name` exist; tell whether it is new.

        Raises:
            InvalidCollectionName: not 1 to 64 ASCII letters, digits, "_" and "-".
        """
        check_collection_name(name)
        with self._connections.writing() as connection:
            return collections.create_collection(connection, name)

    def collections(self, *, within: AbstractSet[str] | None = None) -> list[Collection]:
        """Return all collections, or those `within`, by name; there always is "default"."""
        with self._connections.glancing() as connection:
            return collections.read_collections(connection, within)

    def collection_number(self, name: str) -> int:
        """Return the number that stands for `name` in entries and changes.

        Raises:
            UnknownCollection: there is none of this name.
        """
        with self._connections.glancing() as connection:
            return collections.collection_number(connection, name)

    def delete_collection(self, name: str) -> int:
        """Delete `name` and its documents in one step; return how many documents.

        "default" is emptied, but stays.

        Raises:
            UnknownCollection: there is none of this name.
        """
        with self._connections.writing() as connection:
            return collections.delete_collection(connection, name)

    # Documents

    def put(
        self,
        document: Document,
        passages: Sequence[Passage],
        vectors: NDArray[np.float32],
        *,
        fingerprint: str,
        stretches: Sequence[bytes] = (),
    ) -> Stored:
        """Store `document` as the current generation of its source, on disk at return.

        `vectors` is ``float32 (len(passages), dim)`` by the encoder of `fingerprint`, and so are
        the `stretches`, if it makes any. The id, generation and time of `document` are the
        store's to give. Nothing is written, and the status is "unchanged", where the same is there.

        Raises:
            InvalidDocument: passages or vectors contradict the document.
            UnknownCollection: the document's collection does not exist.
            EncoderReplaced: another encoder serves than that of the first put: `encoders.switch`.
        """
        submission = Submission.checked(
            document, passages, vectors, fingerprint=fingerprint, stretches=stretches
        )
        with self._connections.writing() as connection:
            return writing.put_document(connection, submission)

    def delete(self, document_id: str, *, within: AbstractSet[str] | None = None) -> bool:
        """Delete a document, only if it is `within` these collections where they are given.

        False says that there was none.
        """
        with self._connections.writing() as connection:
            return writing.delete_document(connection, document_id, within)

    def find(self, collection: str, source: str) -> DocumentSummary | None:
        """Return what is stored of `source`, to see whether it must be read anew."""
        with self._connections.reading() as connection:
            return reading.read_summary(connection, document_id(collection, source))

    def sources(self, collection: str, *, prefix: str) -> dict[str, str]:
        """Return the ids of the documents of `collection` whose source begins with `prefix`.

        Raises:
            UnknownCollection: there is none of this name.
        """
        with self._connections.reading() as connection:
            number = collections.collection_number(connection, collection)
            return reading.read_sources(connection, number, prefix)

    def document(
        self, document_id: str, *, within: AbstractSet[str] | None = None
    ) -> Document | None:
        """Return a document with its text, only from these collections where they are given."""
        with self._connections.reading() as connection:
            return reading.read_document(connection, document_id, within)

    def documents(
        self, collection: str, *, limit: int = 100, after: int | None = None
    ) -> DocumentPage:
        """Return a page of `collection`, newest first; `after` is that of the page before.

        Documents stored while someone pages come before the first page, and shift nothing.

        Raises:
            UnknownCollection: there is none of this name.
        """
        with self._connections.reading() as connection:
            number = collections.collection_number(connection, collection)
            return reading.read_page(connection, number, limit=limit, after=after)

    def counts(self) -> Counts:
        """Return how many collections, documents and passages there are."""
        with self._connections.reading() as connection:
            return reading.read_counts(connection)

    # Passages

    def passages(self, rows: Iterable[int]) -> dict[int, StoredPassage]:
        """Return the passages of `rows`, in their order; rows that are gone are left out."""
        with self._connections.reading() as connection:
            return reading.read_passages(connection, rows)

    def passage(self, passage_id: str) -> StoredPassage | None:
        """Return the passage of a public id, None once its generation was replaced."""
        with self._connections.reading() as connection:
            return reading.read_passage(connection, passage_id)

    def spans(self, spans: Sequence[StoredSpan]) -> list[str | None]:
        """Return the stored text of each span, to check a quote against.

        None where the document no longer has this generation, or is shorter.
        """
        with self._connections.reading() as connection:
            return reading.read_spans(connection, spans)

    def pages(self, spans: Sequence[StoredSpan]) -> list[int | None]:
        """Return the 1-based page on which each span starts.

        None where the document has no pages, or no longer this generation.
        """
        with self._connections.glancing() as connection:
            return reading.read_pages(connection, spans)

    def rows_matching(self, collection: str, filters: Filters) -> NDArray[np.int64]:
        """Return the rows that `filters` let through, ``int64 (n,)``, sorted.

        Raises:
            UnknownCollection: there is none of this name.
        """
        with self._connections.reading() as connection:
            number = collections.collection_number(connection, collection)
            return matching_rows(connection, number, filters)

    # What people thought of answers

    def put_feedback(self, feedback: Feedback) -> None:
        """Keep `feedback`, on disk at return, in place of an earlier one on the same answer.

        Raises:
            UnknownCollection: there is none of its collection's name.
            UnknownDocument: a document that the answer quotes was deleted.
        """
        with self._connections.writing() as connection:
            opinions.write_feedback(connection, feedback)

    def feedback(self, collection: str) -> list[Feedback]:
        """Return the feedback on the answers from `collection`, oldest first.

        It goes with the documents that the answers quote, and with the collection.

        Raises:
            UnknownCollection: there is none of this name.
        """
        with self._connections.reading() as connection:
            return opinions.read_feedback(connection, collection)

    # The feed of derived indexes

    def last_change(self, *, within: AbstractSet[str] | None = None) -> int:
        """Return the number of the newest change, of these collections if given; 0 without any."""
        with self._connections.glancing() as connection:
            return feed.read_last_change(connection, within)

    def changes(self, since: int) -> list[Change]:
        """Return the changes after number `since`, oldest first."""
        with self._connections.glancing() as connection:
            return feed.read_changes(connection, since)

    def fingerprints(self) -> dict[str, int]:
        """Return how many passages each encoder's fingerprint has."""
        with self._connections.glancing() as connection:
            return feed.read_fingerprints(connection)

    def entries(
        self, ranges: Iterable[range] = (feed.EVERY_ROW,), *, batch: int = 4096
    ) -> Iterator[Entries]:
        """Yield the live passages within `ranges`, up to `batch` at a time, by row."""
        read = partial(feed.read_entries, batch=batch)
        return feed.in_batches(self._connections, ranges, read)

    def vectors(
        self, ranges: Iterable[range] = (feed.EVERY_ROW,), *, fingerprint: str, batch: int = 4096
    ) -> Iterator[VectorEntries]:
        """Yield the vectors that `fingerprint` made, about `batch` at a time, by row.

        `ranges` hold whole documents, as those of `changes` do.
        """
        read = partial(feed.read_vectors, fingerprint=fingerprint, batch=batch)
        return feed.in_batches(self._connections, ranges, read)
