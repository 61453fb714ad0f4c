"""``/v1/chat/completions``: an answer as a completion.

A refusal stands in `refusal`, as the contract has it, and in `content` too: many clients show
nothing else.
"""

from dataclasses import dataclass
from typing import Literal, Self

from pydantic import Field

from api.openai.annotations import UrlCitation, cited, url_citation
from api.openai.tokens import tokens
from api.schemas.ask import Citation
from api.schemas.search import Passage
from api.schemas.wire import Wire
from rag.models import Answer


@dataclass(frozen=True, slots=True)
class ChatHead:
    """What all parts of one completion share; `created` is in seconds since 1970.

    `base_url` is this service's, as the client wrote it; `asked` is all that was said.
    """

    id: str
    created: int
    model: str
    base_url: str
    asked: str


class Annotation(Wire):
    """A sentence of the content and one source of it."""

    type: Literal["url_citation"] = "url_citation"
    url_citation: UrlCitation


class Message(Wire):
    """The answer."""

    role: Literal["assistant"] = "assistant"
    content: str
    refusal: str | None = Field(description="The content again where nothing is answered.")
    annotations: list[Annotation] = Field(description="One for each sentence and source of it.")


class Choice(Wire):
    """The one answer."""

    index: Literal[0] = 0
    message: Message
    finish_reason: Literal["stop"] = "stop"
    logprobs: None = None


class Usage(Wire):
    """Tokens, at four characters each."""

    prompt_tokens: int
    completion_tokens: int
    total_tokens: int

    @classmethod
    def of(cls, asked: str, answered: str) -> Self:
        """Return the usage of a question, history included, and its answer."""
        prompt, completion = tokens(asked), tokens(answered)
        return cls(
            prompt_tokens=prompt, completion_tokens=completion, total_tokens=prompt + completion
        )


class ChatCompletion(Wire):
    """An answer, with its proofs."""

    id: str
    object: Literal["chat.completion"] = "chat.completion"
    created: int = Field(description="Seconds since 1970.")
    model: str
    choices: list[Choice]
    usage: Usage
    answer_id: str = Field(description="For `POST /v1/feedback`.")
    answered: bool = Field(description="False when the documents do not answer the question.")
    citations: list[Citation] = Field(description="As in `POST /v1/ask`: the quotes.")
    passages: list[Passage] = Field(description="As in `POST /v1/ask`: what was read.")

    @classmethod
    def of(cls, answer: Answer, head: ChatHead) -> Self:
        """Return `answer` as a completion."""
        message = Message(
            content=answer.text,
            refusal=None if answer.answered else answer.text,
            annotations=[
                Annotation(url_citation=url_citation(sentence, one, base_url=head.base_url))
                for sentence, citations in cited(answer.sentences, answer.citations)
                for one in citations
            ],
        )
        return cls(
            id=head.id,
            created=head.created,
            model=head.model,
            choices=[Choice(message=message)],
            usage=Usage.of(head.asked, answer.text),
            answer_id=answer.id,
            answered=answer.answered,
            citations=[Citation.from_domain(citation) for citation in answer.citations],
            passages=[Passage.from_domain(hit) for hit in answer.passages],
        )
