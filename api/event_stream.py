"""Server-sent events: typed JSON, sent as it comes, until it ends or the client leaves.

[1] WHATWG HTML, Server-sent events, https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import logging
from collections.abc import AsyncGenerator, Generator
from typing import Protocol, Self

from anyio import CancelScope, create_task_group, sleep, to_thread
from starlette.responses import Response
from starlette.types import Receive, Scope, Send

logger = logging.getLogger(__name__)

EVENT_STREAM = "text/event-stream"
# Proxies and browsers give up on a line that is silent for long.
KEEP_ALIVE_SECONDS = 8.0
_KEEP_ALIVE = b": keep-alive\n\n"

Frames = Generator[bytes, None, None]
AsyncFrames = AsyncGenerator[bytes, None]


def frame(name: str, json: str) -> bytes:
    """Return the event called `name`; `json` is on one line, as JSON may be."""
    return f"event: {name}\ndata: {json}\n\n".encode()


class Source(Protocol):
    """Where frames come from, one by one until None."""

    async def next(self) -> bytes | None: ...

    async def close(self) -> None: ...


class EventStream(Response):
    """Sends `first` and the frames of `source`, which is closed when the client leaves."""

    def __init__(self, first: bytes, source: Source) -> None:
        super().__init__(
            media_type=EVENT_STREAM,
            headers={"Cache-Control": "no-store", "X-Accel-Buffering": "no"},
        )
        del self.headers["content-length"]
        self._first = first
        self._source = source

    @classmethod
    async def begin(cls, frames: Frames) -> Self:
        """Return the response to `frames`, which run in worker threads, once there is one.

        Raises what comes before the first.
        """
        return cls(await to_thread.run_sync(next, frames), _Threaded(frames))

    @classmethod
    async def watch(cls, frames: AsyncFrames) -> Self:
        """Return the response to `frames`, which take a thread at times only; else as `begin`."""
        return cls(await anext(frames), _Watched(frames))

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Send the events; leave when they end, or when the client does."""
        start = {"type": "http.response.start", "status": 200, "headers": self.raw_headers}
        try:
            await send(start)
            async with create_task_group() as group:
                group.start_soon(_wait_for_leaving, scope, receive, group.cancel_scope)
                group.start_soon(_keep_alive, send)
                await self._send_frames(send)
                group.cancel_scope.cancel()
            await send({"type": "http.response.body"})
        finally:
            # No thread is in them any more: the group waits for the one that was.
            with CancelScope(shield=True):
                await self._source.close()

    async def _send_frames(self, send: Send) -> None:
        sent: bytes | None = self._first
        while sent is not None:
            await send({"type": "http.response.body", "body": sent, "more_body": True})
            sent = await self._source.next()


class _Threaded:
    """Frames that are made in worker threads."""

    def __init__(self, frames: Frames) -> None:
        self._frames = frames

    async def next(self) -> bytes | None:
        return await to_thread.run_sync(next, self._frames, None)

    async def close(self) -> None:
        await to_thread.run_sync(self._frames.close)


class _Watched:
    """Frames that are waited for."""

    def __init__(self, frames: AsyncFrames) -> None:
        self._frames = frames

    async def next(self) -> bytes | None:
        return await anext(self._frames, None)

    async def close(self) -> None:
        await self._frames.aclose()


async def _wait_for_leaving(scope: Scope, receive: Receive, work: CancelScope) -> None:
    while (await receive())["type"] != "http.disconnect":
        pass
    logger.info("%s %s: the client left", scope["method"], scope["path"])
    work.cancel()


async def _keep_alive(send: Send) -> None:
    while True:
        await sleep(KEEP_ALIVE_SECONDS)
        await send({"type": "http.response.body", "body": _KEEP_ALIVE, "more_body": True})
