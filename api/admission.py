"""Bounds on how many requests are worked on or wait for a thread: the rest is turned away.

A request takes its place once its body is there, so that slow bodies keep nobody out; where
no place is free, its body is not waited for.
"""

from collections.abc import Callable

from starlette.exceptions import HTTPException
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem_document, problem_response

_DETAIL = "More is asked than can be answered in time: try again in a few seconds."
_HEADERS = {"Retry-After": "2"}
_STATUS = 503
# What needs no thread of questions, or must be told of whatever the load.
_UNBOUNDED = frozenset({"/", "/widget.js", "/healthz", "/readyz", "/metrics", "/openapi.json"})
# By the last steps of their paths: what adds documents or encodes texts, and who only watches.
_INGESTING = frozenset({"documents", "files", "embeddings"})
_WATCHING = "events"
_WITHOUT_BODY = frozenset({"DELETE", "GET", "HEAD", "OPTIONS"})


class Places:
    """As many requests as may be worked on, or wait for it, at a time; for one event loop."""

    def __init__(self, most: int) -> None:
        self._most = most
        self._taken = 0

    @property
    def full(self) -> bool:
        """Whether all are taken."""
        return self._taken >= self._most

    def take(self) -> None:
        """Take one; give it back with `leave`.

        Raises:
            HTTPException: 503, all are taken.
        """
        if self.full:
            raise HTTPException(_STATUS, _DETAIL, _HEADERS)
        self._taken += 1

    def leave(self) -> None:
        """Give one back."""
        self._taken -= 1


def places_by_kind(*, questions: int, ingestion: int) -> Callable[[Scope], Places | None]:
    """Return what tells the places of a request: of questions or of ingestion, None of neither."""
    asking, adding = Places(questions), Places(ingestion)

    def places_of(scope: Scope) -> Places | None:
        path: str = scope["path"]
        last = path.rpartition("/")[2]
        if path in _UNBOUNDED or path.startswith("/static/") or last == _WATCHING:
            return None
        return adding if scope["method"] == "POST" and last in _INGESTING else asking

    return places_of


class Admission:
    """ASGI middleware; `places_of` names the places that a request needs one of, if any."""

    def __init__(self, app: ASGIApp, *, places_of: Callable[[Scope], Places | None]) -> None:
        self.app = app
        self.places_of = places_of

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on if there is a place for it."""
        places = self.places_of(scope) if scope["type"] == "http" else None
        if places is None:
            await self.app(scope, receive, send)
            return
        if places.full:
            await problem_response(problem_document(_STATUS, detail=_DETAIL), headers=_HEADERS)(
                scope, receive, send
            )
            return
        taken = scope["method"] in _WITHOUT_BODY
        if taken:
            places.take()

        async def receive_and_take() -> Message:
            nonlocal taken
            message = await receive()
            whole = message["type"] == "http.request" and not message.get("more_body", False)
            if whole and not taken:
                places.take()
                taken = True
            return message

        try:
            await self.app(scope, receive_and_take, send)
        finally:
            if taken:
                places.leave()
