"""The index kept near the store while nobody asks, so that a question finds little to take in.

A question sees every change before it, and so takes in what came since the last one. Of a large
delivery that would be a wait of seconds; this takes it in as it comes, whoever writes it.
"""

import logging
from collections.abc import Callable
from threading import Event, Thread
from typing import Protocol

from documents.errors import DocumentError
from index.errors import IndexingError
from rag.errors import RagError

logger = logging.getLogger(__name__)

_LOOK_SECONDS = 0.5  # between looks at what came; a look that finds nothing reads one number
_PAUSE_SECONDS = 30.0  # before what failed is tried again


class Followed(Protocol):
    """The index of the encoder that serves."""

    def refresh(self) -> None: ...


class Following:
    """Takes in what came, in a thread of its own; `now` gives the index that serves."""

    def __init__(self, now: Callable[[], Followed]) -> None:
        self._now = now
        self._stopped = Event()
        self._thread = Thread(target=self._run, name="following")

    def start(self) -> None:
        """Begin to look."""
        self._thread.start()

    def close(self) -> None:
        """Stop after what is being taken in."""
        self._stopped.set()
        if self._thread.ident is not None:
            self._thread.join()

    def _run(self) -> None:
        pause = 0.0
        while not self._stopped.wait(pause):
            try:
                self._now().refresh()
                pause = _LOOK_SECONDS
            except (DocumentError, IndexingError, RagError) as error:
                # Whoever asks is told as well; here it only comes later.
                logger.info("the index follows the store later: %s", error)
                pause = _PAUSE_SECONDS
