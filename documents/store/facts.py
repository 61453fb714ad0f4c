"""What a store says of itself, and whether its texts are what was stored."""

import hashlib
from dataclasses import dataclass
from datetime import datetime

from documents.records import StoredEncoder
from documents.store.connection import Connection
from documents.store.encoders import known_encoders
from documents.store.schema import MIGRATIONS
from documents.store.texts import read_text

_FACTS = """
    SELECT (SELECT id FROM identity), (SELECT coalesce(max(number), 0) FROM changes),
           (SELECT count(*) FROM documents), (SELECT count(*) FROM passages),
           (SELECT max(added_at) FROM documents)
"""


@dataclass(frozen=True, slots=True)
class StoreFacts:
    """What a store says of itself.

    `fingerprints` has the number of passages by encoder, `newest` the time of the newest document,
    `encoders` all that are known, none where the schema is older than this program's.
    """

    identity: str
    schema: int
    change: int
    documents: int
    passages: int
    fingerprints: tuple[tuple[str, int], ...]
    newest: datetime | None
    encoders: tuple[StoredEncoder, ...] = ()


def read_facts(connection: Connection, version: int) -> StoreFacts:
    """Return what the store holds, whose schema has this version."""
    identity, change, documents, passages, newest = connection.execute(_FACTS).fetchone()
    by_encoder = connection.execute(
        "SELECT fingerprint, sum(passages) FROM documents GROUP BY fingerprint ORDER BY fingerprint"
    )
    return StoreFacts(
        identity=identity,
        schema=version,
        change=change,
        documents=documents,
        passages=passages,
        fingerprints=tuple((made, int(count)) for made, count in by_encoder),
        newest=datetime.fromisoformat(newest) if newest else None,
        encoders=tuple(known_encoders(connection)) if version == len(MIGRATIONS) else (),
    )


def changed_text(connection: Connection) -> str | None:
    """Return the id of a document whose text is not what was stored, None where all are.

    So changes a bit that flips on a disk, though the pages of the database are sound.
    """
    documents = connection.execute("SELECT generation, id, sha256 FROM documents").fetchall()
    for generation, document_id, sha256 in documents:
        text = read_text(connection, generation)
        if hashlib.sha256(text.encode()).hexdigest() != sha256:
            return str(document_id)
    return None
