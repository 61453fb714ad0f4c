from typing import Any

import pytest
from starlette.testclient import TestClient
from starlette.types import Scope

from api.app import create_app
from api.rate_limits import RateLimits, client_network
from documents.records import Role
from rag.access import Grant
from rag.settings import Settings
from tests.api.fakes import FakeSourcier

QUESTION = {"question": "Quand ?"}


class Keys:
    """Knows the keys k1 and k2."""

    def grant(self, shown: str) -> Grant | None:
        role: Role = "ask"
        return Grant(role, None, shown) if shown in ("k1", "k2") else None


def client_of(**settings: str) -> TestClient:
    sourcier: Any = FakeSourcier(settings=Settings.model_validate(settings))
    sourcier.keys = Keys()
    return TestClient(create_app(sourcier), raise_server_exceptions=False)


def test_without_a_limit_nothing_is_counted_or_told() -> None:
    response = client_of().post("/v1/ask", json=QUESTION)

    assert response.status_code == 200
    assert not [name for name in response.headers if "ratelimit" in name]


def test_each_reply_tells_what_is_left_and_the_last_one_how_long_to_wait() -> None:
    client = client_of(rate_limit="2/minute")

    first, second, third = (client.post("/v1/ask", json=QUESTION) for _ in range(3))

    assert [each.status_code for each in (first, second, third)] == [200, 200, 429]
    told = [
        [each.headers[f"ratelimit-{name}"] for name in ("limit", "remaining")]
        for each in (first, second, third)
    ]
    assert told == [["2", "1"], ["2", "0"], ["2", "0"]]
    assert all(0 < int(each.headers["ratelimit-reset"]) <= 60 for each in (first, second, third))
    assert third.headers["retry-after"] == third.headers["ratelimit-reset"]
    assert "retry-after" not in second.headers
    assert third.headers["content-type"] == "application/problem+json"
    assert third.json()["title"] == "Too many requests"
    assert "2 per 1 minute" in third.json()["detail"]


def test_what_is_refused_for_another_reason_counts_too() -> None:
    client = client_of(rate_limit="1/minute")

    assert client.post("/v1/ask", json={}).status_code == 422
    assert client.post("/v1/ask", json=QUESTION).status_code == 429


def test_the_page_and_the_probes_are_not_counted() -> None:
    client = client_of(rate_limit="1/minute")

    for _ in range(3):
        for path in ("/", "/static/favicon.svg", "/healthz", "/readyz", "/openapi.json"):
            assert client.get(path).status_code == 200


def test_keys_are_counted_apart_and_guesses_by_address() -> None:
    client = client_of(rate_limit="1/minute", keys="on")

    def status(key: str) -> int:
        return client.get("/v1/status", headers={"X-API-Key": key}).status_code

    assert [status(key) for key in ("k1", "k1", "k2", "k2")] == [200, 429, 200, 429]
    assert [status(key) for key in ("guess", "other guess")] == [401, 429]


def test_a_call_is_forgotten_when_its_window_is_over(monkeypatch: pytest.MonkeyPatch) -> None:
    now = 1_000_000.0
    monkeypatch.setattr("time.time", lambda: now)
    monkeypatch.setattr("api.rate_limits.time", lambda: now)
    limits = RateLimits.of("2/minute")

    assert [limits.count("a").passes for _ in range(3)] == [True, True, False]
    assert limits.count("a").wait == 60
    now += 61
    assert limits.count("a").passes


@pytest.mark.parametrize(
    ("client", "network"),
    [
        (("203.0.113.9", 1), "203.0.113.9"),
        (("2001:db8:1:2:3:4:5:6", 1), "2001:db8:1:2::/64"),
        (("::ffff:203.0.113.9", 1), "203.0.113.9"),
        (("testclient", 1), "testclient"),
        (None, "unknown"),
    ],
)
def test_who_has_one_address_of_a_network_has_them_all(
    client: tuple[str, int] | None, network: str
) -> None:
    scope: Scope = {"client": client}

    assert client_network(scope) == network


def test_wrong_keys_are_soon_answered_no_more_and_right_ones_always() -> None:
    client = client_of(keys="on")

    wrong = [client.get("/v1/status", headers={"X-API-Key": f"guess{n}"}) for n in range(61)]

    assert {each.status_code for each in wrong[:60]} == {401}
    assert wrong[60].status_code == 429
    assert 0 < int(wrong[60].headers["retry-after"]) <= 60
    assert "wrong keys" in wrong[60].json()["detail"]
    assert client.get("/v1/status").status_code == 401  # no guess
    assert client.get("/v1/status", headers={"X-API-Key": "k1"}).status_code == 200
