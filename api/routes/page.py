"""``/`` and ``/static``: the web page, from plain files, with headers that keep it closed."""

from pathlib import Path

from fastapi import FastAPI, Request
from starlette.exceptions import HTTPException
from starlette.responses import Response
from starlette.staticfiles import StaticFiles
from starlette.types import Scope

# Nothing inline, nothing from elsewhere: a document's text can never become a script.
_HEADERS = {
    "Content-Security-Policy": (
        "default-src 'none'; script-src 'self'; style-src 'self'; img-src 'self' data:; "
        "connect-src 'self'; font-src 'self'; manifest-src 'self'; "
        "base-uri 'none'; form-action 'self'; frame-ancestors 'none'"
    ),
    "Cache-Control": "no-cache",  # ask each time, by ETag: an upgrade is seen at once
}
_METHODS = ["GET", "HEAD"]


class _PageFiles(StaticFiles):
    """The page's files; Starlette gives types, ETags and 304s."""

    async def get_response(self, path: str, scope: Scope) -> Response:
        if scope["method"] not in _METHODS:
            raise HTTPException(405, headers={"Allow": ", ".join(_METHODS)})
        response = await super().get_response(path, scope)
        response.headers.update(_HEADERS)
        return response


def serve_page(app: FastAPI, folder: Path) -> None:
    """Serve ``index.html`` of `folder` at ``/`` and all its files under ``/static``."""
    files = _PageFiles(directory=folder)

    @app.api_route("/", methods=_METHODS, include_in_schema=False)
    async def index(request: Request) -> Response:
        return await files.get_response("index.html", request.scope)

    app.mount("/static", files)
