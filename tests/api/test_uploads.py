from datetime import date
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from api.schemas.documents import AddedDocument, AddedDocuments
from documents.errors import ProtectedDocument
from tests.api.fakes import FakeSourcier

URL = "/v1/documents"


def upload(
    client: TestClient, content: bytes = b"La tour.", name: str = "tour.txt", **fields: str
) -> Response:
    return client.post(URL, files={"file": (name, content, "text/plain")}, data=fields)


def test_a_file_becomes_a_document(client: TestClient, sourcier: FakeSourcier) -> None:
    response = upload(client)

    added = AddedDocument.model_validate_json(response.content)
    assert response.status_code == 201
    assert response.headers["location"] == f"/v1/documents/{added.id}"
    assert (added.unchanged, added.replaced) == (False, False)
    about = {"name": "tour.txt", "media_type": "text/plain"}
    assert sourcier.calls[-1] == (
        b"La tour.",
        about | {"collection": "default", "source": "tour.txt"},
    )


def test_the_fields_beside_a_file_reach_the_domain(
    client: TestClient, sourcier: FakeSourcier
) -> None:
    upload(client, collection="presse", source="https://example.org/tour")

    _, about = sourcier.calls[-1]
    assert about["collection"] == "presse"
    assert about["source"] == "https://example.org/tour"


def test_a_text_becomes_a_document(client: TestClient, sourcier: FakeSourcier) -> None:
    about = {
        "title": "Une vie",
        "url": "https://example.org/vie",
        "language": "fr",
        "metadata": {"section": "vies"},
        "collection": "presse",
        "source": "vie",
    }

    response = client.post(URL, json={"text": "Née.", "published_at": "2025-07-28", **about})

    assert response.status_code == 201
    assert response.headers["location"] == f"/v1/documents/{response.json()['id']}"
    AddedDocument.model_validate_json(response.content)
    assert sourcier.calls[-1] == ("Née.", about | {"published_at": date(2025, 7, 28)})


def test_the_same_content_again_changes_nothing_and_says_so(client: TestClient) -> None:
    upload(client)

    response = upload(client)

    assert response.status_code == 200
    assert (response.json()["unchanged"], response.json()["replaced"]) == (True, False)


def test_new_content_of_the_same_source_replaces_the_old_and_says_so(client: TestClient) -> None:
    upload(client)

    response = upload(client, b"Une autre tour.")

    assert response.status_code == 201
    assert (response.json()["unchanged"], response.json()["replaced"]) == (False, True)


def test_a_file_of_rows_becomes_a_list_of_documents(client: TestClient) -> None:
    response = upload(client, b"un\n\ndeux", "rows.csv")

    added = AddedDocuments.model_validate_json(response.content)
    assert response.status_code == 201
    assert [document.source for document in added.documents] == ["rows.csv#0", "rows.csv#1"]
    assert [problem.detail for problem in added.problems] == ["A row has no text."]
    assert "location" not in response.headers
    assert upload(client, b"un\n\ndeux", "rows.csv").status_code == 200


def test_a_file_of_one_row_is_still_a_list(client: TestClient) -> None:
    assert len(upload(client, b"un", "rows.csv").json()["documents"]) == 1


def test_a_file_of_broken_rows_only_is_refused(client: TestClient) -> None:
    response = upload(client, b"\n\n", "rows.csv")

    assert response.status_code == 422
    assert response.json()["detail"] == "No row became a document: A row has no text."


@pytest.mark.parametrize(
    ("filename", "name"),
    [
        ("../../etc/passwd", "passwd"),
        ("C:\\Users\\Zoé\\été.pdf", "été.pdf"),
        ("l\u2019e\u0301te\u0301.txt", "l\u2019\xe9t\xe9.txt"),
        ("..", "document"),
        ("/", "document"),
        ("a" * 300 + ".txt", "a" * 251 + ".txt"),
    ],
)
def test_a_name_is_never_a_path(
    client: TestClient, sourcier: FakeSourcier, filename: str, name: str
) -> None:
    upload(client, name=filename)

    _, about = sourcier.calls[-1]
    assert about["name"] == name


def multipart(*parts: bytes) -> dict[str, Any]:
    lines = b"".join(b"--x\r\n" + part + b"\r\n" for part in parts) + b"--x--\r\n"
    return {"content": lines, "headers": {"content-type": "multipart/form-data; boundary=x"}}


FILE = b'Content-Disposition: form-data; name="file"; filename="a.txt"\r\n\r\nLa tour.'


def field(name: bytes, value: bytes) -> bytes:
    return b'Content-Disposition: form-data; name="' + name + b'"\r\n\r\n' + value


@pytest.mark.parametrize(
    ("parts", "pointer"),
    [
        ((), "#/file"),
        ((field(b"file", b"no name"),), "#/file"),
        ((FILE, field(b"colour", b"red")), "#/colour"),
        ((FILE, field(b"source", b"")), "#/source"),
    ],
)
def test_a_form_that_means_nothing_is_refused(
    client: TestClient, parts: tuple[bytes, ...], pointer: str
) -> None:
    response = client.post(URL, **multipart(*parts))

    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == pointer


def test_lone_surrogates_cannot_come_in_by_an_odd_charset(client: TestClient) -> None:
    request = multipart(FILE, field(b"source", b"+2AA-"))
    request["headers"]["content-type"] += "; charset=utf-7"

    response = client.post(URL, **request)

    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"] == "#/source"


@pytest.mark.parametrize(
    "request_",
    [
        multipart(FILE, FILE),
        multipart(FILE, *[field(b"source", b"x")] * 20),
        multipart(FILE, field(b"source", b"x" * 70_000)),
        {"content": b"--y", "headers": {"content-type": "multipart/form-data; boundary=x"}},
        {"content": b"--x", "headers": {"content-type": "multipart/form-data"}},
    ],
)
def test_a_malformed_form_is_a_400_problem(client: TestClient, request_: dict[str, Any]) -> None:
    response = client.post(URL, **request_)

    assert response.status_code in (400, 422)
    assert response.headers["content-type"] == "application/problem+json"


def test_a_file_that_cannot_be_read_is_told_why(client: TestClient, sourcier: FakeSourcier) -> None:
    sourcier.failure = ProtectedDocument("tour.pdf needs a password: send it unlocked.")

    response = upload(client)

    assert response.status_code == 422
    assert response.json()["detail"] == "tour.pdf needs a password: send it unlocked."


@pytest.mark.parametrize(
    ("field_", "value"),
    [
        ("url", "javascript:alert(1)"),
        ("url", "https://example.org/a b"),
        ("title", ""),
        ("published_at", "28/07/2025"),
        ("published_at", "2025-02-30"),
        ("language", "de"),
        ("metadata", {"a": 1}),
        ("text", ""),
        ("extra", 1),
    ],
)
def test_a_text_with_a_wrong_field_is_refused(
    client: TestClient, field_: str, value: object
) -> None:
    response = client.post(URL, json={"text": "La tour.", field_: value})

    assert response.status_code == 422
    assert response.json()["errors"][0]["pointer"].startswith(f"#/{field_}")


@pytest.mark.parametrize(
    ("site", "status"), [("cross-site", 403), ("same-origin", 201), ("none", 201)]
)
def test_a_form_of_a_foreign_page_is_refused(client: TestClient, site: str, status: int) -> None:
    request = multipart(FILE)
    request["headers"]["sec-fetch-site"] = site

    assert client.post(URL, **request).status_code == status
