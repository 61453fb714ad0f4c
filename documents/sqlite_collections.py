"""Collections made, listed and dropped, inside the caller's transaction."""

import sqlite3
from datetime import UTC, datetime

from documents.errors import UnknownCollection
from documents.models import DEFAULT_COLLECTION
from documents.records import Collection

_COLLECTIONS = """
    SELECT c.number, c.name, c.created_at, count(d.generation), coalesce(sum(d.passages), 0)
    FROM collections AS c LEFT JOIN documents AS d ON d.collection = c.number
    GROUP BY c.number ORDER BY c.name
"""


def collection_number(connection: sqlite3.Connection, name: str) -> int:
    """Return the number that stands for the collection `name`."""
    found = connection.execute("SELECT number FROM collections WHERE name = ?", (name,)).fetchone()
    if found is None:
        raise UnknownCollection(f"there is no collection {name!r}; create it first")
    return int(found["number"])


def create_collection(connection: sqlite3.Connection, name: str) -> bool:
    """Make the collection `name` exist; tell whether it is new."""
    made = connection.execute(
        "INSERT INTO collections (name, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
        (name, datetime.now(UTC).isoformat()),
    )
    return made.rowcount == 1


def delete_collection(connection: sqlite3.Connection, name: str) -> int:
    """Delete all documents of the collection `name`, and it unless it is the default one."""
    number = collection_number(connection, name)
    connection.execute(
        """
        INSERT INTO changes (document_id, collection, added_first, added_count,
                             removed_first, removed_count)
        SELECT id, collection, 0, 0, first_row, passages FROM documents
        WHERE collection = ? ORDER BY generation
        """,
        (number,),
    )
    connection.execute("DELETE FROM feedback WHERE collection = ?", (number,))
    gone = connection.execute("DELETE FROM documents WHERE collection = ?", (number,))
    if name != DEFAULT_COLLECTION:
        connection.execute("DELETE FROM collections WHERE number = ?", (number,))
    return gone.rowcount


def read_collections(connection: sqlite3.Connection) -> list[Collection]:
    """Return all collections by name, with their counts."""
    return [
        Collection(number, name, datetime.fromisoformat(created_at), documents, passages)
        for number, name, created_at, documents, passages in connection.execute(_COLLECTIONS)
    ]
