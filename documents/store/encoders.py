"""The vectors of several encoders side by side: one serves, another's come beside until it may.

Each encoder's vectors are a *set* of their own: whose place is ROWS times the encoder's number
plus the row. A set that is not whole covers all living passages up to its highest row: it is
filled in the order of rows, which only grow, and emptied from its end. So the next passages
to encode are simply those above, after any crash.

While an encoder serves, its set covers every passage: a put brings vectors of no other, and
`switch` names the next only once nothing is missing from its set.
"""

from collections.abc import Callable, Iterable, Iterator, Sequence

import numpy as np
from numpy.typing import NDArray

from documents.errors import EncoderReplaced, InvalidDocument
from documents.records import Encodings, Entries, StoredEncoder
from documents.store import byte_strings
from documents.store.connection import Connection, Connections, Row
from documents.store.feed import read_entries
from documents.store.schema import ROWS

# Passages whose vectors share one blob: long enough for few rows, short enough for batches.
VECTORS_PER_BLOCK = 256
_DROPPED_AT_ONCE = 64  # blobs, which keeps other writers waiting for some milliseconds

Encode = Callable[[Entries], Encodings]

_HIGHEST = """
    SELECT place + length(vectors) / (4 * :dimension) - 1 AS last FROM vectors
    WHERE place >= :base AND place < :base + :rows ORDER BY place DESC LIMIT 1
"""

_UNENCODED = """
    SELECT coalesce(sum(CASE WHEN first_row > :last THEN passages
                             WHEN first_row + passages - 1 > :last
                             THEN first_row + passages - 1 - :last ELSE 0 END), 0),
           coalesce(sum(passages), 0) FROM documents
"""

_IDLE = "SELECT number FROM encoders WHERE serves = 0 AND fingerprint <> ?"

_DROP = """
    DELETE FROM vectors WHERE place IN (
        SELECT place FROM vectors WHERE place >= :base AND place < :base + :rows
        ORDER BY place DESC LIMIT :most
    )
"""


class Encoders:
    """The encoders in the file of `connections`; safe to share between threads.

    All methods raise StoreError as those of `Store` do.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def serving(self) -> StoredEncoder | None:
        """Return the encoder that serves; None in a new store, or where several had a part."""
        with self._connections.glancing() as connection:
            found = connection.execute("SELECT * FROM encoders WHERE serves = 1").fetchone()
            return None if found is None else _encoder(found)

    def known(self) -> list[StoredEncoder]:
        """Return all encoders that vectors are stored of, or were a moment ago; newest first."""
        with self._connections.glancing() as connection:
            return known_encoders(connection)

    def adopt(self, encoder: StoredEncoder) -> None:
        """Let `encoder` serve if no document is stored; if it serves, note its present name."""
        if self.serving() == encoder:
            return
        with self._connections.writing() as connection:
            serving = connection.execute("SELECT * FROM encoders WHERE serves = 1").fetchone()
            known = serving is not None and serving["fingerprint"] == encoder.fingerprint
            if known or connection.execute("SELECT 1 FROM documents LIMIT 1").fetchone() is None:
                _let_serve(connection, encoder)

    def progress(self, fingerprint: str) -> tuple[int, int]:
        """Return how many passages have vectors by this encoder, and how many there are."""
        with self._connections.reading() as connection:
            missing, passages = connection.execute(
                _UNENCODED, {"last": _last_row(connection, fingerprint)}
            ).fetchone()
            return int(passages - missing), int(passages)

    def unencoded(self, fingerprint: str, *, most: int) -> Entries | None:
        """Return the next passages without a vector by this encoder; None if all have one."""
        with self._connections.reading() as connection:
            rows = range(_last_row(connection, fingerprint) + 1, ROWS)
            return read_entries(connection, rows, batch=most)

    def add_vectors(self, encoder: StoredEncoder, rows: NDArray[np.int64], made: Encodings) -> None:
        """Store what `encoder` made of the passages that `unencoded` gave, on disk at return.

        Passages that are gone by now are passed over; where others were added or taken out
        of the set meanwhile, nothing is stored: ask for the next again.

        Raises:
            InvalidDocument: not one finite float32 vector of the encoder's width for each row.
        """
        with self._connections.writing() as connection:
            _insert(connection, encoder, rows, made)

    def switch(self, encoder: StoredEncoder, encode: Encode, *, most: int) -> bool:
        """Encode the last passages that lack a vector by `encoder`, and let it serve from now on.

        False if they are more than `most`: other writers wait meanwhile. Raises as `add_vectors`.
        """
        with self._connections.writing() as connection:
            rows = range(_last_row(connection, encoder.fingerprint) + 1, ROWS)
            entries = read_entries(connection, rows, batch=most + 1)
            if entries is not None:
                if len(entries.rows) > most:
                    return False
                _insert(connection, encoder, entries.rows, encode(entries))
            _let_serve(connection, encoder)
            connection.execute(
                "UPDATE documents SET fingerprint = ?, dimension = ?",
                (encoder.fingerprint, encoder.dimension),
            )
            return True

    def drop_others(self, fingerprint: str) -> bool:
        """Drop some of the vectors of encoders that neither serve nor are this one.

        False says that there are none left.
        """
        with self._connections.reading() as connection:
            if connection.execute(_IDLE, (fingerprint,)).fetchone() is None:
                return False
        with self._connections.writing() as connection:
            idle = connection.execute(_IDLE, (fingerprint,)).fetchone()
            if idle is None:
                return False
            limits = {"base": idle["number"] * ROWS, "rows": ROWS, "most": _DROPPED_AT_ONCE}
            if not connection.execute(_DROP, limits).rowcount:
                connection.execute("DELETE FROM encoders WHERE number = ?", (idle["number"],))
            return True


def known_encoders(connection: Connection) -> list[StoredEncoder]:
    """Return all encoders that the store knows, newest first."""
    found = connection.execute(
        "SELECT fingerprint, name, dimension, probe FROM encoders ORDER BY number DESC"
    )
    return [StoredEncoder(*row) for row in found]


def first_place(connection: Connection, fingerprint: str, dimension: int) -> int:
    """Return the place of row 0 of this encoder, which serves; the first one ever does so.

    Raises:
        EncoderReplaced: another encoder serves.
        InvalidDocument: its vectors have another `dimension`.
    """
    found = connection.execute("SELECT * FROM encoders WHERE serves = 1").fetchone()
    if found is None and connection.execute("SELECT 1 FROM documents LIMIT 1").fetchone() is None:
        _let_serve(connection, StoredEncoder(fingerprint, "", dimension))
        return first_place(connection, fingerprint, dimension)
    if found is None or found["fingerprint"] != fingerprint:
        raise EncoderReplaced(
            f"vectors of encoder {fingerprint} cannot be stored: another serves. Encode with "
            "that one, or first encode everything again: python -m rag rebuild --reembed"
        )
    if found["dimension"] != dimension:
        raise InvalidDocument(
            f"vectors of {dimension} numbers are not by an encoder that gives "
            f"{found['dimension']}; encode again"
        )
    return int(found["number"]) * ROWS


def insert_vectors(
    connection: Connection,
    generation: int,
    vectors: NDArray[np.float32],
    place: int,
    stretches: Sequence[bytes],
) -> None:
    """Write the vectors and stretches of a document's passages, contiguous from `place` on."""
    stored = np.ascontiguousarray(vectors, dtype="<f4")
    blocks = [
        slice(start, start + VECTORS_PER_BLOCK)
        for start in range(0, len(stored), VECTORS_PER_BLOCK)
    ]
    connection.executemany(
        "INSERT INTO vectors (place, generation, vectors, stretches) VALUES (?, ?, ?, ?)",
        (
            (
                place + block.start,
                generation,
                stored[block].tobytes(),
                byte_strings.joined(stretches[block]),
            )
            for block in blocks
        ),
    )


def _insert(
    connection: Connection,
    encoder: StoredEncoder,
    rows: NDArray[np.int64],
    made: Encodings,
) -> None:
    """Write the vectors of those of `rows` that live and have none, unless a gap would stay."""
    vectors, stretches = made.vectors, made.stretches or [b""] * len(rows)
    if vectors.shape != (len(rows), encoder.dimension) or not np.isfinite(vectors).all():
        raise InvalidDocument(
            f"{encoder.name} gave vectors of shape {vectors.shape}, or not all finite, for "
            f"{len(rows)} passages; check the model"
        )
    base = _number(connection, encoder) * ROWS
    places = {row: place for place, row in enumerate(rows.tolist())}
    living = connection.execute(
        "SELECT row, generation FROM passages WHERE row > ? AND row <= ? ORDER BY row",
        (_last_row(connection, encoder.fingerprint), int(rows[-1])),
    ).fetchall()
    if all(row in places for row, _ in living):
        for generation, run in _runs(living):
            chosen = [places[row] for row in run]
            insert_vectors(
                connection,
                generation,
                vectors[chosen],
                base + run.start,
                [stretches[at] for at in chosen],
            )


def _encoder(row: Row) -> StoredEncoder:
    return StoredEncoder(row["fingerprint"], row["name"], row["dimension"], row["probe"])


def _number(connection: Connection, encoder: StoredEncoder) -> int:
    """Return the number of `encoder`, which gets one if it is new; note its present name."""
    connection.execute(
        """
        INSERT INTO encoders (fingerprint, name, dimension, serves, probe) VALUES (?, ?, ?, 0, ?)
        ON CONFLICT (fingerprint) DO UPDATE SET name = excluded.name, probe = excluded.probe
        """,
        (encoder.fingerprint, encoder.name, encoder.dimension, encoder.probe),
    )
    found = "SELECT number FROM encoders WHERE fingerprint = ?"
    return int(connection.execute(found, (encoder.fingerprint,)).fetchone()["number"])


def _let_serve(connection: Connection, encoder: StoredEncoder) -> None:
    number = _number(connection, encoder)
    connection.execute(
        "UPDATE encoders SET serves = CASE WHEN number = ? THEN 1 ELSE 0 END", (number,)
    )


def _last_row(connection: Connection, fingerprint: str) -> int:
    """Return the highest row that has a vector by this encoder; 0 without any."""
    found = connection.execute(
        "SELECT number, dimension FROM encoders WHERE fingerprint = ?", (fingerprint,)
    ).fetchone()
    if found is None:
        return 0
    base = found["number"] * ROWS
    limits = {"dimension": found["dimension"], "base": base, "rows": ROWS}
    highest = connection.execute(_HIGHEST, limits).fetchone()
    return 0 if highest is None else int(highest["last"]) - base


def _runs(living: Iterable[tuple[int, int]]) -> Iterator[tuple[int, range]]:
    """Yield each generation with its rows; those of one generation are contiguous."""
    run, current = range(0), 0
    for row, generation in living:
        if run and generation == current:
            run = range(run.start, row + 1)
            continue
        if run:
            yield current, run
        run, current = range(row, row + 1), generation
    if run:
        yield current, run
