"""Each request watched from its first byte to its last: its id, its status, how long it took."""

import logging
import re
from collections.abc import Callable
from dataclasses import dataclass
from time import perf_counter
from uuid import uuid4

from starlette.datastructures import Headers, MutableHeaders
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.logs import request_id

logger = logging.getLogger(__name__)

REQUEST_ID = "X-Request-ID"
NO_ROUTE = "(none)"
_CLIENT_LEFT = 499  # before there was a reply; what nginx calls it
_GIVEN_ID = re.compile(r"[\w.-]{1,64}", re.ASCII)
_METHODS = frozenset({"GET", "HEAD", "POST", "PUT", "PATCH", "DELETE", "OPTIONS"})
# Asked every few seconds by machines, or many times by one view of the page.
_QUIET_ROUTES = frozenset({"/", "/static", "/widget.js", "/healthz", "/readyz", "/metrics"})


@dataclass(frozen=True, slots=True)
class Served:
    """A request that is over; `route` is the template, never the path that was asked for."""

    method: str
    route: str
    status: int
    seconds: float


class WatchedRequests:
    """ASGI middleware; `seen` is told of each request once the whole reply was sent.

    The request has the id that the client gave it, or a new one, in every log line and in the
    reply.
    """

    def __init__(self, app: ASGIApp, *, seen: Callable[[Served], None]) -> None:
        self.app = app
        self.seen = seen

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and tell of it when it is over."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        given = Headers(scope=scope).get(REQUEST_ID, "")
        about = given if _GIVEN_ID.fullmatch(given) else uuid4().hex
        status = _CLIENT_LEFT

        async def watched_send(message: Message) -> None:
            nonlocal status
            if message["type"] == "http.response.start":
                status = message["status"]
                MutableHeaders(scope=message)[REQUEST_ID] = about
            await send(message)

        start = perf_counter()
        token = request_id.set(about)
        try:
            await self.app(scope, receive, watched_send)
        finally:
            served = Served(_method(scope), _route(scope), status, perf_counter() - start)
            self.seen(served)
            _log(served)
            request_id.reset(token)


def _method(scope: Scope) -> str:
    return scope["method"] if scope["method"] in _METHODS else "OTHER"


def _route(scope: Scope) -> str:
    """Return the template of the route, the place of what is mounted, or `NO_ROUTE`."""
    template: str | None = getattr(scope.get("route"), "path", None)
    return template or (scope.get("root_path") if "endpoint" in scope else None) or NO_ROUTE


def _log(served: Served) -> None:
    quiet = served.route in _QUIET_ROUTES and served.status < 400
    ms = round(served.seconds * 1000, 1)
    logger.log(
        logging.DEBUG if quiet else logging.INFO,
        "%s %s: %d in %s ms",
        served.method,
        served.route,
        served.status,
        ms,
        extra={
            "method": served.method,
            "route": served.route,
            "status": served.status,
            "ms": ms,
        },
    )
