"""What people and answers read from the store: documents, passages, slices of text.

Each function runs inside the caller's read transaction, so that what it puts together
belongs to one state of the store.
"""

import json
from bisect import bisect_right
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from datetime import date, datetime

from documents.models import Document, Heading, Passage, Sentence
from documents.records import (
    Counts,
    DocumentPage,
    DocumentSummary,
    StoredPassage,
    StoredSpan,
    parse_passage_id,
)
from documents.store.collections import generation_of
from documents.store.connection import Connection, Row
from documents.store.schema import ROWS
from documents.store.texts import read_slices, read_text

_NEWEST = 2**63 - 1  # above every generation

_PASSAGES = """
    SELECT row, generation, start, stop, language, page, heading_path, sentences FROM passages
    WHERE row IN (SELECT CAST(value AS BIGINT) FROM json_each(?))
"""


def read_identity(connection: Connection) -> str:
    """Return what tells this store from every other."""
    [identity] = connection.execute("SELECT id FROM identity").fetchone()
    return str(identity)


def read_sources(connection: Connection, collection: int, prefix: str) -> dict[str, str]:
    """Return the ids of the documents whose source begins with `prefix`, by source."""
    found = connection.execute(
        "SELECT source, id FROM documents WHERE collection = ? AND substr(source, 1, ?) = ?",
        (collection, len(prefix), prefix),
    )
    return {row["source"]: row["id"] for row in found}


def read_counts(connection: Connection) -> Counts:
    """Return how much there is of everything."""
    [collections] = connection.execute("SELECT count(*) FROM collections").fetchone()
    documents, passages = connection.execute(
        "SELECT count(*), coalesce(sum(passages), 0) FROM documents"
    ).fetchone()
    return Counts(collections, documents, int(passages))


def read_summary(
    connection: Connection, document_id: str, within: AbstractSet[str] | None = None
) -> DocumentSummary | None:
    """Return the document whose id this is, if it is there, and `within` the names if given."""
    generation = generation_of(connection, document_id, within)
    if generation is None:
        return None
    found = connection.execute("SELECT * FROM summaries WHERE generation = ?", (generation,))
    return _summary(found.fetchone())


def read_page(
    connection: Connection, collection: int, *, limit: int, after: int | None
) -> DocumentPage:
    """Return `limit` documents older than generation `after`, newest first."""
    found = connection.execute(
        """
        SELECT * FROM summaries WHERE collection_number = ? AND generation < ?
        ORDER BY generation DESC LIMIT ?
        """,
        (collection, _NEWEST if after is None else min(after, _NEWEST), limit + 1),
    ).fetchall()
    documents = tuple(_summary(row) for row in found[:limit])
    return DocumentPage(documents, documents[-1].generation if len(found) > limit else None)


def read_document(
    connection: Connection, document_id: str, within: AbstractSet[str] | None
) -> Document | None:
    """Return a document with its text."""
    summary = read_summary(connection, document_id, within)
    if summary is None:
        return None
    headings, page_starts = connection.execute(
        "SELECT headings, page_starts FROM documents WHERE id = ?", (document_id,)
    ).fetchone()
    return Document(
        id=summary.id,
        collection=summary.collection,
        source=summary.source,
        title=summary.title,
        language=summary.language,
        text=read_text(connection, summary.generation),
        sha256=summary.sha256,
        url=summary.url,
        published_at=summary.published_at,
        added_at=summary.added_at,
        generation=summary.generation,
        headings=tuple(Heading(*marks) for marks in json.loads(headings)),
        page_starts=tuple(json.loads(page_starts)),
        metadata=summary.metadata,
    )


def read_passages(connection: Connection, rows: Iterable[int]) -> dict[int, StoredPassage]:
    """Return the passages of `rows`, in their order; rows that are gone are left out."""
    wanted = [row for row in map(int, rows) if 0 < row < ROWS]
    found = connection.execute(_PASSAGES, (json.dumps(wanted),)).fetchall()
    generations = {row["generation"] for row in found}
    documents = {
        row["generation"]: (row["first_row"], _summary(row))
        for row in connection.execute(
            "SELECT * FROM summaries WHERE generation IN "
            "(SELECT CAST(value AS BIGINT) FROM json_each(?))",
            (json.dumps(list(generations)),),
        )
    }
    spans = [(row["generation"], row["start"], row["stop"]) for row in found]
    passages = {}
    for row, text in zip(found, read_slices(connection, spans), strict=True):
        first_row, document = documents[row["generation"]]
        number = row["row"]
        passages[number] = StoredPassage(number, number - first_row, _passage(row, text), document)
    return {row: passages[row] for row in wanted if row in passages}


def read_passage(connection: Connection, passage_id: str) -> StoredPassage | None:
    """Return the passage with this public id, None where its generation is gone."""
    parsed = parse_passage_id(passage_id)
    if parsed is None:
        return None
    document_id, generation, ordinal = parsed
    found = connection.execute(
        "SELECT first_row + ? FROM documents WHERE id = ? AND generation = ? AND ? < passages",
        (ordinal, document_id, generation, ordinal),
    ).fetchone()
    return None if found is None else read_passages(connection, [found[0]])[found[0]]


def read_spans(connection: Connection, spans: Sequence[StoredSpan]) -> list[str | None]:
    """Return the stored text of each span, None where its generation or its end is not there."""
    lengths = dict(
        connection.execute(
            """
            SELECT id || '.' || generation, characters FROM documents
            WHERE id IN (SELECT value FROM json_each(?))
            """,
            (json.dumps([span.document_id for span in spans]),),
        ).fetchall()
    )
    there = [
        0 <= span.start <= span.end <= lengths.get(f"{span.document_id}.{span.generation}", -1)
        for span in spans
    ]
    wanted = [(s.generation, s.start, s.end) for s, ok in zip(spans, there, strict=True) if ok]
    slices = iter(read_slices(connection, wanted))
    return [next(slices) if ok else None for ok in there]


def read_pages(connection: Connection, spans: Sequence[StoredSpan]) -> list[int | None]:
    """Return the 1-based page on which each span starts, None where there are no pages."""
    starts = {
        (row["id"], row["generation"]): json.loads(row["page_starts"])
        for row in connection.execute(
            "SELECT id, generation, page_starts FROM documents "
            "WHERE id IN (SELECT value FROM json_each(?))",
            (json.dumps([span.document_id for span in spans]),),
        )
    }
    return [
        bisect_right(starts.get((span.document_id, span.generation), ()), span.start) or None
        for span in spans
    ]


def _summary(row: Row) -> DocumentSummary:
    published_at = row["published_at"]
    return DocumentSummary(
        id=row["id"],
        collection=row["collection"],
        source=row["source"],
        title=row["title"],
        language=row["language"],
        url=row["url"],
        published_at=date.fromisoformat(published_at) if published_at else None,
        added_at=datetime.fromisoformat(row["added_at"]),
        generation=row["generation"],
        sha256=row["sha256"],
        fingerprint=row["fingerprint"],
        characters=row["characters"],
        passages=row["passages"],
        metadata=json.loads(row["metadata"]),
    )


def _passage(row: Row, text: str) -> Passage:
    return Passage(
        start=row["start"],
        end=row["stop"],
        text=text,
        language=row["language"],
        sentences=tuple(Sentence(s, e, bool(h)) for s, e, h in json.loads(row["sentences"])),
        heading_path=tuple(json.loads(row["heading_path"])),
        page=row["page"],
    )
