"""Jobs as the one sees them who does them: taken, written down as they get on, and ended.

One process at a time may use it: what runs when it begins is what another one left behind.
"""

import json
from collections.abc import Iterable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from datetime import datetime

from documents.errors import JobGivenUp, UnknownJob
from documents.job_records import Job, JobItem, JobProblem, JobState, Spooled
from documents.store.connection import Connection, Connections
from documents.store.job_rows import end_job, now, read_job

# A job is given up when so many processes in a row died at it before it got on.
MOST_DEATHS = 2
_GIVEN_UP = JobGivenUp(
    "The service ended twice while it was at this, most likely because of it: send what is still "
    "missing in smaller jobs, to see what it is."
)

# What a process died at comes first and alone: it may not take others with it once more. Then the
# collection that has waited longest since it had a job begun.
_NEXT = """
    SELECT min(q.number) AS number FROM jobs AS q
    WHERE q.state = 'queued' AND q.kind = ?
      AND NOT EXISTS (SELECT 1 FROM jobs WHERE state = 'running' AND (deaths > 0 OR q.deaths > 0))
      AND q.collection NOT IN
          (SELECT c.number FROM collections AS c JOIN json_each(?) AS busy ON busy.value = c.name)
    GROUP BY q.collection, q.kind, q.deaths
    ORDER BY q.deaths DESC,
        (SELECT max(s.resumed_at) FROM jobs AS s
         WHERE s.collection = q.collection AND s.kind = q.kind) NULLS FIRST,
        number
    LIMIT 1
"""
_BEGIN = """
    UPDATE jobs SET state = 'running', started_at = coalesce(started_at, ?1), resumed_at = ?1
    WHERE number = ?2
"""
_ITEM = """
    INSERT INTO job_items (job, position, key, name, outcome, document_id, error, detail)
    SELECT number, added + replaced + unchanged + removed + refused, ?2, ?3, ?4, ?5, ?6, ?7
    FROM jobs WHERE number = ?1
    ON CONFLICT (job, key) DO NOTHING
"""
# A document that this job stored before it was interrupted, and had no time to write down.
_STORED_BEFORE = """
    SELECT c.removed_count FROM documents AS d
    JOIN changes AS c ON c.number = d.generation
    JOIN jobs AS j ON j.number = ?1
    WHERE d.id = ?2 AND d.added_at >= j.started_at AND d.added_at < j.resumed_at
      AND NOT EXISTS (SELECT 1 FROM job_items WHERE job = ?1 AND document_id = ?2)
"""


@dataclass(frozen=True, slots=True)
class Progress:
    """What a job got done since the last: its items, the pieces read, what it is at now."""

    items: Sequence[JobItem] = ()
    read: Sequence[int] = ()
    doing: str | None = None
    total: int | None = None


class JobQueue:
    """The work in the file of `connections`; raises as `Store` does."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def recover(self) -> None:
        """Queue again what a process that died left running, or give it up."""
        if not self._any_runs():
            return
        with self._connections.writing() as connection:
            connection.execute("UPDATE jobs SET deaths = deaths + 1 WHERE state = 'running'")
            for number, cancelling, deaths in connection.execute(
                "SELECT number, cancelling, deaths FROM jobs WHERE state = 'running'"
            ).fetchall():
                if cancelling:
                    end_job(connection, number, "cancelled")
                elif deaths >= MOST_DEATHS:
                    end_job(connection, number, "failed", JobProblem.of(_GIVEN_UP))
            _queue_running(connection)

    def release(self, kind: str | None = None) -> None:
        """Queue again what runs, of this `kind` if given, as this process leaves it in order."""
        if self._any_runs():
            with self._connections.writing() as connection:
                _queue_running(connection, kind)

    def take(self, kind: str, *, busy: AbstractSet[str] = frozenset()) -> Job | None:
        """Begin the next job of this kind and of a collection that is not `busy`, if there is one.

        One that a process died at is done while no other is, of any kind, until it gets on.
        """
        with self._connections.glancing() as connection:
            if _next(connection, kind, busy) is None:
                return None
        with self._connections.writing() as connection:
            number = _next(connection, kind, busy)
            if number is None:
                return None
            connection.execute(_BEGIN, (now(), number))
            return read_job(connection, number)

    def finished(self, job: Job) -> frozenset[str]:
        """Return the keys of the items that are written down."""
        with self._connections.glancing() as connection:
            rows = connection.execute("SELECT key FROM job_items WHERE job = ?", (job.number,))
            return frozenset(row["key"] for row in rows)

    def record(self, job: Job, progress: Progress) -> Job | None:
        """Write down how a job got on, on disk at return, and return it as it is now.

        An item whose key is there already changes nothing. None says that the job is gone, with
        its collection.
        """
        with self._connections.writing() as connection:
            if read_job(connection, job.number) is None:
                return None
            _add_items(connection, job.number, progress.items)
            connection.executemany(
                "DELETE FROM job_spool WHERE job = ? AND position = ?",
                ((job.number, position) for position in progress.read),
            )
            connection.execute(
                "UPDATE jobs SET doing = ?, total = coalesce(?, total) WHERE number = ?",
                (progress.doing, progress.total, job.number),
            )
            return read_job(connection, job.number)

    def end(self, job: Job, state: JobState, problem: JobProblem | None = None) -> None:
        """End a job that runs, on disk at return."""
        with self._connections.writing() as connection:
            end_job(connection, job.number, state, problem)

    def first_problem(self, job: Job) -> JobProblem | None:
        """Return why the first of the items that were refused was."""
        with self._connections.glancing() as connection:
            row = connection.execute(
                """
                SELECT error, detail FROM job_items WHERE job = ? AND error IS NOT NULL
                ORDER BY position LIMIT 1
                """,
                (job.number,),
            ).fetchone()
            return None if row is None else JobProblem(row["error"], row["detail"])

    def forget(self, *, before: datetime, keep: int) -> int:
        """Delete jobs that ended before then, and all but the newest `keep` of each collection.

        Those that are not over stay, and those whose webhook is still to be called. Returns how
        many went.
        """
        with self._connections.writing() as connection:
            gone = connection.execute(
                """
                DELETE FROM jobs WHERE number IN (
                    SELECT number FROM (
                        SELECT number, finished_at, row_number() OVER (
                            PARTITION BY collection ORDER BY number DESC
                        ) AS place
                        FROM jobs WHERE state NOT IN ('queued', 'running')
                    ) AS placed WHERE finished_at < ? OR place > ?
                ) AND number NOT IN (SELECT job FROM job_deliveries WHERE due_at IS NOT NULL)
                """,
                (before.isoformat(), keep),
            )
            return gone.rowcount

    def _any_runs(self) -> bool:
        with self._connections.glancing() as connection:
            found = connection.execute("SELECT 1 FROM jobs WHERE state = 'running' LIMIT 1")
            return found.fetchone() is not None

    def pending(self, job_id: str) -> list[int]:
        """Return the positions of the pieces that a job has still to read, in order."""
        with self._connections.glancing() as connection:
            rows = connection.execute(
                """
                SELECT s.position FROM job_spool AS s JOIN jobs AS j ON j.number = s.job
                WHERE j.id = ? ORDER BY s.position
                """,
                (job_id,),
            )
            return [row["position"] for row in rows]

    def piece(self, job_id: str, position: int) -> Spooled:
        """Return a piece that `pending` named.

        Raises:
            UnknownJob: it is gone, with its job.
        """
        with self._connections.glancing() as connection:
            row = connection.execute(
                """
                SELECT s.about, s.content FROM job_spool AS s JOIN jobs AS j ON j.number = s.job
                WHERE j.id = ? AND s.position = ?
                """,
                (job_id, position),
            ).fetchone()
        if row is None:
            raise UnknownJob.named(job_id)
        return Spooled(json.loads(row["about"]), row["content"], position)


def _next(connection: Connection, kind: str, busy: AbstractSet[str]) -> int | None:
    found = connection.execute(_NEXT, (kind, json.dumps(sorted(busy)))).fetchone()
    return None if found is None else int(found["number"])


def _queue_running(connection: Connection, kind: str | None = None) -> None:
    connection.execute(
        """
        UPDATE jobs SET state = 'queued', doing = NULL
        WHERE state = 'running' AND kind = coalesce(?, kind)
        """,
        (kind,),
    )


def _add_items(connection: Connection, number: int, items: Iterable[JobItem]) -> None:
    for item in items:
        written = _as_it_was(connection, number, item)
        problem = written.problem
        added = connection.execute(
            _ITEM,
            (
                number,
                written.key,
                written.name,
                written.outcome,
                written.document_id,
                problem and problem.error,
                problem and problem.detail,
            ),
        )
        if added.rowcount == 1:
            # The name of a column, out of five of our own.
            connection.execute(
                f"UPDATE jobs SET {written.outcome} = {written.outcome} + 1, deaths = 0 "  # noqa: S608
                "WHERE number = ?",
                (number,),
            )


def _as_it_was(connection: Connection, number: int, item: JobItem) -> JobItem:
    """Return `item`, told as what it was before the interruption where only that is new to it."""
    if item.outcome != "unchanged":
        return item
    found = connection.execute(_STORED_BEFORE, (number, item.document_id)).fetchone()
    if found is None:
        return item
    return replace(item, outcome="replaced" if found["removed_count"] else "added")
