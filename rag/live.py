"""The live index kept in step with the store: each question sees every change before it.

The store is the only authority. What is here is derived from its feed of changes, and saved
as a snapshot now and then (rag/snapshots.py), so that a start need not derive everything.
"""

import logging
from pathlib import Path
from threading import Lock
from typing import Protocol

from documents.errors import StoreError
from index.background import BackgroundMerges
from index.encoder import Encoder
from index.errors import IndexNotSaved
from index.late_interaction import LateInteraction
from index.manifest import Origin
from index.segmented import SegmentedIndex
from index.view import View
from rag.additions import AdditionsReader, Feed, size
from rag.giving_way import give_way
from rag.snapshots import Snapshots

logger = logging.getLogger(__name__)

# Passages that came or went. Taking in fewer costs a start less than a tenth of a second;
# what a crash would make the next start take in is about a second.
_WORTH_SAVING = 200
_WORTH_SAVING_AT_ONCE = 2000
_MOST_TIDIED_AT_CLOSE = 32_768  # passages, which are made one segment in less than a second


class Retiring(Protocol):
    """The index that another one takes over from."""

    def retire(self) -> None: ...


class LiveIndex:
    """Derives the search index from the store; safe to share between threads."""

    def __init__(
        self,
        *,
        store: Feed,
        encoder: Encoder,
        interaction: LateInteraction,
        snapshots: Snapshots,
        merges: BackgroundMerges,
        index: SegmentedIndex,
    ) -> None:
        self._store = store
        self._encoder = encoder
        self._reader = AdditionsReader(store, encoder, interaction)
        self._snapshots = snapshots
        self._merges = merges
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
        aside: bool = False,
        keeps: bool = True,
    ) -> "LiveIndex":
        """Load the snapshot in `folder`, or start empty where there is none that fits.

        `tokens` is the fingerprint of the static encoder that makes the tokens. One that is kept
        `aside` leaves the folder to another until `take_over`; one that does not keep the folder
        only ever reads it.
        """
        origin = Origin(encoder.name, encoder.fingerprint, f"{store.identity()}.{tokens}")
        snapshots = Snapshots(folder, origin=origin, keeps=keeps)
        if aside:
            snapshots.close()
            index = SegmentedIndex.empty(encoder.dimension)
        else:
            newest = store.last_change()
            index = snapshots.load(dimension=encoder.dimension, newest_change=newest)
        return cls(
            store=store,
            encoder=encoder,
            interaction=interaction,
            snapshots=snapshots,
            merges=BackgroundMerges(folder, begin=give_way),
            index=index,
        )

    def view(self) -> View:
        """Return a state of the index that holds every change committed before this call."""
        view = self._index.view()
        if self._store.last_change() == view.change:  # asked after it: see `_take_in`
            return view
        with self._lock:
            self._take_in(self._index)
            if self._taken_in - self._snapshots.tried >= _WORTH_SAVING_AT_ONCE:
                self._keep()
            return self._index.view()

    def seen(self) -> View:
        """Return the state of the index as it is, without what was written since."""
        return self._index.view()

    def ready(self) -> bool:
        """Tell whether the index holds every change of the store."""
        newest = self._store.last_change()  # what is written meanwhile the next question sees
        return self.view().change >= newest

    def refresh(self) -> None:
        """Take in what the store has written since, as far as it has vectors by this encoder.

        Where it has not, another encoder serves, or does still. What was taken in before is one
        state of the store; what stands without is not mixed in.
        """
        self.view()

    def _take_in(self, index: SegmentedIndex) -> None:
        """Bring `index` up to the store; the lock is held.

        What was replaced between two reads of the store is in neither generation for a moment:
        `view` tells such a state by the change that the store has beyond it.
        """
        for changes, additions in self._reader.since(index.view().change):
            index.apply(
                remove=[(gone.start, gone.stop) for c in changes if (gone := c.removed)],
                add=additions,
                change=changes[-1].number,
            )
            self._taken_in += sum(map(size, changes))
            self._merges.wake(index, tidied=self._keep if self._snapshots.keeps else None)

    def _keep(self) -> None:
        self._snapshots.save_aside(self._index, count=self._taken_in)

    def rebuild(self) -> None:
        """Forget everything and take it from the store again; questions see either state."""
        with self._lock:
            anew = SegmentedIndex.empty(self._encoder.dimension)
            self._take_in(anew)
            self._index = anew

    def save(self) -> None:
        """Write a snapshot of one segment, so that the next start is quick.

        Raises:
            IndexNotSaved: it cannot be written; the index in memory still serves.
        """
        self.refresh()
        self._merges.compact(self._index)
        self._snapshots.save(self._index, count=self._taken_in)

    def take_over(self, other: Retiring) -> None:
        """Save to the folder from now on, in the place of `other`, which no longer does."""
        other.retire()
        self._snapshots.begin(self._index, count=self._taken_in)

    def retire(self) -> None:
        """Save nothing from now on; who still searches may go on."""
        self._closed = True
        self._merges.close()
        self._snapshots.close()

    def close(self) -> None:
        """Write a snapshot if taking in what changed since the last would delay a start.

        Failing to is logged and no more: the store holds everything.
        """
        if self._closed:
            return
        self._closed = True
        try:
            self.refresh()
            worth_saving = self._taken_in - self._snapshots.saved >= _WORTH_SAVING
            if worth_saving and len(self._index.view()) <= _MOST_TIDIED_AT_CLOSE:
                self._merges.compact(self._index)
            self._merges.close()
            self._snapshots.close()
            if worth_saving:
                self._snapshots.save(self._index, count=self._taken_in)
        except (IndexNotSaved, StoreError) as error:
            logger.warning("the next start takes longer: %s", error)
        finally:
            self._snapshots.close()
