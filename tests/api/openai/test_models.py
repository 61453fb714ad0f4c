import pytest
from starlette.testclient import TestClient

from api.openai.names import collection_of, model_of
from documents.errors import UnknownCollection
from tests.api.fakes import NOW, FakeSourcier


def test_each_collection_is_a_model_and_the_encoder_another(
    client: TestClient, sourcier: FakeSourcier
) -> None:
    sourcier.names.append("presse")

    listed = client.get("/v1/models").json()

    assert listed["object"] == "list"
    assert [model["id"] for model in listed["data"]] == [
        "sourcier/default",
        "sourcier/presse",
        "sourcier-embedding",
    ]
    created = int(NOW.timestamp())
    assert all(model["created"] == created for model in listed["data"])


@pytest.mark.parametrize(
    ("asked", "found"),
    [
        ("sourcier", "sourcier/default"),
        ("sourcier/default", "sourcier/default"),
        ("sourcier%2Fdefault", "sourcier/default"),
        ("sourcier-embedding", "sourcier-embedding"),
    ],
)
def test_a_model_is_found_by_its_name(client: TestClient, asked: str, found: str) -> None:
    assert client.get(f"/v1/models/{asked}").json()["id"] == found


@pytest.mark.parametrize("name", ["sourcier/none", "gpt-4", "default", "sourcier/"])
def test_any_other_name_is_no_model(client: TestClient, name: str) -> None:
    response = client.get(f"/v1/models/{name}")

    assert response.status_code == 404
    assert response.json()["error"]["code"] == "model_not_found"


@pytest.mark.parametrize("collection", ["default", "presse-2025", "A_b"])
def test_names_of_models_lead_back_to_their_collection(collection: str) -> None:
    assert collection_of(model_of(collection)) == collection


def test_a_foreign_model_has_no_collection() -> None:
    with pytest.raises(UnknownCollection, match="GET /v1/models"):
        collection_of("sourcierx/default")
