"""``POST /v1/search``: a query in, passages out."""

from typing import Annotated

from fastapi import APIRouter, Body, Query
from starlette.concurrency import run_in_threadpool

from api import examples
from api.dependencies import SourcierDep
from api.json_body import StrictJsonRoute
from api.openapi import problems
from api.schemas.search import SearchRequest
from api.search_formats import AnySearchResponse, SearchFormat, search_response

router = APIRouter(prefix="/v1", tags=["questions"], route_class=StrictJsonRoute)


@router.post(
    "/search",
    summary="Search for passages",
    responses={
        200: {"content": {"application/json": {"examples": examples.HITS}}},
        **problems(400, 404, 408, 413, 415, 422, 500, 503),
    },
)
async def search(
    body: Annotated[SearchRequest, Body(openapi_examples=examples.QUERIES)],
    sourcier: SourcierDep,
    shape: Annotated[
        SearchFormat,
        Query(
            alias="format",
            description="`anthropic` and `cohere` add the hits as those SDKs take them.",
        ),
    ] = "native",
) -> AnySearchResponse:
    """Find the passages closest to a query in either language, best first, without an answer."""
    found = await run_in_threadpool(sourcier.find, body.to_domain())
    return search_response(found, shape)
