"""``/v1/responses``: what may be asked."""

from dataclasses import replace
from typing import Annotated, Any, Literal

from pydantic import Field

from api.openai.attributes import Filter, condition_of
from api.openai.conversation import Conversation, Said, conversation
from api.openai.errors import UnsupportedParameter
from api.openai.names import collection_of
from api.openai.wire import (
    Content,
    OpenAIBody,
    Typed,
    refuse_forced_tool,
    refuse_form,
    text_of,
)
from api.schemas.wire import Whole
from rag.models import Question
from rag.vocabulary import Filters, Joined

_MOST_ITEMS = 2000
_MOST_RESULTS = 50
_RESULTS = "file_search_call.results"
_NOT_KEPT = "No conversation is kept here: send the messages themselves (`store` false)."


class InputItem(OpenAIBody):
    """A message; calls of tools, their results and reasoning are not used."""

    type: str | None = None
    role: Literal["system", "developer", "user", "assistant"] | None = None
    content: Content = None


class Tool(OpenAIBody):
    """`file_search` brings the search into the output; other tools are not used."""

    type: str = Field(examples=["file_search"])
    vector_store_ids: list[str] | None = Field(None, description="The name of one collection.")
    max_num_results: Whole | None = Field(None, ge=1, le=_MOST_RESULTS)
    filters: Filter | None = Field(None, description="On attributes of files.")


class TextForm(OpenAIBody):
    """The form of the answer."""

    format: Typed | None = Field(None, description="Of the type `text` only.")


class ResponseRequest(OpenAIBody):
    """A question, or a conversation whose last message is one.

    Parameters that would only tune a language model are ignored; those that ask for something
    else than one answer in text are refused.
    """

    model: str = Field(
        description="`sourcier/` and the name of a collection; `sourcier` for the default one, "
        "or for that of the tool `file_search`.",
        examples=["sourcier/default"],
    )
    input: str | Annotated[list[InputItem], Field(max_length=_MOST_ITEMS)]
    stream: bool | None = None
    include: list[str] | None = Field(None, description=f"`{_RESULTS}`: the passages.")
    tools: list[Tool] | None = None
    tool_choice: str | dict[str, Any] | None = Field(None, description="No tool can be forced.")
    text: TextForm | None = None
    metadata: dict[str, str] | None = Field(None, description="Comes back as it is.")
    background: bool | None = Field(None, description="Not supported.")
    previous_response_id: str | None = Field(None, description="Not supported.")
    conversation: str | dict[str, Any] | None = Field(None, description="Not supported.")
    prompt: dict[str, Any] | None = Field(None, description="Not supported.")

    def to_conversation(self) -> Conversation:
        """Return the question that is asked, with what was said before.

        Raises:
            UnsupportedParameter: something else than an answer in text is wanted.
            RequestValidationError: the last message is no question.
        """
        self._refuse_what_is_not_done()
        if isinstance(self.input, str):
            return Conversation(self.input)
        said = [
            Said(item.role, text_of(item.content, parameter="input"))
            for item in self.input
            if item.type in (None, "message") and item.role in ("user", "assistant")
        ]
        return conversation(said, parameter="input")

    def to_domain(self) -> Question:
        """Return the question, and where to look; raises as `to_conversation` does.

        Raises:
            UnknownCollection: the model names none.
        """
        asked = self.to_conversation()
        question = Question(
            asked.question,
            collection=self._collection(),
            history=asked.history,
            filters=self._filters(),
        )
        most = [tool.max_num_results for tool in self._searches() if tool.max_num_results]
        return replace(question, top_k=max(most)) if most else question

    @property
    def with_search(self) -> bool:
        """Whether the client knows of the search."""
        return bool(self._searches())

    @property
    def with_results(self) -> bool:
        """Whether the passages are wanted in the search."""
        return _RESULTS in (self.include or ())

    def _searches(self) -> list[Tool]:
        return [tool for tool in self.tools or () if tool.type == "file_search"]

    def _collection(self) -> str:
        named = {one for tool in self._searches() for one in tool.vector_store_ids or ()}
        own = collection_of(self.model)
        if not named or named == {own}:
            return own
        if len(named) == 1 and "/" not in self.model:
            return named.pop()
        raise UnsupportedParameter(
            "tools", f"{self.model} answers from one collection; name the same one, or none."
        )

    def _filters(self) -> Filters:
        """Return the filters of all searches, which must all hold."""
        given = [condition_of(tool.filters, parameter="tools") for tool in self._searches()]
        conditions = tuple(condition for condition in given if condition is not None)
        return Filters(condition=Joined("and", conditions)) if conditions else Filters()

    def _refuse_what_is_not_done(self) -> None:
        if self.background:
            raise UnsupportedParameter("background", "Answers come at once: leave it out.")
        if self.previous_response_id is not None:
            raise UnsupportedParameter("previous_response_id", _NOT_KEPT)
        if self.conversation is not None:
            raise UnsupportedParameter("conversation", _NOT_KEPT)
        if self.prompt is not None:
            raise UnsupportedParameter("prompt", "No prompts are kept here: send the question.")
        if not isinstance(self.input, str) and any(
            item.type == "item_reference" for item in self.input
        ):
            raise UnsupportedParameter("input", _NOT_KEPT)
        refuse_form(self.text.format if self.text else None, parameter="text")
        refuse_forced_tool(self.tool_choice, parameter="tool_choice")
