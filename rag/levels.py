"""How full and how far behind the store and the index are, read without changing either."""

from dataclasses import dataclass
from pathlib import Path
from typing import Protocol

from documents.records import Counts
from index.view import View


class CountedStore(Protocol):
    """What is asked of the store."""

    def counts(self) -> Counts: ...

    def last_change(self) -> int: ...


class SeenIndex(Protocol):
    """What is asked of the index: its state as it is."""

    def seen(self) -> View: ...


@dataclass(frozen=True, slots=True)
class Levels:
    """Counts; `lag` is how many changes of the store the index has not taken in yet."""

    collections: int
    documents: int
    passages: int
    indexed_passages: int
    index_segments: int
    lag: int
    database_bytes: int


def measure(store: CountedStore, index: SeenIndex, database: Path) -> Levels:
    """Return the levels; `database` is the store's file, counted with its log.

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
        index_segments=len(view.segments),
        lag=max(0, store.last_change() - view.change),
        database_bytes=sum(map(_size, (database, database.with_name(f"{database.name}-wal")))),
    )


def _size(path: Path) -> int:
    return path.stat().st_size if path.exists() else 0
