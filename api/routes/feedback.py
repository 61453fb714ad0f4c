"""``POST /v1/feedback``: whether an answer helped."""

from functools import partial
from typing import Annotated

from fastapi import APIRouter, Body
from starlette.concurrency import run_in_threadpool

from api import examples
from api.dependencies import SourcierDep
from api.json_body import StrictJsonRoute
from api.openapi import problems
from api.schemas.feedback import FeedbackBody

router = APIRouter(prefix="/v1", tags=["questions"], route_class=StrictJsonRoute)


@router.post(
    "/feedback",
    summary="Say whether an answer helped",
    status_code=204,
    responses=problems(400, 404, 408, 413, 415, 422, 500, 503),
)
async def give_feedback(
    body: Annotated[FeedbackBody, Body(openapi_examples=examples.OPINIONS)],
    sourcier: SourcierDep,
) -> None:
    """Keep an opinion on a recent answer, in place of an earlier one on the same answer.

    The answer and its quotes are kept with it, until a document that it quotes is deleted.
    """
    give = partial(sourcier.give_feedback, helpful=body.helpful, comment=body.comment)
    await run_in_threadpool(give, body.answer_id)
