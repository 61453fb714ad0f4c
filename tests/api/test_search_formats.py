"""Hits in the shapes of other SDKs, held to what those SDKs declare.

The TypedDicts are written after `SearchResultBlockParam` of anthropic 2.14 and `Document` of
cohere 7.3: both packages are too large to be installed for two classes.
"""

from dataclasses import replace
from typing import Literal, NotRequired

import pytest
from pydantic import ConfigDict, TypeAdapter, with_config
from starlette.testclient import TestClient
from typing_extensions import TypedDict

from api.schemas.search import SearchResponse
from api.search_formats import CohereDocument, SearchResultBlock, sentences
from documents.models import Passage, Sentence
from rag.models import Hit
from tests.api.fakes import TEXT, FakeSourcier, hit_of, make_document

CLOSED = with_config(ConfigDict(extra="forbid", strict=True))


@CLOSED
class TextBlockParam(TypedDict):
    type: Literal["text"]
    text: str


@CLOSED
class CitationsConfigParam(TypedDict):
    enabled: NotRequired[bool]


@CLOSED
class SearchResultBlockParam(TypedDict):
    type: Literal["search_result"]
    source: str
    title: str
    content: list[TextBlockParam]
    citations: NotRequired[CitationsConfigParam]


@CLOSED
class CohereDocumentParam(TypedDict):
    id: NotRequired[str]
    data: dict[str, str]


def hit_with(*spans: tuple[int, int], start: int = 0) -> Hit:
    hit = hit_of(make_document())
    passage = Passage(
        start=start,
        end=len(TEXT),
        text=TEXT[start:],
        language="fr",
        sentences=tuple(Sentence(*span) for span in spans),
    )
    return replace(hit, stored=replace(hit.stored, passage=passage))


@pytest.mark.parametrize("shape", ["native", "anthropic", "cohere"])
def test_every_shape_has_the_hits_of_the_native_one(client: TestClient, shape: str) -> None:
    plain = client.post("/v1/search", json={"query": "tour"}).json()
    reply = client.post(f"/v1/search?format={shape}", json={"query": "tour"}).json()

    SearchResponse.model_validate_json(client.post("/v1/search", json={"query": "tour"}).content)
    assert reply["hits"] == plain["hits"]
    assert (
        set(reply) - {"hits", "degraded"}
        == {
            "native": set(),
            "anthropic": {"content"},
            "cohere": {"documents"},
        }[shape]
    )


def test_blocks_are_what_anthropic_takes(client: TestClient) -> None:
    reply = client.post("/v1/search?format=anthropic", json={"query": "tour"}).json()

    (block,) = TypeAdapter(list[SearchResultBlockParam]).validate_python(reply["content"])
    assert block == {
        "type": "search_result",
        "source": "/v1/documents/doc_00000000000000aa/text",
        "title": "La tour",
        "content": [{"type": "text", "text": TEXT}],
        "citations": {"enabled": True},
    }


def test_documents_are_what_cohere_takes(client: TestClient) -> None:
    reply = client.post("/v1/search?format=cohere", json={"query": "tour"}).json()

    (document,) = TypeAdapter(list[CohereDocumentParam]).validate_python(reply["documents"])
    assert document["id"] == reply["hits"][0]["passage_id"]
    assert document["data"] == {
        "title": "La tour",
        "text": TEXT,
        "url": "/v1/documents/doc_00000000000000aa/text",
        "published_at": "2025-07-28",
    }


def test_each_sentence_is_a_block_of_its_own_word_for_word() -> None:
    first, second = TEXT.index("la tour"), TEXT.index("Elle")
    hit = hit_with((first, second - 1), (second, len(TEXT)), start=first)

    block = SearchResultBlock.from_domain(hit)

    assert [text.text for text in block.content] == ["la tour a été bâtie en 1889.", TEXT[second:]]
    assert sentences(hit) == [text.text for text in block.content]


def test_a_published_address_goes_before_our_own() -> None:
    url = "https://example.org/tour"
    hit = hit_of(make_document(url=url, published_at=None))

    assert SearchResultBlock.from_domain(hit).source == url
    assert CohereDocument.from_domain(hit).data.keys() == {"title", "text", "url"}
    assert CohereDocument.from_domain(hit).data["url"] == url


def test_an_unknown_format_is_refused(client: TestClient, sourcier: FakeSourcier) -> None:
    response = client.post("/v1/search?format=xml", json={"query": "tour"})

    assert response.status_code == 422
    assert response.json()["errors"][0]["parameter"] == "format"
    assert sourcier.calls == []


def test_the_format_is_no_field_of_the_body(client: TestClient) -> None:
    response = client.post("/v1/search", json={"query": "tour", "format": "cohere"})

    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "#/format"
