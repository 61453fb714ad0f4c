"""Jobs and their items as rows, read and written inside the caller's transaction."""

import json
from collections.abc import Set as AbstractSet
from datetime import UTC, datetime
from typing import Any

from documents.job_records import OUTCOMES, Delivery, Job, JobItem, JobProblem, JobState
from documents.store.connection import Connection, Row

# From the collections to the id, as with documents: a job in another collection is not read.
_WITHIN = """
    SELECT j.number FROM collections AS c
    CROSS JOIN jobs AS j INDEXED BY jobs_within ON j.collection = c.number AND j.id = ?
    WHERE c.name IN (SELECT value FROM json_each(?))
"""


def number_of(connection: Connection, job_id: str, within: AbstractSet[str] | None) -> int | None:
    """Return the number of a job, None where it is not, or not `within` these collections."""
    if within is None:
        found = connection.execute("SELECT number FROM jobs WHERE id = ?", (job_id,)).fetchone()
    else:
        found = connection.execute(_WITHIN, (job_id, json.dumps(sorted(within)))).fetchone()
    return None if found is None else int(found["number"])


def read_job(connection: Connection, number: int) -> Job | None:
    """Return the job of this number, None once it is gone."""
    found = connection.execute("SELECT * FROM job_summaries WHERE number = ?", (number,))
    row = found.fetchone()
    return None if row is None else job_of(row)


def end_job(
    connection: Connection,
    number: int,
    state: JobState,
    problem: JobProblem | None = None,
) -> None:
    """Make `state` the last one of a job, drop what it still had to read, and let it be told."""
    error, detail = (None, None) if problem is None else (problem.error, problem.detail)
    connection.execute(
        """
        UPDATE jobs SET state = ?1, error = ?2, detail = ?3, finished_at = ?4, doing = NULL,
            cancelling = 0, deaths = 0,
            total = CASE WHEN ?1 = 'succeeded'
                THEN added + replaced + unchanged + refused ELSE total END
        WHERE number = ?5
        """,
        (state, error, detail, now(), number),
    )
    connection.execute("DELETE FROM job_spool WHERE job = ?", (number,))
    connection.execute("UPDATE job_deliveries SET due_at = ? WHERE job = ?", (now(), number))


def job_of(row: Row) -> Job:
    """Return the job of a row of `job_summaries`."""
    return Job(
        number=row["number"],
        id=row["id"],
        collection=row["collection_name"],
        kind=row["kind"],
        state=row["state"],
        request=json.loads(row["request"]),
        total=row["total"],
        counts={outcome: row[outcome] for outcome in OUTCOMES},
        doing=row["doing"],
        created_at=datetime.fromisoformat(row["created_at"]),
        cancelling=bool(row["cancelling"]),
        deaths=row["deaths"],
        started_at=_moment(row["started_at"]),
        finished_at=_moment(row["finished_at"]),
        problem=_problem(row),
        webhook=_delivery(row),
    )


def item_of(row: Row) -> JobItem:
    """Return the item of a row of `job_items`."""
    return JobItem(
        row["key"], row["name"], row["outcome"], row["document_id"], problem=_problem(row)
    )


def now() -> str:
    """Return this moment as it is stored."""
    return datetime.now(UTC).isoformat()


def _delivery(row: Row) -> Delivery | None:
    if row["webhook_url"] is None:
        return None
    return Delivery(
        url=row["webhook_url"],
        state=row["webhook_state"],
        attempts=row["webhook_attempts"],
        detail=row["webhook_detail"],
        due_at=_moment(row["webhook_due_at"]),
    )


def _problem(row: Row) -> JobProblem | None:
    return None if row["error"] is None else JobProblem(row["error"], row["detail"])


def _moment(written: Any) -> datetime | None:  # noqa: ANN401 - what the store holds
    return None if written is None else datetime.fromisoformat(written)
