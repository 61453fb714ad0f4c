"""Where keys are asked for, Dify is told about its key with the codes that it documents."""

from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from rag.access import Grant
from rag.settings import Settings
from tests.api.fakes import FakeSourcier

GOOD = {"Authorization": "Bearer src_good"}


class FakeKeys:
    """One key, which opens one collection."""

    def grant(self, shown: str) -> Grant | None:
        return Grant("ask", frozenset({"presse"}), "good") if shown == "src_good" else None


@pytest.fixture
def client(page_folder: Path) -> Iterator[TestClient]:
    sourcier: Any = FakeSourcier(settings=Settings(keys="on"))
    sourcier.keys = FakeKeys()
    with TestClient(create_app(sourcier, page_folder=page_folder)) as client:
        yield client


def body(knowledge_id: str = "presse") -> dict[str, Any]:
    return {"knowledge_id": knowledge_id, "query": "tour", "retrieval_setting": {"top_k": 3}}


def test_the_key_is_the_one_that_was_given_to_dify(client: TestClient) -> None:
    assert client.post("/v1/dify/retrieval", json=body(), headers=GOOD).status_code == 200


@pytest.mark.parametrize(
    ("headers", "code"),
    [
        ({}, 1001),
        ({"Authorization": "src_good"}, 1001),
        ({"Authorization": "Bearer "}, 1001),
        ({"Authorization": "Bearer src_bad"}, 1002),
    ],
)
def test_a_missing_key_and_a_wrong_one_are_told_apart(
    client: TestClient, headers: dict[str, str], code: int
) -> None:
    response = client.post("/v1/dify/retrieval", json=body(), headers=headers)

    assert (response.status_code, response.json()["status"]) == (403, 403)
    assert response.json()["error_code"] == code
    assert "Authorization: Bearer" in response.json()["error_msg"]


def test_a_collection_that_the_key_does_not_open_does_not_exist(client: TestClient) -> None:
    response = client.post("/v1/dify/retrieval", json=body("autre"), headers=GOOD)

    assert (response.status_code, response.json()["error_code"]) == (404, 2001)
