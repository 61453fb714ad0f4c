"""From errors to RFC 9457 problem documents; one table holds every domain error.

An error answers with the row of its own class, or of its nearest parent in the table.

[1] RFC 9457, Problem Details for HTTP APIs, https://www.rfc-editor.org/rfc/rfc9457
"""

import errno
import logging
from collections.abc import Mapping
from functools import cache
from http import HTTPStatus
from typing import NamedTuple

from fastapi import FastAPI
from fastapi.exceptions import RequestValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.routing import Match
from starlette.types import Scope

from api.failures import unforeseen
from api.problems import ProblemDocument, problem_document, problem_response, violations
from rag import errors as rag_errors
from rag.vocabulary import documents_errors, index_errors

logger = logging.getLogger(__name__)

# What may pass by itself (an index being built, a busy disk) is worth another try soon.
RETRY_AFTER_SECONDS = 2
_PASSES = (HTTPStatus.TOO_MANY_REQUESTS, HTTPStatus.SERVICE_UNAVAILABLE)


class Kind(NamedTuple):
    """The HTTP side of a domain error; the title is the same for every occurrence."""

    status: int
    title: str


PROBLEMS: Mapping[type[Exception], Kind] = {
    documents_errors.DocumentError: Kind(422, "Document problem"),
    documents_errors.UnsupportedFormat: Kind(415, "Unsupported format"),
    documents_errors.UnreadableDocument: Kind(422, "Unreadable document"),
    documents_errors.EmptyDocument: Kind(422, "Empty document"),
    documents_errors.ProtectedDocument: Kind(422, "Protected document"),
    documents_errors.ScannedDocument: Kind(422, "Scanned document"),
    documents_errors.DocumentTooLarge: Kind(413, "Document too large"),
    documents_errors.InvalidRecord: Kind(422, "Invalid record"),
    documents_errors.InvalidDocument: Kind(422, "Invalid document"),
    documents_errors.UnstorableText: Kind(422, "Unstorable text"),
    documents_errors.InvalidCollectionName: Kind(422, "Invalid collection name"),
    documents_errors.UnknownCollection: Kind(404, "Unknown collection"),
    documents_errors.UnknownDocument: Kind(404, "Unknown document"),
    documents_errors.UnknownJob: Kind(404, "Unknown job"),
    documents_errors.TooManyJobs: Kind(429, "Too many jobs"),
    documents_errors.JobGivenUp: Kind(500, "Job given up"),
    documents_errors.FetchError: Kind(502, "Not fetched"),
    documents_errors.HostNotAllowed: Kind(403, "Host not allowed"),
    documents_errors.ForbiddenAddress: Kind(422, "Forbidden address"),
    documents_errors.DisallowedByRobots: Kind(403, "Disallowed by robots.txt"),
    documents_errors.SiteUnavailable: Kind(502, "Site unavailable"),
    documents_errors.StoreError: Kind(500, "Store error"),
    documents_errors.IncompatibleStore: Kind(500, "Incompatible store"),
    documents_errors.CorruptStore: Kind(500, "Corrupt store"),
    documents_errors.StoreUnavailable: Kind(503, "Store unavailable"),
    index_errors.IndexingError: Kind(500, "Index error"),
    index_errors.EncoderUnavailable: Kind(503, "Encoder unavailable"),
    index_errors.TextRefused: Kind(422, "Text refused"),
    index_errors.IndexUnavailable: Kind(503, "Index unavailable"),
    index_errors.IndexNotSaved: Kind(503, "Index not saved"),
    rag_errors.RagError: Kind(500, "Question not answered"),
    rag_errors.InvalidQuestion: Kind(422, "Invalid question"),
    rag_errors.NotReady: Kind(503, "Not ready"),
    rag_errors.UnknownAnswer: Kind(404, "Unknown answer"),
    rag_errors.NotAllowed: Kind(403, "Not allowed"),
    rag_errors.InvalidWebhook: Kind(422, "Invalid webhook"),
}
# What the machine lacks, wherever that is met; the store has errors of its own.
_DISK_FULL = (
    "Disk full",
    "The disk for temporary files is full: free some space there, or point TMPDIR to another.",
)
_TOO_MANY_FILES = (
    "Too many open files",
    "The service may open no more files: raise its limit (ulimit -n, LimitNOFILE=).",
)
_LACKING: Mapping[int | None, tuple[str, str]] = {
    errno.ENOSPC: _DISK_FULL,
    errno.EDQUOT: _DISK_FULL,
    errno.EMFILE: _TOO_MANY_FILES,
    errno.ENFILE: _TOO_MANY_FILES,
}
FORESEEN = (documents_errors.DocumentError, index_errors.IndexingError, rag_errors.RagError)


def kind_of(error: Exception) -> Kind:
    """Return the row of `error`'s class, or of its nearest parent.

    Raises:
        LookupError: the error belongs to no tree of the table.
    """
    for ancestor in type(error).__mro__:
        if ancestor in PROBLEMS:
            return PROBLEMS[ancestor]
    raise LookupError(f"{type(error).__name__} has no row in api/errors.py")


def register_errors(app: FastAPI) -> None:
    """Make `app` answer every foreseen error with a problem document."""
    for root in FORESEEN:
        app.add_exception_handler(root, _domain_problem)
    app.add_exception_handler(OSError, _lacking)
    app.add_exception_handler(RequestValidationError, _invalid_request)
    app.add_exception_handler(HTTPException, _http_problem)


def problem_of(error: Exception, scope: Scope) -> ProblemDocument:
    """Return what is told of `error`; faults of the service are logged."""
    if isinstance(error, OSError) and error.errno in _LACKING:
        logger.error("%s %s: %s", scope["method"], scope["path"], error)
        title, remedy = _LACKING[error.errno]
        return problem_document(503, title=title, detail=remedy)
    if not isinstance(error, FORESEEN):
        return unforeseen(error, scope)
    status, title = kind_of(error)
    if status >= 500:
        logger.error("%s %s: %s: %s", scope["method"], scope["path"], title, error)
    return problem_document(status, title=title, detail=str(error))


def problem_kept(name: str, detail: str) -> ProblemDocument:
    """Return what is told of an error that was kept by the name of its class.

    One that no class has now is a fault of the service.
    """
    cls = _named(name)
    status, title = (500, "Internal error") if cls is None else kind_of(cls(detail))
    return problem_document(status, title=title, detail=detail)


@cache
def _named(name: str) -> type[Exception] | None:
    found = [*FORESEEN]
    for cls in found:  # which grows meanwhile
        if cls.__name__ == name:
            return cls
        found += cls.__subclasses__()
    return None


def refusal(error: Exception, scope: Scope) -> Response:
    """Return the response that tells of `error`."""
    problem = problem_of(error, scope)
    busy = problem["status"] in _PASSES
    headers = {"Retry-After": str(RETRY_AFTER_SECONDS)} if busy else None
    return problem_response(problem, headers=headers)


async def _domain_problem(request: Request, error: Exception) -> Response:
    return refusal(error, request.scope)


async def _lacking(request: Request, error: Exception) -> Response:
    if isinstance(error, OSError) and error.errno in _LACKING:
        return refusal(error, request.scope)
    raise error  # the last net tells of it


async def _invalid_request(_: Request, error: Exception) -> Response:
    assert isinstance(error, RequestValidationError)  # noqa: S101  # as registered above
    found = error.errors()
    if any(violation["type"] == "json_invalid" for violation in found):
        reason = str(found[0]["ctx"]["error"])
        problem = problem_document(400, title="Malformed JSON", detail=f"Not valid JSON: {reason}.")
        return problem_response(problem)
    problem = problem_document(
        422,
        title="Invalid request",
        detail="The request does not have the form that /openapi.json describes; see errors.",
        errors=violations(found),
    )
    return problem_response(problem)


async def _http_problem(request: Request, error: Exception) -> Response:
    assert isinstance(error, HTTPException)  # noqa: S101  # as registered above
    headers = dict(error.headers or {})
    if "Allow" in headers:
        headers["Allow"] = ", ".join(_allowed_methods(request)) or headers["Allow"]
    problem = problem_document(error.status_code, detail=error.detail)
    return problem_response(problem, headers=headers)


def _allowed_methods(request: Request) -> list[str]:
    """Return the methods of all routes at the request's path; Starlette names one route's.

    Empty for what is mounted (the page's files): no route of ours is at such a path.
    """
    return [
        method
        for method in ("DELETE", "GET", "HEAD", "POST")
        if any(
            route.matches({**request.scope, "method": method})[0] is Match.FULL
            for route in request.app.routes
        )
    ]
