import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from tests.api.fakes import FakeSourcier


def post(client: TestClient, content: bytes, content_type: str = "application/json") -> Response:
    return client.post("/v1/ask", content=content, headers={"content-type": content_type})


@pytest.mark.parametrize(
    "content",
    [
        b"",
        b"{",
        b'{"question": "\\ud800abc"}',
        b'{"question": "\xff"}',
        b'{"question": "x", "top_k": NaN}',
        b'{"question": "x", "top_k": 1e999}',
        b'{"question": "x", "top_k": 1' + b"0" * 5000 + b"}",
        b'{"filters":' * 1500 + b"1" + b"}" * 1500,
        b"[" * 15_000,
    ],
)
@pytest.mark.parametrize("path", ["/v1/ask", "/v1/documents"])
def test_what_is_not_strict_json_is_refused_as_such(
    client: TestClient, path: str, content: bytes
) -> None:
    response = client.post(path, content=content, headers={"content-type": "application/json"})

    assert response.status_code in (400, 422)
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["title"] in ("Malformed JSON", "Invalid request")


def test_malformed_json_is_told_apart_from_a_wrong_form(client: TestClient) -> None:
    assert post(client, b"{").json()["title"] == "Malformed JSON"
    assert post(client, b"{}").json()["title"] == "Invalid request"


@pytest.mark.parametrize(
    ("content", "pointer"),
    [
        (b'{"question": ""}', "#/question"),
        (b'{"question": 7}', "#/question"),
        (b'{"question": "x", "top_k": 0}', "#/top_k"),
        (b'{"question": "x", "top_k": true}', "#/top_k"),
        (b'{"question": "x", "top_k": "5"}', "#/top_k"),
        (b'{"question": "x", "top_k": 18446744073709551616}', "#/top_k"),
        (b'{"question": "x", "language": "de"}', "#/language"),
        (b'{"question": "x", "filters": {"language": "de"}}', "#/filters/language"),
        (b'{"question": "x", "filters": {"published_from": 0}}', "#/filters/published_from"),
        (b'{"question": "x", "filters": {"published_to": "1-1-1"}}', "#/filters/published_to"),
        (b'{"question": "x", "filters": {"metadata": {"a": 1}}}', "#/filters/metadata/a"),
        (b'{"question": "x", "a/b~\xc3\xa9": 1}', "#/a~1b~0%C3%A9"),
        (b"[]", "#"),
        (b"null", "#"),
    ],
)
def test_a_broken_rule_is_told_with_its_place(
    client: TestClient, content: bytes, pointer: str
) -> None:
    response = post(client, content)

    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]
    assert all(set(error) == {"detail", "pointer"} for error in response.json()["errors"])


def test_only_the_first_broken_rules_are_told(client: TestClient) -> None:
    ids = ",".join(["1"] * 500)

    response = post(client, f'{{"question": "x", "filters": {{"document_ids": [{ids}]}}}}'.encode())

    assert len(response.json()["errors"]) == 20


def test_a_query_parameter_is_named(client: TestClient) -> None:
    response = client.get("/v1/documents", params={"limit": 0})

    assert response.status_code == 422
    assert [error["parameter"] for error in response.json()["errors"]] == ["limit"]


@pytest.mark.parametrize(
    "content_type", ["", "text/plain", "application/x-www-form-urlencoded", "application/xml"]
)
@pytest.mark.parametrize("path", ["/v1/ask", "/v1/search", "/v1/documents", "/v1/collections"])
def test_json_under_another_name_is_refused_and_the_right_name_told(
    client: TestClient, path: str, content_type: str
) -> None:
    response = client.post(path, content=b"{}", headers={"content-type": content_type})

    assert response.status_code == 415
    assert "application/json" in response.json()["detail"]


def test_the_media_type_may_have_parameters_and_capitals(client: TestClient) -> None:
    response = post(client, b'{"question": "Quand ?"}', "Application/JSON; charset=UTF-8")

    assert response.status_code == 200


def test_a_whole_number_may_have_a_decimal_point(
    client: TestClient, sourcier: FakeSourcier
) -> None:
    assert post(client, b'{"question": "Quand ?", "top_k": 3.0}').status_code == 200
    assert sourcier.calls[-1].top_k == 3
    assert post(client, b'{"question": "Quand ?", "top_k": 3.5}').status_code == 422


@pytest.mark.parametrize("question", ["a\u0000b", "\u202eabc", "e\u0301te\u0301", "🎈" * 50])
def test_strange_but_valid_text_goes_through_unchanged(
    client: TestClient, sourcier: FakeSourcier, question: str
) -> None:
    response = client.post("/v1/ask", json={"question": question})

    assert response.status_code == 200
    assert sourcier.calls[-1].text == question
    assert response.json()["question"] == question
