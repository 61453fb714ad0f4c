"""What every reply tells a browser, whatever the route and whatever went wrong."""

from pathlib import Path
from typing import Any, NoReturn

import pytest
from httpx2 import Response
from starlette.testclient import TestClient

from api.app import create_app
from rag.settings import Settings
from tests.api.fakes import FakeSourcier

ORIGIN = {"Origin": "https://autre.example"}
EVERYWHERE = {
    "x-content-type-options": "nosniff",
    "referrer-policy": "no-referrer",
    "x-frame-options": "DENY",
    "cross-origin-opener-policy": "same-origin",
    "permissions-policy": "camera=(), display-capture=(), geolocation=(), microphone=(), usb=()",
}


class Broken(FakeSourcier):
    def collections(self, **_: object) -> NoReturn:
        raise RuntimeError("unforeseen")


def client_of(sourcier: FakeSourcier) -> TestClient:
    served: Any = sourcier
    return TestClient(create_app(served), raise_server_exceptions=False)


@pytest.fixture(scope="module")
def client() -> TestClient:
    settings = Settings(cors_origins=("https://presse.example",))
    return client_of(FakeSourcier(settings=settings))


def policy(response: Response) -> dict[str, str]:
    """Return the directives of the Content-Security-Policy."""
    written = response.headers["content-security-policy"].split(";")
    return dict(one.strip().partition(" ")[::2] for one in written)


def closed(response: Response, *, resources: str = "same-origin") -> None:
    """Hold a reply against what all must say."""
    told = {name: response.headers.get(name) for name in EVERYWHERE}
    assert told == EVERYWHERE, response.url
    assert response.headers["cross-origin-resource-policy"] == resources
    directives = policy(response)
    assert directives["default-src"] == "'none'"
    assert directives["frame-ancestors"] == "'none'"
    assert not any("unsafe" in value or "*" in value for value in directives.values())


def paths() -> list[tuple[str, str]]:
    document = client_of(FakeSourcier()).get("/openapi.json").json()
    return [
        (method.upper(), path.replace("{", "").replace("}", ""))
        for path, methods in document["paths"].items()
        for method in methods
    ]


def test_every_route_of_the_api_is_closed(client: TestClient) -> None:
    called = paths()
    assert len(called) > 25
    for method, path in called:
        with client.stream(method, path, json={} if method == "POST" else None) as response:
            closed(response)


@pytest.mark.parametrize(
    ("method", "path"),
    [
        ("GET", "/openapi.json"),
        ("GET", "/nowhere"),
        ("PUT", "/v1/ask"),
        ("POST", "/mcp"),
        ("OPTIONS", "/v1/ask"),
        ("GET", "/static/nowhere.js"),
        ("POST", "/static/page.js"),
    ],
)
def test_so_is_what_is_refused_or_is_no_page(client: TestClient, method: str, path: str) -> None:
    closed(client.request(method, path, headers=ORIGIN))


def test_so_is_a_preflight_and_what_other_origins_may_read(client: TestClient) -> None:
    asked = {"Origin": "https://presse.example", "Access-Control-Request-Method": "POST"}

    closed(client.options("/v1/ask", headers=asked))
    closed(client.post("/v1/ask", json={}, headers=asked))


def test_so_is_what_went_wrong_unforeseen() -> None:
    response = client_of(Broken()).get("/v1/collections")

    assert response.status_code == 500
    closed(response)


def test_the_page_runs_its_own_scripts_and_nothing_else(client: TestClient) -> None:
    page = Path(__file__).parent.parent.parent / "api" / "page"
    files = sorted(each for each in page.rglob("*") if each.is_file())
    for path in ["/", *(f"/static/{each.relative_to(page)}" for each in files)]:
        response = client.get(path)
        assert response.status_code == 200, path
        closed(response)
        directives = policy(response)
        assert directives["script-src"] == "'self'"
        assert directives["connect-src"] == "'self'"
        assert directives["base-uri"] == "'none'"
        assert directives["form-action"] == "'self'"


@pytest.mark.parametrize("path", ["/docs", "/docs/oauth2-redirect", "/redoc", "/swagger"])
def test_there_is_no_page_that_draws_the_api(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


def test_only_the_script_of_the_widget_may_be_loaded_by_other_sites(client: TestClient) -> None:
    closed(client.get("/widget.js"), resources="cross-origin")
