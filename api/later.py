"""Requests that are taken now and done later, where ``Prefer: respond-async`` asks for it [1].

[1] RFC 7240, Prefer Header for HTTP, https://www.rfc-editor.org/rfc/rfc7240
"""

from typing import Any

from fastapi.exceptions import RequestValidationError
from starlette.requests import Request
from starlette.responses import Response

from api.schemas.jobs import Job
from rag import vocabulary as domain

_PREFERENCE = "respond-async"

PREFER: dict[str, Any] = {
    "name": "Prefer",
    "in": "header",
    "required": False,
    "description": f"`{_PREFERENCE}` takes it as a job: 202 at once, and it is done later.",
    "schema": {"type": "string"},
}
ACCEPTED: dict[str, Any] = {
    "model": Job,
    "description": f"`Prefer: {_PREFERENCE}`: taken as a job, which survives a restart.",
    "headers": {
        "Location": {"schema": {"type": "string"}},
        "Preference-Applied": {"schema": {"type": "string"}},
    },
}


def wants_later(request: Request) -> bool:
    """Tell whether the client would rather have a job than wait."""
    preferences = ",".join(request.headers.getlist("prefer")).split(",")
    return any(one.partition(";")[0].strip().lower() == _PREFERENCE for one in preferences)


def refuse_webhook(webhook: str | None) -> None:
    """Refuse a `webhook` beside a request that is answered when all is done.

    Raises:
        RequestValidationError: there is one.
    """
    if webhook is not None:
        message = f"Only a job has a webhook: send the header Prefer: {_PREFERENCE} as well"
        raise RequestValidationError(
            [{"type": "value", "loc": ("body", "webhook"), "msg": message}]
        )


def accepted(job: domain.Job) -> Response:
    """Return the reply to a request that became `job`."""
    return Response(
        Job.from_domain(job).model_dump_json(),
        202,
        {"Location": f"/v1/jobs/{job.id}", "Preference-Applied": _PREFERENCE},
        media_type="application/json",
    )
