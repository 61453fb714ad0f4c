"""OpenAI's form of errors, for its routes: problem documents, translated as they leave.

One place for all of them, whoever refused the request: a route, a limit, the last net.

[1] OpenAI, Error codes, https://platform.openai.com/docs/guides/error-codes
"""

import re
from collections.abc import Mapping
from http import HTTPStatus

import orjson
from starlette.datastructures import MutableHeaders
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response
from starlette.types import ASGIApp, Message, Receive, Scope, Send

from api.openai.error_reply import ErrorReply, OpenAIError
from api.problems import (
    PROBLEM_JSON,
    ProblemDocument,
    problem_document,
    problem_response,
    problem_type,
)

PATHS = re.compile(r"/v1/(models|chat/completions|responses|embeddings|files|vector_stores)(/|$)")

# A model is a collection there; elsewhere a vector store is one.
_ASKED_OF_A_MODEL = ("models", "chat/completions", "responses", "embeddings")
_CODES_OF_STATUSES: Mapping[int, str] = {401: "invalid_api_key", 429: "rate_limit_exceeded"}


class UnsupportedParameter(HTTPException):
    """A request means something that no answer of ours can have; `parameter` is what says so."""

    def __init__(self, parameter: str, detail: str) -> None:
        super().__init__(HTTPStatus.BAD_REQUEST, detail)
        self.parameter = parameter


async def refuse_parameter(_: Request, error: Exception) -> Response:
    """Return the problem document of an `UnsupportedParameter`."""
    assert isinstance(error, UnsupportedParameter)  # noqa: S101  # as it is registered
    violation = {"detail": error.detail, "pointer": f"#/{error.parameter}"}
    return problem_response(
        problem_document(
            error.status_code,
            title="Unsupported parameter",
            detail=error.detail,
            errors=[violation],
        )
    )


def openai_error(problem: ProblemDocument, path: str) -> OpenAIError:
    """Return `problem` in OpenAI's form; its message names what is wrong with each field."""
    status, violations = problem["status"], problem.get("errors", ())
    named = [_parameter(violation) for violation in violations]
    told = [f"{name}: {one['detail']}" for name, one in zip(named, violations, strict=True)]
    no_model = problem["type"] == problem_type("Unknown collection") and _asks_a_model(path)
    code = "model_not_found" if no_model else _CODES_OF_STATUSES.get(status)
    return OpenAIError(
        message=problem["detail"]
        if status == HTTPStatus.BAD_REQUEST or not told
        else "; ".join(told),
        type="server_error" if status >= 500 else "invalid_request_error",
        param="model" if no_model else (named[0] if named else None),
        code=code or problem["title"].lower().replace(" ", "_"),
    )


def _asks_a_model(path: str) -> bool:
    found = PATHS.match(path)
    return found is not None and found[1] in _ASKED_OF_A_MODEL


def _parameter(violation: Mapping[str, str]) -> str:
    """Return ``messages[0].role`` for the pointer ``#/messages/0/role``."""
    pointer = violation.get("pointer", "").removeprefix("#/")
    dotted = re.sub(r"/([0-9]+)(?=/|$)", r"[\1]", pointer).replace("/", ".")
    return dotted or violation.get("parameter", "body")


class OpenAIErrors:
    """ASGI middleware; problem documents that leave through OpenAI's routes get its form."""

    def __init__(self, app: ASGIApp) -> None:
        self.app = app

    async def __call__(self, scope: Scope, receive: Receive, send: Send) -> None:
        """Pass the request on, and translate its reply where that is a problem document."""
        if scope["type"] != "http" or not PATHS.match(scope["path"]):
            await self.app(scope, receive, send)
            return
        held: Message | None = None  # the start of a problem document, until its length is known

        async def translating_send(message: Message) -> None:
            nonlocal held
            if message["type"] == "http.response.start" and _is_problem(message):
                held = message
                return
            if held is not None:
                body = _translated(message["body"], scope["path"])
                MutableHeaders(scope=held).update(
                    {"Content-Type": "application/json", "Content-Length": str(len(body))}
                )
                await send(held)
                message, held = {**message, "body": body}, None
            await send(message)

        await self.app(scope, receive, translating_send)


def _is_problem(start: Message) -> bool:
    return MutableHeaders(scope=start).get("content-type") == PROBLEM_JSON


def _translated(problem: bytes, path: str) -> bytes:
    # A problem document always comes in one piece.
    return ErrorReply(error=openai_error(orjson.loads(problem), path)).model_dump_json().encode()
