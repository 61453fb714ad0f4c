"""``/v1/search``: a query, and the passages that were found."""

from datetime import date
from typing import Self

from pydantic import Field

from api.schemas.wire import (
    CODE_POINTS,
    Body,
    CollectionName,
    FiltersBody,
    Score,
    Whole,
    Wire,
    text_url,
)
from rag.models import Degraded, Hit, Mode, Query
from rag.vocabulary import DEFAULT_COLLECTION, Language


class SearchRequest(Body):
    """A search for passages, without an answer."""

    query: str = Field(
        description="Words or a question, in French or English.",
        min_length=1,
        examples=["organisation mondiale de l’IA", "export controls on chips"],
    )
    top_k: Whole = Field(10, description="How many passages to return at most.", ge=1, le=100)
    mode: Mode = Field(
        "hybrid",
        description="`dense` compares meanings, `lexical` words, `hybrid` fuses both.",
    )
    language: Language | None = Field(
        None,
        description="Language of the query; detected where it is not said. To restrict the "
        "language of the passages, use `filters.language`.",
    )
    collection: CollectionName = DEFAULT_COLLECTION
    filters: FiltersBody = FiltersBody()

    def to_domain(self) -> Query:
        """Return the query as the domain knows it."""
        return Query(
            text=self.query,
            top_k=self.top_k,
            mode=self.mode,
            language=self.language,
            collection=self.collection,
            filters=self.filters.to_domain(),
        )


class Passage(Wire):
    """A passage that was found, with its place in its document."""

    passage_id: str = Field(examples=["doc_3f2a9c0d11e84b57.12.3"])
    document_id: str = Field(examples=["doc_3f2a9c0d11e84b57"])
    title: str
    url: str | None = Field(description="Where the document was published, if that is known.")
    text_url: str = Field(
        description="Path of the document's stored text, on this service.",
        examples=["/v1/documents/doc_3f2a9c0d11e84b57/text"],
    )
    published_at: date | None
    language: Language = Field(description="Language of the passage.")
    page: int | None = Field(description="1-based page, null where the format has no pages.")
    text: str = Field(description="Exactly the document's stored text from `start` to `end`.")
    start: int = Field(description=f"Where the passage starts in the stored text. {CODE_POINTS}")
    end: int = Field(description="Where it ends, excluded.")
    score: Score = Field(description="0 to 1, higher is better, comparable within one reply only.")
    dense_rank: int | None = Field(description="1-based rank by meaning, null if not found so.")
    lexical_rank: int | None = Field(description="1-based rank by words, null if not found so.")

    @classmethod
    def from_domain(cls, hit: Hit) -> Self:
        """Return the wire form of `hit`."""
        passage, document = hit.stored.passage, hit.stored.document
        return cls(
            passage_id=hit.stored.id,
            document_id=document.id,
            title=document.title,
            url=document.url,
            text_url=text_url(document.id),
            published_at=document.published_at,
            language=passage.language,
            page=passage.page,
            text=passage.text,
            start=passage.start,
            end=passage.end,
            score=hit.score,
            dense_rank=hit.dense_rank,
            lexical_rank=hit.lexical_rank,
        )


class SearchResponse(Wire):
    """The passages that were found, best first."""

    hits: list[Passage]
    degraded: Degraded | None = Field(
        None,
        description="`encoder_unavailable` where the encoder was away and words alone were "
        "searched; null when nothing is wrong.",
    )
