"""What routes are given: Sourcier as the caller sees it, the bound on documents read at once."""

from typing import Annotated

from anyio import CapacityLimiter
from fastapi import Depends, Request

from api.access import GrantDep
from rag.granted import GrantedSourcier


async def _sourcier(request: Request, grant: GrantDep) -> GrantedSourcier:
    return GrantedSourcier(request.app.state.sourcier, grant)


async def _ingestion(request: Request) -> CapacityLimiter:
    limiter: CapacityLimiter = request.app.state.ingestion
    return limiter


SourcierDep = Annotated[GrantedSourcier, Depends(_sourcier)]
IngestionDep = Annotated[CapacityLimiter, Depends(_ingestion)]
