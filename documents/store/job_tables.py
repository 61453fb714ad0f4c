"""The tables of jobs: a step of `documents.store.schema.MIGRATIONS`, and never changed after it."""

JOBS = (
    # Long work, accepted and done later. `deaths` counts the processes that died at it since it
    # last got on; `resumed_at` is when it was last begun, `started_at` when it was first.
    """
    CREATE TABLE jobs (
        number       INTEGER PRIMARY KEY AUTOINCREMENT,
        id           TEXT NOT NULL UNIQUE,
        collection   INTEGER NOT NULL REFERENCES collections (number),
        kind         TEXT NOT NULL,
        state        TEXT NOT NULL,
        request      TEXT NOT NULL,
        total        INTEGER,
        doing        TEXT,
        added        INTEGER NOT NULL DEFAULT 0,
        replaced     INTEGER NOT NULL DEFAULT 0,
        unchanged    INTEGER NOT NULL DEFAULT 0,
        removed      INTEGER NOT NULL DEFAULT 0,
        refused      INTEGER NOT NULL DEFAULT 0,
        cancelling   INTEGER NOT NULL DEFAULT 0,
        deaths       INTEGER NOT NULL DEFAULT 0,
        created_at   TEXT NOT NULL,
        started_at   TEXT,
        resumed_at   TEXT,
        finished_at  TEXT,
        error        TEXT,
        detail       TEXT
    )
    """,
    # As `documents_within`: what lies in other collections is not read on the way.
    "CREATE UNIQUE INDEX jobs_within ON jobs (collection, id)",
    "CREATE INDEX jobs_of_state ON jobs (state, collection, number)",
    """
    CREATE TABLE job_items (
        job          INTEGER NOT NULL REFERENCES jobs ON DELETE CASCADE,
        position     INTEGER NOT NULL,
        key          TEXT NOT NULL,
        name         TEXT NOT NULL,
        outcome      TEXT NOT NULL,
        document_id  TEXT,
        error        TEXT,
        detail       TEXT,
        PRIMARY KEY (job, position),
        UNIQUE (job, key)
    ) WITHOUT ROWID
    """,
    # What was sent and is still to be read. Here and not in files, so that it is on disk with its
    # job or not at all, and is in a backup; each piece goes in the step that deals with it.
    """
    CREATE TABLE job_spool (
        job       INTEGER NOT NULL REFERENCES jobs ON DELETE CASCADE,
        position  INTEGER NOT NULL,
        about     TEXT NOT NULL,
        content   BLOB NOT NULL,
        PRIMARY KEY (job, position)
    )
    """,
    """
    CREATE TABLE job_deliveries (
        job       INTEGER PRIMARY KEY REFERENCES jobs ON DELETE CASCADE,
        url       TEXT NOT NULL,
        state     TEXT NOT NULL,
        attempts  INTEGER NOT NULL DEFAULT 0,
        detail    TEXT,
        due_at    TEXT
    )
    """,
    "CREATE INDEX job_deliveries_due ON job_deliveries (due_at) WHERE due_at IS NOT NULL",
    """
    CREATE VIEW job_summaries AS
    SELECT j.*, c.name AS collection_name, d.url AS webhook_url, d.state AS webhook_state,
           d.attempts AS webhook_attempts, d.detail AS webhook_detail, d.due_at AS webhook_due_at
    FROM jobs AS j JOIN collections AS c ON c.number = j.collection
    LEFT JOIN job_deliveries AS d ON d.job = j.number
    """,
)
