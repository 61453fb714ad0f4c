"""Sentences read before anybody asks: what makes a question slow is done while nobody waits.

To judge the best sentences closely the encoder reads each as a whole, which takes several times
as long as all the rest of an answer. What there is to read of a passage's sentences depends on
nothing but the passage: it is read in the background, once, and kept (index/readings.py).
"""

import logging
from collections.abc import Callable, Iterable, Sequence
from threading import Event, Thread
from typing import Protocol

from documents.errors import DocumentError
from documents.records import Change, StoredPassage
from index.encoder import Encoder
from index.errors import IndexingError
from rag.errors import RagError
from rag.giving_way import give_way
from rag.lines import LineReader

logger = logging.getLogger(__name__)

_BATCH = 16  # passages: what a stop waits for
_LOOK_SECONDS = 2.0  # between looks at what came
_PAUSE_SECONDS = 30.0  # before what failed is tried again


class Store(Protocol):
    """What is asked of the store: its passages, and which of them came and went."""

    def changes(self, since: int) -> list[Change]: ...

    def passages(self, rows: Sequence[int]) -> dict[int, StoredPassage]: ...


class Reader(Protocol):
    """The encoder that serves, and who reads lines; without readings nothing is read ahead."""

    @property
    def encoder(self) -> Encoder: ...

    @property
    def lines(self) -> LineReader: ...


class ReadingAhead:
    """Reads in a thread of its own, behind all others; `now` says who reads.

    Of several processes one reads; what it keeps serves all.
    """

    def __init__(self, store: Store, *, now: Callable[[], Reader]) -> None:
        self._store = store
        self._now = now
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="reading ahead")

    def start(self) -> None:
        """Begin, or go on where an earlier process ended."""
        self._thread.start()

    def close(self) -> None:
        """Stop after the batch in hand."""
        self._stopped.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        give_way()
        told = ""
        while not self._stopped.is_set():
            try:
                self._read(self._now())
            except (DocumentError, IndexingError, RagError) as error:
                if str(error) != told:
                    logger.warning("reading ahead waits: %s", error)
                told = str(error)
                self._stopped.wait(_PAUSE_SECONDS)

    def _read(self, reader: Reader) -> None:
        """Read what there is and what comes, until another reader serves or a stop."""
        readings = reader.lines.readings
        if readings is None:
            self._stopped.wait(_LOOK_SECONDS)
            return
        with readings.alone() as alone:
            if not alone:
                self._stopped.wait(_LOOK_SECONDS)
                return
            readings.remove_others()
            unread: set[int] = set()
            newest = self._follow(unread, 0)
            kept = set(readings.rows())
            readings.forget(kept - unread)
            unread -= kept
            while not self._stopped.is_set() and self._now() is reader:
                batch = [unread.pop() for _ in range(min(_BATCH, len(unread)))]
                passages = list(self._store.passages(batch).values())
                readings.keep(reader.lines.ahead(passages, reader.encoder))
                newest = self._follow(unread, newest, gone=readings.forget)
                if not unread:
                    self._stopped.wait(_LOOK_SECONDS)

    def _follow(
        self,
        unread: set[int],
        since: int,
        *,
        gone: Callable[[Iterable[int]], object] = lambda _: None,
    ) -> int:
        """Put what came after the change `since` among `unread`; return the newest change."""
        for change in self._store.changes(since):
            unread.difference_update(change.removed)
            gone(change.removed)
            unread.update(change.added)
            since = change.number
        return since
