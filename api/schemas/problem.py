"""The problem document (RFC 9457), as /openapi.json describes it."""

from pydantic import Field

from api.schemas.wire import Wire


class Violation(Wire):
    """One rule that the request broke, and where."""

    detail: str
    pointer: str | None = Field(
        None, description="JSON Pointer into the request's body.", examples=["#/filters/language"]
    )
    parameter: str | None = Field(None, description="Name of the path or query parameter.")


class Problem(Wire):
    """Why a request was refused, and what to do about it."""

    type: str = Field(
        description="Names the kind of problem; `about:blank` says no more than the status.",
        examples=["urn:sourcier:problem:unknown-document"],
    )
    title: str = Field(examples=["Unknown document"])
    status: int = Field(examples=[404])
    detail: str
    instance: str | None = Field(None, description="Names this occurrence, in the log too.")
    errors: list[Violation] | None = None
