"""``POST /v1/documents``: a file as multipart form data, or a text as JSON.

A file is spooled to disk while it comes and read by one of a few workers, so that many
uploads at a time neither fill the memory nor keep questions waiting.
"""

from functools import partial
from pathlib import PurePosixPath

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter
from fastapi.exceptions import RequestValidationError
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api import examples
from api.access import needs
from api.dependencies import IngestionDep, SourcierDep
from api.json_body import media_type, validated
from api.openapi import problems
from api.schemas.documents import AddedDocument, AddedDocuments, TextBody, UploadForm
from rag.granted import GrantedSourcier
from rag.library import Added
from rag.settings import Settings
from rag.vocabulary import InvalidRecord, normalize

router = APIRouter(prefix="/v1/documents", tags=["documents"])

_LONGEST_FIELD_BYTES = 64 * 1024
_LONGEST_NAME = 255


@router.post(
    "",
    summary="Add a document",
    status_code=201,
    response_model=AddedDocument | AddedDocuments,
    responses={
        200: {"model": AddedDocument | AddedDocuments, "description": "Stored already, unchanged."},
        201: {
            "content": {"application/json": {"examples": examples.ADDED}},
            "headers": {"Location": {"schema": {"type": "string"}}},
        },
        **problems(400, 403, 404, 408, 413, 415, 422, 500, 503),
    },
    openapi_extra={"requestBody": examples.UPLOAD_BODY},
    dependencies=[needs("write")],
)
async def add_document(
    request: Request, sourcier: SourcierDep, ingestion: IngestionDep
) -> Response:
    """Add a document; once this is answered, the next question finds it.

    New content under the same `source` (a file's name where it is not said) replaces the old
    in one step. CSV and JSON Lines files hold a document a row.
    """
    match media_type(request):
        case "application/json":
            text = validated(TextBody, await request.body())
            return await _add_text(text, sourcier, ingestion)
        case "multipart/form-data":
            refuse_other_sites(request, sourcier.settings)
            form = request.form(max_files=1, max_fields=10, max_part_size=_LONGEST_FIELD_BYTES)
            async with form as fields:
                return await _add_file(fields, sourcier, ingestion)
        case _:
            raise HTTPException(
                415, "Send a file as multipart/form-data, or a text as application/json."
            )


def refuse_other_sites(request: Request, settings: Settings) -> None:
    """Refuse a form that a foreign page makes the visitor's browser send.

    Browsers send forms across sites without asking first, JSON not.
    """
    welcome = settings.cors_origins or ()
    if "*" in welcome or request.headers.get("origin") in welcome:
        return
    if request.headers.get("sec-fetch-site") == "cross-site":
        raise HTTPException(403, "A page of another site may not add documents here.")


async def _add_text(
    body: TextBody, sourcier: GrantedSourcier, ingestion: CapacityLimiter
) -> Response:
    add = partial(sourcier.add_text, **dict(body))
    stored = await to_thread.run_sync(add, limiter=ingestion)
    return _reply(AddedDocument.from_stored(stored))


async def _add_file(
    fields: FormData, sourcier: GrantedSourcier, ingestion: CapacityLimiter
) -> Response:
    upload, form = _taken_apart(fields)
    name = plain_name(upload.filename or "")
    source = form.source or name

    def read_and_add() -> Added:
        return sourcier.add_file(
            upload.file.read(),
            name=name,
            media_type=upload.content_type,
            collection=form.collection,
            source=source,
        )

    added = await to_thread.run_sync(read_and_add, limiter=ingestion)
    if not added.documents:
        raise InvalidRecord(f"No row became a document: {added.problems[0]}")
    if [stored.document.source for stored in added.documents] == [source]:
        return _reply(AddedDocument.from_stored(added.documents[0]))
    return _reply(AddedDocuments.from_domain(added))


def _taken_apart(fields: FormData) -> tuple[UploadFile, UploadForm]:
    """Return the file and what was said about it.

    Raises:
        RequestValidationError: there is no file, or a field that means nothing.
    """
    upload = fields.get("file")
    if not isinstance(upload, UploadFile):
        message = "Send the file in the form field `file`, with its name"
        raise RequestValidationError([{"type": "missing", "loc": ("body", "file"), "msg": message}])
    about = {name: value for name, value in fields.multi_items() if name != "file"}
    return upload, validated(UploadForm, about)


def plain_name(filename: str) -> str:
    """Return the last step of a path as Windows or Unix writes it; never empty."""
    name = PurePosixPath(normalize(filename).replace("\\", "/").replace("\n", " ")).name
    return "document" if name in ("", "..") else name[-_LONGEST_NAME:]


def _reply(added: AddedDocument | AddedDocuments) -> Response:
    one = isinstance(added, AddedDocument)
    documents = [added] if isinstance(added, AddedDocument) else added.documents
    return Response(
        added.model_dump_json(),
        200 if all(document.unchanged for document in documents) else 201,
        {"Location": f"/v1/documents/{documents[0].id}"} if one else None,
        media_type="application/json",
    )
