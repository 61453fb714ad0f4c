import logging

import pytest
from starlette.testclient import TestClient

from tests.api.fakes import FakeSourcier


def test_each_reply_has_an_id_of_its_own(client: TestClient) -> None:
    ids = {client.get("/healthz").headers["x-request-id"] for _ in range(3)}
    assert len(ids) == 3


def test_the_client_may_give_the_id(client: TestClient) -> None:
    response = client.get("/healthz", headers={"X-Request-ID": "trace-7.a"})
    assert response.headers["x-request-id"] == "trace-7.a"


@pytest.mark.parametrize("given", ["two words", "a" * 65, "", "é"])
def test_an_id_that_could_forge_a_log_line_is_replaced(client: TestClient, given: str) -> None:
    response = client.get("/healthz", headers={b"X-Request-ID": given.encode()})
    assert response.headers["x-request-id"] != given
    assert len(response.headers["x-request-id"]) == 32


def test_a_request_is_logged_by_its_template(
    client: TestClient, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="api.served"):
        client.get("/v1/documents/doc_17?word=secret")

    [record] = [record for record in caplog.records if record.name == "api.served"]
    assert record.getMessage().startswith("GET /v1/documents/{document_id}: 404 in ")
    assert "secret" not in caplog.text
    assert "doc_17" not in record.getMessage()


def test_what_machines_ask_all_the_time_is_logged_only_when_it_fails(
    client: TestClient, sourcier: FakeSourcier, caplog: pytest.LogCaptureFixture
) -> None:
    with caplog.at_level(logging.INFO, logger="api.served"):
        for path in ("/", "/static/app.js", "/widget.js", "/healthz", "/readyz", "/metrics"):
            client.get(path)
        assert caplog.records == []
        sourcier.built = False
        client.get("/readyz")
    [told] = [record for record in caplog.records if record.name == "api.served"]
    assert told.getMessage().startswith("GET /readyz: 503 in ")
