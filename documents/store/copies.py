"""The sketches of documents, and which documents of a collection are copies of one another.

Links are not kept but found, by the marks that two sketches
share, so that none outlives a document or one of its generations.
"""

import json
from collections.abc import Collection
from collections.abc import Set as AbstractSet

from documents.copies import ALIKE, MARKS, Sketch
from documents.store.collections import generation_of
from documents.store.connection import Connection, Connections

# Texts that share nothing but a phrase of their site may share a mark, too.
_MOST_COMPARED = 50
_BYTES = 8  # of a mark in a packed sketch

_SHARING = """
    SELECT m.generation, count(*) AS shared FROM sketch_marks AS m
    WHERE m.collection = ? AND m.mark IN
        (SELECT CAST(value AS BIGINT) FROM json_each(?)) AND m.generation <> ?
    GROUP BY m.generation ORDER BY shared DESC, m.generation DESC LIMIT ?
"""
_SKETCHES = f"""
    SELECT d.id, s.hashes FROM ({_SHARING}) AS found
    JOIN sketches AS s ON s.generation = found.generation
    JOIN documents AS d ON d.generation = found.generation
"""  # noqa: S608 - our own statement


class Copies:
    """Which documents of the file of `connections` are copies; safe to share between threads.

    All methods raise StoreError as those of `Store` do.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def of(self, document_id: str, *, within: AbstractSet[str] | None = None) -> tuple[str, ...]:
        """Return the ids of a document's copies, as `read_copies`; none if it is not there."""
        with self._connections.reading() as connection:
            generation = generation_of(connection, document_id, within)
            return () if generation is None else read_copies(connection, generation)

    def alike(self, generations: Collection[int]) -> set[int]:
        """Return which of the `generations` of one collection may be copies of another of them."""
        with self._connections.glancing() as connection:
            found = connection.execute(
                """
                SELECT generation, substr(hashes, 1, ?) FROM sketches
                WHERE generation IN (SELECT CAST(value AS BIGINT) FROM json_each(?))
                  AND length(hashes) > 0
                """,
                (MARKS * _BYTES, json.dumps(list(generations))),
            ).fetchall()
        having: dict[bytes, set[int]] = {}
        for generation, marks in found:
            for start in range(0, len(marks), _BYTES):
                having.setdefault(marks[start : start + _BYTES], set()).add(generation)
        return {one for sharing in having.values() if len(sharing) > 1 for one in sharing}


def write_sketch(connection: Connection, generation: int, collection: int, sketch: Sketch) -> None:
    """Keep the sketch of a document that was just written."""
    connection.execute("INSERT INTO sketches VALUES (?, ?)", (generation, sketch.pack()))
    connection.executemany(
        "INSERT INTO sketch_marks VALUES (?, ?, ?)",
        [(collection, mark, generation) for mark in sketch.marks],
    )


def read_copies(connection: Connection, generation: int) -> tuple[str, ...]:
    """Return the ids of the documents whose text is nearly that of this one, the nearest first.

    Only those of its collection.
    """
    found = connection.execute(
        """
        SELECT d.collection, s.hashes FROM documents AS d JOIN sketches AS s USING (generation)
        WHERE generation = ?
        """,
        (generation,),
    ).fetchone()
    if found is None:
        return ()
    sketch = Sketch.unpack(found["hashes"])
    values = (found["collection"], json.dumps(sketch.marks), generation, _MOST_COMPARED)
    alike = [
        (sketch.resemblance(Sketch.unpack(hashes)), document_id)
        for document_id, hashes in connection.execute(_SKETCHES, values)
    ]
    return tuple(name for share, name in sorted(alike, reverse=True) if share >= ALIKE)
