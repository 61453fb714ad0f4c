"""The messages that tell of finished jobs: which are due, and what became of each try."""

from datetime import UTC, datetime, timedelta

from documents.job_records import Delivery, Job
from documents.store.connection import Connection, Connections
from documents.store.job_rows import read_job

_DUE = "SELECT job FROM job_deliveries WHERE due_at <= ? ORDER BY due_at LIMIT 1"


class Deliveries:
    """The deliveries in the file of `connections`; raises as `Store` does."""

    def __init__(self, connections: Connections) -> None:
        self._connections = connections

    def take(self, *, lease: timedelta) -> Job | None:
        """Return a finished job to tell of now, None where there is none.

        Until `lease` is over nobody else is given it; then, if nothing was written down, it is
        due again.
        """
        moment = datetime.now(UTC)
        with self._connections.glancing() as connection:
            if _due(connection, moment) is None:
                return None
        with self._connections.writing() as connection:
            number = _due(connection, moment)
            if number is None:
                return None
            connection.execute(
                "UPDATE job_deliveries SET due_at = ? WHERE job = ?",
                ((moment + lease).isoformat(), number),
            )
            return read_job(connection, number)

    def record(self, job: Job, delivery: Delivery) -> None:
        """Write down what became of a try, on disk at return."""
        with self._connections.writing() as connection:
            connection.execute(
                """
                UPDATE job_deliveries SET state = ?, attempts = ?, detail = ?, due_at = ?
                WHERE job = ?
                """,
                (
                    delivery.state,
                    delivery.attempts,
                    delivery.detail,
                    delivery.due_at and delivery.due_at.isoformat(),
                    job.number,
                ),
            )


def _due(connection: Connection, moment: datetime) -> int | None:
    found = connection.execute(_DUE, (moment.isoformat(),)).fetchone()
    return None if found is None else int(found["job"])
