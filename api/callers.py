"""Who sends a request, and how often: keys are looked up and calls counted before a route runs.

What the caller may do is then in ``scope["state"]["grant"]``, None where a key is asked for
and no valid one came; whether that matters is the route's to say (api/access.py).
"""

from collections.abc import Callable

from anyio import CapacityLimiter, to_thread
from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.errors import FORESEEN, refusal
from api.problems import problem_document, problem_response
from api.rate_limits import RateLimits, client_network
from rag.access import EVERYTHING, Grant

# Open to all, and asked too often by machines and the page to be counted.
_OPEN = frozenset({"/", "/healthz", "/readyz", "/openapi.json"})
_STATIC = "/static/"
# Of their own: who calls must be known however many questions are being answered.
_LOOKUP_THREADS = 2


class Callers:
    """ASGI middleware; `grant_of` looks a key up and is None where no keys are asked for."""

    def __init__(
        self,
        app: ASGIApp,
        *,
        grant_of: Callable[[str], Grant | None] | None,
        limits: RateLimits | None,
    ) -> None:
        self.app = app
        self.grant_of = grant_of
        self.limits = limits
        self.lookups = CapacityLimiter(_LOOKUP_THREADS)

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on with the caller's grant, unless its limit is reached."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        scope.setdefault("state", {})["grant"] = None
        if scope["path"] in _OPEN or scope["path"].startswith(_STATIC):
            await self.app(scope, receive, send)
            return
        try:
            grant = await self._grant(Headers(scope=scope))
        except FORESEEN as error:  # the store cannot be read; routes would find the same
            await refusal(error, scope)(scope, receive, send)
            return
        scope["state"]["grant"] = grant
        if self.limits is None:
            await self.app(scope, receive, send)
            return
        # Whoever guesses at keys is counted by address, so that nobody's key is used up.
        caller = (grant and grant.key) or client_network(scope)
        verdict = self.limits.count(caller)

        async def send_with_limits(message: Message) -> None:
            if message["type"] == "http.response.start":
                MutableHeaders(scope=message).update(verdict.headers)
            await send(message)

        if verdict.passes:
            await self.app(scope, receive, send_with_limits)
            return
        problem = problem_document(
            429,
            title="Too many requests",
            detail=f"More than {self.limits.said} were sent: try again in {verdict.wait} s.",
        )
        await problem_response(problem)(scope, receive, send_with_limits)

    async def _grant(self, headers: Headers) -> Grant | None:
        if self.grant_of is None:
            return EVERYTHING
        shown = _shown_key(headers)
        if not shown:
            return None
        return await to_thread.run_sync(self.grant_of, shown, limiter=self.lookups)


def _shown_key(headers: Headers) -> str | None:
    """Return the key that a request shows, as ``Authorization: Bearer`` or as ``X-API-Key``."""
    scheme, _, shown = headers.get("authorization", "").partition(" ")
    return shown.strip() if scheme.lower() == "bearer" else headers.get("x-api-key")
