"""Documents put and deleted, inside the caller's write transaction.

Each change writes its line in `changes` beside what it changes, so that no derived index can
miss it.
"""

import json
from collections.abc import Sequence
from collections.abc import Set as AbstractSet
from dataclasses import replace
from datetime import UTC, datetime
from typing import Literal

from documents.errors import StoreError
from documents.models import Document, Passage
from documents.records import Stored, document_id
from documents.storable import Submission
from documents.store.collections import collection_number, generation_of
from documents.store.connection import Connection, Row
from documents.store.copies import read_copies, write_sketch
from documents.store.encoders import first_place, insert_vectors
from documents.store.feedback import forget_document
from documents.store.fetches import forget_fetches
from documents.store.texts import write_text

_NOTHING = range(0)

# Rows only grow, and the changes that brought them are kept for ever.
_NEXT_ROW = """
    SELECT added_first + added_count AS next FROM changes WHERE added_count > 0
    ORDER BY number DESC LIMIT 1
"""


def delete_document(connection: Connection, wanted: str, within: AbstractSet[str] | None) -> bool:
    """Delete the document whose id is `wanted`; False where there is none `within` the names."""
    generation = generation_of(connection, wanted, within)
    if generation is None:
        return False
    found = connection.execute(
        "SELECT collection, first_row, passages FROM documents WHERE generation = ?", (generation,)
    ).fetchone()
    connection.execute("DELETE FROM documents WHERE generation = ?", (generation,))
    forget_document(connection, wanted)
    forget_fetches(connection, wanted)
    _log(connection, wanted, found["collection"], added=_NOTHING, removed=_rows(found))
    return True


def put_document(connection: Connection, submission: Submission) -> Stored:
    """Write a document, in place of its earlier generation, unless it is there already."""
    document = submission.document
    identity = document_id(document.collection, document.source)
    collection = collection_number(connection, document.collection)
    place = first_place(connection, submission.fingerprint, submission.vectors.shape[1])
    old = connection.execute("SELECT * FROM documents WHERE id = ?", (identity,)).fetchone()
    if old is not None:
        if (old["collection"], old["source"]) != (collection, document.source):
            # Its name is not told: it may be in a collection that the caller does not see.
            raise StoreError(f"{document.source!r} has the id of another document; rename it")
        if old["content"] == submission.digest:
            known = _dated(document, identity, old["generation"], old["added_at"])
            return Stored(known, "unchanged", read_copies(connection, old["generation"]))
        connection.execute("DELETE FROM documents WHERE generation = ?", (old["generation"],))
    first = _next_row(connection)
    added = range(first, first + len(submission.passages))
    removed = _NOTHING if old is None else _rows(old)
    generation = _log(connection, identity, collection, added=added, removed=removed)
    stored = _dated(document, identity, generation, _now().isoformat())
    _insert_document(connection, stored, collection, added, submission)
    write_text(connection, generation, document.text)
    _insert_passages(connection, generation, submission.passages, added)
    insert_vectors(connection, generation, submission.vectors, place + first, submission.stretches)
    write_sketch(connection, generation, collection, submission.sketch)
    status: Literal["new", "replaced"] = "new" if old is None else "replaced"
    return Stored(stored, status, read_copies(connection, generation))


def _dated(document: Document, identity: str, generation: int, added_at: str) -> Document:
    moment = datetime.fromisoformat(added_at)
    return replace(document, id=identity, generation=generation, added_at=moment)


def _now() -> datetime:
    return datetime.now(UTC)


def _rows(document: Row) -> range:
    return range(document["first_row"], document["first_row"] + document["passages"])


def _next_row(connection: Connection) -> int:
    found = connection.execute(_NEXT_ROW).fetchone()
    return 1 if found is None else int(found["next"])


def _log(
    connection: Connection, identity: str, collection: int, *, added: range, removed: range
) -> int:
    logged = connection.execute(
        """
        INSERT INTO changes (document_id, collection, added_first, added_count,
                             removed_first, removed_count)
        VALUES (?, ?, ?, ?, ?, ?) RETURNING number
        """,
        (identity, collection, added.start, len(added), removed.start, len(removed)),
    )
    [[number]] = logged
    return int(number)


def _insert_document(
    connection: Connection,
    document: Document,
    collection: int,
    rows: range,
    submission: Submission,
) -> None:
    values = {
        "generation": document.generation,
        "id": document.id,
        "collection": collection,
        "source": document.source,
        "title": document.title,
        "language": document.language,
        "url": document.url,
        "published_at": document.published_at and document.published_at.isoformat(),
        "added_at": document.added_at and document.added_at.isoformat(),
        "sha256": document.sha256,
        "content": submission.digest,
        "fingerprint": submission.fingerprint,
        "dimension": submission.vectors.shape[1],
        "characters": len(document.text),
        "first_row": rows.start,
        "passages": len(rows),
        "headings": _compact([[h.start, h.end, h.level] for h in document.headings]),
        "page_starts": _compact(document.page_starts),
    }
    connection.execute(
        """
        INSERT INTO documents VALUES (
            :generation, :id, :collection, :source, :title, :language, :url, :published_at,
            :added_at, :sha256, :content, :fingerprint, :dimension, :characters, :first_row,
            :passages, :headings, :page_starts
        )
        """,
        values,
    )
    connection.executemany(
        "INSERT INTO metadata (generation, key, value) VALUES (?, ?, ?)",
        [(document.generation, key, value) for key, value in document.metadata.items()],
    )


def _insert_passages(
    connection: Connection, generation: int, passages: Sequence[Passage], rows: range
) -> None:
    connection.executemany(
        "INSERT INTO passages VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        (
            (
                row,
                generation,
                passage.start,
                passage.end,
                passage.language,
                passage.page,
                _compact(passage.heading_path),
                _compact([[s.start, s.end, int(s.heading)] for s in passage.sentences]),
            )
            for row, passage in zip(rows, passages, strict=True)
        ),
    )


def _compact(value: object) -> str:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":"))
