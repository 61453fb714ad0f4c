"""Keys on OpenAI's routes: what their holders see, and how refusals are told."""

from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from rag.bootstrap import bootstrap
from rag.service import Sourcier
from rag.settings import Settings
from tests.api.openai.texts import FRENCH, FRENCH_QUESTION


@pytest.fixture(scope="module")
def sourcier(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sourcier]:
    folder = tmp_path_factory.mktemp("data")
    with bootstrap(Settings(data_dir=folder, encoder="embedded-static", keys="on")) as sourcier:
        for name in ("presse", "interne"):
            sourcier.create_collection(name)
            sourcier.add_text(FRENCH["text"], source="horloge", collection=name)
        yield sourcier


@pytest.fixture(scope="module")
def client(sourcier: Sourcier) -> Iterator[TestClient]:
    _, key = sourcier.keys.create("test", "ask", collections=("presse",))
    with TestClient(create_app(sourcier)) as client:
        client.headers["Authorization"] = f"Bearer {key}"
        yield client


def ask(client: TestClient, collection: str) -> tuple[int, dict[str, object]]:
    body = {
        "model": f"sourcier/{collection}",
        "messages": [{"role": "user", "content": FRENCH_QUESTION}],
    }
    response = client.post("/v1/chat/completions", json=body)
    return response.status_code, response.json()


def test_without_a_key_the_code_is_what_clients_know(client: TestClient) -> None:
    response = client.get("/v1/models", headers={"Authorization": "Bearer none"})

    assert response.status_code == 401
    assert response.headers["www-authenticate"] == "Bearer"
    assert response.json()["error"]["code"] == "invalid_api_key"


def test_the_models_are_those_of_the_key(client: TestClient) -> None:
    models = [model["id"] for model in client.get("/v1/models").json()["data"]]

    assert models == ["sourcier/presse", "sourcier-embedding"]


def test_a_key_asks_in_its_own_collections_only(client: TestClient) -> None:
    status, completion = ask(client, "presse")
    assert (status, completion["answered"]) == (200, True)

    foreign, never = ask(client, "interne"), ask(client, "jamais")
    assert foreign[0] == never[0] == 404
    assert str(foreign[1]).replace("interne", "jamais") == str(never[1])


def test_a_key_that_asks_does_not_write(client: TestClient) -> None:
    file = {"file": ("a.txt", b"Texte.")}
    uploaded = client.post("/v1/files", files=file, data={"purpose": "assistants"})
    made = client.post("/v1/vector_stores", json={"name": "presse"})

    assert (uploaded.status_code, made.status_code) == (403, 403)
    assert uploaded.json()["error"]["code"] == "not_allowed"


def test_a_foreign_document_is_no_file(client: TestClient, sourcier: Sourcier) -> None:
    [theirs] = sourcier.documents(collection="interne").documents

    for path in (f"/v1/files/{theirs.id}", f"/v1/vector_stores/presse/files/{theirs.id}"):
        assert client.get(path).status_code == 404
