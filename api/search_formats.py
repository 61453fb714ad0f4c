"""What was found, in the shapes that language models' own SDKs take as they are.

Each is a plain function of the hits and stands beside them in the reply: the n-th block or
document is the n-th hit.

[1] Anthropic, Search results, https://docs.claude.com/en/docs/build-with-claude/search-results
[2] Cohere, Chat, https://docs.cohere.com/reference/chat
"""

from typing import Literal, Self

from pydantic import Field

from api.schemas.search import Passage, SearchResponse
from api.schemas.wire import Wire, text_url
from rag.models import Hit, Searched

SearchFormat = Literal["native", "anthropic", "cohere"]


class TextBlock(Wire):
    """One sentence, word for word: the smallest thing that Claude cites."""

    type: Literal["text"] = "text"
    text: str


class CitationsEnabled(Wire):
    """Asks Claude to cite; either all blocks of a request do or none."""

    enabled: Literal[True] = True


class SearchResultBlock(Wire):
    """A passage as Anthropic's `search_result` content block."""

    type: Literal["search_result"] = "search_result"
    source: str = Field(description="The document's `url`, or its `text_url` where it has none.")
    title: str
    content: list[TextBlock] = Field(description="One block a sentence.")
    citations: CitationsEnabled = CitationsEnabled()

    @classmethod
    def from_domain(cls, hit: Hit) -> Self:
        """Return `hit` as a block."""
        document = hit.stored.document
        return cls(
            source=document.url or text_url(document.id),
            title=document.title,
            content=[TextBlock(text=text) for text in sentences(hit)],
        )


class CohereDocument(Wire):
    """A passage as a document of Cohere's chat; what is in `data` is read by the model."""

    id: str = Field(description="The `passage_id`, which Cohere's citations name.")
    data: dict[str, str]

    @classmethod
    def from_domain(cls, hit: Hit) -> Self:
        """Return `hit` as a document."""
        passage, document = hit.stored.passage, hit.stored.document
        data = {
            "title": document.title,
            "text": passage.text,
            "url": document.url or text_url(document.id),
        }
        if document.published_at is not None:
            data["published_at"] = document.published_at.isoformat()
        return cls(id=hit.stored.id, data=data)


class AnthropicSearchResponse(SearchResponse):
    """The passages, and the same as content for a message to Claude."""

    content: list[SearchResultBlock] = Field(
        description="For `content` of a user message or of a tool result, as it stands; "
        "`content[n]` is `hits[n]`."
    )


class CohereSearchResponse(SearchResponse):
    """The passages, and the same as documents for Cohere's chat."""

    documents: list[CohereDocument] = Field(
        description="For `documents` of a chat, as they stand; `documents[n]` is `hits[n]`."
    )


AnySearchResponse = AnthropicSearchResponse | CohereSearchResponse | SearchResponse


def sentences(hit: Hit) -> list[str]:
    """Return the sentences of a passage, headings among them, each exactly as it is stored."""
    passage = hit.stored.passage
    return [
        passage.text[sentence.start - passage.start : sentence.end - passage.start]
        for sentence in passage.sentences
    ]


def search_response(found: Searched, shape: SearchFormat) -> AnySearchResponse:
    """Return the reply that carries what was `found` in `shape`."""
    hits, degraded = found.hits, found.degraded
    passages = [Passage.from_domain(hit) for hit in hits]
    if shape == "anthropic":
        blocks = [SearchResultBlock.from_domain(hit) for hit in hits]
        return AnthropicSearchResponse(hits=passages, degraded=degraded, content=blocks)
    if shape == "cohere":
        documents = [CohereDocument.from_domain(hit) for hit in hits]
        return CohereSearchResponse(hits=passages, degraded=degraded, documents=documents)
    return SearchResponse(hits=passages, degraded=degraded)
