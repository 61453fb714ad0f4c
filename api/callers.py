"""Who sends a request, and how often: keys are looked up and calls counted before a route runs.

What the caller may do is then in ``scope["state"]["grant"]``, None where a key is asked for
and no valid one came; whether that matters is the route's to say (api/access.py).
"""

from collections.abc import Callable
from functools import cached_property
from pathlib import Path

from anyio import CapacityLimiter, to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import FORESEEN, refusal
from api.problems import problem_document, problem_response
from api.rate_limits import RateLimits, Verdict, client_network
from rag.access import EVERYTHING, Grant

# Open to all, and asked too often by machines and the page to be counted.
_OPEN = frozenset({"/", "/widget.js", "/healthz", "/readyz", "/openapi.json"})
_STATIC = "/static/"
# From one network, however often the others there call. Nobody guesses 256 bits; whoever tries,
# or has an old key in a loop, need not be answered each time.
_WRONG_KEYS = "60/minute"
# Of their own: who calls must be known however many questions are being answered.
_LOOKUP_THREADS = 2


class Callers:
    """ASGI middleware; `grant_of` looks a key up and is None where no keys are asked for.

    Wrong keys are counted in `folder` for several workers together, as `RateLimits` does.
    """

    def __init__(
        self,
        app: ASGIApp,
        *,
        grant_of: Callable[[str], Grant | None] | None,
        limits: RateLimits | None,
        folder: Path | None = None,
    ) -> None:
        self.app = app
        self.grant_of = grant_of
        self.limits = limits
        self.folder = folder
        self.lookups = CapacityLimiter(_LOOKUP_THREADS)

    @cached_property
    def wrong_keys(self) -> RateLimits:
        """How often a network may show keys that open nothing; made when the first one comes."""
        return RateLimits.of(_WRONG_KEYS, folder=self.folder)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with the caller's grant, unless its limit is reached."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})["grant"] = None
        if scope["path"] in _OPEN or scope["path"].startswith(_STATIC):
            await self.app(scope, receive, send)
            return
        headers = Headers(scope=scope)
        try:
            grant = await self._grant(headers)
        except FORESEEN as error:  # the store cannot be read; routes would find the same
            await refusal(error, scope)(scope, receive, send)
            return
        scope["state"]["grant"] = grant
        if grant is None and _shown_key(headers):
            verdict = self.wrong_keys.count(client_network(scope))
            if not verdict.passes:
                detail = f"Too many wrong keys came from here: try again in {verdict.wait} s."
                await _too_many(detail, verdict)(scope, receive, send)
                return
        if self.limits is None:
            await self.app(scope, receive, send)
            return
        # Whoever guesses at keys is counted by address, so that nobody's key is used up.
        caller = (grant and grant.key) or client_network(scope)
        verdict = self.limits.count(caller)
        if not verdict.passes:
            detail = f"More than {self.limits.said} were sent: try again in {verdict.wait} s."
            await _too_many(detail, verdict)(scope, receive, send)
            return

        async def send_with_limits(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(verdict.headers)
            await send(message)

        await self.app(scope, receive, send_with_limits)

    async def _grant(self, headers: Headers) -> Grant | None:
        if self.grant_of is None:
            return EVERYTHING
        shown = _shown_key(headers)
        if not shown:
            return None
        return await to_thread.run_sync(self.grant_of, shown, limiter=self.lookups)


def _too_many(detail: str, verdict: Verdict) -> Response:
    problem = problem_document(429, title="Too many requests", detail=detail)
    return problem_response(problem, headers=verdict.headers)


def _shown_key(headers: Headers) -> str | None:
    """Return the key that a request shows, as ``Authorization: Bearer`` or as ``X-API-Key``."""
    scheme, _, shown = headers.get("authorization", "").partition(" ")
    return shown.strip() if scheme.lower() == "bearer" else headers.get("x-api-key")
