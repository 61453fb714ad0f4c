"""Documents are fetched as jobs, by those who may, from where the operator allows."""

import time
from collections.abc import Iterator
from typing import Any

import pytest
from starlette.testclient import TestClient

from api.app import create_app
from rag.bootstrap import bootstrap
from rag.service import Sourcier
from rag.settings import Settings
from tests.documents.feeds.web_server import WebServer, page, serving
from tests.documents.test_copies import WIRE_FR

URL = "/v1/fetches"
ARTICLE = (
    f"<html lang='fr'><body><article><h1>Le phare</h1><p>{WIRE_FR}</p></article></body></html>"
)


@pytest.fixture(scope="module")
def web() -> Iterator[WebServer]:
    with serving({"/phare": page(ARTICLE), "/copie": page(ARTICLE)}) as server:
        links = "".join(
            f"<item><link>{server.url}{path}</link></item>"
            for path in ("/phare", "/copie", "/rien")
        )
        server.pages["/flux"] = page(f"<rss><channel>{links}</channel></rss>", "text/xml")
        yield server


@pytest.fixture(scope="module")
def sourcier(tmp_path_factory: pytest.TempPathFactory, web: WebServer) -> Iterator[Sourcier]:
    settings = Settings(
        data_dir=tmp_path_factory.mktemp("data"),
        encoder="embedded-static",
        keys="on",
        fetch_hosts=(
            f"127.0.0.1:{web.port}",
            "169.254.169.254",
            "[::ffff:a00:1]",
        ),
        private_networks=("127.0.0.0/8",),
    )
    with bootstrap(settings) as sourcier, sourcier.background.working(seconds=5):
        yield sourcier


@pytest.fixture(scope="module")
def app_client(sourcier: Sourcier) -> Iterator[TestClient]:
    with TestClient(create_app(sourcier), raise_server_exceptions=False) as client:
        _, shown = sourcier.keys.create("test", "write")
        client.headers["Authorization"] = f"Bearer {shown}"
        yield client


def finished(client: TestClient, location: str) -> dict[str, Any]:
    """Return the job once it is over."""
    for _ in range(200):
        job: dict[str, Any] = client.get(location).json()
        if job["state"] in ("succeeded", "failed"):
            return job
        time.sleep(0.05)
    raise AssertionError(job)


def test_a_feed_is_fetched_as_a_job_and_its_copies_are_linked(
    app_client: TestClient, web: WebServer
) -> None:
    response = app_client.post(URL, json={"address": f"{web.url}/flux"})

    assert response.status_code == 202
    assert response.json()["kind"] == "fetch"
    job = finished(app_client, response.headers["location"])
    assert job["state"] == "succeeded"
    assert job["progress"]["total"] == 3
    phare, copie, rien = job["items"]
    assert [item["name"] for item in job["items"]] == [
        f"{web.url}{path}" for path in ("/phare", "/copie", "/rien")
    ]
    assert [phare["outcome"], copie["outcome"], rien["outcome"]] == ["added", "added", "refused"]
    assert rien["problem"]["type"] == "urn:sourcier:problem:not-fetched"
    described = app_client.get(f"/v1/documents/{phare['document_id']}").json()
    assert described["copies"] == [copie["document_id"]]
    assert described["url"] == f"{web.url}/phare"


def test_an_upload_that_is_a_copy_says_so(app_client: TestClient) -> None:
    first = app_client.post("/v1/documents", json={"text": WIRE_FR, "source": "un"}).json()
    second = app_client.post("/v1/documents", json={"text": WIRE_FR, "source": "deux"})
    again = app_client.post("/v1/documents", json={"text": WIRE_FR, "source": "deux"})

    assert first["id"] in second.json()["copies"]
    assert again.status_code == 200
    assert again.json()["copies"] == second.json()["copies"]


@pytest.mark.parametrize(
    ("address", "status", "problem"),
    [
        ("http://169.254.169.254/latest/meta-data", 422, "forbidden-address"),
        ("http://[::ffff:10.0.0.1]/", 422, "forbidden-address"),
        ("https://autre.example/", 403, "host-not-allowed"),
        ("http://127.0.0.1:1/", 403, "host-not-allowed"),
        ("file:///etc/passwd", 422, "forbidden-address"),
        ("gopher://presse.example/", 422, "forbidden-address"),
        ("https://user:secret@presse.example/", 422, "forbidden-address"),
        ("http://2130706433/", 422, "forbidden-address"),
    ],
)
def test_what_will_not_be_fetched_is_refused_at_once(
    app_client: TestClient, address: str, status: int, problem: str
) -> None:
    response = app_client.post(URL, json={"address": address})

    assert response.status_code == status
    assert response.json()["type"] == f"urn:sourcier:problem:{problem}"
    assert "secret" not in response.text


@pytest.mark.parametrize(
    "body", [{}, {"address": ""}, {"address": "x", "most": 0}, {"address": "x", "kind": "site"}]
)
def test_a_request_that_makes_no_sense_is_refused(
    app_client: TestClient, body: dict[str, Any]
) -> None:
    assert app_client.post(URL, json=body).status_code == 422


def test_a_form_of_another_site_is_refused(app_client: TestClient, web: WebServer) -> None:
    body = f'{{"address": "{web.url}/phare"}}'

    response = app_client.post(URL, content=body, headers={"Content-Type": "text/plain"})

    assert response.status_code == 415


def test_a_list_that_is_none_fails_the_job(app_client: TestClient, web: WebServer) -> None:
    body = {"address": f"{web.url}/phare", "kind": "feed"}
    response = app_client.post(URL, json=body)

    job = finished(app_client, response.headers["location"])

    assert job["state"] == "failed"
    assert job["error"]["type"] == "urn:sourcier:problem:unreadable-document"


def test_only_who_may_write_may_fetch(
    app_client: TestClient, sourcier: Sourcier, web: WebServer
) -> None:
    _, asks = sourcier.keys.create("test", "ask")
    sourcier.create_collection("presse")
    _, elsewhere = sourcier.keys.create("test", "write", collections=["presse"])
    body = {"address": f"{web.url}/phare"}

    for key, status in ((asks, 403), (elsewhere, 404)):
        headers = {"Authorization": f"Bearer {key}"}
        assert app_client.post(URL, json=body, headers=headers).status_code == status


def test_nothing_is_fetched_unless_the_operator_allows_it(
    tmp_path_factory: pytest.TempPathFactory,
) -> None:
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), encoder="embedded-static")
    with bootstrap(settings) as sourcier, TestClient(create_app(sourcier)) as client:
        response = client.post(URL, json={"address": "https://presse.example/"})

    assert response.status_code == 403
    assert "SOURCIER_FETCH_HOSTS" in response.json()["detail"]
