"""``GET /metrics``: what Prometheus reads."""

import logging

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter, FastAPI, Request
from starlette.responses import Response

from api.dependencies import SourcierDep
from api.metrics import Metrics
from api.openapi import problems
from rag.granted import GrantedSourcier
from rag.levels import Levels
from rag.vocabulary import documents_errors

logger = logging.getLogger(__name__)

router = APIRouter(tags=["operation"])

_EXPOSITION = {
    "description": "The text format of Prometheus, or OpenMetrics where `Accept` asks for it.",
    "content": {"text/plain": {"schema": {"type": "string"}}},
}


@router.get(
    "/metrics",
    summary="Metrics for Prometheus",
    response_class=Response,
    responses={200: _EXPOSITION, **problems(500)},
)
async def metrics(request: Request, sourcier: SourcierDep) -> Response:
    """Return counts of requests and answers, seconds by stage, and how full all is.

    No label says what was asked or stored.
    """
    counted: Metrics = request.app.state.metrics
    # Its own thread: those who watch must not wait for those who ask.
    levels = await to_thread.run_sync(_levels, sourcier, limiter=CapacityLimiter(1))
    counted.take(levels, _tasks(request.app))
    body, media_type = counted.rendered(request.headers.get("accept", ""))
    return Response(body, headers={"Content-Type": media_type})


async def note_tasks(app: FastAPI) -> None:
    """Note what runs and waits for a thread here and now; another worker may be asked."""
    counted: Metrics = app.state.metrics
    counted.take_tasks(_tasks(app))


def _tasks(app: FastAPI) -> dict[str, tuple[int, int]]:
    return {
        "questions": _running_and_waiting(to_thread.current_default_thread_limiter()),
        "ingestion": _running_and_waiting(app.state.ingestion),
    }


def _levels(sourcier: GrantedSourcier) -> Levels | None:
    try:
        return sourcier.levels()
    except documents_errors.StoreError as error:
        logger.warning("the store cannot be measured: %s", error)
        return None


def _running_and_waiting(pool: CapacityLimiter) -> tuple[int, int]:
    statistics = pool.statistics()
    return statistics.borrowed_tokens, statistics.tasks_waiting
