"""Request bodies as strict JSON: UTF-8, no NaN, no lone surrogate, bounded depth.

Python's own reader lets the first two through and turns them into failures further on.
"""

from collections.abc import Callable, Coroutine
from typing import Any, TypeVar

import orjson
from fastapi.exceptions import RequestValidationError
from fastapi.routing import APIRoute
from pydantic import BaseModel, ValidationError
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

Model = TypeVar("Model", bound=BaseModel)


class StrictJsonRequest(Request):
    """A request whose JSON is read by orjson, which follows RFC 8259 to the letter."""

    async def json(self) -> Any:  # noqa: ANN401  # as Starlette has it
        """Return the body's value.

        Raises:
            json.JSONDecodeError: the body is not strict JSON.
        """
        return orjson.loads(await self.body())


class StrictJsonRoute(APIRoute):
    """A route that takes JSON, announced as JSON, and nothing else.

    Browsers send other types across sites without asking first: refusing them also keeps a
    foreign page from using a service on the visitor's own machine.
    """

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler of FastAPI behind these checks."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            if self.body_field is not None and media_type(request) != "application/json":
                raise HTTPException(
                    415, "Send JSON, with the header Content-Type: application/json."
                )
            return await handler(StrictJsonRequest(request.scope, request.receive))

        return handle


def media_type(request: Request) -> str:
    """Return the media type of the body without its parameters, in lower case."""
    return request.headers.get("content-type", "").partition(";")[0].strip().lower()


def validated(model: type[Model], value: bytes | dict[str, Any]) -> Model:
    """Return `value`, JSON or already taken apart, as a `model`.

    Raises:
        RequestValidationError: as FastAPI raises it for the bodies that it reads itself.
    """
    try:
        if isinstance(value, bytes):
            return model.model_validate_json(value)
        return model.model_validate(value)
    except ValidationError as error:
        found = error.errors(include_url=False, include_input=False)
        raise RequestValidationError(
            [{**violation, "loc": ("body", *violation["loc"])} for violation in found]
        ) from error
