"""What /openapi.json says beyond what FastAPI sees in the routes."""

import re
from collections.abc import Mapping
from http import HTTPStatus
from typing import Any

from fastapi import FastAPI
from fastapi.openapi.utils import get_openapi
from pydantic import BaseModel
from pydantic.json_schema import JsonSchemaMode, models_json_schema

from api.dify.schemas import DifyProblem
from api.openai.error_reply import ErrorReply
from api.openai.errors import PATHS
from api.problems import PROBLEM_JSON
from api.schemas.documents import DocumentText, TextBody
from api.schemas.problem import Problem

_DIFY = re.compile("/v1/dify/")
_REF = "#/components/schemas/{model}"
# Models that no route names in its signature.
_UNSEEN: tuple[tuple[type[BaseModel], JsonSchemaMode], ...] = (
    (Problem, "serialization"),
    (ErrorReply, "serialization"),
    (DifyProblem, "serialization"),
    (DocumentText, "serialization"),
    (TextBody, "validation"),
)
_REASONS: Mapping[int, str] = {
    400: "The body is not valid JSON, or not valid form data.",
    401: "A key is asked for, and no valid one came.",
    403: "The key does not reach this far, or a page of another site sent it.",
    404: "There is no such document, collection or recent answer.",
    408: "The body came too slowly.",
    413: "The body, or the document in it, is too large.",
    415: "The body, or the document in it, is of a type that is not read.",
    422: "The request is well formed but cannot be carried out; `detail` says why.",
    429: "Too many requests; try again after `Retry-After` seconds.",
    500: "A fault of the service; its log holds the reason.",
    503: "Not able to answer just now; try again after `Retry-After` seconds.",
}


def problems(*statuses: int) -> dict[int | str, dict[str, Any]]:
    """Return the documentation of these refusals, all problem documents."""
    return {status: _problem(status) for status in statuses}


def _problem(status: int) -> dict[str, Any]:
    documented: dict[str, Any] = {
        "description": _REASONS[status],
        "content": {PROBLEM_JSON: {"schema": {"$ref": _REF.format(model="Problem")}}},
    }
    if status in (HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.TOO_MANY_REQUESTS):
        documented["headers"] = {"Retry-After": {"schema": {"type": "integer"}}}
    return documented


def describe(app: FastAPI) -> dict[str, Any]:
    """Return the OpenAPI document of `app`, made once."""
    if app.openapi_schema is None:
        document = get_openapi(
            title=app.title,
            version=app.version,
            summary=app.summary,
            description=app.description,
            contact=app.contact,
            license_info=app.license_info,
            tags=app.openapi_tags,
            routes=app.routes,
        )
        _, extra = models_json_schema(_UNSEEN, ref_template=_REF)
        document["components"]["schemas"].update(extra["$defs"])
        _tell_of_keys(document["paths"])
        _give_form(document["paths"], PATHS, "application/json", ErrorReply)
        _give_form(document["paths"], _DIFY, PROBLEM_JSON, DifyProblem)
        app.openapi_schema = document
    return app.openapi_schema


def _tell_of_keys(paths: Mapping[str, Mapping[str, Any]]) -> None:
    """Add what every operation that a key can be asked for may answer."""
    for operations in paths.values():
        for operation in operations.values():
            if "security" in operation:
                told = {str(status): problem for status, problem in problems(401, 403, 429).items()}
                operation["responses"] |= told


def _give_form(
    paths: Mapping[str, Mapping[str, Any]],
    routes: re.Pattern[str],
    media_type: str,
    model: type[BaseModel],
) -> None:
    """Describe the refusals of `routes` as they leave: api/openai/errors.py, api/dify/route.py."""
    content = {media_type: {"schema": {"$ref": _REF.format(model=model.__name__)}}}
    for path, operations in paths.items():
        for operation in operations.values() if routes.match(path) else ():
            for status, response in operation["responses"].items():
                if status >= "400":
                    operation["responses"][status] = {**response, "content": content}
