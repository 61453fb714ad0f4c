"""The live index kept in step with the store: each question sees every change before it.

The store is the only authority. What is here is derived from its feed of changes, saved as a
snapshot so that a start is quick, and rebuilt whenever the snapshot is missing or damaged.
"""

import logging
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path
from threading import Lock
from typing import Protocol

import numpy as np

from documents.records import Change, Entries, VectorEntries
from index import snapshot
from index.analyzer import terms
from index.encoder import Encoder, Vectors
from index.errors import CorruptIndex, IncompatibleIndex, MissingIndex
from index.late_interaction import LateInteraction
from index.manifest import Origin
from index.ranking import Rows
from index.segment import Additions
from index.segmented import SegmentedIndex
from index.view import View
from rag.reading import read_as

logger = logging.getLogger(__name__)

_BATCH = 4096  # passages read from the store at a time
_WORTH_SAVING = 50  # changes: taking in fewer takes a start less than a tenth of a second


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
        folder: Path,
        origin: Origin,
        index: SegmentedIndex,
    ) -> None:
        self._store = store
        self._encoder = encoder
        self._interaction = interaction
        self._folder = folder
        self._origin = origin
        self._index = index
        self._saved = index.view().change
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
        try:
            index = snapshot.load(folder, origin=origin)
        except MissingIndex:
            index = SegmentedIndex.empty(encoder.dimension)
        except (CorruptIndex, IncompatibleIndex) as error:
            logger.warning("the index is built anew from the store: %s", error)
            index = SegmentedIndex.empty(encoder.dimension)
        return cls(
            store=store,
            encoder=encoder,
            interaction=interaction,
            folder=folder,
            origin=origin,
            index=index,
        )

    def view(self) -> View:
        """Return a state of the index that holds every change committed before this call."""
        self.refresh()
        return self._index.view()

    def refresh(self) -> None:
        """Take in what the store has written since."""
        if self._store.last_change() == self._index.view().change:
            return
        with self._lock:
            since = self._index.view().change
            changes = self._store.changes(since)
            if changes:
                self._index.apply(
                    remove=[(gone.start, gone.stop) for c in changes if (gone := c.removed)],
                    add=self._additions([change.added for change in changes if change.added]),
                    change=changes[-1].number,
                )

    def rebuild(self) -> None:
        """Forget everything and take it from the store again."""
        with self._lock:
            self._index = SegmentedIndex.empty(self._encoder.dimension)
            self._saved = -1
        self.refresh()

    def save(self) -> None:
        """Write a snapshot, so that the next start is quick.

        Raises:
            IndexNotSaved: it cannot be written; the index in memory still serves.
        """
        self.refresh()
        with self._lock:
            self._index.compact()
            view = self._index.view()
            snapshot.save(view, self._folder, origin=self._origin)
            self._saved = view.change

    def save_if_worthwhile(self) -> None:
        """Write a snapshot if taking in what changed since the last would delay a start."""
        self.refresh()
        if self._index.view().change - self._saved >= _WORTH_SAVING:
            self.save()

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


def _vectors(batches: Iterable[VectorEntries]) -> tuple[Rows, Vectors]:
    """Return the rows, ascending, and the vectors of all `batches`."""
    read = list(batches)
    if not read:
        return np.empty(0, np.int64), np.empty((0, 0), np.float32)
    return np.concatenate([b.rows for b in read]), np.concatenate([b.vectors for b in read])
