"""Which pages of other origins may call."""

from types import SimpleNamespace
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from rag.settings import Settings
from tests.api.fakes import FakeSourcier

WELCOME = "https://intranet.example"
STRANGER = "https://elsewhere.example"
PREFLIGHT = {
    "Access-Control-Request-Method": "POST",
    "Access-Control-Request-Headers": "authorization,content-type",
}
CROSS_SITE = {"Sec-Fetch-Site": "cross-site"}


def client_of(**settings: str) -> TestClient:
    sourcier: Any = FakeSourcier(settings=Settings.model_validate(settings))
    sourcier.keys = SimpleNamespace(grant=lambda _: None)
    return TestClient(create_app(sourcier), raise_server_exceptions=False)


def test_by_default_no_other_origin_may_call() -> None:
    client = client_of()

    assert client.options("/v1/ask", headers={"Origin": WELCOME, **PREFLIGHT}).status_code == 405
    replied = client.get("/v1/status", headers={"Origin": WELCOME})
    assert "access-control-allow-origin" not in replied.headers


def test_an_origin_that_is_named_may_call_with_a_key_and_read_the_limits() -> None:
    client = client_of(cors_origins=WELCOME, keys="on", rate_limit="9/minute")

    asked = client.options("/v1/ask", headers={"Origin": WELCOME, **PREFLIGHT})
    assert asked.status_code == 200
    assert asked.headers["access-control-allow-origin"] == WELCOME
    assert "Authorization" in asked.headers["access-control-allow-headers"]
    assert "access-control-allow-credentials" not in asked.headers

    refused = client.get("/v1/status", headers={"Origin": WELCOME})
    assert refused.status_code == 401
    assert refused.headers["access-control-allow-origin"] == WELCOME
    assert "RateLimit-Remaining" in refused.headers["access-control-expose-headers"]


def test_an_origin_that_is_not_named_may_not() -> None:
    client = client_of(cors_origins=WELCOME)

    assert client.options("/v1/ask", headers={"Origin": STRANGER, **PREFLIGHT}).status_code == 400
    replied = client.get("/v1/status", headers={"Origin": STRANGER})
    assert "access-control-allow-origin" not in replied.headers


@pytest.mark.parametrize(("origin", "status"), [(WELCOME, 201), (STRANGER, 403)])
def test_a_form_of_another_site_is_taken_from_origins_that_are_named(
    origin: str, status: int
) -> None:
    response = client_of(cors_origins=WELCOME).post(
        "/v1/documents",
        files={"file": ("phare.txt", b"Un phare.")},
        headers={"Origin": origin, **CROSS_SITE},
    )

    assert response.status_code == status
