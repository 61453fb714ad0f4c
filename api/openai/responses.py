"""``POST /v1/responses``: a question in, a response with its search and its sources out."""

import time
from functools import partial
from uuid import uuid4

from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from api.dependencies import SourcierDep
from api.event_stream import EVENT_STREAM, EventStream
from api.json_body import StrictJsonRoute
from api.openai.names import model_of
from api.openai.response_reply import Response, ResponseHead, completed
from api.openai.response_request import ResponseRequest
from api.openai.response_stream import response_failure, response_frames
from api.openai.streaming import shaped_frames
from api.openapi import problems

router = APIRouter(prefix="/v1", tags=["openai"], route_class=StrictJsonRoute)

_ANSWERED = {
    "description": "The response; with `stream` the events that lead to it.",
    "content": {EVENT_STREAM: {"schema": {"type": "string"}}},
}


@router.post(
    "/responses",
    summary="Respond to a question",
    response_model=Response,
    responses={200: _ANSWERED, **problems(400, 404, 408, 413, 415, 422, 500, 503)},
)
async def respond(
    body: ResponseRequest, request: Request, sourcier: SourcierDep
) -> Response | EventStream:
    """Answer a question, or the last message of a conversation, as OpenAI's clients expect.

    The output is the message, annotated with its sources, after the search where the tool
    `file_search` is given; `citations` has the quotes. Nothing is kept: send the conversation
    each time.
    """
    question = body.to_domain()
    head = ResponseHead(
        id=f"resp_{uuid4().hex}",
        created_at=int(time.time()),
        model=model_of(question.collection),
        base_url=str(request.base_url),
        asked=body.to_conversation().text,
        question=question,
        with_search=body.with_search,
        with_results=body.with_results,
        metadata=body.metadata or {},
    )
    if body.stream:
        events = sourcier.stream(question)
        shape = partial(response_frames, head=head)
        return await EventStream.begin(
            shaped_frames(events, shape, response_failure, request.scope)
        )
    return completed(await run_in_threadpool(sourcier.ask, question), head)
