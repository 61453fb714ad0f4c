"""Jobs as one caller sees them: those of the collections that the caller may write to."""

from collections.abc import Sequence

from documents.job_records import ItemPage, Job, JobPage, JobState, Outcome, Spooled
from rag.access import Grant
from rag.jobs.desk import JobDesk
from rag.jobs.uploads import UPLOAD


class GrantedJobs:
    """What the holder of `grant` may ask of `desk`, whose methods these are.

    They also raise NotAllowed where the grant's role is too low. Jobs of collections that it does
    not hold in are unknown, as what never was.
    """

    def __init__(self, desk: JobDesk, grant: Grant) -> None:
        self._desk = desk
        self._grant = grant

    def upload(
        self, pieces: Sequence[Spooled], *, collection: str, webhook: str | None = None
    ) -> Job:
        """Take a job that adds files or texts (`rag.jobs.uploads`), on disk at return."""
        self._grant.require("write", collection)
        return self._desk.submit(UPLOAD, collection=collection, spooled=pieces, webhook=webhook)

    def find(self, job_id: str) -> Job:
        """Return a job as it stands."""
        self._grant.require("write")
        return self._desk.find(job_id, within=self._grant.collections)

    def page(
        self, *, state: JobState | None = None, limit: int = 50, after: str | None = None
    ) -> JobPage:
        """Return a page of jobs, newest first."""
        self._grant.require("write")
        return self._desk.page(
            within=self._grant.collections, state=state, limit=limit, after=after
        )

    def items(
        self,
        job_id: str,
        *,
        outcome: Outcome | None = None,
        limit: int = 50,
        after: int | None = None,
    ) -> ItemPage:
        """Return a page of what a job did, oldest first."""
        self._grant.require("write")
        return self._desk.items(
            job_id, within=self._grant.collections, outcome=outcome, limit=limit, after=after
        )

    def cancel(self, job_id: str) -> Job:
        """Cancel a job, and return it as it is then."""
        self._grant.require("write")
        return self._desk.cancel(job_id, within=self._grant.collections)
