"""Jobs as those see them who submit, watch and cancel them, in the store's file."""

import json
from collections.abc import Set as AbstractSet

from documents.errors import TooManyJobs
from documents.job_records import (
    JOB_STATES,
    ItemPage,
    Job,
    JobPage,
    JobState,
    NewJob,
    Outcome,
)
from documents.store.collections import collection_number
from documents.store.connection import Connection, Connections
from documents.store.job_rows import end_job, item_of, job_of, now, number_of, read_job

# Unfinished ones of one collection; each may hold as many bytes as a body has.
MOST_UNFINISHED = 100

# From the collections to their jobs, for what is in others is not to be read on the way.
_PAGE = """
    SELECT s.* FROM collections AS c
    CROSS JOIN jobs AS j INDEXED BY jobs_within ON j.collection = c.number
    CROSS JOIN job_summaries AS s ON s.number = j.number
    WHERE (CAST(?1 AS TEXT) IS NULL OR c.name IN (SELECT value FROM json_each(?1)))
      AND (CAST(?2 AS TEXT) IS NULL OR j.state = ?2)
      AND (CAST(?3 AS BIGINT) IS NULL OR j.number < ?3)
    ORDER BY j.number DESC LIMIT ?4
"""
_ITEMS = """
    SELECT * FROM job_items
    WHERE job = ?1 AND (CAST(?2 AS TEXT) IS NULL OR outcome = ?2) AND position >= ?3
    ORDER BY position LIMIT ?4
"""
_UNFINISHED = """
    SELECT count(*) FROM jobs WHERE collection = ? AND state IN ('queued', 'running')
"""


class Jobs:
    """The jobs in the file of `connections`; safe to share between threads.

    All methods raise StoreError as those of `Store` do. `within` limits them to these
    collections; what is in others is not found.
    """

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def submit(self, new: NewJob) -> Job:
        """Queue a job with what it needs, all of it on disk at return.

        Raises:
            UnknownCollection: there is none of its collection's name.
            TooManyJobs: the collection has as many unfinished ones as are kept.
        """
        with self._connections.writing() as connection:
            collection = collection_number(connection, new.collection)
            [unfinished] = connection.execute(_UNFINISHED, (collection,)).fetchone()
            if unfinished >= MOST_UNFINISHED:
                raise TooManyJobs(
                    f"{unfinished} jobs of the collection {new.collection!r} are not finished yet: "
                    "wait for some, or cancel them."
                )
            number = _insert(connection, new, collection)
            job = read_job(connection, number)
        assert job is not None  # noqa: S101 - written just now
        return job

    def find(self, job_id: str, *, within: AbstractSet[str] | None = None) -> Job | None:
        """Return the job of this id, None where there is none."""
        with self._connections.reading() as connection:
            number = number_of(connection, job_id, within)
            return None if number is None else read_job(connection, number)

    def page(
        self,
        *,
        within: AbstractSet[str] | None = None,
        state: JobState | None = None,
        limit: int = 50,
        after: str | None = None,
    ) -> JobPage:
        """Return a page of jobs, newest first, of this `state` where it is given.

        `after` is the id of the last job of the page before; one that is not there any more, or
        not in these collections, has nothing after it.
        """
        names = None if within is None else json.dumps(sorted(within))
        with self._connections.reading() as connection:
            last = None if after is None else number_of(connection, after, within) or 0
            rows = connection.execute(_PAGE, (names, state, last, limit + 1)).fetchall()
        jobs = tuple(map(job_of, rows[:limit]))
        return JobPage(jobs, jobs[-1].id if len(rows) > limit else None)

    def items(
        self,
        job_id: str,
        *,
        within: AbstractSet[str] | None = None,
        outcome: Outcome | None = None,
        limit: int = 50,
        after: int | None = None,
    ) -> ItemPage | None:
        """Return a page of a job's items, oldest first; None where there is no such job.

        `after` is that of the page before.
        """
        with self._connections.reading() as connection:
            number = number_of(connection, job_id, within)
            if number is None:
                return None
            wanted = (number, outcome, after or 0, limit + 1)
            rows = connection.execute(_ITEMS, wanted).fetchall()
        following = rows[limit]["position"] if len(rows) > limit else None
        return ItemPage(tuple(map(item_of, rows[:limit])), following)

    def cancel(self, job_id: str, *, within: AbstractSet[str] | None = None) -> Job | None:
        """Cancel a job, on disk at return, and return it as it is then; None where there is none.

        One that runs ends after the item that it is at; one that is over stays as it is.
        """
        with self._connections.writing() as connection:
            number = number_of(connection, job_id, within)
            if number is None:
                return None
            job = read_job(connection, number)
            if job is not None and job.state == "queued":
                end_job(connection, number, "cancelled")
            elif job is not None and job.state == "running":
                connection.execute("UPDATE jobs SET cancelling = 1 WHERE number = ?", (number,))
            return read_job(connection, number)

    def counts(self) -> dict[JobState, int]:
        """Return how many jobs are in each state."""
        with self._connections.glancing() as connection:
            rows = connection.execute("SELECT state, count(*) FROM jobs GROUP BY state").fetchall()
        return {**dict.fromkeys(JOB_STATES, 0), **dict(rows)}


def _insert(connection: Connection, new: NewJob, collection: int) -> int:
    written = connection.execute(
        """
        INSERT INTO jobs (id, collection, kind, state, request, total, created_at)
        VALUES (?, ?, ?, 'queued', ?, ?, ?) RETURNING number
        """,
        (new.id, collection, new.kind, json.dumps(dict(new.request)), new.total, now()),
    )
    [[number]] = written
    connection.executemany(
        "INSERT INTO job_spool VALUES (?, ?, ?, ?)",
        (
            (number, position, json.dumps(dict(piece.about)), piece.content)
            for position, piece in enumerate(new.spooled)
        ),
    )
    if new.webhook is not None:
        connection.execute(
            "INSERT INTO job_deliveries (job, url, state) VALUES (?, ?, 'waiting')",
            (number, new.webhook),
        )
    return int(number)
