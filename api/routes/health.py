"""``/healthz``, ``/readyz`` and ``/v1/status``: is it up, can it answer, what does it hold."""

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, Request
from starlette.concurrency import run_in_threadpool

from api.dependencies import SourcierDep
from api.openapi import problems
from api.schemas.status import Alive, Ready, Status
from rag.errors import NotReady
from rag.service import Sourcier

router = APIRouter(tags=["operation"])


@router.get("/healthz", summary="Is the process up?")
async def alive() -> Alive:
    """Answer as long as the process lives; says nothing about the store."""
    return Alive()


@router.get(
    "/readyz",
    summary="Can questions be asked?",
    responses=problems(500, 503),
    response_model_exclude_none=True,
)
async def ready(request: Request) -> Ready:
    """Answer 200 once the store is open and the index built, 503 with the reason before."""
    sourcier: Sourcier = request.app.state.sourcier  # whoever asks: no key opens this
    if request.app.state.leaving():
        raise NotReady("The service is stopping: ask another, or try again in a while.")
    # A thread of its own: who balances the load must not wait for those who ask.
    own = CapacityLimiter(1)
    if not await to_thread.run_sync(sourcier.ready, limiter=own):
        raise NotReady("The index is still being built: try again in a few seconds.")
    problem = await to_thread.run_sync(sourcier.encoder_problem, limiter=own)
    return Ready(degraded="encoder_unavailable" if problem else None)


@router.get("/v1/status", summary="What is stored and serving", responses=problems(500, 503))
async def status(sourcier: SourcierDep) -> Status:
    """Return counts, the encoder with its fingerprint, and versions."""
    return Status.from_domain(await run_in_threadpool(sourcier.status))
