"""What routes are given: the one `Sourcier`, and the bound on documents read at a time."""

from typing import Annotated

from anyio import CapacityLimiter
from fastapi import Depends, Request

from rag.service import Sourcier


async def _sourcier(request: Request) -> Sourcier:
    sourcier: Sourcier = request.app.state.sourcier
    return sourcier


async def _ingestion(request: Request) -> CapacityLimiter:
    limiter: CapacityLimiter = request.app.state.ingestion
    return limiter


SourcierDep = Annotated[Sourcier, Depends(_sourcier)]
IngestionDep = Annotated[CapacityLimiter, Depends(_ingestion)]
