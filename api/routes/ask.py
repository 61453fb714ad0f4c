"""``POST /v1/ask``: a question in, an answer with its proofs out."""

from typing import Annotated

from fastapi import APIRouter, Body
from starlette.concurrency import run_in_threadpool

from api import examples
from api.dependencies import SourcierDep
from api.json_body import StrictJsonRoute
from api.openapi import problems
from api.schemas.ask import AskRequest, AskResponse

router = APIRouter(prefix="/v1", tags=["questions"], route_class=StrictJsonRoute)


@router.post(
    "/ask",
    summary="Ask a question",
    responses={
        200: {"content": {"application/json": {"examples": examples.ANSWERS}}},
        **problems(400, 404, 408, 413, 415, 422, 500, 503),
    },
)
async def ask(
    body: Annotated[AskRequest, Body(openapi_examples=examples.QUESTIONS)],
    sourcier: SourcierDep,
) -> AskResponse:
    """Answer a question from the documents, in its language, and cite what proves the answer.

    When the documents do not answer it, `answered` is false and `citations` is empty.
    """
    answer = await run_in_threadpool(sourcier.ask, body.to_domain())
    return AskResponse.from_domain(answer)
