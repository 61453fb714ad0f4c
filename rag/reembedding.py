"""Another encoder made to serve: every passage encoded by it beside, then one switch.

Until the switch nothing that serves is touched. What is done lies in the store, a batch at a
time, so that whoever starts again goes on from there. Documents that come meanwhile are
encoded by the encoder that serves, and then again here.
"""

import logging
import shutil
from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Protocol

from documents.errors import DocumentError, StoreUnavailable
from documents.records import Entries, StoredEncoder
from index.encoder import Encoder, ReadPassages, read_passages
from index.errors import IndexingError
from index.ranking import Rows
from rag.errors import RagError
from rag.giving_way import give_way
from rag.reading import read_as

logger = logging.getLogger(__name__)

_BATCH = 64  # passages: what a crash loses, and what a stop waits for
_AT_THE_SWITCH = 8  # passages: those who add wait while they are encoded
_PAUSE_SECONDS = 30.0  # before what failed is tried again
_SPARE_BYTES = 256 * 1024 * 1024  # of the disk, left to what serves


class EncodersStore(Protocol):
    """What is asked of the store."""

    def serving(self) -> StoredEncoder | None: ...

    def progress(self, fingerprint: str) -> tuple[int, int]: ...

    def unencoded(self, fingerprint: str, *, most: int) -> Entries | None: ...

    def add_vectors(self, encoder: StoredEncoder, rows: Rows, made: ReadPassages) -> None: ...

    def switch(
        self, encoder: StoredEncoder, encode: Callable[[Entries], ReadPassages], *, most: int
    ) -> bool: ...

    def drop_others(self, fingerprint: str) -> bool: ...


@dataclass(frozen=True, slots=True)
class Progress:
    """How many of all passages the encoder that shall serve has encoded; why it waits, if so."""

    encoder: str
    fingerprint: str
    done: int
    passages: int
    waits: str | None = None


def encode_beside(
    store: EncodersStore,
    encoder: Encoder,
    stored: StoredEncoder,
    *,
    database: Path | None,
    before_switch: Callable[[], None] = lambda: None,
) -> Iterator[None]:
    """Encode what `encoder` has not, then let it serve; yield after each step.

    `stored` is how the store knows `encoder`; `database` is the store's file, None where it has a
    server. `before_switch` is called when all is encoded,
    again if much came meanwhile; the little that did is encoded in the same step as the switch.

    Raises:
        StoreUnavailable: the disk has no room for the vectors, or the store cannot be used.
    """

    def encode(entries: Entries) -> ReadPassages:
        texts = map(read_as, entries.titles, entries.heading_paths, entries.texts)
        return read_passages(encoder, list(texts))

    while not _serves(store, encoder):
        entries = store.unencoded(encoder.fingerprint, most=_BATCH)
        if entries is not None:
            if database is not None:
                _check_room(store, stored, database.parent)
            store.add_vectors(stored, entries.rows, encode(entries))
        if entries is None or len(entries.rows) < _BATCH:
            before_switch()
            store.switch(stored, encode, most=_AT_THE_SWITCH)
        yield


def _serves(store: EncodersStore, encoder: Encoder) -> bool:
    serving = store.serving()
    return serving is not None and serving.fingerprint == encoder.fingerprint


def _check_room(store: EncodersStore, encoder: StoredEncoder, folder: Path) -> None:
    done, passages = store.progress(encoder.fingerprint)
    needed = (passages - done) * encoder.dimension * 4 + _SPARE_BYTES
    free = shutil.disk_usage(folder).free
    if free < needed:
        raise StoreUnavailable(
            f"the vectors of {encoder.name} need {needed >> 20} MiB, {free >> 20} are free in "
            f"{folder}; make room, the encoder of before serves"
        )


class Reembedding:
    """Does this in a thread of its own, then drops the vectors of others; tries again what fails.

    `prepare` is called when all is encoded, `switched` once the encoder serves.
    """

    def __init__(
        self,
        store: EncodersStore,
        encoder: Encoder,
        stored: StoredEncoder,
        *,
        database: Path | None,
        prepare: Callable[[], None],
        switched: Callable[[], object],
    ) -> None:
        self._store = store
        self._encoder = encoder
        self._stored = stored
        self._database = database
        self._prepare = prepare
        self._switched = switched
        self._waits: str | None = None
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="reembedding")

    def start(self) -> None:
        """Begin, or go on where an earlier process ended."""
        self._thread.start()

    def close(self) -> None:
        """Stop after the batch in hand; a later start goes on from there."""
        self._stopped.set()
        if self._thread.ident is not None:
            self._thread.join()

    def progress(self) -> Progress | None:
        """Return how far it is, None once the encoder serves."""
        if _serves(self._store, self._encoder):
            return None
        done, passages = self._store.progress(self._encoder.fingerprint)
        return Progress(self._encoder.name, self._encoder.fingerprint, done, passages, self._waits)

    def _run(self) -> None:
        give_way()
        while not self._stopped.is_set():
            try:
                self._go_on()
            except (DocumentError, IndexingError, RagError) as error:
                if str(error) != self._waits:
                    logger.warning("encoding again waits: %s", error)
                self._waits = str(error)
                self._stopped.wait(_PAUSE_SECONDS)
            else:
                return

    def _go_on(self) -> None:
        steps = encode_beside(
            self._store,
            self._encoder,
            self._stored,
            database=self._database,
            before_switch=self._prepare,
        )
        for _ in steps:
            self._waits = None
            if self._stopped.is_set():
                return
        self._switched()
        while not self._stopped.is_set() and self._store.drop_others(self._encoder.fingerprint):
            pass
