"""What derived indexes read from the store: its changes, and the live passages to index.

Batches are read in the order of rows, one transaction each. A document replaced between two
batches leaves a removal among the changes and new rows at the end, so an index that reads
`last_change`, then everything, then the changes since, holds exactly the live rows.
"""

import json
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Set as AbstractSet
from typing import TypeVar

import numpy as np

from documents.records import Change, Entries, VectorEntries
from documents.store import byte_strings
from documents.store.connection import Connection, Connections
from documents.store.schema import ROWS
from documents.store.texts import read_slices

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

# The lengths alone first, so that no more is read than a batch holds.
_BLOCKS = """
    SELECT place, length(vectors) FROM vectors WHERE place >= ? AND place < ?
    ORDER BY place LIMIT ?
"""

_VECTORS = """
    SELECT v.place, v.vectors, v.stretches, d.collection
    FROM vectors AS v CROSS JOIN documents AS d ON d.generation = v.generation
    WHERE v.place >= ? AND v.place <= ? ORDER BY v.place
"""


def read_last_change(connection: Connection, within: AbstractSet[str] | None) -> int:
    """Return the number of the newest change, of these collections if given; 0 without any."""
    if within is None:
        [number] = connection.execute("SELECT max(number) FROM changes").fetchone()
        return number or 0
    [number] = connection.execute(_LAST_CHANGE_WITHIN, (json.dumps(sorted(within)),)).fetchone()
    return number or 0


def read_changes(connection: Connection, since: int) -> list[Change]:
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


def read_fingerprints(connection: Connection) -> dict[str, int]:
    """Return how many passages each encoder's fingerprint has."""
    found = connection.execute(
        "SELECT fingerprint, sum(passages) FROM documents GROUP BY fingerprint"
    )
    return {fingerprint: int(passages) for fingerprint, passages in found}


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


def read_entries(connection: Connection, rows: range, *, batch: int) -> Entries | None:
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
    connection: Connection, rows: range, *, fingerprint: str, batch: int
) -> VectorEntries | None:
    """Return about `batch` vectors of live passages within `rows`, None where there is none.

    A range of rows begins and ends with a document, as the ranges of a `Change` do.
    """
    encoder = connection.execute(
        "SELECT number, dimension FROM encoders WHERE fingerprint = ?", (fingerprint,)
    ).fetchone()
    if encoder is None:
        return None
    base, dimension = encoder["number"] * ROWS, encoder["dimension"]
    places, count = [], 0
    for place, length in connection.execute(_BLOCKS, (base + rows.start, base + rows.stop, batch)):
        places.append(place)
        count += length // (4 * dimension)
        if count >= batch:
            break
    if not places:
        return None
    numbers, vectors, collections = [], [], []
    stretches: list[bytes] = []
    for place, blob, stretched, collection in connection.execute(_VECTORS, (places[0], places[-1])):
        block = np.frombuffer(blob, dtype="<f4").reshape(-1, dimension)
        row = place - base
        numbers.append(np.arange(row, row + len(block), dtype=np.int64))
        collections.append(np.full(len(block), collection, dtype=np.int32))
        vectors.append(block)
        stretches += byte_strings.apart(stretched, len(block))
    return VectorEntries(
        rows=np.concatenate(numbers),
        collections=np.concatenate(collections),
        vectors=np.concatenate(vectors).astype(np.float32, copy=False),
        stretches=stretches,
    )


def in_batches(
    connections: Connections,
    ranges: Iterable[range],
    read: Callable[[Connection, range], Batch | None],
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
