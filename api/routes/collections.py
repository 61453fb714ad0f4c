"""``/v1/collections``: list them, make one, delete one with all it holds."""

from fastapi import APIRouter, Response
from starlette.concurrency import run_in_threadpool

from api.access import needs
from api.dependencies import SourcierDep
from api.json_body import StrictJsonRoute
from api.openapi import problems
from api.schemas.collections import Collection, CollectionBody, CollectionList
from rag import vocabulary as domain
from rag.granted import GrantedSourcier
from rag.vocabulary import UnknownCollection

router = APIRouter(prefix="/v1/collections", tags=["collections"], route_class=StrictJsonRoute)


@router.get("", summary="List collections", responses=problems(500, 503))
async def list_collections(sourcier: SourcierDep) -> CollectionList:
    """List every collection with what it holds."""
    found = await run_in_threadpool(sourcier.collections)
    return CollectionList(collections=[Collection.from_domain(item) for item in found])


@router.post(
    "",
    summary="Make a collection",
    status_code=201,
    responses={
        200: {"model": Collection, "description": "It exists already and stays as it is."},
        **problems(400, 408, 413, 415, 422, 500, 503),
    },
    dependencies=[needs("admin")],
)
async def create_collection(
    body: CollectionBody, sourcier: SourcierDep, response: Response
) -> Collection:
    """Make an empty collection; one that exists already stays as it is."""
    is_new, made = await run_in_threadpool(_create, sourcier, body.name)
    response.status_code = 201 if is_new else 200
    return Collection.from_domain(made)


@router.delete(
    "/{name}",
    summary="Delete a collection",
    status_code=204,
    responses=problems(404, 422, 500, 503),
    dependencies=[needs("admin")],
)
async def delete_collection(name: str, sourcier: SourcierDep) -> None:
    """Delete a collection with all its documents."""
    await run_in_threadpool(sourcier.delete_collection, name)


def _create(sourcier: GrantedSourcier, name: str) -> tuple[bool, domain.Collection]:
    is_new = sourcier.create_collection(name)
    for collection in sourcier.collections():
        if collection.name == name:
            return is_new, collection
    raise UnknownCollection(f"The collection {name!r} was deleted just now.")
