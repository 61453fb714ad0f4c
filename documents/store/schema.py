"""The shape of the SQLite store, and the steps that lead to it.

`MIGRATIONS` only grows: step n turns schema version n into n + 1, inside one transaction. A
store of a newer version, or a database of another program, is refused and left untouched.
"""

import sqlite3
from collections.abc import Sequence
from pathlib import Path

from documents.errors import IncompatibleStore, StoreUnavailable
from documents.store.build_tables import BUILDS
from documents.store.feeds_tables import FEEDS
from documents.store.job_tables import JOBS

APPLICATION_ID = 0x53524352  # "SRCR", in the file's header, so that `file` and we know it
ROWS = 2**40  # more than a store will ever number

Migration = tuple[str, ...]

_FIRST: Migration = (
    # Tells this store from any other, so that an index of another store is not taken for ours.
    "CREATE TABLE identity (id TEXT NOT NULL)",
    "INSERT INTO identity VALUES (lower(hex(randomblob(16))))",
    """
    CREATE TABLE collections (
        number      INTEGER PRIMARY KEY AUTOINCREMENT,
        name        TEXT NOT NULL UNIQUE,
        created_at  TEXT NOT NULL
    )
    """,
    # Kept for ever: derived indexes catch up from here. No foreign keys, because it must
    # outlive what it tells of.
    """
    CREATE TABLE changes (
        number         INTEGER PRIMARY KEY AUTOINCREMENT,
        document_id    TEXT NOT NULL,
        collection     INTEGER NOT NULL,
        added_first    INTEGER NOT NULL,
        added_count    INTEGER NOT NULL,
        removed_first  INTEGER NOT NULL,
        removed_count  INTEGER NOT NULL
    )
    """,
    # One row for each document's current generation; the key is the change that wrote it.
    """
    CREATE TABLE documents (
        generation    INTEGER PRIMARY KEY,
        id            TEXT NOT NULL UNIQUE,
        collection    INTEGER NOT NULL REFERENCES collections (number),
        source        TEXT NOT NULL,
        title         TEXT NOT NULL,
        language      TEXT NOT NULL,
        url           TEXT,
        published_at  TEXT,
        added_at      TEXT NOT NULL,
        sha256        TEXT NOT NULL,
        content       BLOB NOT NULL,
        fingerprint   TEXT NOT NULL,
        dimension     INTEGER NOT NULL,
        characters    INTEGER NOT NULL,
        first_row     INTEGER NOT NULL,
        passages      INTEGER NOT NULL,
        headings      TEXT NOT NULL,
        page_starts   TEXT NOT NULL
    )
    """,
    "CREATE INDEX documents_of_collection ON documents (collection)",
    """
    CREATE TABLE metadata (
        generation  INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
        key         TEXT NOT NULL,
        value       TEXT NOT NULL,
        PRIMARY KEY (generation, key)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX metadata_values ON metadata (key, value)",
    # The text in blocks of equal length, so that a slice of a long text is read alone.
    """
    CREATE TABLE texts (
        generation  INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
        block       INTEGER NOT NULL,
        text        TEXT NOT NULL,
        PRIMARY KEY (generation, block)
    )
    """,
    # A passage's text is the slice [start, stop) of its document's text: never kept twice.
    """
    CREATE TABLE passages (
        row           INTEGER PRIMARY KEY AUTOINCREMENT,
        generation    INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
        start         INTEGER NOT NULL,
        stop          INTEGER NOT NULL,
        language      TEXT NOT NULL,
        page          INTEGER,
        heading_path  TEXT NOT NULL,
        sentences     TEXT NOT NULL
    )
    """,
    "CREATE INDEX passages_of_document ON passages (generation, language)",
    # Little-endian float32 of the passages from first_row on, some hundreds at a time: far
    # fewer rows to read for a rebuild than one for each passage.
    """
    CREATE TABLE vectors (
        first_row   INTEGER PRIMARY KEY,
        generation  INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
        vectors     BLOB NOT NULL
    )
    """,
    "CREATE INDEX vectors_of_document ON vectors (generation)",
    """
    CREATE VIEW summaries AS
    SELECT d.generation, d.id, c.name AS collection, d.collection AS collection_number, d.source,
           d.title, d.language, d.url, d.published_at, d.added_at, d.sha256, d.fingerprint,
           d.characters, d.first_row, d.passages,
           (SELECT json_group_object(m.key, m.value) FROM metadata AS m
            WHERE m.generation = d.generation) AS metadata
    FROM documents AS d JOIN collections AS c ON c.number = d.collection
    """,
    """
    INSERT INTO collections (name, created_at)
    VALUES ('default', strftime('%Y-%m-%dT%H:%M:%f+00:00', 'now'))
    """,
)

_FEEDBACK: Migration = (
    # What people thought of answers; oldest first by number.
    """
    CREATE TABLE feedback (
        number               INTEGER PRIMARY KEY AUTOINCREMENT,
        answer_id            TEXT NOT NULL UNIQUE,
        collection           INTEGER NOT NULL REFERENCES collections (number),
        question             TEXT NOT NULL,
        standalone_question  TEXT,
        language             TEXT NOT NULL,
        answer               TEXT NOT NULL,
        helpful              INTEGER NOT NULL,
        comment              TEXT,
        given_at             TEXT NOT NULL
    )
    """,
    "CREATE INDEX feedback_of_collection ON feedback (collection)",
    # What those answers quoted. No foreign key to the document, whose generations come and go.
    """
    CREATE TABLE feedback_quotes (
        feedback     INTEGER NOT NULL REFERENCES feedback ON DELETE CASCADE,
        position     INTEGER NOT NULL,
        document_id  TEXT NOT NULL,
        passage_id   TEXT NOT NULL,
        language     TEXT NOT NULL,
        text         TEXT NOT NULL,
        start        INTEGER NOT NULL,
        stop         INTEGER NOT NULL,
        PRIMARY KEY (feedback, position)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX feedback_of_document ON feedback_quotes (document_id)",
)

_KEYS: Migration = (
    # Collections by name, as JSON; NULL stands for all. A collection may come after its key.
    """
    CREATE TABLE keys (
        number       INTEGER PRIMARY KEY AUTOINCREMENT,
        id           TEXT NOT NULL UNIQUE,
        name         TEXT NOT NULL,
        role         TEXT NOT NULL,
        collections  TEXT,
        salt         BLOB NOT NULL,
        digest       BLOB NOT NULL,
        created_at   TEXT NOT NULL,
        expires_at   TEXT,
        revoked_at   TEXT
    )
    """,
    # For those who see some collections only: what lies in others is not read on the way.
    "CREATE UNIQUE INDEX documents_within ON documents (collection, id)",
    "CREATE INDEX changes_of_collection ON changes (collection)",
)

_ENCODERS: Migration = (
    # The encoders that made the vectors: the one that serves, and those whose vectors come
    # beside or are being dropped. The name is what loads it, empty where it is not known.
    """
    CREATE TABLE encoders (
        number       INTEGER PRIMARY KEY AUTOINCREMENT,
        fingerprint  TEXT NOT NULL UNIQUE,
        name         TEXT NOT NULL,
        dimension    INTEGER NOT NULL,
        serves       INTEGER NOT NULL
    )
    """,
    # Vectors that were stored so far are those of encoder 0; if several made them, none serves.
    """
    INSERT INTO encoders
    SELECT 0, iif(makers = 1, fingerprint, ''), '', dimension, makers = 1
    FROM (SELECT count(DISTINCT fingerprint) AS makers, min(fingerprint) AS fingerprint,
                 min(dimension) AS dimension FROM documents)
    WHERE makers > 0
    """,
    # Encoder n's vectors of the passages from `row` on stand at n * ROWS + row.
    "ALTER TABLE vectors RENAME COLUMN first_row TO place",
)

# What an encoder behind a server is known by again: it shows no weights that could be hashed.
_PROBES: Migration = ("ALTER TABLE encoders ADD COLUMN probe BLOB NOT NULL DEFAULT x''",)

# What an encoder makes of the stretches of those passages, as `byte_strings` joins it.
_STRETCHES: Migration = ("ALTER TABLE vectors ADD COLUMN stretches BLOB NOT NULL DEFAULT x''",)

MIGRATIONS: tuple[Migration, ...] = (
    *(_FIRST, _FEEDBACK, _KEYS, JOBS, _ENCODERS, FEEDS, BUILDS),
    _PROBES,
    _STRETCHES,
)

# One statement, so that a store which another process is just making is seen before or after.
_IDENTITY = """
    SELECT application_id, user_version, (SELECT count(*) FROM sqlite_master)
    FROM pragma_application_id, pragma_user_version
"""


def is_current(
    connection: sqlite3.Connection, *, path: Path, migrations: Sequence[Migration] = MIGRATIONS
) -> bool:
    """Tell whether the database at `path` has the schema that this program works with.

    Raises:
        IncompatibleStore: it belongs to a newer version, or to another program.
    """
    application, version, objects = connection.execute(_IDENTITY).fetchone()
    if application != APPLICATION_ID and (application or version or objects):
        raise IncompatibleStore(
            f"{path} is the database of another program; "
            "point the data folder elsewhere, nothing in it was changed"
        )
    if version > len(migrations):
        raise IncompatibleStore(
            f"{path} has schema version {version}, this program knows {len(migrations)}: it was "
            "written by a newer Sourcier; update this one, or restart it if you just did"
        )
    return bool(version == len(migrations))


def migrate(
    connection: sqlite3.Connection, *, path: Path, migrations: Sequence[Migration] = MIGRATIONS
) -> None:
    """Bring the database at `path` to the current schema: all the steps it lacks, or none.

    Raises:
        IncompatibleStore: it belongs to a newer version, or to another program.
        StoreUnavailable: its file system cannot hold a write-ahead log.
    """
    if is_current(connection, path=path, migrations=migrations):
        return
    [mode] = connection.execute("PRAGMA journal_mode = WAL").fetchone()
    if mode != "wal":
        raise StoreUnavailable(
            f"{path} is on a file system without shared memory, such as a network drive; "
            "put the data folder on a local disk"
        )
    with connection:  # commits, or rolls every step back
        connection.execute("BEGIN IMMEDIATE")
        [version] = connection.execute("PRAGMA user_version").fetchone()
        for step in migrations[version:]:
            for statement in step:
                connection.execute(statement)
        # Pragmas take no parameters; both values are our own integers.
        connection.execute(f"PRAGMA application_id = {APPLICATION_ID:d}")
        connection.execute(f"PRAGMA user_version = {len(migrations):d}")
