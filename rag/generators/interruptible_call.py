"""A call over HTTP that another thread than its own can end."""

import socket
import threading
from typing import Self

import httpx2

from rag.errors import GeneratorUnavailable


class InterruptibleCall:
    """Ends while it is read, and leaves the connection alone once another call may use it."""

    def __init__(self) -> None:
        self._lock = threading.Lock()
        self._response: httpx2.Response | None = None
        self._stopped = False

    def on(self, response: httpx2.Response) -> Self:
        """Remember what to end; for a ``with`` around the reading of `response`."""
        self._response = response
        return self

    def __enter__(self) -> None:
        with self._lock:
            if self._stopped:
                raise GeneratorUnavailable("Nobody waits for this answer any more.")

    def __exit__(self, *_: object) -> None:
        with self._lock:
            self._response = None

    def stop(self) -> None:
        """End the call: whoever reads from it finds its end."""
        with self._lock:
            self._stopped = True
            if self._response is not None:
                network = self._response.extensions["network_stream"]
                _shut_down(network.get_extra_info("socket"))


def _shut_down(connection: socket.socket) -> None:
    # Closing would not wake a thread that reads, and would free the number of the descriptor.
    try:
        connection.shutdown(socket.SHUT_RDWR)
    except OSError:
        return  # the server was first
