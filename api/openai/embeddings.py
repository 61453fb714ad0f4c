"""``POST /v1/embeddings``: the vectors that passages are found by."""

import base64
from functools import partial
from typing import Annotated, Literal

import numpy as np
from anyio import to_thread
from fastapi import APIRouter
from pydantic import Field

from api.dependencies import IngestionDep, SourcierDep
from api.json_body import StrictJsonRoute
from api.openai.errors import UnsupportedParameter
from api.openai.names import EMBEDDING_MODEL
from api.openai.tokens import tokens
from api.openai.wire import OpenAIBody
from api.openapi import problems
from api.schemas.wire import Whole, Wire
from rag.vocabulary import UnknownCollection, Vectors

router = APIRouter(prefix="/v1", tags=["openai"], route_class=StrictJsonRoute)

_MOST_TEXTS = 256
_Text = Annotated[str, Field(min_length=1)]


class EmbeddingsRequest(OpenAIBody):
    """Texts to encode, as passages are."""

    model: str = Field(examples=[EMBEDDING_MODEL])
    input: _Text | Annotated[list[_Text], Field(min_length=1, max_length=_MOST_TEXTS)] = Field(
        description=f"A text, or up to {_MOST_TEXTS}; not numbers of tokens."
    )
    encoding_format: Literal["float", "base64"] | None = Field(
        None, description="`base64` is of little-endian float32."
    )
    dimensions: Whole | None = Field(None, description="Nothing else than the encoder has.")

    @property
    def texts(self) -> list[str]:
        """What to encode."""
        return [self.input] if isinstance(self.input, str) else self.input


class Embedding(Wire):
    """The vector of one text, of length 1."""

    object: Literal["embedding"] = "embedding"
    index: int
    embedding: list[float] | str


class EmbeddingUsage(Wire):
    """Tokens, at four characters each."""

    prompt_tokens: int
    total_tokens: int


class Embeddings(Wire):
    """A vector for each text, in their order."""

    object: Literal["list"] = "list"
    data: list[Embedding]
    model: str
    usage: EmbeddingUsage


@router.post(
    "/embeddings",
    summary="Encode texts",
    responses=problems(400, 404, 408, 413, 415, 422, 500, 503),
)
async def create_embeddings(
    body: EmbeddingsRequest, sourcier: SourcierDep, ingestion: IngestionDep
) -> Embeddings:
    """Return the vectors of texts, read as passages; French and English share one space."""
    if body.model != EMBEDDING_MODEL:
        raise UnknownCollection(f"The model that encodes is {EMBEDDING_MODEL}, not {body.model!r}.")
    dimension = sourcier.encoder.dimension
    if body.dimensions not in (None, dimension):
        raise UnsupportedParameter("dimensions", f"Vectors have {dimension} dimensions, no others.")
    encode = partial(sourcier.encoder.encode_passages, body.texts)
    vectors = await to_thread.run_sync(encode, limiter=ingestion)
    used = sum(map(tokens, body.texts))
    return Embeddings(
        data=[
            Embedding(index=index, embedding=embedding)
            for index, embedding in enumerate(_written(vectors, body.encoding_format))
        ],
        model=EMBEDDING_MODEL,
        usage=EmbeddingUsage(prompt_tokens=used, total_tokens=used),
    )


def _written(
    vectors: Vectors, encoding: Literal["float", "base64"] | None
) -> list[list[float]] | list[str]:
    if encoding == "base64":
        rows = vectors.astype(np.dtype("<f4"))
        return [base64.b64encode(row.tobytes()).decode() for row in rows]
    written: list[list[float]] = vectors.tolist()
    return written
