"""``/v1/vector_stores``: collections, as OpenAI's clients make, search and delete them."""

from typing import Any, Literal, Self
from uuid import uuid4

from fastapi import APIRouter
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.access import needs
from api.dependencies import SourcierDep
from api.json_body import StrictJsonRoute
from api.openai.errors import UnsupportedParameter
from api.openai.files import STAGING
from api.openai.pages import After, Deleted, Limit, Page, page_of
from api.openai.wire import OpenAIBody
from api.openapi import problems
from api.schemas.wire import Wire
from rag.granted import GrantedSourcier
from rag.vocabulary import Collection, UnknownCollection

router = APIRouter(prefix="/v1/vector_stores", tags=["openai"], route_class=StrictJsonRoute)

_MOST_FILES = 100


class VectorStoreBody(OpenAIBody):
    """A vector store to make."""

    name: str | None = Field(None, description="The name of the collection; made up if missing.")
    file_ids: list[str] = Field(default_factory=list, max_length=_MOST_FILES)
    expires_after: dict[str, Any] | None = Field(None, description="Not supported.")


class FileCounts(Wire):
    """How many documents; each is complete as soon as it is there."""

    in_progress: Literal[0] = 0
    completed: int
    failed: Literal[0] = 0
    cancelled: Literal[0] = 0
    total: int


class VectorStore(Wire):
    """A collection."""

    id: str = Field(description="The name of the collection.", examples=["reports"])
    object: Literal["vector_store"] = "vector_store"
    created_at: int = Field(description="Seconds since 1970.")
    last_active_at: None = None
    name: str
    status: Literal["completed"] = "completed"
    usage_bytes: Literal[0] = Field(0, description="Not measured.")
    file_counts: FileCounts
    expires_at: None = None
    metadata: dict[str, str] = Field(default_factory=dict, description="Not kept.")

    @classmethod
    def of(cls, collection: Collection) -> Self:
        """Return `collection` as a vector store."""
        return cls(
            id=collection.name,
            created_at=int(collection.created_at.timestamp()),
            name=collection.name,
            file_counts=FileCounts(completed=collection.documents, total=collection.documents),
        )


@router.post(
    "",
    summary="Make a vector store",
    responses=problems(400, 403, 404, 408, 413, 415, 422, 500, 503),
    dependencies=[needs("admin")],
)
async def create_vector_store(body: VectorStoreBody, sourcier: SourcierDep) -> VectorStore:
    """Make a collection, with these files; one that exists already gets them."""
    if body.expires_after is not None:
        raise UnsupportedParameter("expires_after", "Nothing expires here: leave it out.")
    name = body.name or f"vs_{uuid4().hex}"

    def make() -> VectorStore:
        for file_id in body.file_ids:
            sourcier.document(file_id)  # before anything is made
        sourcier.create_collection(name)
        for file_id in body.file_ids:
            sourcier.copy_document(file_id, collection=name)
        return vector_store(sourcier, name)

    return await run_in_threadpool(make)


@router.get("", summary="List vector stores", responses=problems(422, 500, 503))
async def list_vector_stores(
    sourcier: SourcierDep, limit: Limit = 20, after: After = None
) -> Page[VectorStore]:
    """List all collections but that of the files which wait, newest first."""
    found = await run_in_threadpool(sourcier.collections)
    stores = sorted(
        (one for one in found if one.name != STAGING), key=lambda one: one.number, reverse=True
    )
    names = [one.name for one in stores]
    first = names.index(after) + 1 if after in names else 0
    shown = stores[first : first + limit]
    return page_of(
        [(one.name, VectorStore.of(one)) for one in shown],
        has_more=len(stores) > first + limit,
    )


@router.get(
    "/{store_id}", summary="Describe a vector store", responses=problems(404, 422, 500, 503)
)
async def describe_vector_store(store_id: str, sourcier: SourcierDep) -> VectorStore:
    """Return a collection as a vector store."""
    return await run_in_threadpool(vector_store, sourcier, store_id)


@router.delete(
    "/{store_id}",
    summary="Delete a vector store",
    responses=problems(403, 404, 422, 500, 503),
    dependencies=[needs("admin")],
)
async def delete_vector_store(store_id: str, sourcier: SourcierDep) -> Deleted:
    """Delete a collection with all its documents; `default` is emptied, but stays."""
    await run_in_threadpool(sourcier.delete_collection, store_id)
    return Deleted(id=store_id, object="vector_store.deleted")


def vector_store(sourcier: GrantedSourcier, name: str) -> VectorStore:
    """Return the collection `name` as a vector store.

    Raises:
        UnknownCollection: there is none of this name.
    """
    for collection in sourcier.collections():
        if collection.name == name:
            return VectorStore.of(collection)
    raise UnknownCollection.named(name)
