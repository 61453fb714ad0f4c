"""The form in which OpenAI's clients are told why a request was refused."""

from pydantic import Field

from api.schemas.wire import Wire


class OpenAIError(Wire):
    """Why a request was refused."""

    message: str
    type: str = Field(examples=["invalid_request_error"])
    param: str | None = Field(description="What in the request is wrong, where one thing is.")
    code: str | None = Field(examples=["model_not_found"])


class ErrorReply(Wire):
    """The body of a refusal."""

    error: OpenAIError
