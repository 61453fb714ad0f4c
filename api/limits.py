"""Bounds on request bodies: how many bytes, and how slowly they may come.

Starlette's own limit answers in plain text and knows no time. This one raises, from the
`receive` that a route reads its body with, so that a body nobody reads costs nothing and the
refusal is a problem document like any other.
"""

import asyncio
from collections.abc import Callable
from time import monotonic

from starlette.datastructures import Headers
from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

# A body may take this long, and longer as it brings bytes at this rate: 50 MiB in an hour.
# With the time to linger, one that brings none is closed within ten seconds.
GRACE_SECONDS = 7.0
BYTES_PER_SECOND = 16 * 1024
# Closing at once on a client that still sends makes it lose the answer to a reset; so we let
# it send a little longer, into the void.
LINGER_SECONDS = 2.0

# Digits that tell every length a machine can mean; Python refuses to read thousands of them.
_LONGEST_LENGTH = 20
_CLOSE = {"Connection": "close"}


class BodyLimits:
    """ASGI middleware; `limit_of` gives the bytes that a request's body may have."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        limit_of: Callable[[Scope], int],
        grace_seconds: float = GRACE_SECONDS,
        linger_seconds: float = LINGER_SECONDS,
    ) -> None:
        self.app = app
        self.limit_of = limit_of
        self.grace_seconds = grace_seconds
        self.linger_seconds = linger_seconds

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with a body that is counted and timed."""
        if scope["type"] != "http" or scope["method"] in ("GET", "HEAD"):
            await self.app(scope, receive, send)
            return
        body = _BoundedBody(
            receive,
            limit=self.limit_of(scope),
            declared=_declared_length(scope),
            grace_seconds=self.grace_seconds,
        )

        async def lingering_send(message: Message) -> None:
            last = message["type"] == "http.response.body" and not message.get("more_body")
            if not (body.refused and last):
                await send(message)
                return
            await send({**message, "more_body": True})
            await body.drain(self.linger_seconds)
            await send({"type": "http.response.body"})

        await self.app(scope, body.receive, lingering_send)


class _BoundedBody:
    """A request's body, counted and timed as it comes."""

    def __init__(
        self, receive: Receive, *, limit: int, declared: int | None, grace_seconds: float
    ) -> None:
        self._receive = receive
        self._limit = limit
        self._declared = declared
        self._deadline = monotonic() + grace_seconds
        self._received = 0
        self._complete = False
        self.refused = False

    async def receive(self) -> Message:
        """Return the next message.

        Raises:
            HTTPException: 413 when the body is, or says that it is, too large; 408 when it
                comes too slowly.
        """
        if self._complete:
            return await self._receive()
        if self._declared is not None and self._declared > self._limit:
            raise self._too_large()
        message = await self._next_in_time()
        self._received += len(message.get("body", b""))
        self._complete = not message.get("more_body", False)
        if self._received > self._limit:
            raise self._too_large()
        return message

    async def drain(self, seconds: float) -> None:
        """Read and forget what still comes, for `seconds` at most."""
        try:
            async with asyncio.timeout(seconds):
                while not self._complete:
                    self._complete = not (await self._receive()).get("more_body", False)
        except TimeoutError:
            return

    async def _next_in_time(self) -> Message:
        left = self._deadline + self._received / BYTES_PER_SECOND - monotonic()
        try:
            async with asyncio.timeout(left):
                return await self._receive()
        except TimeoutError as error:
            self.refused = True
            detail = "The request's body came too slowly: send it again on a faster line."
            raise HTTPException(408, detail, _CLOSE) from error

    def _too_large(self) -> HTTPException:
        self.refused = True
        detail = f"The request's body is larger than {self._limit} bytes: send less at a time."
        return HTTPException(413, detail, _CLOSE)


def _declared_length(scope: Scope) -> int | None:
    value = Headers(scope=scope).get("content-length", "")[:_LONGEST_LENGTH]
    return int(value) if value.isdecimal() else None
