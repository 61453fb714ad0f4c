from starlette.testclient import TestClient

from api.schemas.status import Status
from tests.api.fakes import FakeSourcier


def test_being_alive_asks_nothing_of_the_store(client: TestClient, sourcier: FakeSourcier) -> None:
    sourcier.failure = RuntimeError("everything is broken")

    assert client.get("/healthz").json() == {"status": "alive"}


def test_being_ready_is_said(client: TestClient) -> None:
    response = client.get("/readyz")

    assert (response.status_code, response.json()) == (200, {"status": "ready"})


def test_an_encoder_that_is_away_is_said_of_a_service_that_is_ready(
    client: TestClient, sourcier: FakeSourcier
) -> None:
    sourcier.problem = "The embedding server took too long."
    response = client.get("/readyz")

    assert response.status_code == 200
    assert response.json() == {"status": "ready", "degraded": "encoder_unavailable"}


def test_not_being_ready_is_a_problem_with_a_reason(
    client: TestClient, sourcier: FakeSourcier
) -> None:
    sourcier.built = False

    response = client.get("/readyz")

    assert response.status_code == 503
    assert response.json()["title"] == "Not ready"
    assert "retry-after" in response.headers


def test_the_status_counts_and_names(client: TestClient) -> None:
    response = client.get("/v1/status")

    status = Status.model_validate_json(response.content)
    assert status.encoder == "fake"
    assert status.documents == 0
