"""``/v1/vector_stores/{store_id}/file_batches``: several files put into a vector store at once.

A batch is done when it is answered, and nothing of it is kept: its id says when it was made and
of how many files.
"""

import re
from collections.abc import Sequence
from datetime import UTC, datetime
from typing import Literal, Self

from anyio import to_thread
from fastapi import APIRouter
from fastapi.exceptions import RequestValidationError
from pydantic import Field
from starlette.concurrency import run_in_threadpool
from starlette.exceptions import HTTPException

from api.access import needs
from api.dependencies import IngestionDep, SourcierDep
from api.json_body import StrictJsonRoute
from api.openai.attributes import Attributes, metadata_of
from api.openai.vector_store_files import StoreFileBody
from api.openai.vector_stores import FileCounts, vector_store
from api.openai.wire import OpenAIBody
from api.openapi import problems
from api.schemas.wire import Wire

router = APIRouter(
    prefix="/v1/vector_stores/{store_id}/file_batches",
    tags=["openai"],
    route_class=StrictJsonRoute,
)

_MOST_FILES = 500
_ID = re.compile(r"vsfb_([0-9a-f]{8})([0-9a-f]{4})", re.ASCII)


class FileBatchBody(OpenAIBody):
    """Files to put into a vector store: `file_ids`, all with `attributes`, or else `files`."""

    file_ids: list[str] = Field(
        default_factory=list, max_length=_MOST_FILES, examples=[["doc_3f2a9c0d11e84b57"]]
    )
    files: list[StoreFileBody] = Field(default_factory=list, max_length=_MOST_FILES)
    attributes: Attributes | None = None

    def wanted(self) -> Sequence[StoreFileBody]:
        """Return each file with its attributes.

        Raises:
            RequestValidationError: there are none, or they are given both ways.
        """
        if bool(self.file_ids) == bool(self.files):
            message = "Name the files in one of `file_ids` and `files`"
            raise RequestValidationError(
                [{"type": "missing", "loc": ("body", "file_ids"), "msg": message}]
            )
        return self.files or [
            StoreFileBody(file_id=one, attributes=self.attributes) for one in self.file_ids
        ]


class FileBatch(Wire):
    """Files that were put into a vector store together."""

    id: str = Field(examples=["vsfb_68a1b2c30002"])
    object: Literal["vector_store.files_batch"] = "vector_store.files_batch"
    created_at: int = Field(description="Seconds since 1970.")
    vector_store_id: str
    status: Literal["completed"] = "completed"
    file_counts: FileCounts

    @classmethod
    def of(cls, store_id: str, *, created_at: int, files: int) -> Self:
        """Return the batch of so many files that was made then."""
        return cls(
            id=f"vsfb_{created_at:08x}{files:04x}",
            created_at=created_at,
            vector_store_id=store_id,
            file_counts=FileCounts(completed=files, total=files),
        )


@router.post(
    "",
    summary="Put files into a vector store",
    responses=problems(400, 403, 404, 408, 413, 415, 422, 500, 503),
    dependencies=[needs("write")],
)
async def add_file_batch(
    store_id: str, body: FileBatchBody, sourcier: SourcierDep, ingestion: IngestionDep
) -> FileBatch:
    """Copy documents into a collection; once this is answered, the next question finds them.

    None is copied where one of them does not exist.
    """
    wanted = body.wanted()

    def copy() -> FileBatch:
        for one in wanted:
            sourcier.document(one.file_id)  # before anything is changed
        for one in wanted:
            metadata = metadata_of(one.attributes)
            sourcier.copy_document(one.file_id, collection=store_id, metadata=metadata)
        now = int(datetime.now(UTC).timestamp())
        return FileBatch.of(store_id, created_at=now, files=len(wanted))

    return await to_thread.run_sync(copy, limiter=ingestion)


@router.get(
    "/{batch_id}", summary="Describe a batch of files", responses=problems(404, 422, 500, 503)
)
async def describe_file_batch(store_id: str, batch_id: str, sourcier: SourcierDep) -> FileBatch:
    """Say what came of a batch: all of it was done when it was answered."""
    store = await run_in_threadpool(vector_store, sourcier, store_id)
    found = _ID.fullmatch(batch_id)
    if found is None:
        raise HTTPException(404, "No batch of files has this id.")
    return FileBatch.of(store.id, created_at=int(found[1], 16), files=int(found[2], 16))
