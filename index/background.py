"""Merges that are done aside, one after the other, in a thread that lives as long as there are any.

Questions and changes do not wait for them. A merge that is given up, or for which the disk has no
room, leaves everything as it was.
"""

import logging
from collections.abc import Callable
from pathlib import Path
from threading import Lock, Thread

from index.segmented import SegmentedIndex
from index.space import Space, Stopped

logger = logging.getLogger(__name__)


class BackgroundMerges:
    """Merges what is due; large arrays are made in files in `folder`.

    The thread that merges calls `begin` first.
    """

    def __init__(self, folder: Path, *, begin: Callable[[], None] = lambda: None) -> None:
        self._space = Space(folder)
        self._begin = begin
        self._lock = Lock()
        self._closed = False
        self._thread: Thread | None = None

    def wake(self, index: SegmentedIndex) -> None:
        """See to it that what is due in `index` is merged, if nothing is being merged yet.

        Where far too much is due, because passages come faster than they are merged, this waits:
        what waits for a merge is in memory.
        """
        with self._lock:
            if self._closed:
                return
            thread = self._thread
            if (thread is None or not thread.is_alive()) and index.merge_is_due():
                thread = self._thread = Thread(target=self._merge, args=(index,), name="merges")
                thread.start()
        if thread is not None and index.merge_is_overdue():
            thread.join()

    def compact(self, index: SegmentedIndex) -> None:
        """Merge everything in `index` now; where that is not possible, say so and leave it."""
        try:
            index.compact(self._space)
        except OSError as error:
            _put_off(error)
        except Stopped:
            pass  # whoever closed this wants nothing more

    def close(self) -> None:
        """Give up what is being merged; nothing is merged from now on."""
        with self._lock:
            self._closed = True
        self._space.stop()
        if self._thread is not None:
            self._thread.join()

    def _merge(self, index: SegmentedIndex) -> None:
        self._begin()
        try:
            while index.merge_due(self._space):
                pass
        except OSError as error:
            _put_off(error)
        except Stopped:
            pass


def _put_off(error: OSError) -> None:
    logger.warning("merging parts of the index is put off, so questions take longer: %s", error)
