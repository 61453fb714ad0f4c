"""The last net: an unforeseen exception is logged whole and told as a plain 500 problem.

Inside Starlette's own net, which would log every failure a second time.
"""

import logging
import uuid

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import problem_response

logger = logging.getLogger(__name__)


class UnforeseenErrors:
    """ASGI middleware; the problem's `instance` is also in the log, beside the traceback."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and answer it if nothing else could."""
        if scope["type"] != "http":
            await self.app(scope, receive, send)
            return
        started = False

        async def watched_send(message: Message) -> None:
            nonlocal started
            started = True
            await send(message)

        try:
            await self.app(scope, receive, watched_send)
        except ClientDisconnect:
            logger.info("%s %s: the client left", scope["method"], scope["path"])
        except Exception:
            instance = uuid.uuid4().urn
            logger.exception("%s %s failed: %s", scope["method"], scope["path"], instance)
            if started:
                raise
            problem = problem_response(
                500,
                title="Internal error",
                detail="Something unforeseen went wrong; the service's log says what, under "
                "this instance.",
                instance=instance,
            )
            await problem(scope, receive, send)
