"""What answers and what takes in, by one encoder; replaced as a whole when another serves.

The store says which encoder serves, to all processes alike. Whoever asks here gets the parts of
that one, and keeps them to the end of what it does: vectors of two encoders never meet.
"""

import logging
from collections.abc import Callable
from dataclasses import dataclass
from threading import Lock
from typing import Protocol

from documents.records import StoredEncoder
from index.encoder import Encoder
from rag.lines import LineReader
from rag.live import Retiring
from rag.pipeline import Pipeline
from rag.retrieval import View
from rag.status import CountedView

logger = logging.getLogger(__name__)


class Encoders(Protocol):
    """What is asked of the store: which encoder serves."""

    def serving(self) -> StoredEncoder | None: ...


class IndexView(View, CountedView, Protocol):
    """One state of an index: searched, and counted."""


class Index(Protocol):
    """The index of an encoder's vectors, kept in step with the store; wherever it lives."""

    def view(self) -> IndexView: ...

    def seen(self) -> IndexView: ...

    def ready(self) -> bool: ...

    def refresh(self) -> None: ...

    def rebuild(self) -> None: ...

    def save(self) -> None: ...

    def take_over(self, other: Retiring) -> None: ...

    def retire(self) -> None: ...

    def close(self) -> None: ...


@dataclass(frozen=True, slots=True)
class Parts:
    """An encoder, the index of its vectors, and what answers by both.

    `lines` reads sentences for it, ahead of questions too if it has readings.
    """

    encoder: Encoder
    index: Index
    pipeline: Pipeline
    lines: LineReader


class Serving:
    """Holds the parts of the encoder that serves; safe to share between threads.

    `load` returns the parts of an encoder that another process let serve.
    """

    def __init__(
        self, encoders: Encoders, parts: Parts, *, load: Callable[[StoredEncoder], Parts]
    ) -> None:
        self._encoders = encoders
        self._parts = parts
        self._load = load
        self._prepared: Parts | None = None
        self._turn = Lock()

    def now(self) -> Parts:
        """Return the parts of the encoder that serves.

        Raises:
            EncoderChanged: another process changed it, to one that cannot be loaded here.
            StoreError: the store cannot be read.
        """
        if not self._serves(self._parts, self._encoders.serving()):
            self._follow()
        return self._parts

    def encoder(self) -> Encoder:
        """Return the encoder that serves; raises as `now` does."""
        return self.now().encoder

    def prepare(self, make: Callable[[], Parts]) -> None:
        """Have the parts that `make` returns ready, to serve as soon as the store says so."""
        prepared = self._prepared or make()
        self._prepared = prepared
        prepared.index.refresh()

    def replace(self, parts: Parts) -> None:
        """Put other parts of the same encoder in the place of those that serve."""
        self._parts = parts

    def close(self) -> None:
        """Save the index if it is worth it."""
        self._parts.index.close()
        if self._parts.lines.readings is not None:
            self._parts.lines.readings.close()

    def _follow(self) -> None:
        with self._turn:
            serving = self._encoders.serving()
            if serving is None or self._serves(self._parts, serving):
                return
            before, prepared = self._parts, self._prepared
            if prepared is None or not self._serves(prepared, serving):
                prepared = self._load(serving)
            self._parts, self._prepared = prepared, None
            logger.info("%s serves from now on", prepared.encoder.name)
            prepared.index.take_over(before.index)

    @staticmethod
    def _serves(parts: Parts, serving: StoredEncoder | None) -> bool:
        return serving is None or serving.fingerprint == parts.encoder.fingerprint
