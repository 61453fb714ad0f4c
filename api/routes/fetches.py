"""``POST /v1/fetches``: documents from the web, as a job."""

from functools import partial
from typing import Any

from fastapi import APIRouter
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api.access import needs
from api.dependencies import SourcierDep
from api.json_body import StrictJsonRoute
from api.openapi import problems
from api.schemas.fetches import FetchBody
from api.schemas.jobs import Job

router = APIRouter(prefix="/v1/fetches", tags=["jobs"], route_class=StrictJsonRoute)

_TAKEN: dict[str, Any] = {"headers": {"Location": {"schema": {"type": "string"}}}}


@router.post(
    "",
    summary="Fetch documents from the web",
    status_code=202,
    response_model=Job,
    responses={202: _TAKEN, **problems(400, 403, 404, 408, 413, 415, 422, 429, 500, 503)},
    dependencies=[needs("write")],
)
async def fetch_documents(body: FetchBody, sourcier: SourcierDep) -> Response:
    """Fetch a page, or what a sitemap or a feed lists; what has not changed is left alone.

    Only from hosts that the service allows, and as their robots.txt does. The job tells what came
    of each address.
    """
    job = await run_in_threadpool(partial(sourcier.fetch, **dict(body)))
    return Response(
        Job.from_domain(job).model_dump_json(),
        202,
        {"Location": f"/v1/jobs/{job.id}"},
        media_type="application/json",
    )
