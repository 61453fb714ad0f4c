"""Uvicorn's connection with bounds on how slowly a client may speak or listen.

Uvicorn waits without end for a request's head, for the rest of a body that nobody reads, and
for a client that does not take its reply; and it keeps headers and trailers of any length.
`api.limits` watches over bodies that are read.
"""

import asyncio
from typing import Any, Literal

import orjson
from uvicorn.protocols.http.httptools_impl import STATUS_LINE, HttpToolsProtocol

from api.connections import Connections
from api.problems import PROBLEM_JSON, problem_document
from api.rate_limits import client_network
from rag.settings import is_loopback

# A head, or the rest of a body that nobody reads, may take this long.
HEAD_SECONDS = 8.0
# What is not a body, a head or trailers, may have this many bytes.
HEAD_BYTES = 64 * 1024
# In this time a client must take this much of a reply that waits for it.
LISTEN_SECONDS = 10.0
LISTENED_BYTES = 32 * 1024

_RETRY_AFTER_SECONDS = 2


class PatientConnection(HttpToolsProtocol):
    """One connection, which is closed where it costs more than it should."""

    def __init__(self, *args: Any, connections: Connections, **options: Any) -> None:  # noqa: ANN401
        super().__init__(*args, **options)
        self.address = ""
        self.is_local = False
        self._connections = connections
        self._part: Literal["nothing", "head", "body"] = "nothing"
        self._came = 0  # bytes since the last piece of a body
        self._patience: asyncio.TimerHandle | None = None
        self._listening: asyncio.TimerHandle | None = None

    def connection_made(self, transport: asyncio.Transport) -> None:  # type: ignore[override]
        """Count the connection and wait for a request, for a while."""
        super().connection_made(transport)
        self.address = client_network({"client": self.client})
        self.is_local = any(map(is_loopback, (self.address, self.client[0] if self.client else "")))
        self._wait()
        if self._connections.enter(self):
            self._connections.waits(self)
        else:
            self._refuse(503, "There are too many connections: try again in a moment.")

    def connection_lost(self, exc: Exception | None) -> None:
        """Forget the connection."""
        self._connections.leave(self)
        self._wait_no_more()
        self._stop_listening()
        super().connection_lost(exc)

    def data_received(self, data: bytes) -> None:
        """Read what came, unless it is endless."""
        self._came += len(data)
        super().data_received(data)
        if self._came > HEAD_BYTES and not self.transport.is_closing():
            self._refuse(431, f"The request's headers are larger than {HEAD_BYTES} bytes.")

    def on_message_begin(self) -> None:
        """Wait for the rest of the head, for a while."""
        super().on_message_begin()
        self._part = "head"
        self._wait()

    def on_headers_complete(self) -> None:
        """Begin with the request."""
        super().on_headers_complete()
        self._part, self._came = "body", 0
        self._wait_no_more()
        self._connections.works(self)
        if not self.flow.write_paused:
            self._stop_listening()
        if self._connections.closing:
            self.cycle.keep_alive = False  # the next request goes elsewhere

    def on_body(self, body: bytes) -> None:
        """Take a piece of the body."""
        self._came = 0
        super().on_body(body)

    def on_message_complete(self) -> None:
        """Note that all has come."""
        self._part, self._came = "nothing", 0
        self._wait_no_more()
        super().on_message_complete()

    def on_response_complete(self) -> None:
        """Wait for the client to take the reply, and to finish speaking."""
        if not self.flow.write_paused:
            self._listen()
        super().on_response_complete()
        if self.transport.is_closing() or self.pipeline:
            return
        self._connections.waits(self)
        if self._part != "nothing":
            self._wait()

    def pause_writing(self) -> None:
        """Wait for the client to take what is there."""
        super().pause_writing()
        self._listen()

    def resume_writing(self) -> None:
        """Go on sending."""
        super().resume_writing()
        self._stop_listening()

    def give_up(self) -> None:
        """Close at once."""
        self.transport.abort()

    def _wait(self) -> None:
        if self._patience is None:
            self._patience = self.loop.call_later(HEAD_SECONDS, self._lose_patience)

    def _wait_no_more(self) -> None:
        if self._patience is not None:
            self._patience.cancel()
            self._patience = None

    def _lose_patience(self) -> None:
        self._patience = None
        if self._is_answering():
            self._wait()  # for a request behind the one that is being answered
        elif self._part == "head":
            self._refuse(408, "The request came too slowly: send it again on a faster line.")
        else:
            self.transport.close()

    def _is_answering(self) -> bool:
        return self.cycle is not None and not self.cycle.response_complete

    def _listen(self) -> None:
        """Measure from now on what the client takes; nothing is added meanwhile."""
        self._stop_listening()
        if left := self.transport.get_write_buffer_size():
            self._listening = self.loop.call_later(LISTEN_SECONDS, self._check_listening, left)

    def _stop_listening(self) -> None:
        if self._listening is not None:
            self._listening.cancel()
            self._listening = None

    def _check_listening(self, before: int) -> None:
        if self.transport.get_write_buffer_size() > max(0, before - LISTENED_BYTES):
            self.transport.abort()
        else:
            self._listen()

    def _refuse(self, status: int, detail: str) -> None:
        """Answer in place of the application where it has not seen the request, and close."""
        if self._part != "body" and not self._is_answering():
            body = orjson.dumps(problem_document(status, detail=detail))
            lines = (
                f"Content-Type: {PROBLEM_JSON}",
                f"Content-Length: {len(body)}",
                f"Retry-After: {_RETRY_AFTER_SECONDS}",
                "Connection: close\r\n\r\n",
            )
            self.transport.write(STATUS_LINE[status] + "\r\n".join(lines).encode() + body)
        self.transport.close()
        self._listen()
