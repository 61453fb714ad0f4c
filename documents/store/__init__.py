"""The store: documents, passages, vectors, jobs and keys, in SQLite or PostgreSQL."""
