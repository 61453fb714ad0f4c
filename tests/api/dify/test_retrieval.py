"""``POST /v1/dify/retrieval``, as Dify calls it."""

from typing import Any

import pytest
from starlette.testclient import TestClient

from documents.errors import UnknownCollection
from documents.records import Filters
from rag.errors import NotReady
from rag.models import Query
from tests.api.fakes import TEXT, FakeSourcier

KEY = {"Authorization": "Bearer src_key"}


def body(**changes: object) -> dict[str, Any]:
    setting = {"top_k": 3, "score_threshold": 0.5}
    return {"knowledge_id": "presse", "query": "tour", "retrieval_setting": setting, **changes}


def test_the_knowledge_is_a_collection(client: TestClient, sourcier: FakeSourcier) -> None:
    response = client.post("/v1/dify/retrieval", json=body(), headers=KEY)

    assert response.status_code == 200
    assert sourcier.calls == [Query("tour", top_k=3, collection="presse")]
    assert response.json() == {
        "records": [
            {
                "content": TEXT,
                "score": 1.0000000000000002,
                "title": "La tour",
                "metadata": {
                    "url": "/v1/documents/doc_00000000000000aa/text",
                    "document_id": "doc_00000000000000aa",
                    "passage_id": "doc_00000000000000aa.1.0",
                    "start": 0,
                    "end": len(TEXT),
                    "language": "fr",
                    "published_at": "2025-07-28",
                },
            }
        ]
    }


def test_conditions_reach_the_search(client: TestClient, sourcier: FakeSourcier) -> None:
    condition = {"name": "section", "comparison_operator": "is", "value": "monde"}

    client.post("/v1/dify/retrieval", json=body(metadata_condition={"conditions": [condition]}))

    assert sourcier.calls[0].filters == Filters(metadata={"section": "monde"})


def test_what_scores_less_than_the_threshold_is_left_out(client: TestClient) -> None:
    setting = {"top_k": 3, "score_threshold": 1.1}

    response = client.post("/v1/dify/retrieval", json=body(retrieval_setting=setting))

    assert response.json() == {"records": []}


@pytest.mark.parametrize(
    "setting", [{"top_k": 1024}, {"top_k": 1024, "score_threshold": None, "reranking": True}]
)
def test_dify_may_ask_for_more_and_send_more_than_is_known(
    client: TestClient, sourcier: FakeSourcier, setting: dict[str, object]
) -> None:
    sent = body(retrieval_setting=setting, user="somebody", metadata_condition=None)

    response = client.post("/v1/dify/retrieval", json=sent)

    assert len(response.json()["records"]) == 1
    assert sourcier.calls[0].top_k == 100


@pytest.mark.parametrize(
    ("sent", "status", "code"),
    [
        (body(query=""), 422, 422),
        ({"query": "tour"}, 422, 422),
        (
            body(
                metadata_condition={
                    "conditions": [
                        {"name": "section", "comparison_operator": "contains", "value": "m"}
                    ]
                }
            ),
            422,
            422,
        ),
    ],
)
def test_a_refusal_has_the_fields_that_dify_shows(
    client: TestClient, sent: dict[str, Any], status: int, code: int
) -> None:
    response = client.post("/v1/dify/retrieval", json=sent, headers=KEY)

    problem = response.json()
    assert (response.status_code, problem["error_code"]) == (status, code)
    assert problem["error_msg"] == problem["detail"]
    assert response.headers["content-type"] == "application/problem+json"


def test_a_knowledge_that_does_not_exist_has_a_code_of_its_own(
    client: TestClient, sourcier: FakeSourcier
) -> None:
    sourcier.failure = UnknownCollection("There is no collection 'presse'.")

    response = client.post("/v1/dify/retrieval", json=body(), headers=KEY)

    assert (response.status_code, response.json()["error_code"]) == (404, 2001)


def test_a_service_that_is_not_ready_says_when_to_come_again(
    client: TestClient, sourcier: FakeSourcier
) -> None:
    sourcier.failure = NotReady("The index is still being built: try again in a few seconds.")

    response = client.post("/v1/dify/retrieval", json=body(), headers=KEY)

    assert (response.status_code, response.json()["error_code"]) == (503, 503)
    assert int(response.headers["retry-after"]) > 0


def test_an_unforeseen_fault_is_a_plain_500(client: TestClient, sourcier: FakeSourcier) -> None:
    sourcier.failure = ZeroDivisionError("secret")

    response = client.post("/v1/dify/retrieval", json=body(), headers=KEY)

    assert response.status_code == 500
    assert "secret" not in response.text


def test_the_call_with_which_dify_tries_an_address_does_not_look_like_a_wrong_one(
    client: TestClient,
) -> None:
    # It takes 403, 404 and 502 for a wrong key, a wrong address and a service that is down.
    assert client.post("/v1/dify/retrieval", headers=KEY).status_code not in (403, 404, 502)
