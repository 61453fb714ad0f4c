"""The tables of copies and of what was fetched: a step of `documents.store.schema.MIGRATIONS`."""

FEEDS = (
    # The sketch of each text (documents/copies.py), little-endian uint64.
    """
    CREATE TABLE sketches (
        generation  INTEGER PRIMARY KEY REFERENCES documents ON DELETE CASCADE,
        hashes      BLOB NOT NULL
    )
    """,
    # From the collection to the mark: what lies in other collections is not read on the way.
    """
    CREATE TABLE sketch_marks (
        collection  INTEGER NOT NULL,
        mark        INTEGER NOT NULL,
        generation  INTEGER NOT NULL REFERENCES documents ON DELETE CASCADE,
        PRIMARY KEY (collection, mark, generation)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX sketch_marks_of_document ON sketch_marks (generation)",
    # What was fetched or read, and how to ask whether there is newer. `document_id` is what came
    # of it, NULL for a list of documents.
    """
    CREATE TABLE fetches (
        collection     INTEGER NOT NULL,
        address        TEXT NOT NULL,
        document_id    TEXT,
        etag           TEXT,
        last_modified  TEXT,
        fetched_at     TEXT NOT NULL,
        PRIMARY KEY (collection, address)
    ) WITHOUT ROWID
    """,
    "CREATE INDEX fetches_of_document ON fetches (document_id)",
)
