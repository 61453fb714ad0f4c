"""OpenAI's official Python package: chat completions and responses."""

from collections.abc import Callable
from typing import Any

import openai

from tests.integrations.clients import received
from tests.integrations.clients.received import QUESTION, STREAMED, UNANSWERED, UNKNOWN, Received
from tests.integrations.running import Services

_MODEL = "sourcier/default"
_TOOLS = [{"type": "file_search", "vector_store_ids": ["default"]}]
# Asks a question with a client; what comes back depends on what is asked for besides.
_Ask = Callable[..., Any]


def chat(services: Services) -> Received:
    """Return what chat completions bring."""
    with _client(services.open_url, "none") as client:
        whole = _complete(client, QUESTION)
        message = whole.choices[0].message
        refused = _complete(client, UNANSWERED).choices[0].message
        chunks = list(_complete(client, STREAMED, stream=True))
        return Received(
            answer=received.answer(message.content),
            stream=received.stream(
                [choice.delta.content or "" for chunk in chunks for choice in chunk.choices],
                _complete(client, STREAMED).choices[0].message.content,
            ),
            citations=_and_annotations(
                services, whole, [one.url_citation.title for one in message.annotations]
            ),
            refusal=received.refusal(refused.refusal, len(refused.annotations or [])),
            error=_error(lambda: _complete(client, "Qui ?", model=f"sourcier/{UNKNOWN}")),
            auth=_auth(services, _complete),
        )


def responses(services: Services) -> Received:
    """Return what responses bring, with the tool `file_search`."""
    with _client(services.open_url, "none") as client:
        whole, refused = _respond(client, QUESTION), _respond(client, UNANSWERED)
        events = list(_respond(client, STREAMED, stream=True))
        return Received(
            answer=received.answer(whole.output_text),
            stream=received.stream(
                [event.delta for event in events if event.type == "response.output_text.delta"],
                _respond(client, STREAMED).output_text,
            ),
            citations=_and_annotations(
                services, whole, [one.type for one in whole.output[-1].content[0].annotations]
            ),
            refusal=received.refusal(refused.output_text, len(refused.citations)),
            error=_error(lambda: _respond(client, "Qui ?", model=f"sourcier/{UNKNOWN}", tools=[])),
            auth=_auth(services, _respond),
        )


def _client(url: str, key: str) -> openai.OpenAI:
    return openai.OpenAI(base_url=f"{url}/v1", api_key=key, max_retries=0)


def _complete(client: openai.OpenAI, question: str, **more: object) -> Any:  # noqa: ANN401 - see _Ask
    asked: Any = {"model": _MODEL, "messages": [{"role": "user", "content": question}], **more}
    return client.chat.completions.create(**asked)


def _respond(client: openai.OpenAI, question: str, **more: object) -> Any:  # noqa: ANN401 - see _Ask
    asked: Any = {"model": _MODEL, "input": question, "tools": _TOOLS, **more}
    return client.responses.create(**asked)


def _and_annotations(services: Services, reply: Any, annotations: list[str]) -> received.Cell:  # noqa: ANN401 - see _Ask
    found = [
        (f"/v1/documents/{one['document_id']}/text", one["start"], one["end"], one["quote"])
        for one in reply.citations
    ]
    cell = received.quotes(services, found)
    told = f"{cell.told}; annotations: {', '.join(annotations)}"
    return received.Cell(bool(cell.arrived) and bool(annotations), told)


def _error(ask: Callable[[], object]) -> received.Cell:
    try:
        ask()
    except openai.APIStatusError as error:
        said: Any = error.body
        return received.error(f"{type(error).__name__}, {error.code}", said["message"])
    return received.error("no error", "")


def _auth(services: Services, ask: _Ask) -> received.Cell:
    refused = ""
    with _client(services.locked_url, "none") as stranger:
        try:
            ask(stranger, QUESTION)
        except openai.AuthenticationError as error:
            refused = f"{type(error).__name__}, {error.code}"
    with _client(services.locked_url, services.key) as known:
        return received.auth(refused, opened=ask(known, QUESTION).answered)
