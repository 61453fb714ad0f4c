"""``/v1/files``: documents that wait in the collection `files` to be put into vector stores."""

from functools import partial
from typing import Literal, Self

from anyio import to_thread
from fastapi import APIRouter
from fastapi.exceptions import RequestValidationError
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request

from api.access import needs
from api.dependencies import IngestionDep, SourcierDep
from api.json_body import media_type
from api.openai.errors import UnsupportedParameter
from api.openai.pages import After, Deleted, Limit, Page, page_of, summaries
from api.openapi import problems
from api.routes.uploads import plain_name, refuse_other_sites
from api.schemas.wire import Wire
from rag.granted import GrantedSourcier
from rag.vocabulary import Document, DocumentSummary, InvalidRecord

router = APIRouter(prefix="/v1/files", tags=["openai"])

STAGING = "files"
_PURPOSES = ("assistants", "user_data")
_LONGEST_FIELD_BYTES = 64 * 1024
_BODY = {
    "required": True,
    "content": {
        "multipart/form-data": {
            "schema": {
                "type": "object",
                "required": ["file", "purpose"],
                "properties": {
                    "file": {"type": "string", "format": "binary"},
                    "purpose": {"type": "string", "enum": list(_PURPOSES)},
                },
            }
        }
    },
}


class File(Wire):
    """A document, as a file."""

    id: str = Field(examples=["doc_3f2a9c0d11e84b57"])
    object: Literal["file"] = "file"
    bytes: int = Field(description="Of the text that was read, not of what was sent.")
    created_at: int = Field(description="Seconds since 1970.")
    filename: str = Field(description="The document's source.")
    purpose: Literal["assistants"] = "assistants"
    status: Literal["processed"] = "processed"
    expires_at: None = None

    @classmethod
    def of(cls, document: Document | DocumentSummary, *, size: int) -> Self:
        """Return `document` as a file of `size` bytes."""
        added_at = document.added_at
        return cls(
            id=document.id,
            bytes=size,
            created_at=int(added_at.timestamp()) if added_at else 0,
            filename=document.source,
        )


@router.post(
    "",
    summary="Upload a file",
    responses=problems(400, 403, 404, 408, 413, 415, 422, 500, 503),
    dependencies=[needs("write")],
    openapi_extra={"requestBody": _BODY},
)
async def upload_file(request: Request, sourcier: SourcierDep, ingestion: IngestionDep) -> File:
    """Read a file into the collection `files`, under its name; the same name replaces it."""
    if media_type(request) != "multipart/form-data":
        raise HTTPException(415, "Send the file as multipart/form-data.")
    refuse_other_sites(request, sourcier.settings)
    form = request.form(max_files=1, max_fields=10, max_part_size=_LONGEST_FIELD_BYTES)
    async with form as fields:
        upload = _taken_apart(fields)
        add = partial(_add, sourcier, upload)
        document = await to_thread.run_sync(add, limiter=ingestion)
    return _file(document)


@router.get("", summary="List files", responses=problems(404, 422, 500, 503))
async def list_files(sourcier: SourcierDep, limit: Limit = 20, after: After = None) -> Page[File]:
    """List the files that were uploaded, newest first."""

    def listed() -> Page[File]:
        if not _is_made(sourcier):
            return page_of([], has_more=False)
        found, has_more = summaries(sourcier, STAGING, limit=limit, after=after)
        return page_of(
            [(one.id, File.of(one, size=one.characters)) for one in found], has_more=has_more
        )

    return await run_in_threadpool(listed)


@router.get("/{file_id}", summary="Describe a file", responses=problems(404, 422, 500, 503))
async def describe_file(file_id: str, sourcier: SourcierDep) -> File:
    """Return a file, or a document of any vector store, by its id."""
    return _file(await run_in_threadpool(sourcier.document, file_id))


@router.delete(
    "/{file_id}",
    summary="Delete a file",
    responses=problems(403, 404, 422, 500, 503),
    dependencies=[needs("write")],
)
async def delete_file(file_id: str, sourcier: SourcierDep) -> Deleted:
    """Delete a file; what was put into vector stores stays there."""
    await run_in_threadpool(sourcier.delete_document, file_id)
    return Deleted(id=file_id, object="file")


def _taken_apart(fields: FormData) -> UploadFile:
    """Return the file.

    Raises:
        RequestValidationError: there is none.
        UnsupportedParameter: it is meant for something else than answering.
    """
    upload, purpose = fields.get("file"), fields.get("purpose")
    if not isinstance(upload, UploadFile):
        message = "Send the file in the form field `file`, with its name"
        raise RequestValidationError([{"type": "missing", "loc": ("body", "file"), "msg": message}])
    if purpose not in _PURPOSES:
        raise UnsupportedParameter("purpose", "Files serve to answer: the purpose is assistants.")
    return upload


def _add(sourcier: GrantedSourcier, upload: UploadFile) -> Document:
    name = plain_name(upload.filename or "")
    if not _is_made(sourcier):
        sourcier.create_collection(STAGING)
    added = sourcier.add_file(
        upload.file.read(), name=name, media_type=upload.content_type, collection=STAGING
    )
    if [stored.document.source for stored in added.documents] == [name]:
        return added.documents[0].document
    for stored in added.documents:
        sourcier.delete_document(stored.document.id)
    if not added.documents:
        raise InvalidRecord(f"No row became a document: {added.problems[0]}")
    raise UnsupportedParameter(
        "file", "A file of rows is many documents: add it with POST /v1/documents."
    )


def _is_made(sourcier: GrantedSourcier) -> bool:
    return any(collection.name == STAGING for collection in sourcier.collections())


def _file(document: Document) -> File:
    return File.of(document, size=len(document.text.encode()))
