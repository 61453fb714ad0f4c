import pytest
from starlette.testclient import TestClient

from api.schemas.collections import Collection, CollectionList
from tests.api.fakes import FakeSourcier


def test_collections_are_listed(client: TestClient) -> None:
    response = client.get("/v1/collections")

    listed = CollectionList.model_validate_json(response.content)
    assert [collection.name for collection in listed.collections] == ["default"]


def test_a_collection_is_made_and_deleted(client: TestClient, sourcier: FakeSourcier) -> None:
    made = client.post("/v1/collections", json={"name": "presse-2025"})
    deleted = client.delete("/v1/collections/presse-2025")

    assert made.status_code == 201
    assert Collection.model_validate_json(made.content).name == "presse-2025"
    assert deleted.status_code == 204
    assert sourcier.names == ["default"]


def test_a_collection_that_exists_stays_as_it_is(
    client: TestClient, sourcier: FakeSourcier
) -> None:
    response = client.post("/v1/collections", json={"name": "default"})

    assert response.status_code == 200
    assert response.json()["name"] == "default"
    assert sourcier.names == ["default"]


@pytest.mark.parametrize("name", ["", "a b", "été", "../x", "a" * 65, "a\n"])
def test_a_name_unfit_for_an_address_is_refused(client: TestClient, name: str) -> None:
    response = client.post("/v1/collections", json={"name": name})

    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "#/name"


def test_an_unknown_collection_cannot_be_deleted(client: TestClient) -> None:
    assert client.delete("/v1/collections/nowhere").json()["title"] == "Unknown collection"
