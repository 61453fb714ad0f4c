"""How full and how far behind the store and the index are, read without changing either."""

from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Protocol

from documents.job_records import JobState
from documents.records import Counts


class Sized(Protocol):
    """What takes room on a disk, in bytes."""

    def size(self) -> int: ...


class CountedStore(Protocol):
    """What is asked of the store."""

    def counts(self) -> Counts: ...

    def last_change(self) -> int: ...

    @property
    def connections(self) -> Sized: ...


class SeenView(Protocol):
    """How large the index is, and of which change of the store."""

    @property
    def change(self) -> int: ...

    @property
    def segment_count(self) -> int: ...

    def __len__(self) -> int: ...


class SeenIndex(Protocol):
    """What is asked of the index: its state as it is."""

    def seen(self) -> SeenView: ...


class CountedJobs(Protocol):
    """What is asked of the jobs."""

    def counts(self) -> Mapping[JobState, int]: ...


class CountedReadings(Protocol):
    """What is asked of what was read ahead."""

    def count(self) -> int: ...


@dataclass(frozen=True, slots=True)
class Levels:
    """Counts; `lag` is how many changes of the store the index has not taken in yet.

    `jobs` counts those that can be looked up, by state.
    """

    collections: int
    documents: int
    passages: int
    indexed_passages: int
    read_passages: int
    index_segments: int
    lag: int
    database_bytes: int
    jobs: Mapping[JobState, int] = field(default_factory=dict)


def measure(
    store: CountedStore, index: SeenIndex, jobs: CountedJobs, readings: CountedReadings | None
) -> Levels:
    """Return the levels.

    Raises:
        StoreError: the store cannot be read.
    """
    view = index.seen()  # first: what is stored in between is lag, never less than none
    counts = store.counts()
    return Levels(
        collections=counts.collections,
        documents=counts.documents,
        passages=counts.passages,
        indexed_passages=len(view),
        read_passages=readings.count() if readings else 0,
        index_segments=view.segment_count,
        lag=max(0, store.last_change() - view.change),
        database_bytes=store.connections.size(),
        jobs=jobs.counts(),
    )
