"""``/v1/documents``: list, describe and delete documents, and read their stored text."""

from typing import Annotated, Literal

import orjson
from fastapi import APIRouter, Query, Request
from starlette.concurrency import run_in_threadpool
from starlette.responses import Response

from api import examples
from api.access import needs
from api.dependencies import SourcierDep
from api.etags import holds
from api.openapi import problems
from api.schemas.documents import DescribedDocument, Document, DocumentList, DocumentText
from api.schemas.wire import CollectionName
from rag import vocabulary as domain
from rag.vocabulary import DEFAULT_COLLECTION

router = APIRouter(prefix="/v1/documents", tags=["documents"])


@router.get("", summary="List documents", responses=problems(404, 422, 500, 503))
async def list_documents(
    sourcier: SourcierDep,
    collection: CollectionName = DEFAULT_COLLECTION,
    limit: Annotated[int, Query(ge=1, le=200, description="How many at most.")] = 50,
    after: Annotated[
        str | None, Query(pattern="^[0-9]{1,18}$", description="`next` of the page before.")
    ] = None,
) -> DocumentList:
    """List the documents of a collection, a page at a time."""
    page = await run_in_threadpool(
        sourcier.documents,
        collection=collection,
        limit=limit,
        after=None if after is None else int(after),
    )
    return DocumentList(
        documents=[Document.from_summary(summary) for summary in page.documents],
        next=None if page.after is None else str(page.after),
    )


@router.get("/{document_id}", summary="Describe a document", responses=problems(404, 422, 500, 503))
def describe_document(document_id: str, sourcier: SourcierDep) -> DescribedDocument:
    """Return what is known about a document, without its text, and which ones are copies of it."""
    return DescribedDocument.of(sourcier.document(document_id), sourcier.copies(document_id))


@router.delete(
    "/{document_id}",
    summary="Delete a document",
    status_code=204,
    responses=problems(404, 422, 500, 503),
    dependencies=[needs("write")],
)
async def delete_document(document_id: str, sourcier: SourcierDep) -> None:
    """Delete a document; once this is answered, no question finds it any more."""
    await run_in_threadpool(sourcier.delete_document, document_id)


@router.get(
    "/{document_id}/text",
    summary="Read the stored text",
    response_class=Response,
    responses={
        200: {
            "description": "The text that all offsets index, as it is stored.",
            "content": {
                "text/plain": {"schema": {"type": "string"}, "example": examples.TEXT},
                "application/json": {"schema": {"$ref": "#/components/schemas/DocumentText"}},
            },
        },
        304: {"description": "The text is what `If-None-Match` names."},
        **problems(404, 422, 500, 503),
    },
)
def read_text(
    document_id: str,
    request: Request,
    sourcier: SourcierDep,
    wanted: Annotated[
        Literal["text", "json"] | None,
        Query(alias="format", description="Overrides the `Accept` header."),
    ] = None,
) -> Response:
    """Return a document's stored text, so that anyone can check a quote: `text[start:end]`."""
    document = sourcier.document(document_id)
    as_json = (wanted or _accepted(request)) == "json"
    headers = {
        "ETag": f'"{document.generation}-{document.sha256[:16]}{"-json" if as_json else ""}"',
        "Vary": "Accept",
        "Cache-Control": "no-cache",
    }
    if holds(request.headers.get("if-none-match", ""), headers["ETag"]):
        return Response(status_code=304, headers=headers)
    if as_json:
        return Response(_json(document), media_type="application/json", headers=headers)
    return Response(document.text, media_type="text/plain", headers=headers)


def _json(document: domain.Document) -> bytes:
    text = DocumentText(document_id=document.id, generation=document.generation, text=document.text)
    return orjson.dumps(dict(text))


def _accepted(request: Request) -> Literal["text", "json"]:
    accept = request.headers.get("accept", "")
    return "json" if "application/json" in accept and "text/plain" not in accept else "text"
