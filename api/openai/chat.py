"""``POST /v1/chat/completions``: a conversation in, an answer with its sources out."""

import time
from functools import partial
from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from api.dependencies import SourcierDep
from api.event_stream import EVENT_STREAM, EventStream
from api.json_body import StrictJsonRoute
from api.openai.chat_reply import ChatCompletion, ChatHead
from api.openai.chat_request import ChatRequest
from api.openai.chat_stream import chat_failure, chat_frames
from api.openai.names import collection_of, model_of
from api.openai.streaming import shaped_frames
from api.openapi import problems
from rag.models import Question

router = APIRouter(prefix="/v1", tags=["openai"], route_class=StrictJsonRoute)

_ANSWERED = {
    "description": "The completion; with `stream` its chunks, then `[DONE]`.",
    "content": {EVENT_STREAM: {"schema": {"type": "string"}}},
}


@router.post(
    "/chat/completions",
    summary="Answer a conversation",
    response_model=ChatCompletion,
    responses={200: _ANSWERED, **problems(400, 404, 408, 413, 415, 422, 500, 503)},
)
async def complete_chat(
    body: ChatRequest, request: Request, sourcier: SourcierDep
) -> ChatCompletion | EventStream:
    """Answer the last message, understood from those before it, as OpenAI's clients expect.

    What the system says is not used: answers come from the documents alone. Each sentence has an
    annotation for each of its sources, and `citations` has their quotes.
    """
    asked = body.to_conversation()
    collection = collection_of(body.model)
    question = Question(asked.question, collection=collection, history=asked.history)
    head = ChatHead(
        id=f"chatcmpl-{uuid4().hex}",
        created=int(time.time()),
        model=model_of(collection),
        base_url=str(request.base_url),
        asked=asked.text,
    )
    if body.stream:
        shape = partial(chat_frames, head=head, with_usage=body.with_usage)
        events = sourcier.stream(question)
        return await EventStream.begin(shaped_frames(events, shape, chat_failure, request.scope))
    return ChatCompletion.of(await run_in_threadpool(sourcier.ask, question), head)
