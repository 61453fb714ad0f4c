"""The tables of index builds: a step of `documents.store.schema.MIGRATIONS`, never changed."""

BUILDS = (
    # A term has its number for ever, in every build: the dimension of a sparse vector.
    """
    CREATE TABLE terms (
        number  INTEGER PRIMARY KEY AUTOINCREMENT,
        term    TEXT NOT NULL UNIQUE
    )
    """,
    # Of the builds with one origin, one serves. A process that brings one up to date holds it
    # meanwhile, until a time in seconds since 1970.
    """
    CREATE TABLE builds (
        number          INTEGER PRIMARY KEY AUTOINCREMENT,
        name            TEXT NOT NULL UNIQUE,
        origin          TEXT NOT NULL,
        average_length  REAL NOT NULL,
        serves          INTEGER NOT NULL,
        change          INTEGER NOT NULL DEFAULT 0,
        swept           INTEGER NOT NULL DEFAULT 0,
        holder          TEXT,
        held_until      REAL
    )
    """,
    # The statistics of a collection's passages in one language.
    """
    CREATE TABLE build_parts (
        build       INTEGER NOT NULL REFERENCES builds ON DELETE CASCADE,
        collection  INTEGER NOT NULL,
        language    TEXT NOT NULL,
        passages    INTEGER NOT NULL,
        terms       INTEGER NOT NULL,
        PRIMARY KEY (build, collection, language)
    ) WITHOUT ROWID
    """,
    # In how many of those passages a term occurs.
    """
    CREATE TABLE build_words (
        build       INTEGER NOT NULL REFERENCES builds ON DELETE CASCADE,
        collection  INTEGER NOT NULL,
        language    TEXT NOT NULL,
        term        INTEGER NOT NULL,
        passages    INTEGER NOT NULL,
        PRIMARY KEY (build, collection, language, term)
    ) WITHOUT ROWID
    """,
)
