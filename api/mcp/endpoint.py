"""``POST /mcp``: MCP over streamable HTTP, started by the first request that comes.

There is nothing to subscribe to and no session to end, so GET and DELETE are answered 405, as
the protocol foresees.
"""

from collections.abc import AsyncIterator
from contextlib import asynccontextmanager
from importlib import import_module

from anyio import TASK_STATUS_IGNORED, Lock, create_task_group, sleep_forever, to_thread
from anyio.abc import TaskGroup, TaskStatus
from fastapi import APIRouter, Request
from starlette.responses import Response
from starlette.types import ASGIApp, Receive, Scope, Send

from api.access import sourcier_of
from api.dependencies import SourcierDep
from rag.granted import GrantedSourcier
from rag.settings import Settings

router = APIRouter(include_in_schema=False)

_TRANSPORT = "api.mcp.transport"


class McpEndpoint:
    """Answers requests between the start and the stop of the application."""

    def __init__(self, settings: Settings, *, version: str) -> None:
        self._settings = settings
        self._version = version
        self._starting = Lock()
        self._group: TaskGroup | None = None
        self._answering: ASGIApp | None = None

    @asynccontextmanager
    async def open(self) -> AsyncIterator[None]:
        """Be ready to start; what was started is stopped at the end."""
        async with create_task_group() as self._group:
            yield
            self._group.cancel_scope.cancel()
        self._group = self._answering = None

    async def response(self) -> Response:
        """Return the response that reads the request itself and answers it."""
        async with self._starting:
            if self._answering is None:
                assert self._group is not None  # noqa: S101  # requests come while it is open
                self._answering = await self._group.start(self._run)
        return _Answer(self._answering)

    async def _run(self, *, task_status: TaskStatus[ASGIApp] = TASK_STATUS_IGNORED) -> None:
        # Half a second, which whoever else is being answered need not wait for.
        await to_thread.run_sync(import_module, _TRANSPORT)
        from api.mcp.transport import session_manager  # noqa: PLC0415

        manager = session_manager(_door, self._settings, version=self._version)
        async with manager.run():
            task_status.started(manager.handle_request)
            await sleep_forever()


@router.post("/mcp")
async def mcp(request: Request, _: SourcierDep) -> Response:
    """Answer one message of the protocol."""
    endpoint: McpEndpoint = request.app.state.mcp
    return await endpoint.response()


class _Answer(Response):
    """Hands the whole request over to an application."""

    def __init__(self, app: ASGIApp) -> None:
        super().__init__()
        self._app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        await self._app(scope, receive, send)


def _door(request: Request | None) -> GrantedSourcier:
    assert request is not None  # noqa: S101  # whatever comes over HTTP comes with one
    return sourcier_of(request)
