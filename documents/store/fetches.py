"""What was fetched before, and how to ask whether it is newer: kept beside what came of it."""

from dataclasses import dataclass
from datetime import UTC, datetime

from documents.store.collections import collection_number
from documents.store.connection import Connection, Connections, Row


@dataclass(frozen=True, slots=True)
class Fetch:
    """The last time that `address` was fetched: when, and what its server called the version.

    `document_id` is what came of it, None for a list of documents. The store gives `fetched_at`.
    """

    address: str
    document_id: str | None = None
    etag: str | None = None
    last_modified: str | None = None
    fetched_at: datetime | None = None


class Fetches:
    """The fetches in the file of `connections`; safe to share between threads.

    All methods raise StoreError as those of `Store` do, and UnknownCollection.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def find(self, collection: str, address: str) -> Fetch | None:
        """Return the last fetch of `address`; None also where what came of it was deleted."""
        with self._connections.reading() as connection:
            number = collection_number(connection, collection)
            found = connection.execute(
                "SELECT * FROM fetches WHERE collection = ? AND address = ?", (number, address)
            ).fetchone()
            return None if found is None else _fetch(found)

    def put(self, collection: str, fetch: Fetch) -> None:
        """Keep `fetch`, in place of an earlier one of its address."""
        with self._connections.writing() as connection:
            connection.execute(
                """
                INSERT INTO fetches VALUES (?, ?, ?, ?, ?, ?)
                ON CONFLICT (collection, address) DO UPDATE SET
                    document_id = excluded.document_id, etag = excluded.etag,
                    last_modified = excluded.last_modified, fetched_at = excluded.fetched_at
                """,
                (
                    collection_number(connection, collection),
                    fetch.address,
                    fetch.document_id,
                    fetch.etag,
                    fetch.last_modified,
                    datetime.now(UTC).isoformat(),
                ),
            )


def forget_fetches(connection: Connection, document_id: str) -> None:
    """Forget where a deleted document came from, inside the caller's transaction."""
    connection.execute("DELETE FROM fetches WHERE document_id = ?", (document_id,))


def _fetch(row: Row) -> Fetch:
    return Fetch(
        address=row["address"],
        document_id=row["document_id"],
        etag=row["etag"],
        last_modified=row["last_modified"],
        fetched_at=datetime.fromisoformat(row["fetched_at"]),
    )
