from starlette.testclient import TestClient

from api.schemas.search import SearchResponse
from documents.models import Document
from documents.records import Filters
from rag.models import Query
from tests.api.fakes import FakeSourcier

HIT_KEYS = {
    "passage_id",
    "document_id",
    "title",
    "url",
    "text_url",
    "published_at",
    "language",
    "page",
    "text",
    "start",
    "end",
    "score",
    "dense_rank",
    "lexical_rank",
}


def test_a_query_alone_is_enough(client: TestClient, sourcier: FakeSourcier) -> None:
    response = client.post("/v1/search", json={"query": "tour"})

    assert response.status_code == 200
    assert sourcier.calls == [Query("tour")]


def test_every_wish_reaches_the_domain(client: TestClient, sourcier: FakeSourcier) -> None:
    wishes = {
        "query": "tower",
        "top_k": 100,
        "mode": "lexical",
        "language": "en",
        "collection": "presse",
        "filters": {"language": "fr"},
    }

    client.post("/v1/search", json=wishes)

    expected = Query(
        "tower",
        top_k=100,
        mode="lexical",
        language="en",
        collection="presse",
        filters=Filters(language="fr"),
    )
    assert sourcier.calls == [expected]


def test_a_search_says_what_it_lacked(client: TestClient, sourcier: FakeSourcier) -> None:
    assert client.post("/v1/search", json={"query": "tour"}).json()["degraded"] is None
    sourcier.problem = "The embedding server took too long."
    response = client.post("/v1/search", json={"query": "tour"})
    assert response.json()["degraded"] == "encoder_unavailable"


def test_hits_have_the_form_that_was_promised(client: TestClient, document: Document) -> None:
    response = client.post("/v1/search", json={"query": "tour"})

    SearchResponse.model_validate_json(response.content)
    (hit,) = response.json()["hits"]
    assert set(hit) == HIT_KEYS
    assert hit["text"] == document.text[hit["start"] : hit["end"]]
    assert (hit["dense_rank"], hit["lexical_rank"]) == (1, None)


def test_an_unknown_mode_is_refused(client: TestClient) -> None:
    response = client.post("/v1/search", json={"query": "tour", "mode": "magic"})

    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "#/mode"
