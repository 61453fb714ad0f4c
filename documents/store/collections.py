"""Collections made, listed and dropped, inside the caller's transaction."""

import json
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime

from documents.errors import UnknownCollection
from documents.models import DEFAULT_COLLECTION
from documents.records import Collection
from documents.store.connection import Connection

_COLLECTIONS = """
    SELECT c.number, c.name, c.created_at, count(d.generation), coalesce(sum(d.passages), 0)
    FROM collections AS c LEFT JOIN documents AS d ON d.collection = c.number
    WHERE CAST(?1 AS TEXT) IS NULL OR c.name IN (SELECT value FROM json_each(?1))
    GROUP BY c.number ORDER BY c.name
"""

# From the collections to the id, never the other way: what lies in other collections is not
# even looked at, so a caller who may not see them cannot time a difference.
_DOCUMENT_WITHIN = """
    SELECT d.generation FROM collections AS c
    CROSS JOIN documents AS d INDEXED BY documents_within ON d.collection = c.number AND d.id = ?
    WHERE c.name IN (SELECT value FROM json_each(?))
"""


def collection_number(connection: Connection, name: str) -> int:
    """Return the number that stands for the collection `name`."""
    found = connection.execute("SELECT number FROM collections WHERE name = ?", (name,)).fetchone()
    if found is None:
        raise UnknownCollection.named(name)
    return int(found["number"])


def create_collection(connection: Connection, name: str) -> bool:
    """Make the collection `name` exist; tell whether it is new."""
    made = connection.execute(
        "INSERT INTO collections (name, created_at) VALUES (?, ?) ON CONFLICT DO NOTHING",
        (name, datetime.now(UTC).isoformat()),
    )
    return made.rowcount == 1


def delete_collection(connection: Connection, name: str) -> int:
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
    connection.execute("DELETE FROM fetches WHERE collection = ?", (number,))
    connection.execute("DELETE FROM jobs WHERE collection = ?", (number,))  # queued ones too
    gone = connection.execute("DELETE FROM documents WHERE collection = ?", (number,))
    if name != DEFAULT_COLLECTION:
        connection.execute("DELETE FROM collections WHERE number = ?", (number,))
    return gone.rowcount


def read_collections(
    connection: Connection, within: AbstractSet[str] | None = None
) -> list[Collection]:
    """Return all collections, or those `within`, by name, with their counts."""
    names = None if within is None else json.dumps(sorted(within))
    return [
        Collection(number, name, datetime.fromisoformat(created_at), documents, int(passages))
        for number, name, created_at, documents, passages in connection.execute(
            _COLLECTIONS, (names,)
        )
    ]


def generation_of(
    connection: Connection, document_id: str, within: AbstractSet[str] | None
) -> int | None:
    """Return the generation of a document, None where it is not, or not `within` these names."""
    if within is None:
        query, values = "SELECT generation FROM documents WHERE id = ?", [document_id]
    else:
        query, values = _DOCUMENT_WITHIN, [document_id, json.dumps(sorted(within))]
    found = connection.execute(query, values).fetchone()
    return None if found is None else int(found["generation"])
