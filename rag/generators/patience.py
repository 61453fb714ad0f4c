"""Waiting for pieces from another thread, each only so long, and the whole only so long.

A read that blocks cannot be told to stop by whoever waits for it; a queue can.
"""

import queue
import threading
import time
from collections.abc import Callable, Iterator
from dataclasses import dataclass

from rag.errors import GeneratorUnavailable
from rag.generators.chat import Pieces


@dataclass(frozen=True, slots=True)
class Patience:
    """Seconds to wait: for the connection, the first piece, each further one, the last."""

    connect: float = 5.0
    first: float = 60.0
    between: float = 20.0
    total: float = 60.0

    @classmethod
    def of(cls, seconds: float) -> "Patience":
        """Return the patience of somebody who waits `seconds` for a whole answer."""
        return cls(
            connect=min(5.0, seconds), first=seconds, between=min(20.0, seconds), total=seconds
        )

    def within(self, seconds: float) -> "Patience":
        """Return the same patience, but for a whole answer within `seconds`."""
        return Patience(
            connect=min(self.connect, seconds),
            first=min(self.first, seconds),
            between=min(self.between, seconds),
            total=min(self.total, seconds),
        )


class _Over:
    """The end of the pieces."""


def patiently(
    source: Callable[[], Iterator[str]], patience: Patience, *, stop: Callable[[], None]
) -> Pieces:
    """Yield what `source` yields in a thread of its own; `stop` makes it end early.

    `stop` is called once, however this ends: it must not block, and may come too late.

    Raises:
        GeneratorUnavailable: a piece was too long in coming; and whatever `source` raises.
    """
    pieces: queue.SimpleQueue[str | Exception | _Over] = queue.SimpleQueue()

    def pump() -> None:
        try:
            for piece in source():
                pieces.put(piece)
            pieces.put(_Over())
        except Exception as error:  # noqa: BLE001 - raised again where it is waited for
            pieces.put(error)

    deadline = time.monotonic() + patience.total
    threading.Thread(target=pump, name="model", daemon=True).start()
    try:
        wait = patience.first
        while True:
            try:
                piece = pieces.get(timeout=max(0.0, min(wait, deadline - time.monotonic())))
            except queue.Empty:
                raise GeneratorUnavailable("The model took too long.") from None
            if isinstance(piece, _Over):
                return
            if isinstance(piece, Exception):
                raise piece
            yield piece
            wait = patience.between
    finally:
        stop()
