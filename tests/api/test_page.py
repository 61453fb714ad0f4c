import pytest
from starlette.testclient import TestClient


def test_the_page_is_at_the_root(client: TestClient) -> None:
    response = client.get("/")

    assert response.status_code == 200
    assert response.headers["content-type"] == "text/html; charset=utf-8"
    assert "<title>Sourcier</title>" in response.text


def test_the_page_can_be_asked_for_without_its_body(client: TestClient) -> None:
    assert client.head("/").status_code == 200


@pytest.mark.parametrize(
    ("name", "media_type"),
    [("app.js", "text/javascript"), ("app.css", "text/css"), ("index.html", "text/html")],
)
def test_files_have_their_types(client: TestClient, name: str, media_type: str) -> None:
    assert client.get(f"/static/{name}").headers["content-type"].startswith(media_type)


@pytest.mark.parametrize("path", ["/", "/static/app.js"])
def test_the_page_runs_its_own_scripts_only(client: TestClient, path: str) -> None:
    headers = client.get(path).headers

    assert "script-src 'self';" in headers["content-security-policy"]
    assert "frame-ancestors 'none'" in headers["content-security-policy"]
    assert "unsafe" not in headers["content-security-policy"]
    assert headers["x-content-type-options"] == "nosniff"
    assert headers["referrer-policy"] == "no-referrer"


def test_an_unchanged_file_is_not_sent_again(client: TestClient) -> None:
    first = client.get("/static/app.js")

    again = client.get("/static/app.js", headers={"if-none-match": first.headers["etag"]})

    assert first.headers["cache-control"] == "no-cache"
    assert again.status_code == 304


@pytest.mark.parametrize("path", ["/static/../index.html", "/static/%2e%2e/conftest.py", "/static"])
def test_nothing_outside_the_folder_is_served(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_no_page_loads_scripts_from_elsewhere(client: TestClient, path: str) -> None:
    assert client.get(path).status_code == 404


@pytest.mark.parametrize("path", ["/v1/status", "/v1/nothing", "/openapi.json"])
def test_data_can_never_run_as_a_page(client: TestClient, path: str) -> None:
    headers = client.get(path).headers

    assert headers["content-security-policy"].startswith("default-src 'none'")
    assert headers["x-content-type-options"] == "nosniff"
