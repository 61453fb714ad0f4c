"""The keys that callers show, kept in the store's file beside what they open.

A key itself is not kept, only what its secret is checked against; a revoked one stays listed.
"""

import json
from datetime import UTC, datetime

from documents.records import Key
from documents.store.connection import Connections, Row


class Keys:
    """The keys in the file of `connections`; safe to share between threads.

    All methods raise StoreError as those of `Store` do.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def put(self, key: Key) -> None:
        """Keep a new key, on disk at return."""
        names = None if key.collections is None else json.dumps(sorted(key.collections))
        with self._connections.writing() as connection:
            connection.execute(
                """
                INSERT INTO keys (id, name, role, collections, salt, digest, created_at, expires_at)
                VALUES (?, ?, ?, ?, ?, ?, ?, ?)
                """,
                (
                    key.id,
                    key.name,
                    key.role,
                    names,
                    key.salt,
                    key.digest,
                    key.created_at.isoformat(),
                    key.expires_at and key.expires_at.isoformat(),
                ),
            )

    def find(self, key_id: str) -> Key | None:
        """Return the key of this id, None where there is none."""
        with self._connections.glancing() as connection:
            found = connection.execute("SELECT * FROM keys WHERE id = ?", (key_id,)).fetchone()
            return None if found is None else _key(found)

    def all(self) -> list[Key]:
        """Return all keys, oldest first, revoked and expired ones among them."""
        with self._connections.glancing() as connection:
            return list(map(_key, connection.execute("SELECT * FROM keys ORDER BY number")))

    def revoke(self, key_id: str) -> bool:
        """Revoke a key, from now on and on disk at return; False says that there is none.

        One that was revoked before stays so since then.
        """
        with self._connections.writing() as connection:
            revoked = connection.execute(
                "UPDATE keys SET revoked_at = coalesce(revoked_at, ?) WHERE id = ?",
                (datetime.now(UTC).isoformat(), key_id),
            )
            return revoked.rowcount == 1


def _key(row: Row) -> Key:
    names = row["collections"]
    return Key(
        id=row["id"],
        name=row["name"],
        role=row["role"],
        collections=None if names is None else frozenset(json.loads(names)),
        salt=row["salt"],
        digest=row["digest"],
        created_at=datetime.fromisoformat(row["created_at"]),
        expires_at=_moment(row["expires_at"]),
        revoked_at=_moment(row["revoked_at"]),
    )


def _moment(written: str | None) -> datetime | None:
    return None if written is None else datetime.fromisoformat(written)
