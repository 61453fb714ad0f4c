"""What callers with and without keys are answered, over the real Sourcier."""

from collections.abc import Iterator
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import Any

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from api.app import create_app
from documents.errors import StoreUnavailable
from documents.records import Role
from documents.store.keys import Keys
from rag.bootstrap import bootstrap
from rag.service import Sourcier
from rag.settings import Settings

TEXT = "Le phare de Belrive a été bâti en 1887 par Armand Kerbrat. Il mesure 47 mètres."


@pytest.fixture(scope="module")
def sourcier(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sourcier]:
    folder = tmp_path_factory.mktemp("data")
    with bootstrap(Settings(data_dir=folder, encoder="embedded-static", keys="on")) as sourcier:
        sourcier.create_collection("presse")
        sourcier.add_text(TEXT, source="phare", collection="presse")
        yield sourcier


@pytest.fixture(scope="module")
def client(sourcier: Sourcier) -> Iterator[TestClient]:
    with TestClient(create_app(sourcier), raise_server_exceptions=False) as client:
        yield client


def bearer(sourcier: Sourcier, role: Role, *collections: str) -> dict[str, str]:
    _, shown = sourcier.keys.create("test", role, collections=collections or None)
    return {"Authorization": f"Bearer {shown}"}


def operations(client: TestClient) -> list[tuple[str, str, dict[str, Any]]]:
    paths = client.get("/openapi.json").json()["paths"]
    return [
        (method.upper(), path, operation)
        for path, methods in paths.items()
        for method, operation in methods.items()
    ]


def refused_alike(responses: list[Response]) -> bool:
    return len({(each.status_code, each.content) for each in responses}) == 1


def test_only_the_page_and_the_probes_are_open_to_all(client: TestClient) -> None:
    assert {path for _, path, operation in operations(client) if "security" not in operation} == {
        "/healthz",
        "/readyz",
    }
    for path in ("/", "/static/favicon.svg", "/healthz", "/readyz", "/openapi.json"):
        assert client.get(path).status_code == 200


def test_everything_else_asks_for_a_key(client: TestClient) -> None:
    closed = [(m, p) for m, p, operation in operations(client) if "security" in operation]
    assert len(closed) > 10
    for method, path in [*closed, ("POST", "/mcp")]:
        body = {"json": {}} if method == "POST" else {}
        response = client.request(method, path, **body)
        assert response.status_code == (403 if path.startswith("/v1/dify/") else 401), path
        if response.status_code == 401:
            assert response.headers["www-authenticate"] == "Bearer"


def test_the_security_scheme_is_described(client: TestClient) -> None:
    document = client.get("/openapi.json").json()

    schemes = document["components"]["securitySchemes"]
    assert schemes["bearer"]["scheme"] == "bearer"
    assert (schemes["header"]["in"], schemes["header"]["name"]) == ("header", "X-API-Key")
    for _, path, operation in operations(client):
        if "security" in operation:
            assert operation["security"] == [{"bearer": []}, {"header": []}], path
            assert {"401", "403", "429"} <= set(operation["responses"]), path


def test_missing_unknown_wrong_expired_and_revoked_keys_are_refused_alike(
    client: TestClient, sourcier: Sourcier, monkeypatch: pytest.MonkeyPatch
) -> None:
    revoked, shown_revoked = sourcier.keys.create("test", "admin")
    sourcier.keys.revoke(revoked.id)
    _, shown_old = sourcier.keys.create(
        "test", "admin", expires_at=datetime.now(UTC) + timedelta(days=1)
    )
    _, right = sourcier.keys.create("test", "admin")

    class Later(datetime):
        @classmethod
        def now(cls, tz: object = None) -> datetime:  # type: ignore[override]
            del tz
            return datetime.now(UTC) + timedelta(days=2)

    monkeypatch.setattr("rag.keyring.datetime", Later)
    headers: list[dict[str, str]] = [
        {},
        {"Authorization": "Bearer"},
        {"Authorization": "Bearer src_00000000_" + "A" * 43},
        {"Authorization": f"Bearer {right[:13]}" + "A" * 43},
        {"Authorization": f"Basic {right}"},
        {"Authorization": right},
        {"Authorization": f"Bearer {shown_old}"},
        {"Authorization": f"Bearer {shown_revoked}"},
        {"X-API-Key": shown_revoked},
    ]
    responses = [client.get("/v1/collections", headers=each) for each in headers]

    assert refused_alike(responses)
    assert responses[0].status_code == 401
    assert responses[0].headers["content-type"] == "application/problem+json"
    assert (
        client.get("/v1/collections", headers={"Authorization": f"Bearer {right}"}).status_code
        == 200
    )


def test_a_key_may_come_in_either_header(client: TestClient, sourcier: Sourcier) -> None:
    _, shown = sourcier.keys.create("test", "ask")

    for headers in ({"Authorization": f"bearer {shown}"}, {"X-API-Key": shown}):
        assert client.get("/v1/status", headers=headers).status_code == 200


def test_a_key_revoked_by_another_process_opens_nothing_from_then_on(
    client: TestClient, sourcier: Sourcier
) -> None:
    key, shown = sourcier.keys.create("test", "ask")
    headers = {"X-API-Key": shown}
    assert client.get("/v1/status", headers=headers).status_code == 200

    sourcier.keys.revoke(key.id)

    assert client.get("/v1/status", headers=headers).status_code == 401


@pytest.mark.parametrize(
    ("call", "needed"),
    [
        (("POST", "/v1/ask", {"question": "Quand ?", "collection": "presse"}), "ask"),
        (("POST", "/v1/search", {"query": "phare", "collection": "presse"}), "ask"),
        (("GET", "/v1/documents?collection=presse", None), "ask"),
        (("GET", "/v1/collections", None), "ask"),
        (("GET", "/v1/status", None), "ask"),
        (("POST", "/v1/documents", {"text": TEXT, "collection": "presse"}), "write"),
        (("DELETE", "/v1/documents/doc_0000000000000000", None), "write"),
        (("POST", "/v1/collections", {"name": "presse"}), "admin"),
        (("DELETE", "/v1/collections/nowhere", None), "admin"),
        (("GET", "/metrics", None), "admin"),
    ],
)
def test_each_route_needs_its_role(
    client: TestClient,
    sourcier: Sourcier,
    call: tuple[str, str, dict[str, str] | None],
    needed: Role,
) -> None:
    method, path, body = call
    roles: tuple[Role, ...] = ("ask", "write", "admin")
    for role in roles:
        response = client.request(method, path, json=body, headers=bearer(sourcier, role))
        reaches = roles.index(role) >= roles.index(needed)
        assert (response.status_code != 403) == reaches, response.text
        if not reaches:
            assert response.json()["title"] == "Not allowed"
            assert f"role {needed}" in response.json()["detail"]


def test_a_low_role_is_refused_before_the_file_is_read(
    client: TestClient, sourcier: Sourcier
) -> None:
    response = client.post("/v1/documents", content=b"no form", headers=bearer(sourcier, "ask"))

    assert response.status_code == 403


def test_a_limited_key_sees_its_collections_only(client: TestClient, sourcier: Sourcier) -> None:
    headers = bearer(sourcier, "admin", "presse")

    names = [
        each["name"]
        for each in client.get("/v1/collections", headers=headers).json()["collections"]
    ]
    status = client.get("/v1/status", headers=headers).json()
    models = [each["id"] for each in client.get("/v1/models", headers=headers).json()["data"]]

    assert names == ["presse"]
    held = sum(each.documents for each in sourcier.collections(within={"presse"}))
    assert (status["collections"], status["documents"]) == (1, held)
    assert [model for model in models if "/" in model] == ["sourcier/presse"]
    assert client.get("/v1/documents", headers=headers).status_code == 404
    assert client.get("/metrics", headers=headers).status_code == 403


def test_keys_that_cannot_be_looked_up_are_a_fault_of_the_service(
    client: TestClient, sourcier: Sourcier, monkeypatch: pytest.MonkeyPatch
) -> None:
    def find(_: object, key_id: str) -> None:
        raise StoreUnavailable(f"no disk for {key_id}")

    headers = bearer(sourcier, "ask")
    monkeypatch.setattr(Keys, "find", find)

    response = client.get("/v1/status", headers=headers)

    assert response.status_code == 503
    assert response.json()["title"] == "Store unavailable"
    assert response.headers["retry-after"]


def test_where_no_keys_are_asked_for_one_that_is_sent_does_not_matter(tmp_path: Path) -> None:
    with (
        bootstrap(Settings(data_dir=tmp_path, encoder="embedded-static")) as sourcier,
        TestClient(create_app(sourcier)) as client,
    ):
        for headers in ({}, {"X-API-Key": "nonsense"}):
            assert client.get("/metrics", headers=headers).status_code == 200
            assert client.get("/v1/status", headers=headers).json()["collections"] == 1
