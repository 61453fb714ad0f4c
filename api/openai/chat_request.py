"""``/v1/chat/completions``: what may be asked."""

from typing import Any, Literal

from pydantic import Field

from api.openai.conversation import Conversation, Said, conversation
from api.openai.errors import UnsupportedParameter
from api.openai.wire import (
    Content,
    OpenAIBody,
    Typed,
    refuse_forced_tool,
    refuse_form,
    text_of,
)
from api.schemas.wire import Whole

_MOST_MESSAGES = 2000


class ChatMessage(OpenAIBody):
    """A message; those of the system, of developers and of tools are not used."""

    role: Literal["system", "developer", "user", "assistant", "tool", "function"]
    content: Content = None


class StreamOptions(OpenAIBody):
    """What a stream brings along."""

    include_usage: bool | None = Field(None, description="Tell the usage in a last chunk.")


class ChatRequest(OpenAIBody):
    """A conversation whose last message is a question.

    Parameters that would only tune a language model are ignored; those that ask for something
    else than one answer in text are refused.
    """

    model: str = Field(
        description="`sourcier/` and the name of a collection; `sourcier` for the default one.",
        examples=["sourcier/default"],
    )
    messages: list[ChatMessage] = Field(min_length=1, max_length=_MOST_MESSAGES)
    stream: bool | None = None
    stream_options: StreamOptions | None = None
    n: Whole | None = Field(None, description="1: there is one answer.")
    response_format: Typed | None = Field(None, description="Of the type `text` only.")
    logprobs: bool | None = Field(None, description="Not given.")
    modalities: list[str] | None = Field(None, description="`text` only.")
    tool_choice: str | dict[str, Any] | None = Field(None, description="No tool can be forced.")
    function_call: str | dict[str, Any] | None = Field(None, description="As `tool_choice`.")

    def to_conversation(self) -> Conversation:
        """Return the question that is asked, with what was said before.

        Raises:
            UnsupportedParameter: something else than an answer in text is wanted.
            RequestValidationError: the last message is no question.
        """
        self._refuse_what_is_not_done()
        said = [
            Said(message.role, text_of(message.content, parameter="messages"))
            for message in self.messages
            if message.role in ("user", "assistant")
        ]
        return conversation(said, parameter="messages")

    @property
    def with_usage(self) -> bool:
        """Whether a stream ends with the usage."""
        return bool(self.stream_options and self.stream_options.include_usage)

    def _refuse_what_is_not_done(self) -> None:
        if self.n not in (None, 1):
            raise UnsupportedParameter("n", "There is one answer to a question: leave n out.")
        if self.logprobs:
            raise UnsupportedParameter("logprobs", "Answers have no logprobs: leave it out.")
        if set(self.modalities or ()) - {"text"}:
            raise UnsupportedParameter("modalities", "Answers are text: leave it out.")
        refuse_form(self.response_format, parameter="response_format")
        refuse_forced_tool(self.tool_choice, parameter="tool_choice")
        refuse_forced_tool(self.function_call, parameter="function_call")
