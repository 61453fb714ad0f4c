"""What derived indexes read from the store: its changes, and the live passages to index.

Batches are read in the order of rows, one transaction each. A document replaced between two
batches leaves a removal among the changes and new rows at the end, so an index that reads
`last_change`, then everything, then the changes since, holds exactly the live rows.
"""

import json
import sqlite3
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import TypeVar

import numpy as np

from documents.records import Change, Entries, VectorEntries
from documents.schema import ROWS
from documents.sqlite_connections import Connections
from documents.sqlite_texts import read_slices

Batch = TypeVar("Batch", Entries, VectorEntries)

EVERY_ROW = range(1, ROWS)

_CHANGES = """
    SELECT number, document_id, collection, added_first, added_count, removed_first, removed_count
    FROM changes WHERE number > ? ORDER BY number
"""

_LAST_CHANGE_WITHIN = """
    SELECT max((SELECT max(number) FROM changes WHERE collection = c.number))
    FROM collections AS c WHERE c.name IN (SELECT value FROM json_each(?))
"""

_ENTRIES = """
    SELECT p.row, p.generation, p.start, p.stop, p.language, p.heading_path, d.title, d.collection
    FROM passages AS p CROSS JOIN documents AS d ON d.generation = p.generation
    WHERE p.row >= ? AND p.row < ? ORDER BY p.row LIMIT ?
"""

_VECTORS = """
    SELECT v.place - e.number * :rows, v.vectors, e.dimension, d.collection
    FROM encoders AS e
    CROSS JOIN vectors AS v
    CROSS JOIN documents AS d ON d.generation = v.generation
    WHERE e.fingerprint = :fingerprint
    AND v.place >= e.number * :rows + :start AND v.place < e.number * :rows + :stop
    ORDER BY v.place
"""


def read_last_change(connection: sqlite3.Connection, within: AbstractSet[str] | None) -> int:
    """Return the number of the newest change, of these collections if given; 0 without any."""
    if within is None:
        [number] = connection.execute("SELECT max(number) FROM changes").fetchone()
        return number or 0
    [number] = connection.execute(_LAST_CHANGE_WITHIN, (json.dumps(sorted(within)),)).fetchone()
    return number or 0


def read_changes(connection: sqlite3.Connection, since: int) -> list[Change]:
    """Return the changes after number `since`, oldest first."""
    return [
        Change(
            number,
            document_id,
            collection,
            added=range(added_first, added_first + added_count),
            removed=range(removed_first, removed_first + removed_count),
        )
        for (
            number,
            document_id,
            collection,
            added_first,
            added_count,
            removed_first,
            removed_count,
        ) in connection.execute(_CHANGES, (since,))
    ]


def read_fingerprints(connection: sqlite3.Connection) -> dict[str, int]:
    """Return how many passages each encoder's fingerprint has."""
    return dict(
        connection.execute(
            "SELECT fingerprint, sum(passages) FROM documents GROUP BY fingerprint"
        ).fetchall()
    )


def merged(ranges: Iterable[range]) -> Iterator[range]:
    """Yield `ranges` in order, without the empty ones, neighbours and overlaps joined."""
    ordered = sorted((rows for rows in ranges if rows), key=lambda rows: rows.start)
    current = range(0)
    for rows in ordered:
        if current and rows.start <= current.stop:
            current = range(current.start, max(current.stop, rows.stop))
            continue
        if current:
            yield current
        current = rows
    if current:
        yield current


def read_entries(connection: sqlite3.Connection, rows: range, *, batch: int) -> Entries | None:
    """Return the first `batch` live passages within `rows`, None where there is none."""
    found = connection.execute(_ENTRIES, (rows.start, rows.stop, batch)).fetchall()
    if not found:
        return None
    numbers, generations, starts, stops, languages, headings, titles, collections = zip(
        *found, strict=True
    )
    spans = list(zip(generations, starts, stops, strict=True))
    return Entries(
        rows=np.array(numbers, dtype=np.int64),
        collections=np.array(collections, dtype=np.int32),
        languages=languages,
        titles=titles,
        heading_paths=tuple(tuple(json.loads(path)) for path in headings),
        texts=tuple(read_slices(connection, spans)),
    )


def read_vectors(
    connection: sqlite3.Connection, rows: range, *, fingerprint: str, batch: int
) -> VectorEntries | None:
    """Return about `batch` vectors of live passages within `rows`, None where there is none.

    A range of rows begins and ends with a document, as the ranges of a `Change` do.
    """
    numbers, vectors, collections, count = [], [], [], 0
    wanted = {"rows": ROWS, "fingerprint": fingerprint, "start": rows.start, "stop": rows.stop}
    for first_row, blob, dimension, collection in connection.execute(_VECTORS, wanted):
        block = np.frombuffer(blob, dtype="<f4").reshape(-1, dimension)
        numbers.append(np.arange(first_row, first_row + len(block), dtype=np.int64))
        collections.append(np.full(len(block), collection, dtype=np.int32))
        vectors.append(block)
        count += len(block)
        if count >= batch:
            break
    if not vectors:
        return None
    return VectorEntries(
        rows=np.concatenate(numbers),
        collections=np.concatenate(collections),
        vectors=np.concatenate(vectors).astype(np.float32, copy=False),
    )


def in_batches(
    connections: Connections,
    ranges: Iterable[range],
    read: Callable[[sqlite3.Connection, range], Batch | None],
) -> Iterator[Batch]:
    """Yield what `read` finds within `ranges`, batch by batch until there is no more."""
    for rows in merged(ranges):
        start = rows.start
        while True:
            with connections.reading() as connection:
                batch = read(connection, range(start, rows.stop))
            if batch is None:
                break
            yield batch
            start = int(batch.rows[-1]) + 1
