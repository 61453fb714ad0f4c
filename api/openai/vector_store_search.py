"""``POST /v1/vector_stores/{store_id}/search``: passages of a collection, without an answer."""

from typing import Literal, Self

from fastapi import APIRouter
from pydantic import Field
from starlette.concurrency import run_in_threadpool

from api.dependencies import SourcierDep
from api.json_body import StrictJsonRoute
from api.openai.attributes import Filter, condition_of
from api.openai.errors import UnsupportedParameter
from api.openai.wire import OpenAIBody
from api.openapi import problems
from api.schemas.wire import Score, Whole, Wire
from rag.models import Hit, Query
from rag.vocabulary import Filters

router = APIRouter(prefix="/v1/vector_stores", tags=["openai"], route_class=StrictJsonRoute)


class RankingOptions(OpenAIBody):
    """How to choose among what is found."""

    score_threshold: float | None = Field(None, ge=0, le=1)


class StoreSearch(OpenAIBody):
    """A search in one vector store."""

    query: str | list[str] = Field(description="One text.", examples=["export controls on chips"])
    max_num_results: Whole | None = Field(None, ge=1, le=50)
    filters: Filter | None = Field(None, description="On attributes.")
    ranking_options: RankingOptions | None = None

    def to_domain(self, collection: str) -> Query:
        """Return the query as the domain knows it.

        Raises:
            UnsupportedParameter: there are several, or a filter makes no sense.
        """
        filters = Filters(condition=condition_of(self.filters, parameter="filters"))
        texts = [self.query] if isinstance(self.query, str) else self.query
        if len(texts) != 1:
            raise UnsupportedParameter("query", "Search for one text at a time.")
        top_k = self.max_num_results or 10
        return Query(texts[0], top_k=top_k, collection=collection, filters=filters)

    @property
    def least_score(self) -> float:
        """The score that a passage must reach."""
        return (self.ranking_options and self.ranking_options.score_threshold) or 0


class Text(Wire):
    """The text of a passage."""

    type: Literal["text"] = "text"
    text: str


class Found(Wire):
    """A passage."""

    file_id: str = Field(description="The id of its document.")
    filename: str = Field(description="The title of its document.")
    score: Score
    attributes: dict[str, str] = Field(description="The document's metadata.")
    content: list[Text]

    @classmethod
    def of(cls, hit: Hit) -> Self:
        """Return `hit` as a result."""
        document = hit.stored.document
        return cls(
            file_id=document.id,
            filename=document.title,
            score=hit.score,
            attributes=dict(document.metadata),
            content=[Text(text=hit.stored.passage.text)],
        )


class FoundPage(Wire):
    """What was found, best first."""

    object: Literal["vector_store.search_results.page"] = "vector_store.search_results.page"
    search_query: list[str]
    data: list[Found]
    has_more: Literal[False] = False
    next_page: None = None


@router.post(
    "/{store_id}/search",
    summary="Search a vector store",
    responses=problems(400, 404, 408, 413, 415, 422, 500, 503),
)
async def search_vector_store(store_id: str, body: StoreSearch, sourcier: SourcierDep) -> FoundPage:
    """Find the passages of a collection closest to a query in either language, best first."""
    query = body.to_domain(store_id)
    hits = await run_in_threadpool(sourcier.search, query)
    good = [Found.of(hit) for hit in hits if hit.score >= body.least_score]
    return FoundPage(search_query=[query.text], data=good)
