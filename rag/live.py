"""The live index kept in step with the store: each question sees every change before it.

The store is the only authority. What is here is derived from its feed of changes, and saved
as a snapshot now and then (rag/snapshots.py), so that a start need not derive everything.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import Protocol

import numpy as np

from documents.errors import StoreError
from documents.records import Change, Entries, VectorEntries
from index.analyzer import terms
from index.encoder import Encoder, Vectors
from index.errors import IndexNotSaved
from index.late_interaction import LateInteraction
from index.manifest import Origin
from index.ranking import Rows
from index.segment import Additions
from index.segmented import SegmentedIndex
from index.view import View
from rag.reading import read_as
from rag.snapshots import Snapshots

logger = logging.getLogger(__name__)

_BATCH = 4096  # passages read from the store at a time
_PORTION = 16_384  # passages taken in at a time, which takes some hundred megabytes
# Passages that came or went. Taking in fewer costs a start less than a tenth of a second;
# what a crash would make the next start take in is about a second.
_WORTH_SAVING = 200
_WORTH_SAVING_AT_ONCE = 2000


class Feed(Protocol):
    """What the index needs of the store."""

    def identity(self) -> str: ...

    def last_change(self) -> int: ...

    def changes(self, since: int) -> list[Change]: ...

    def entries(self, ranges: Iterable[range], *, batch: int) -> Iterator[Entries]: ...

    def vectors(
        self, ranges: Iterable[range], *, fingerprint: str, batch: int
    ) -> Iterator[VectorEntries]: ...


class LiveIndex:
    """Derives the search index from the store; safe to share between threads."""

    def __init__(
        self,
        *,
        store: Feed,
        encoder: Encoder,
        interaction: LateInteraction,
        snapshots: Snapshots,
        index: SegmentedIndex,
    ) -> None:
        self._store = store
        self._encoder = encoder
        self._interaction = interaction
        self._snapshots = snapshots
        self._index = index
        self._taken_in = 0
        self._closed = False
        self._lock = Lock()

    @classmethod
    def open(
        cls,
        *,
        store: Feed,
        encoder: Encoder,
        interaction: LateInteraction,
        tokens: str,
        folder: Path,
    ) -> "LiveIndex":
        """Load the snapshot in `folder`, or start empty where there is none that fits.

        `tokens` is the fingerprint of the static encoder that makes the tokens.
        """
        origin = Origin(encoder.name, encoder.fingerprint, f"{store.identity()}.{tokens}")
        snapshots = Snapshots(folder, origin=origin)
        return cls(
            store=store,
            encoder=encoder,
            interaction=interaction,
            snapshots=snapshots,
            index=snapshots.load(dimension=encoder.dimension, newest_change=store.last_change()),
        )

    def view(self) -> View:
        """Return a state of the index that holds every change committed before this call."""
        self.refresh()
        return self._index.view()

    def seen(self) -> View:
        """Return the state of the index as it is, without what was written since."""
        return self._index.view()

    def refresh(self) -> None:
        """Take in what the store has written since."""
        if self._store.last_change() == self._index.view().change:
            return
        with self._lock:
            for changes in _portions(self._store.changes(self._index.view().change)):
                self._index.apply(
                    remove=[(gone.start, gone.stop) for c in changes if (gone := c.removed)],
                    add=self._additions([change.added for change in changes if change.added]),
                    change=changes[-1].number,
                )
                self._taken_in += sum(map(_size, changes))
            if self._taken_in - self._snapshots.tried >= _WORTH_SAVING_AT_ONCE:
                self._snapshots.save_aside(self._index.view(), count=self._taken_in)

    def rebuild(self) -> None:
        """Forget everything and take it from the store again."""
        with self._lock:
            self._index = SegmentedIndex.empty(self._encoder.dimension)
        self.refresh()

    def save(self) -> None:
        """Write a snapshot of one segment, so that the next start is quick.

        Raises:
            IndexNotSaved: it cannot be written; the index in memory still serves.
        """
        self.refresh()
        self._index.compact()
        self._snapshots.save(self._index.view(), count=self._taken_in)

    def close(self) -> None:
        """Write a snapshot if taking in what changed since the last would delay a start.

        Failing to is logged and no more: the store holds everything.
        """
        if self._closed:
            return
        self._closed = True
        try:
            self.refresh()
            self._snapshots.close()
            if self._taken_in - self._snapshots.saved >= _WORTH_SAVING:
                self._snapshots.save(self._index.view(), count=self._taken_in)
        except (IndexNotSaved, StoreError) as error:
            logger.warning("the next start takes longer: %s", error)
        finally:
            self._snapshots.close()

    def _additions(self, ranges: Sequence[range]) -> Additions | None:
        """Return the passages of `ranges` that still live, ready to be indexed.

        A document deleted between the two reads of the store is in neither.
        """
        vectors = _vectors(
            self._store.vectors(ranges, fingerprint=self._encoder.fingerprint, batch=_BATCH)
        )
        parts = [
            self._part(entries, *vectors) for entries in self._store.entries(ranges, batch=_BATCH)
        ]
        return Additions.joined(parts) if parts else None

    def _part(self, entries: Entries, rows: Rows, vectors: Vectors) -> Additions:
        places = np.searchsorted(rows, entries.rows)
        places[places == len(rows)] = 0
        kept = np.flatnonzero(rows[places] == entries.rows) if len(rows) else np.empty(0, np.int64)
        texts = [
            read_as(entries.titles[i], entries.heading_paths[i], entries.texts[i])
            for i in kept.tolist()
        ]
        languages = [entries.languages[i] for i in kept.tolist()]
        return Additions(
            rows=entries.rows[kept],
            collections=entries.collections[kept],
            languages=languages,
            vectors=vectors[places[kept]],
            terms=[terms(text, spoken) for text, spoken in zip(texts, languages, strict=True)],
            tokens=self._interaction.index(texts),
        )


def _size(change: Change) -> int:
    """Return how many passages came and went with `change`."""
    return len(change.added) + len(change.removed)


def _portions(changes: Iterable[Change]) -> Iterator[list[Change]]:
    """Yield `changes` in order, about `_PORTION` passages at a time."""
    portion: list[Change] = []
    size = 0
    for change in changes:
        portion.append(change)
        size += _size(change)
        if size >= _PORTION:
            yield portion
            portion, size = [], 0
    if portion:
        yield portion


def _vectors(batches: Iterable[VectorEntries]) -> tuple[Rows, Vectors]:
    """Return the rows, ascending, and the vectors of all `batches`."""
    read = list(batches)
    if not read:
        return np.empty(0, np.int64), np.empty((0, 0), np.float32)
    return np.concatenate([b.rows for b in read]), np.concatenate([b.vectors for b in read])
