"""Merges that are done aside, one after the other, in a thread that lives as long as there are any.

Questions and changes do not wait for them. A merge that is given up, or for which the disk has no
room, leaves everything as it was.

Each segment takes a question some time, however small it is. Where nothing has come or gone for a
while, all are made one.
"""

import logging
from collections.abc import Callable
from pathlib import Path
from threading import Event, Lock, Thread

from index.segmented import SegmentedIndex
from index.space import Space, Stopped

logger = logging.getLogger(__name__)

# All is written anew, so that where documents come now and then the while is some hundred times as
# long as that takes. An index of more passages gains little by being one segment.
_QUIET_SECONDS = 5.0
_QUIET_SECONDS_A_PASSAGE = 1 / 500
_MOST_TIDIED = 131_072


class BackgroundMerges:
    """Merges what is due; large arrays are made in files in `folder`.

    A thread that merges calls `begin` first.
    """

    def __init__(self, folder: Path, *, begin: Callable[[], None] = lambda: None) -> None:
        self._space = Space(folder)
        self._begin = begin
        self._lock = Lock()
        self._closed = False
        self._disturbed = Event()
        self._thread: Thread | None = None
        self._tidying: Thread | None = None
        self._tended: SegmentedIndex | None = None

    def wake(self, index: SegmentedIndex, *, tidied: Callable[[], None] | None = None) -> None:
        """See to it that what is due in `index` is merged, if nothing is being merged yet.

        With `tidied`, all is made one segment once no call comes for a while; then it is called. An
        index that takes the place of another is tended instead of it.
        Where far too much is due, because passages come faster than they are merged, this waits:
        what waits for a merge is in memory.
        """
        with self._lock:
            if self._closed:
                return
            thread = self._thread
            if not _runs(thread) and index.merge_is_due():
                thread = self._thread = Thread(target=self._merge, args=(index,), name="merges")
                thread.start()
            self._disturbed.set()
            self._tended = index
            if tidied is not None and not _runs(self._tidying) and _can_be_tidied(index):
                self._tidying = Thread(target=self._tidy, args=(tidied,), name="tidying")
                self._tidying.start()
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
        self._disturbed.set()
        for thread in (self._thread, self._tidying):
            if thread is not None:
                thread.join()

    def _merge(self, index: SegmentedIndex) -> None:
        self._begin()
        try:
            while index.merge_due(self._space):
                pass
        except OSError as error:
            _put_off(error)
        except Stopped:
            pass

    def _tidy(self, tidied: Callable[[], None]) -> None:
        """Wait for a quiet while, then make the index that is tended one segment."""
        self._begin()
        while True:
            self._disturbed.clear()
            index = self._tended
            if self._closed or index is None or not _can_be_tidied(index):
                return
            quiet = _QUIET_SECONDS + len(index.view()) * _QUIET_SECONDS_A_PASSAGE
            if not self._disturbed.wait(quiet):
                self.compact(index)
                tidied()
                return


def _can_be_tidied(index: SegmentedIndex) -> bool:
    view = index.view()
    return view.segment_count > 1 and len(view) <= _MOST_TIDIED


def _runs(thread: Thread | None) -> bool:
    return thread is not None and thread.is_alive()


def _put_off(error: OSError) -> None:
    logger.warning("merging parts of the index is put off, so questions take longer: %s", error)
