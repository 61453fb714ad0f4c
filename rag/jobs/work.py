"""What a kind of job does. One class a kind implements `Work`; the runner does everything else.

The runner (rag/jobs/runner.py) takes one step after the other, writes each down, and leaves the
work between two steps when the job is cancelled, when the service stops, or while another
collection has its turn. So a kind of job knows no threads, no states and no cancellation:

    class FolderWork:
        def steps(self, task: Task) -> Iterator[Step]:
            paths = sorted(Path(task.request["folder"]).iterdir())
            yield Doing("reading", total=len(paths))
            for path in paths:
                if path.name in task.finished:
                    continue
                yield Doing(path.name, total=len(paths))
                try:
                    added = self._sourcier.add_file(path.read_bytes(), name=path.name, …)
                except StoreError:
                    raise
                except DocumentError as error:
                    yield JobItem(path.name, path.name, "refused", problem=JobProblem.of(error))
                else:
                    for stored in added.documents:
                        yield item_of(path.name, path.name, stored)

and stands in `rag/bootstrap.py` as ``works={"folder": FolderWork(…)}``. A job of that kind is
submitted with ``sourcier.jobs.submit("folder", collection=…, request={"folder": …})``, where
`request` is kept with the job and holds JSON values only.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from typing import Any, Protocol

from documents.job_records import JobItem, Outcome
from documents.records import Stored


@dataclass(frozen=True, slots=True)
class Task:
    """A job as its work sees it.

    `finished` are the keys of the items that were written down before the job was interrupted:
    empty the first time, and not to be done again.
    """

    id: str
    collection: str
    request: Mapping[str, Any]
    finished: AbstractSet[str] = frozenset()


@dataclass(frozen=True, slots=True)
class Doing:
    """What is being done from now on, and how many items there will be, where that is known."""

    what: str
    total: int | None = None


@dataclass(frozen=True, slots=True)
class Read:
    """The spooled piece at `position` is dealt with, all its items yielded: it can be deleted."""

    position: int


Step = Doing | JobItem | Read


class Work(Protocol):
    """What the jobs of one kind do; safe to use for several jobs in turn."""

    def steps(self, task: Task) -> Iterator[Step]:
        """Do the job, step by step: `Doing` before what may take long, a `JobItem` after each.

        An item is yielded once its document is stored: what was yielded is written down and
        stays, whatever happens next. After an interruption `steps` is called anew and leaves out
        what is `finished`; an item yielded under the same key again changes nothing.

        The generator may be closed at any `yield`, so files are opened in `with` blocks. What
        raises ends the job as failed, except StoreUnavailable and EncoderUnavailable, after which
        it is tried again: what is wrong with one item only is yielded as refused.
        """
        ...


_OUTCOMES: Mapping[str, Outcome] = {
    "new": "added",
    "replaced": "replaced",
    "unchanged": "unchanged",
}


def item_of(key: str, name: str, stored: Stored) -> JobItem:
    """Return the item for a document that came in."""
    return JobItem(key, name, _OUTCOMES[stored.status], stored.document.id)
