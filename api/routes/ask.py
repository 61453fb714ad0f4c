"""``POST /v1/ask``: a question in, an answer with its proofs out, at once or as it is made."""

from contextlib import closing
from itertools import chain
from typing import Annotated

import orjson
from fastapi import APIRouter, Body, Request
from starlette.concurrency import run_in_threadpool
from starlette.types import Scope

from api import examples
from api.dependencies import SourcierDep
from api.errors import problem_of
from api.event_stream import EVENT_STREAM, EventStream, Frames, frame
from api.json_body import StrictJsonRoute
from api.openapi import problems
from api.schemas.ask import AskRequest, AskResponse
from api.schemas.stream import wire_events
from rag.events import Events

router = APIRouter(prefix="/v1", tags=["questions"], route_class=StrictJsonRoute)

_ANSWERED = {
    "description": "The answer, or the refusal; with `stream` the events that lead to it.",
    "content": {
        "application/json": {"examples": examples.ANSWERS},
        EVENT_STREAM: {
            "schema": {
                "type": "string",
                "description": "`passages` first; for each sentence the `citation` events that it "
                "is the first to need, `delta` and `sentence`; then `done`, whose data is what "
                "comes without `stream`, or `error`, whose data is a problem document. Lines that "
                "begin with a colon keep the connection open.",
            },
            "examples": examples.STREAMS,
        },
    },
}


@router.post(
    "/ask",
    summary="Ask a question",
    response_model=AskResponse,
    responses={200: _ANSWERED, **problems(400, 404, 408, 413, 415, 422, 500, 503)},
)
async def ask(
    body: Annotated[AskRequest, Body(openapi_examples=examples.QUESTIONS)],
    request: Request,
    sourcier: SourcierDep,
) -> AskResponse | EventStream:
    """Answer a question from the documents, in its language, and cite what proves the answer.

    When the documents do not answer it, `answered` is false and `citations` is empty. With
    `stream`, sentences come as server-sent events, each as soon as its quotes are verified; what
    is wrong with the question is still refused with its status.
    """
    question = body.to_domain()
    if body.stream:
        return await EventStream.begin(_frames(sourcier.stream(question), request.scope))
    # Shaped in that thread too: the loop has others to serve.
    return await run_in_threadpool(lambda: AskResponse.from_domain(sourcier.ask(question)))


def _frames(events: Events, scope: Scope) -> Frames:
    """Yield the events as they are sent; raises what comes before the first, tells the rest."""
    with closing(events):
        first = next(events)
        try:
            for event in chain((first,), events):
                for name, content in wire_events(event):
                    yield frame(name, content.model_dump_json())
        except Exception as error:  # noqa: BLE001 - logged where it is made a problem
            yield frame("error", orjson.dumps(problem_of(error, scope)).decode())
