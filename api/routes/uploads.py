"""``POST /v1/documents``: a file as multipart form data, or a text as JSON.

A file is spooled to disk while it comes and read by one of a few workers, so that many
uploads at a time neither fill the memory nor keep questions waiting. As a job, several files
come at once and are read later.
"""

from functools import partial
from pathlib import PurePosixPath

from anyio import CapacityLimiter, to_thread
from fastapi import APIRouter
from fastapi.exceptions import RequestValidationError
from starlette.concurrency import run_in_threadpool
from starlette.datastructures import FormData, UploadFile
from starlette.exceptions import HTTPException
from starlette.requests import Request
from starlette.responses import Response

from api import examples
from api.access import needs
from api.dependencies import IngestionDep, SourcierDep
from api.json_body import media_type, validated
from api.later import ACCEPTED, PREFER, accepted, refuse_webhook, wants_later
from api.openapi import problems
from api.schemas.documents import AddedDocument, AddedDocuments, TextBody, UploadForm
from rag.granted import GrantedSourcier
from rag.jobs.uploads import file_piece, text_piece
from rag.library import Added
from rag.settings import Settings
from rag.vocabulary import InvalidRecord, Job, normalize

router = APIRouter(prefix="/v1/documents", tags=["documents"])

_LONGEST_FIELD_BYTES = 64 * 1024
_LONGEST_NAME = 255
_MOST_FILES = 1000  # of one job


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
        202: ACCEPTED,
        **problems(400, 403, 404, 408, 413, 415, 422, 429, 500, 503),
    },
    openapi_extra={"requestBody": examples.UPLOAD_BODY, "parameters": [PREFER]},
    dependencies=[needs("write")],
)
async def add_document(
    request: Request, sourcier: SourcierDep, ingestion: IngestionDep
) -> Response:
    """Add a document; once this is answered, the next question finds it.

    New content under the same `source` (a file's name where it is not said) replaces the old
    in one step. CSV and JSON Lines files hold a document a row. As a job (`Prefer:
    respond-async`) it may be several files, all on disk when it is taken.
    """
    later = wants_later(request)
    match media_type(request):
        case "application/json":
            text = validated(TextBody, await request.body())
            if later:
                return await _take_text(text, sourcier)
            return await _add_text(text, sourcier, ingestion)
        case "multipart/form-data":
            refuse_other_sites(request, sourcier.settings)
            most = _MOST_FILES if later else 1
            form = request.form(max_files=most, max_fields=10, max_part_size=_LONGEST_FIELD_BYTES)
            async with form as fields:
                if later:
                    return await _take_files(fields, sourcier)
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
    refuse_webhook(body.webhook)
    add = partial(sourcier.add_text, **body.about())
    stored = await to_thread.run_sync(add, limiter=ingestion)
    return _reply(AddedDocument.from_stored(stored))


async def _add_file(
    fields: FormData, sourcier: GrantedSourcier, ingestion: CapacityLimiter
) -> Response:
    [upload], form = _taken_apart(fields)
    refuse_webhook(form.webhook)
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


async def _take_text(body: TextBody, sourcier: GrantedSourcier) -> Response:
    about = body.about()
    collection = about.pop("collection")
    piece = text_piece(about.pop("text"), **about)
    take = partial(sourcier.jobs.upload, [piece], collection=collection, webhook=body.webhook)
    return accepted(await run_in_threadpool(take))


async def _take_files(fields: FormData, sourcier: GrantedSourcier) -> Response:
    uploads, form = _taken_apart(fields)
    if form.source is not None and len(uploads) > 1:
        raise _invalid("source", "Each of several files goes by its name: leave the source out")

    def take() -> Job:
        pieces = []
        for upload in uploads:
            name = plain_name(upload.filename or "")
            pieces.append(
                file_piece(
                    upload.file.read(),
                    name=name,
                    media_type=upload.content_type,
                    source=form.source or name,
                )
            )
        return sourcier.jobs.upload(pieces, collection=form.collection, webhook=form.webhook)

    return accepted(await run_in_threadpool(take))


def _taken_apart(fields: FormData) -> tuple[list[UploadFile], UploadForm]:
    """Return the files, at least one, and what was said about them.

    Raises:
        RequestValidationError: there is no file, or a field that means nothing.
    """
    uploads = [upload for upload in fields.getlist("file") if isinstance(upload, UploadFile)]
    if not uploads or len(uploads) < len(fields.getlist("file")):
        raise _invalid("file", "Send the file in the form field `file`, with its name", "missing")
    about = {name: value for name, value in fields.multi_items() if name != "file"}
    return uploads, validated(UploadForm, about)


def _invalid(field: str, message: str, kind: str = "value") -> RequestValidationError:
    return RequestValidationError([{"type": kind, "loc": ("body", field), "msg": message}])


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
