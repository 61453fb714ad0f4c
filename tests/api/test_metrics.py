import re
from pathlib import Path

import pytest
from fastapi import FastAPI
from starlette.testclient import TestClient

from api.app import create_app
from documents.errors import StoreUnavailable
from tests.api.event_streams import parse
from tests.api.fakes import QUOTE, FakeSourcier

QUESTION = "Quand la tour a-t-elle été bâtie ?"


def measured(client: TestClient) -> dict[str, float]:
    """Return each sample of /metrics, its labels as they are written."""
    lines = client.get("/metrics").text.splitlines()
    pairs = (line.rsplit(" ", 1) for line in lines if line and not line.startswith("#"))
    return {name: float(value) for name, value in pairs}


def test_the_format_is_that_of_prometheus_and_openmetrics_where_it_is_asked_for(
    client: TestClient,
) -> None:
    plain = client.get("/metrics")
    assert plain.headers["content-type"].startswith("text/plain; version=")
    assert "# TYPE sourcier_answers_total counter" in plain.text

    modern = client.get("/metrics", headers={"Accept": "application/openmetrics-text"})
    assert modern.headers["content-type"].startswith("application/openmetrics-text")
    assert modern.text.endswith("# EOF\n")


@pytest.mark.parametrize("stream", [False, True])
def test_an_answer_is_counted_with_its_stages_whether_it_streams_or_not(
    client: TestClient, *, stream: bool
) -> None:
    response = client.post("/v1/ask", json={"question": QUESTION, "stream": stream})
    assert response.status_code == 200

    found = measured(client)
    labels = 'degraded="none",generator="extractive",language="fr",outcome="answered"'
    assert found[f"sourcier_answers_total{{{labels}}}"] == 1
    assert found['sourcier_answer_stage_seconds_count{stage="total"}'] == 1
    assert found['sourcier_answer_stage_seconds_sum{stage="total"}'] == pytest.approx(0.0015)
    asked = 'method="POST",route="/v1/ask",status="200"'
    assert found[f"sourcier_http_requests_total{{{asked}}}"] == 1


def test_a_stream_that_the_client_read_whole_is_counted_once(client: TestClient) -> None:
    response = client.post("/v1/ask", json={"question": QUESTION, "stream": True})
    assert [name for name, _ in parse(response.text)][-1] == "done"

    answers = {n: v for n, v in measured(client).items() if n.startswith("sourcier_answers_total")}
    assert list(answers.values()) == [1]


def test_requests_are_counted_by_template_so_that_ids_make_no_labels(
    client: TestClient,
) -> None:
    for path in ("/v1/documents/doc_1", "/v1/documents/doc_2", "/no/such/3", "/no/such/4"):
        client.get(path)
    client.get("/static/app.js")
    client.request("BREW", "/v1/documents/doc_1")

    counted = {
        labels: value
        for name, value in measured(client).items()
        if (labels := name.removeprefix("sourcier_http_requests_total")) != name
    }
    document = "/v1/documents/{document_id}"
    assert counted[f'{{method="GET",route="{document}",status="404"}}'] == 2
    assert counted['{method="GET",route="(none)",status="404"}'] == 2
    assert counted['{method="GET",route="/static",status="200"}'] == 1
    assert counted[f'{{method="OTHER",route="{document}",status="405"}}'] == 1


def test_nothing_that_was_asked_or_stored_is_in_it(client: TestClient) -> None:
    added = client.post("/v1/documents", json={"text": "Le moulin tourne.", "title": "Moulin"})
    client.get(f"/v1/documents/{added.json()['id']}?secret=moulin")
    client.post("/v1/ask", json={"question": QUESTION})

    text = client.get("/metrics").text
    assert "sourcier_documents 1.0" in text
    for word in (added.json()["id"], "oulin", "tour", QUOTE, "ans_"):
        assert word not in text


def test_how_full_and_how_busy_it_is_can_be_seen(client: TestClient) -> None:
    found = measured(client)

    assert found["sourcier_store_up"] == 1
    assert found["sourcier_index_segments"] == 1
    assert found["sourcier_index_lag_changes"] == 0
    assert found["sourcier_database_bytes"] == 4096
    for pool in ("ingestion", "questions"):
        for state in ("running", "waiting"):
            assert found[f'sourcier_tasks{{pool="{pool}",state="{state}"}}'] == 0
    assert found["process_resident_memory_bytes"] > 0


def test_a_store_that_cannot_be_read_is_told_and_hides_nothing_else(
    client: TestClient, sourcier: FakeSourcier
) -> None:
    client.get("/metrics")
    sourcier.failure = StoreUnavailable("the disk is gone")

    found = measured(client)
    assert found["sourcier_store_up"] == 0
    assert found["sourcier_documents"] != found["sourcier_documents"]  # not a number
    assert found['sourcier_http_requests_total{method="GET",route="/metrics",status="200"}'] == 1


def test_each_application_counts_for_itself(app: FastAPI, page_folder: Path) -> None:
    other = create_app(FakeSourcier(), page_folder=page_folder)
    with TestClient(app) as one, TestClient(other) as two:
        one.post("/v1/ask", json={"question": QUESTION})
        assert any(name.startswith("sourcier_answers_total") for name in measured(one))
        assert not any(name.startswith("sourcier_answers_total") for name in measured(two))


def test_a_stopped_application_is_told_of_no_more_answers(
    app: FastAPI, sourcier: FakeSourcier, page_folder: Path
) -> None:
    with TestClient(app):
        pass
    with TestClient(create_app(sourcier, page_folder=page_folder)) as client:
        client.post("/v1/ask", json={"question": QUESTION})
        rendered, _ = app.state.metrics.rendered("")
    assert not re.search(rb"^sourcier_answers_total\{", rendered, re.MULTILINE)
