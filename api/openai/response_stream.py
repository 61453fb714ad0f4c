"""``/v1/responses`` with `stream`: the events of a response, in the order of OpenAI's clients.

The message stands in the output after the search, for clients that know of it, or else alone.
"""

from collections.abc import Iterator
from typing import Any

import orjson
from pydantic import BaseModel

from api.event_stream import frame
from api.openai import response_reply
from api.openai.annotations import cited
from api.openai.error_reply import OpenAIError
from api.openai.response_output import OutputMessage, OutputText
from api.openai.response_reply import ResponseHead
from rag import models as domain
from rag.events import Answered, Event, PassagesFound, SentenceProved

_Named = Iterator[tuple[str, dict[str, Any]]]


def response_frames(events: Iterator[Event], head: ResponseHead) -> Iterator[bytes]:
    """Yield the events of a response, numbered from 0."""
    for number, (name, content) in enumerate(_named(events, head)):
        sent = {"type": name, "sequence_number": number, **content}
        yield frame(name, orjson.dumps(sent, default=_plain).decode())


def response_failure(error: OpenAIError, sent: int) -> bytes:
    """Return the last event of a stream that fails after `sent` events."""
    told = {"type": "error", "sequence_number": sent, **error.model_dump(exclude={"type"})}
    return frame("error", orjson.dumps(told).decode())


def _named(events: Iterator[Event], head: ResponseHead) -> _Named:
    known: list[domain.Citation] = []
    annotated, annotator = 0, head.annotator()
    place = _place_of_message(head)
    for event in events:
        match event:
            case PassagesFound():
                response = response_reply.begun(head)
                yield "response.created", {"response": response}
                yield "response.in_progress", {"response": response}
                if head.with_search:
                    yield from _search(event, head)
                yield from _beginning(head)
            case SentenceProved(text=text, sentence=sentence, citations=citations):
                known += citations
                yield "response.output_text.delta", {**place, "delta": text, "logprobs": []}
                [(_, proofs)] = cited([sentence], known)
                for one in annotator.of(sentence, proofs):
                    told = {"annotation_index": annotated, "annotation": one}
                    yield "response.output_text.annotation.added", {**place, **told}
                    annotated += 1
            case Answered(answer=answer):
                if not answer.answered:
                    said = {"delta": answer.text, "logprobs": []}
                    yield "response.output_text.delta", {**place, **said}
                yield from _end(answer, head)


def _place_of_message(head: ResponseHead) -> dict[str, Any]:
    index = 1 if head.with_search else 0
    return {"item_id": head.message_id, "output_index": index, "content_index": 0}


def _search(found: PassagesFound, head: ResponseHead) -> _Named:
    done = response_reply.search_call(found.standalone_question, found.passages, head)
    begun = done.model_copy(update={"status": "in_progress", "results": None})
    yield "response.output_item.added", {"output_index": 0, "item": begun}
    for status in ("in_progress", "searching", "completed"):
        place = {"item_id": head.search_id, "output_index": 0}
        yield f"response.file_search_call.{status}", place
    yield "response.output_item.done", {"output_index": 0, "item": done}


def _beginning(head: ResponseHead) -> _Named:
    place = _place_of_message(head)
    message = OutputMessage(id=head.message_id, status="in_progress", content=[])
    yield (
        "response.output_item.added",
        {"output_index": place["output_index"], "item": message},
    )
    part = OutputText(text="", annotations=[])
    yield "response.content_part.added", {**place, "part": part}


def _end(answer: domain.Answer, head: ResponseHead) -> _Named:
    place = _place_of_message(head)
    yield "response.output_text.done", {**place, "text": answer.text, "logprobs": []}
    part = response_reply.output_text(answer, head)
    yield "response.content_part.done", {**place, "part": part}
    message = response_reply.message(answer, head)
    yield (
        "response.output_item.done",
        {"output_index": place["output_index"], "item": message},
    )
    yield "response.completed", {"response": response_reply.completed(answer, head)}


def _plain(value: object) -> object:
    assert isinstance(value, BaseModel)  # noqa: S101 - all else is JSON already
    return value.model_dump(mode="json")
