"""``/v1/responses``: an answer as a response.

A refusal is text like any answer, with `answered` false: clients show nothing else.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, Self

from pydantic import Field

from api.openai.response_output import (
    Annotator,
    FileSearchCall,
    Output,
    OutputMessage,
    OutputText,
    SearchResult,
    Status,
)
from api.openai.tokens import tokens
from api.schemas.ask import Citation
from api.schemas.search import Passage
from api.schemas.wire import Wire
from rag.models import Answer, Hit, Question


@dataclass(frozen=True, slots=True)
class ResponseHead:
    """What all parts of one response share; `created_at` is in seconds since 1970.

    `base_url` is this service's, as the client wrote it; `asked` is all that was said.
    """

    id: str
    created_at: int
    model: str
    base_url: str
    asked: str
    question: Question
    with_search: bool
    with_results: bool
    metadata: dict[str, str]

    @property
    def search_id(self) -> str:
        """The id of the search."""
        return self.id.replace("resp_", "fs_")

    @property
    def message_id(self) -> str:
        """The id of the message."""
        return self.id.replace("resp_", "msg_")

    def annotator(self) -> Annotator:
        """Return what annotates the message from its beginning."""
        return Annotator(base_url=self.base_url, with_files=self.with_search)


class InputDetails(Wire):
    """Nothing is cached."""

    cached_tokens: int = 0
    cache_write_tokens: int = 0


class OutputDetails(Wire):
    """Nothing is reasoned aloud."""

    reasoning_tokens: int = 0


class ResponseUsage(Wire):
    """Tokens, at four characters each."""

    input_tokens: int
    input_tokens_details: InputDetails = InputDetails()
    output_tokens: int
    output_tokens_details: OutputDetails = OutputDetails()
    total_tokens: int

    @classmethod
    def of(cls, asked: str, answered: str) -> Self:
        """Return the usage of a question, history included, and its answer."""
        read, written = tokens(asked), tokens(answered)
        return cls(input_tokens=read, output_tokens=written, total_tokens=read + written)


class Response(Wire):
    """An answer, with its proofs; what no answer of ours has is null or empty."""

    id: str
    object: Literal["response"] = "response"
    created_at: int = Field(description="Seconds since 1970.")
    status: Status
    model: str
    output: list[Output]
    usage: ResponseUsage | None
    metadata: dict[str, str]
    error: None = None
    incomplete_details: None = None
    instructions: None = None
    parallel_tool_calls: bool = False
    previous_response_id: None = None
    temperature: None = None
    top_p: None = None
    tool_choice: Literal["auto"] = "auto"
    tools: list[str] = Field(default_factory=list, description="Always empty.")
    answer_id: str | None = Field(description="For `POST /v1/feedback`; null until completed.")
    answered: bool | None = Field(
        description="False when the documents do not answer the question; null until completed."
    )
    citations: list[Citation] = Field(description="As in `POST /v1/ask`: the quotes.")
    passages: list[Passage] = Field(description="As in `POST /v1/ask`: what was read.")


def begun(head: ResponseHead) -> Response:
    """Return the response before anything was put out."""
    return Response(
        id=head.id,
        created_at=head.created_at,
        status="in_progress",
        model=head.model,
        output=[],
        usage=None,
        metadata=head.metadata,
        answer_id=None,
        answered=None,
        citations=[],
        passages=[],
    )


def completed(answer: Answer, head: ResponseHead) -> Response:
    """Return the response that gives `answer`."""
    done = search_call(answer.standalone_question, answer.passages, head)
    search = [done] if head.with_search else []
    return Response(
        id=head.id,
        created_at=head.created_at,
        status="completed",
        model=head.model,
        output=[*search, message(answer, head)],
        usage=ResponseUsage.of(head.asked, answer.text),
        metadata=head.metadata,
        answer_id=answer.id,
        answered=answer.answered,
        citations=[Citation.from_domain(citation) for citation in answer.citations],
        passages=[Passage.from_domain(hit) for hit in answer.passages],
    )


def search_call(standalone: str | None, found: Sequence[Hit], head: ResponseHead) -> FileSearchCall:
    """Return the search, done; `standalone` is the question where it leaned on others."""
    return FileSearchCall(
        id=head.search_id,
        status="completed",
        queries=[standalone or head.question.text],
        results=[SearchResult.of(hit) for hit in found] if head.with_results else None,
    )


def message(answer: Answer, head: ResponseHead) -> OutputMessage:
    """Return the message that gives `answer`."""
    return OutputMessage(
        id=head.message_id, status="completed", content=[output_text(answer, head)]
    )


def output_text(answer: Answer, head: ResponseHead) -> OutputText:
    """Return the text of `answer` with all its annotations."""
    return OutputText(text=answer.text, annotations=head.annotator().all_of(answer))
