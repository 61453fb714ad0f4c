"""The index on disk, kept near the one in memory so that the next start is quick.

A snapshot is never needed: what cannot be loaded is built anew from the store, and a failure to
save is logged where nobody waits for it.
"""

import logging
from pathlib import Path
from threading import Lock, Thread

from index import snapshot
from index.errors import CorruptIndex, IncompatibleIndex, IndexNotSaved, MissingIndex
from index.manifest import Origin
from index.segmented import SegmentedIndex
from index.view import View

logger = logging.getLogger(__name__)


class Snapshots:
    """Loads and saves the snapshot in one folder; safe to share between threads.

    Its caller counts how much went into the index, and says with each state how far it counted;
    `tried` and `saved` are the counts of the states last tried and last saved.
    Where it does not keep the folder, another process of the service does: nothing is written.
    """

    def __init__(self, folder: Path, *, origin: Origin, keeps: bool = True) -> None:
        self._folder = folder
        self._origin = origin
        self.keeps = keeps
        self.tried = 0
        self.saved = 0
        self._closed = False
        self._writing: Thread | None = None
        self._starting = Lock()
        self._saving = Lock()

    def begin(self, index: SegmentedIndex, *, count: int) -> None:
        """Write `index` in a thread of its own, whatever lies there, and others after it."""
        with self._starting:
            self._closed = False
        self.save_aside(index, count=count)

    def load(self, *, dimension: int, newest_change: int) -> SegmentedIndex:
        """Return the index that was saved, or an empty one where none fits the store.

        `newest_change` is the store's: a snapshot that knows of more is of a later state of it.
        """
        try:
            index = snapshot.load(self._folder, origin=self._origin)
        except MissingIndex:
            return SegmentedIndex.empty(dimension)
        except (CorruptIndex, IncompatibleIndex) as error:
            logger.warning("the index is built anew from the store: %s", error)
            return SegmentedIndex.empty(dimension)
        if index.view().change > newest_change:
            logger.warning("the index is built anew: the store is older than %s", self._folder)
            return SegmentedIndex.empty(dimension)
        return index

    def save(self, index: SegmentedIndex, *, count: int) -> None:
        """Write the present state of `index`, which then uses the files instead of memory.

        Raises:
            IndexNotSaved: it cannot be written; what was saved before is whole.
        """
        self._save(index, index.view(), count)

    def save_aside(self, index: SegmentedIndex, *, count: int) -> None:
        """Do so in a thread of its own, unless one is writing or all is closed."""
        with self._starting:
            writing = self._writing is not None and self._writing.is_alive()
            if self._closed or writing or not self.keeps:
                return
            self.tried = count
            self._writing = Thread(target=self._save_or_log, args=(index, index.view(), count))
            self._writing.start()

    def close(self) -> None:
        """Wait for what is being written; nothing is written aside from now on."""
        with self._starting:
            self._closed = True
        if self._writing is not None:
            self._writing.join()

    def _save(self, index: SegmentedIndex, view: View, count: int) -> None:
        self.tried = count
        if not self.keeps:
            return
        with self._saving:
            snapshot.save(view, self._folder, origin=self._origin)
            self.saved = count
            index.exchange(snapshot.saved(self._folder, view))

    def _save_or_log(self, index: SegmentedIndex, view: View, count: int) -> None:
        try:
            self._save(index, view, count)
        except IndexNotSaved as error:
            logger.warning("a start would take longer from now on: %s", error)
