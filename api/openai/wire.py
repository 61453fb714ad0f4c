"""What requests of OpenAI's clients share: parts of text, and what no answer can have."""

from typing import Any

from pydantic import BaseModel, ConfigDict, Field

from api.openai.errors import UnsupportedParameter

_TEXT = ("text", "input_text", "output_text")
_REFUSAL = "refusal"


class OpenAIBody(BaseModel):
    """A request, or a part of one; what it does not name is ignored, as clients expect."""

    model_config = ConfigDict(extra="ignore", strict=True, frozen=True)


class Part(OpenAIBody):
    """A part of a message; only text is read."""

    type: str
    text: str | None = None
    refusal: str | None = None


Content = str | list[Part] | None


class Typed(OpenAIBody):
    """An object of which only the type matters."""

    type: str = Field(examples=["text"])


def text_of(content: Content, *, parameter: str) -> str:
    """Return the text of a message's content; refusals are no text.

    Raises:
        UnsupportedParameter: a part is an image, sound or a file.
    """
    if content is None or isinstance(content, str):
        return content or ""
    for part in content:
        if part.type not in (*_TEXT, _REFUSAL):
            detail = f"A part of the type {part.type!r} cannot be read: send text."
            raise UnsupportedParameter(parameter, detail)
    return "\n".join(part.text or "" for part in content if part.type in _TEXT)


def refuse_form(wanted: Typed | None, *, parameter: str) -> None:
    """Refuse a form of answer other than text.

    Raises:
        UnsupportedParameter: JSON, or a schema, is asked for.
    """
    if wanted is not None and wanted.type != "text":
        detail = f"Answers are plain text with citations, not {wanted.type!r}: leave it out."
        raise UnsupportedParameter(parameter, detail)


def refuse_forced_tool(choice: str | dict[str, Any] | None, *, parameter: str) -> None:
    """Refuse that a tool must be called; the search, which is always done, may be named.

    Raises:
        UnsupportedParameter: an answer could not be what is asked for.
    """
    named = choice.get("type", "function") if isinstance(choice, dict) else choice
    if named not in (None, "auto", "none", "file_search"):
        detail = "The documents are always searched and no other tool is called: leave it out."
        raise UnsupportedParameter(parameter, detail)
