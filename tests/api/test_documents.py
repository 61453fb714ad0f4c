from dataclasses import replace

import pytest
from starlette.testclient import TestClient

from api.schemas import documents as wire
from api.schemas.documents import DocumentList, DocumentText
from documents.models import Document
from tests.api.fakes import FakeSourcier

KEYS = set(wire.Document.model_fields)


@pytest.fixture
def stored(sourcier: FakeSourcier, document: Document) -> Document:
    sourcier.stored[document.id] = document
    return document


def test_a_document_is_described_without_its_text(client: TestClient, stored: Document) -> None:
    response = client.get(f"/v1/documents/{stored.id}")

    described = response.json()
    wire.DescribedDocument.model_validate_json(response.content)
    assert response.status_code == 200
    assert set(described) == KEYS | {"copies"}
    assert "text" not in described
    assert described["characters"] == len(stored.text)
    assert described["text_url"] == f"/v1/documents/{stored.id}/text"


def test_a_document_is_described_with_its_copies(
    client: TestClient, sourcier: FakeSourcier, stored: Document
) -> None:
    sourcier.copies.known[stored.id] = ("doc_00000000000000bb",)

    described = client.get(f"/v1/documents/{stored.id}").json()

    assert described["copies"] == ["doc_00000000000000bb"]


def test_the_stored_text_is_given_exactly(client: TestClient, stored: Document) -> None:
    response = client.get(f"/v1/documents/{stored.id}/text")

    assert response.text == stored.text
    assert response.headers["content-type"] == "text/plain; charset=utf-8"
    assert response.headers["x-content-type-options"] == "nosniff"


@pytest.mark.parametrize(
    ("parameters", "accept"),
    [({"format": "json"}, "*/*"), ({}, "application/json"), ({"format": "json"}, "text/plain")],
)
def test_the_stored_text_comes_as_json_too(
    client: TestClient, stored: Document, parameters: dict[str, str], accept: str
) -> None:
    response = client.get(
        f"/v1/documents/{stored.id}/text", params=parameters, headers={"accept": accept}
    )

    DocumentText.model_validate_json(response.content)
    assert response.headers["content-type"] == "application/json"
    assert response.json() == {"document_id": stored.id, "generation": 1, "text": stored.text}


@pytest.mark.parametrize("accept", ["", "*/*", "text/html", "text/plain, application/json"])
def test_whoever_does_not_want_json_gets_plain_text(
    client: TestClient, stored: Document, accept: str
) -> None:
    response = client.get(f"/v1/documents/{stored.id}/text", headers={"accept": accept})

    assert response.text == stored.text


def test_an_unchanged_text_is_not_sent_again(client: TestClient, stored: Document) -> None:
    path = f"/v1/documents/{stored.id}/text"
    etag = client.get(path).headers["etag"]

    assert client.get(path, headers={"if-none-match": etag}).status_code == 304
    assert client.get(path, headers={"if-none-match": f'"a", W/{etag}'}).status_code == 304
    assert client.get(path, headers={"if-none-match": '"a"'}).status_code == 200


def test_each_form_of_a_text_has_its_own_tag(client: TestClient, stored: Document) -> None:
    path = f"/v1/documents/{stored.id}/text"

    assert client.get(path).headers["etag"] != client.get(f"{path}?format=json").headers["etag"]


@pytest.mark.parametrize("method", ["GET", "DELETE"])
@pytest.mark.parametrize("name", ["doc_1", "%00", "..%2f..%2fetc", "é", "%ff", "a" * 5000])
def test_an_unknown_document_is_a_404_whatever_its_name(
    client: TestClient, method: str, name: str
) -> None:
    response = client.request(method, f"/v1/documents/{name}")

    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"


def test_the_text_of_an_unknown_document_is_a_404(client: TestClient) -> None:
    assert client.get("/v1/documents/doc_1/text").json()["title"] == "Unknown document"


def test_a_deleted_document_is_gone(client: TestClient, stored: Document) -> None:
    response = client.delete(f"/v1/documents/{stored.id}")

    assert response.status_code == 204
    assert response.content == b""
    assert client.get(f"/v1/documents/{stored.id}").status_code == 404
    assert client.delete(f"/v1/documents/{stored.id}").status_code == 404


def test_documents_are_listed_a_page_at_a_time(
    client: TestClient, sourcier: FakeSourcier, document: Document
) -> None:
    for name in "abc":
        sourcier.stored[name] = replace(document, id=name)

    first = client.get("/v1/documents", params={"limit": 2})
    second = client.get("/v1/documents", params={"limit": 2, "after": first.json()["next"]})

    DocumentList.model_validate_json(first.content)
    assert [found["id"] for found in first.json()["documents"]] == ["a", "b"]
    assert [found["id"] for found in second.json()["documents"]] == ["c"]
    assert second.json()["next"] is None


@pytest.mark.parametrize("after", ["", "x", "-1", "9" * 30])
def test_a_page_after_nonsense_is_refused(client: TestClient, after: str) -> None:
    response = client.get("/v1/documents", params={"after": after})

    assert response.status_code == 422
    assert response.json()["errors"][0]["parameter"] == "after"


def test_the_documents_of_an_unknown_collection_are_a_404(client: TestClient) -> None:
    response = client.get("/v1/documents", params={"collection": "nowhere"})

    assert response.status_code == 404
    assert response.json()["title"] == "Unknown collection"
