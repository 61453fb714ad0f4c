"""``/v1/models``: one model for each collection, and the encoder."""

from typing import Literal

from fastapi import APIRouter
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.dependencies import SourcierDep
from api.openai.names import EMBEDDING_MODEL, collection_of, model_of
from api.openapi import problems
from api.schemas.wire import Wire
from rag.vocabulary import Collection, UnknownCollection

router = APIRouter(prefix="/v1/models", tags=["openai"])


class Model(Wire):
    """What can be asked, or can encode."""

    id: str = Field(examples=["sourcier/default"])
    object: Literal["model"] = "model"
    created: int = Field(description="Seconds since 1970.")
    owned_by: Literal["sourcier"] = "sourcier"


class ModelList(Wire):
    """Every model."""

    object: Literal["list"] = "list"
    data: list[Model]


@router.get("", summary="List models", responses=problems(500, 503))
async def list_models(sourcier: SourcierDep) -> ModelList:
    """List a model for each collection, and the one that encodes."""
    return ModelList(data=_models(await run_in_threadpool(sourcier.collections)))


@router.get("/{model:path}", summary="Describe a model", responses=problems(404, 422, 500, 503))
async def describe_model(model: str, sourcier: SourcierDep) -> Model:
    """Return one model; `sourcier` alone answers from the default collection."""
    wanted = model if model == EMBEDDING_MODEL else model_of(collection_of(model))
    for known in _models(await run_in_threadpool(sourcier.collections)):
        if known.id == wanted:
            return known
    raise UnknownCollection(f"There is no model {model!r} here: GET /v1/models lists them.")


def _models(collections: list[Collection]) -> list[Model]:
    answering = [
        Model(id=model_of(collection.name), created=int(collection.created_at.timestamp()))
        for collection in collections
    ]
    first = min((model.created for model in answering), default=0)
    return [*answering, Model(id=EMBEDDING_MODEL, created=first)]
