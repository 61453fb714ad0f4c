"""``/v1/vector_stores/{store_id}/files``: the documents of a collection.

A file that is put into a store is copied there, and the copy has an id of its own, by which
answers cite it. Routes of the store take either id.
"""

from typing import Literal, Self

from anyio import to_thread
from fastapi import APIRouter
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.access import needs
from api.dependencies import IngestionDep, SourcierDep
from api.json_body import StrictJsonRoute
from api.openai.attributes import Attributes, metadata_of
from api.openai.pages import After, Deleted, Limit, Page, page_of, summaries
from api.openai.wire import OpenAIBody
from api.openapi import problems
from api.schemas.wire import Wire
from rag.granted import GrantedSourcier
from rag.vocabulary import Document, DocumentSummary, document_id

router = APIRouter(
    prefix="/v1/vector_stores/{store_id}/files", tags=["openai"], route_class=StrictJsonRoute
)


class StoreFileBody(OpenAIBody):
    """A file to put into a vector store."""

    file_id: str = Field(examples=["doc_3f2a9c0d11e84b57"])
    attributes: Attributes | None = Field(None, description="Added to the document's metadata.")


class StoreFile(Wire):
    """A document of a collection."""

    id: str = Field(description="Of the document in this collection.")
    object: Literal["vector_store.file"] = "vector_store.file"
    created_at: int = Field(description="Seconds since 1970.")
    vector_store_id: str
    status: Literal["completed"] = "completed"
    usage_bytes: Literal[0] = Field(0, description="Not measured.")
    last_error: None = None
    attributes: dict[str, str] = Field(default_factory=dict, description="The metadata.")

    @classmethod
    def of(cls, document: Document | DocumentSummary) -> Self:
        """Return `document` as a file of its store."""
        added_at = document.added_at
        return cls(
            id=document.id,
            created_at=int(added_at.timestamp()) if added_at else 0,
            vector_store_id=document.collection,
            attributes=dict(document.metadata),
        )


@router.post(
    "",
    summary="Put a file into a vector store",
    responses=problems(400, 403, 404, 408, 413, 415, 422, 500, 503),
    dependencies=[needs("write")],
)
async def add_store_file(
    store_id: str, body: StoreFileBody, sourcier: SourcierDep, ingestion: IngestionDep
) -> StoreFile:
    """Copy a document into a collection; once this is answered, the next question finds it."""
    metadata = metadata_of(body.attributes)

    def copy() -> StoreFile:
        copied = sourcier.copy_document(body.file_id, collection=store_id, metadata=metadata)
        return StoreFile.of(copied.document)

    return await to_thread.run_sync(copy, limiter=ingestion)


@router.get("", summary="List the files of a vector store", responses=problems(404, 422, 500, 503))
async def list_store_files(
    store_id: str, sourcier: SourcierDep, limit: Limit = 20, after: After = None
) -> Page[StoreFile]:
    """List the documents of a collection, newest first."""

    def listed() -> Page[StoreFile]:
        last = None if after is None else _held(sourcier, store_id, after).id
        found, has_more = summaries(sourcier, store_id, limit=limit, after=last)
        return page_of([(one.id, StoreFile.of(one)) for one in found], has_more=has_more)

    return await run_in_threadpool(listed)


@router.get(
    "/{file_id}",
    summary="Describe a file of a vector store",
    responses=problems(404, 422, 500, 503),
)
async def describe_store_file(store_id: str, file_id: str, sourcier: SourcierDep) -> StoreFile:
    """Return a document of a collection."""
    return StoreFile.of(await run_in_threadpool(_held, sourcier, store_id, file_id))


@router.delete(
    "/{file_id}",
    summary="Take a file out of a vector store",
    responses=problems(403, 404, 422, 500, 503),
    dependencies=[needs("write")],
)
async def delete_store_file(store_id: str, file_id: str, sourcier: SourcierDep) -> Deleted:
    """Delete a document from a collection; the file that it was copied from stays."""

    def delete() -> None:
        sourcier.delete_document(_held(sourcier, store_id, file_id).id)

    await run_in_threadpool(delete)
    return Deleted(id=file_id, object="vector_store.file.deleted")


def _held(sourcier: GrantedSourcier, store_id: str, file_id: str) -> Document:
    """Return the document in the store that `file_id` names, or was copied from.

    Raises:
        UnknownDocument: there is none.
    """
    document = sourcier.document(file_id)
    if document.collection == store_id:
        return document
    return sourcier.document(document_id(store_id, document.source))
