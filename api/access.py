"""Who calls: the grant behind a request, and what a route asks of it.

A route that takes `SourcierDep` (api/dependencies.py) is closed to callers without a key and
sees what theirs lets it see. `dependencies=[needs("write")]` beside it refuses a role that is
too low before the body is read, and tells /openapi.json.
"""

from typing import Annotated

from fastapi import Depends, Security
from fastapi.params import Depends as Dependency
from fastapi.security import APIKeyHeader, HTTPBearer
from starlette.exceptions import HTTPException
from starlette.requests import HTTPConnection

from rag.access import Grant
from rag.granted import GrantedSourcier
from rag.vocabulary import Role

_BEARER = HTTPBearer(
    scheme_name="bearer",
    bearerFormat="src_…",
    description="A key made with `python -m rag keys create`; asked for where keys are on.",
    auto_error=False,
)
_HEADER = APIKeyHeader(
    scheme_name="header", name="X-API-Key", description="The same key.", auto_error=False
)


def grant_of(connection: HTTPConnection) -> Grant:
    """Return what the caller may do; `connection` is a Request, or made of a bare scope.

    Raises:
        HTTPException: 401, keys are asked for and no valid one came.
    """
    grant: Grant | None = connection.scope["state"]["grant"]
    if grant is None:
        # One text whether the key is missing, unknown, expired or revoked.
        raise HTTPException(
            401,
            "This needs a valid API key: send it as `Authorization: Bearer src_…`.",
            {"WWW-Authenticate": "Bearer"},
        )
    return grant


def sourcier_of(connection: HTTPConnection) -> GrantedSourcier:
    """Return Sourcier as the caller may see it; raises as `grant_of` does."""
    return GrantedSourcier(connection.app.state.sourcier, grant_of(connection))


def needs(role: Role) -> Dependency:
    """Return the dependency that refuses callers whose role is below `role`."""

    async def check(grant: GrantDep) -> None:
        grant.require(role)

    dependency: Dependency = Depends(check)
    return dependency


async def _grant(
    connection: HTTPConnection,
    _bearer: Annotated[object, Security(_BEARER)],
    _header: Annotated[object, Security(_HEADER)],
) -> Grant:
    return grant_of(connection)


GrantDep = Annotated[Grant, Depends(_grant)]
