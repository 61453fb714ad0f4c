"""The last net: an unforeseen exception is logged whole and told as a plain 500 problem.

Inside Starlette's own net, which would log every failure a second time.
"""

import logging
import uuid

from starlette.requests import ClientDisconnect
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.problems import ProblemDocument, problem_document, problem_response

logger = logging.getLogger(__name__)


def unforeseen(error: Exception, scope: Scope) -> ProblemDocument:
    """Log `error` whole, and return what may be told of it."""
    instance = uuid.uuid4().urn
    logger.error("%s %s failed: %s", scope["method"], scope["path"], instance, exc_info=error)
    return problem_document(
        500,
        title="Internal error",
        detail="Something unforeseen went wrong; the service's log says what, under this instance.",
        instance=instance,
    )


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
        except Exception as error:
            problem = unforeseen(error, scope)
            if started:
                raise
            await problem_response(problem)(scope, receive, send)
