"""RFC 9457 problem documents: what a refused request is told, in one shape everywhere."""

from collections.abc import Mapping, Sequence
from http import HTTPStatus
from typing import Any
from urllib.parse import quote

import orjson
from starlette.responses import Response

PROBLEM_JSON = "application/problem+json"
_URN = "urn:sourcier:problem:"
# A request can break a rule once an item; nobody reads beyond the first few.
_MOST_VIOLATIONS = 20


ProblemDocument = dict[str, Any]


def problem_document(  # the members of RFC 9457
    status: int,
    *,
    title: str | None = None,
    detail: str,
    instance: str | None = None,
    errors: Sequence[Mapping[str, str]] | None = None,
) -> ProblemDocument:
    """Return a problem document; without `title` it says no more than its status does."""
    problem: ProblemDocument = {
        "type": problem_type(title) if title else "about:blank",
        "title": title or HTTPStatus(status).phrase,
        "status": status,
        "detail": _encodable(detail),
    }
    if instance is not None:
        problem["instance"] = instance
    if errors is not None:
        problem["errors"] = errors
    return problem


def problem_response(
    problem: ProblemDocument, *, headers: Mapping[str, str] | None = None
) -> Response:
    """Return the response that carries `problem`."""
    body, status = orjson.dumps(problem), problem["status"]
    return Response(body, status, dict(headers or {}), media_type=PROBLEM_JSON)


def problem_type(title: str) -> str:
    """Return the URI that names a kind of problem: ``urn:sourcier:problem:not-ready``."""
    return _URN + title.lower().replace(" ", "-")


def violations(found: Sequence[Mapping[str, Any]]) -> list[dict[str, str]]:
    """Return what pydantic found as ``{detail, pointer}`` (body) or ``{detail, parameter}``.

    `pointer` is a JSON Pointer as a URI fragment; what was sent is not echoed.
    """
    return [
        {"detail": _encodable(str(violation["msg"])), **_place(violation["loc"])}
        for violation in found[:_MOST_VIOLATIONS]
    ]


def _place(location: Sequence[int | str]) -> dict[str, str]:
    where, *path = map(_encodable, map(str, location))
    if where != "body":
        return {"parameter": ".".join(path)}
    escaped = (step.replace("~", "~0").replace("/", "~1") for step in path)
    return {"pointer": "#" + "".join(f"/{quote(step, safe='~')}" for step in escaped)}


def _encodable(text: str) -> str:
    """Return `text` with a question mark for each lone surrogate, which JSON cannot carry."""
    return text.encode("utf-8", "replace").decode()
