"""``POST /v1/dify/retrieval``: passages for a Dify knowledge base.

Refusals are problem documents like any other, with the two fields that Dify shows its user. Its
codes are conventions: 1001 and 1002 are about the key, 2001 about the knowledge base; all other
refusals have their status as their code.
"""

from collections.abc import Callable, Coroutine
from http import HTTPStatus
from typing import Annotated, Any

import orjson
from fastapi import APIRouter, Body
from starlette.concurrency import run_in_threadpool
from starlette.requests import Request
from starlette.responses import Response

from api.dependencies import SourcierDep
from api.dify.conditions import filters_of
from api.dify.schemas import Record, RetrievalRequest, RetrievalResponse
from api.json_body import StrictJsonRoute
from api.openapi import problems
from api.problems import problem_response, problem_type
from rag.models import Query

_NO_KEY, _KEY_REFUSED, _NO_KNOWLEDGE = 1001, 1002, 2001
_UNKNOWN_COLLECTION = problem_type("Unknown collection")


class DifyRoute(StrictJsonRoute):
    """A route whose refusals Dify can read."""

    def get_route_handler(self) -> Callable[[Request], Coroutine[Any, Any, Response]]:
        """Return the handler, which answers with what the application makes of an error."""
        handler = super().get_route_handler()

        async def handle(request: Request) -> Response:
            try:
                return await handler(request)
            except Exception as error:
                handlers = request.app.exception_handlers
                known = next((kind for kind in type(error).__mro__ if kind in handlers), None)
                if known is None:
                    raise
                return _readable(await handlers[known](request, error), request)

        return handle


router = APIRouter(prefix="/v1/dify", tags=["questions"], route_class=DifyRoute)


@router.post(
    "/retrieval",
    summary="Search for passages, for Dify",
    responses=problems(400, 404, 408, 413, 415, 422, 500, 503),
)
async def dify_retrieval(
    body: Annotated[RetrievalRequest, Body()], sourcier: SourcierDep
) -> RetrievalResponse:
    """Find the passages closest to a query, as an external knowledge base of Dify.

    Give Dify the address of this service with `/v1/dify` as the API endpoint, and the name of a
    collection as the external knowledge ID. A refusal has `error_code` and `error_msg` as well.
    """
    query = Query(
        text=body.query,
        top_k=body.retrieval_setting.most,
        collection=body.knowledge_id,
        filters=filters_of(body.metadata_condition),
    )
    hits = await run_in_threadpool(sourcier.search, query)
    least = body.retrieval_setting.score_threshold or 0.0
    return RetrievalResponse(
        records=[Record.from_domain(hit) for hit in hits if hit.score >= least]
    )


def _readable(refusal: Response, request: Request) -> Response:
    """Return `refusal` with Dify's fields, its status 403 where a key is missing or refused."""
    problem = orjson.loads(refusal.body)
    code = problem["status"]
    if code in (HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN):
        scheme, _, key = request.headers.get("authorization", "").partition(" ")
        sent = scheme.lower() == "bearer" and bool(key.strip())
        code = _KEY_REFUSED if sent else _NO_KEY
        problem["status"] = HTTPStatus.FORBIDDEN.value
    elif problem["type"] == _UNKNOWN_COLLECTION:
        code = _NO_KNOWLEDGE
    headers = {
        name: value
        for name, value in refusal.headers.items()
        if name in ("retry-after", "connection")
    }
    return problem_response(
        {**problem, "error_code": code, "error_msg": problem["detail"]}, headers=headers
    )
