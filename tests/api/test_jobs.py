"""Jobs over HTTP: taken at once, watched, cancelled, and unknown to those they are not for."""

from collections.abc import Iterator
from time import monotonic, sleep
from typing import Any

import pytest
from fastapi import FastAPI
from httpx2 import Response
from starlette.testclient import TestClient

from api.app import create_app
from api.schemas.jobs import Job, JobList, JobWithItems
from documents.records import Role
from rag.bootstrap import bootstrap
from rag.service import Sourcier
from rag.settings import Settings
from tests.api.event_streams import parse

URL = "/v1/documents"
LATER = {"Prefer": "respond-async"}
PATIENCE_SECONDS = 20.0


@pytest.fixture(scope="module")
def sourcier(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sourcier]:
    folder = tmp_path_factory.mktemp("data")
    secret = "whsec_MfKQ9r8GKYqrTwjUPD8ILPZIo2LaLaSw"  # noqa: S105 - of a published example
    settings = Settings(
        data_dir=folder,
        encoder="embedded-static",
        max_upload_bytes=50_000,
        keys="on",
        webhook_secret=secret,
    )
    with bootstrap(settings) as sourcier:
        yield sourcier


@pytest.fixture(scope="module")
def app(sourcier: Sourcier) -> FastAPI:
    return create_app(sourcier)


@pytest.fixture
def client(app: FastAPI, sourcier: Sourcier) -> Iterator[TestClient]:
    """One who may write everywhere; every test begins without jobs."""
    for collection in sourcier.collections():
        sourcier.delete_collection(collection.name)
    with TestClient(app, headers=key(sourcier, "write"), raise_server_exceptions=False) as client:
        yield client


@pytest.fixture
def working(sourcier: Sourcier) -> Iterator[None]:
    with sourcier.background.working(seconds=PATIENCE_SECONDS):
        yield


def key(sourcier: Sourcier, role: Role, *collections: str) -> dict[str, str]:
    _, shown = sourcier.keys.create("test", role, collections=collections or None)
    return {"X-API-Key": shown}


def files(*named: tuple[str, str]) -> list[tuple[str, tuple[str, bytes]]]:
    return [("file", (name, text.encode())) for name, text in named]


def phare(number: int) -> tuple[str, str]:
    return f"phare {number}.txt", f"Le phare n° {number} a été bâti en 18{number:02}. Il est haut."


def take(client: TestClient, *named: tuple[str, str], **fields: str) -> Response:
    return client.post(URL, files=files(*named), data=fields, headers=LATER)


def over(client: TestClient, response: Response) -> JobWithItems:
    """Return the job that `response` took, once it is over."""
    end = monotonic() + PATIENCE_SECONDS
    while True:
        found = client.get(response.headers["location"], params={"limit": 200})
        job = JobWithItems.model_validate_json(found.content)
        if job.finished_at is not None:
            return job
        assert monotonic() < end, found.text
        sleep(0.01)


@pytest.mark.usefixtures("working")
def test_several_files_are_taken_at_once_and_come_in_later(client: TestClient) -> None:
    response = take(client, phare(1), phare(2), ("vide.txt", ""))

    job = Job.model_validate_json(response.content)
    assert response.status_code == 202
    assert response.headers["location"] == f"/v1/jobs/{job.id}"
    assert response.headers["preference-applied"] == "respond-async"
    assert (job.kind, job.state, job.progress.total) == ("upload", "queued", 3)

    whole = over(client, response)
    assert (whole.state, whole.progress.done) == ("succeeded", 3)
    assert (whole.counts.added, whole.counts.refused) == (2, 1)
    assert [(item.name, item.outcome) for item in whole.items] == [
        ("phare 1.txt", "added"),
        ("phare 2.txt", "added"),
        ("vide.txt", "refused"),
    ]
    [first, _, refused] = whole.items
    assert client.get(f"/v1/documents/{first.document_id}").json()["source"] == "phare 1.txt"
    assert refused.problem is not None
    assert (refused.problem.status, refused.problem.title) == (422, "Empty document")


@pytest.mark.usefixtures("working")
def test_a_text_is_taken_too_and_the_same_again_is_unchanged(client: TestClient) -> None:
    body = {"text": phare(3)[1], "source": "« phare »", "published_at": "2025-07-28"}

    [item] = over(client, client.post(URL, json=body, headers=LATER)).items
    [again] = over(client, client.post(URL, json=body, headers=LATER)).items

    assert (item.name, item.outcome, again.outcome) == ("« phare »", "added", "unchanged")
    stored = client.get(f"/v1/documents/{item.document_id}").json()
    assert stored["published_at"] == "2025-07-28"


@pytest.mark.usefixtures("working")
def test_a_job_of_which_nothing_came_in_failed_as_the_request_would_have(
    client: TestClient,
) -> None:
    job = over(client, take(client, ("vide.txt", "")))

    assert job.state == "failed"
    assert job.error is not None
    assert job.error.model_dump() == client.post(URL, files=files(("vide.txt", ""))).json()


@pytest.mark.parametrize(
    ("prefer", "status"),
    [
        ("respond-async", 202),
        ("Respond-Async; wait=10", 202),
        ("wait=10, respond-async", 202),
        ("wait=10", 201),
        ("respond-asynchronously", 201),
    ],
)
def test_only_who_prefers_it_has_a_job(client: TestClient, prefer: str, status: int) -> None:
    response = client.post(URL, files=files(phare(4)), headers={"Prefer": prefer})
    assert response.status_code == status


def test_a_preference_may_stand_in_a_header_of_its_own(client: TestClient) -> None:
    headers = [("Prefer", "wait=10"), ("Prefer", "respond-async")]
    assert client.post(URL, json={"text": "Un phare."}, headers=headers).status_code == 202


@pytest.mark.parametrize(
    ("request_", "status", "said"),
    [
        ({"json": {"text": "Un phare.", "collection": "nulle"}}, 404, "nulle"),
        ({"files": files(phare(1)), "data": {"collection": "nulle"}}, 404, "nulle"),
        ({"files": files(phare(1), phare(2)), "data": {"source": "s"}}, 422, "#/source"),
        ({"data": {"collection": "default"}, "files": []}, 415, "multipart"),
        ({"files": [*files(phare(1)), ("file", (None, b"x"))]}, 422, "#/file"),
        ({"files": files(("a.txt", "x" * 200_000))}, 413, "larger than"),
        ({"json": {"text": "Un.", "webhook": "http://example.org"}}, 422, "https"),
        ({"files": files(phare(1)), "data": {"webhook": "https://10.0.0.1"}}, 422, "not public"),
    ],
)
def test_what_cannot_be_done_is_refused_at_once_and_no_job_is_taken(
    client: TestClient, request_: dict[str, Any], status: int, said: str
) -> None:
    response = client.post(URL, headers=LATER, **request_)

    assert response.status_code == status, response.text
    assert said in response.text
    assert client.get("/v1/jobs").json() == {"jobs": [], "next": None}


def test_a_webhook_is_only_for_a_job(client: TestClient) -> None:
    for request_ in (
        {"json": {"text": "Un phare.", "webhook": "https://example.org"}},
        {"files": files(phare(1)), "data": {"webhook": "https://example.org"}},
    ):
        response = client.post(URL, **request_)
        assert response.status_code == 422
        assert response.json()["errors"][0]["pointer"] == "#/webhook"


def test_a_job_shows_its_webhook(client: TestClient) -> None:
    response = take(client, phare(1), webhook="https://example.org/hook")

    assert response.json()["webhook"] == {
        "url": "https://example.org/hook",
        "state": "waiting",
        "attempts": 0,
        "detail": None,
        "next_attempt_at": None,
    }


def test_too_many_unfinished_jobs_are_refused_for_now(client: TestClient) -> None:
    for number in range(100):
        assert take(client, phare(number)).status_code == 202

    response = take(client, phare(1))

    assert response.status_code == 429
    assert int(response.headers["retry-after"]) > 0


def test_jobs_are_listed_by_pages_and_by_state(client: TestClient) -> None:
    ids = [take(client, phare(number)).json()["id"] for number in range(3)]
    client.delete(f"/v1/jobs/{ids[1]}")

    first = JobList.model_validate_json(client.get("/v1/jobs", params={"limit": 2}).content)
    after = {"limit": 2, "after": first.next}
    second = JobList.model_validate_json(client.get("/v1/jobs", params=after).content)

    assert [job.id for job in first.jobs + second.jobs] == ids[::-1]
    assert second.next is None
    cancelled = client.get("/v1/jobs", params={"state": "cancelled"}).json()["jobs"]
    assert [job["id"] for job in cancelled] == [ids[1]]
    assert client.get("/v1/jobs", params={"state": "lost"}).status_code == 422
    assert client.get("/v1/jobs", params={"after": "job_1"}).status_code == 422


@pytest.mark.usefixtures("working")
def test_the_items_of_a_job_come_by_pages_and_by_outcome(client: TestClient) -> None:
    response = take(client, phare(1), ("vide.txt", ""), phare(2))
    over(client, response)
    url = response.headers["location"]

    first = client.get(url, params={"limit": 2}).json()
    second = client.get(url, params={"limit": 2, "after": first["next"]}).json()
    refused = client.get(url, params={"outcome": "refused"}).json()

    assert [i["name"] for i in first["items"]] == ["phare 1.txt", "vide.txt"]
    assert ([i["name"] for i in second["items"]], second["next"]) == (["phare 2.txt"], None)
    assert [i["name"] for i in refused["items"]] == ["vide.txt"]


def test_a_waiting_job_is_cancelled_at_once(client: TestClient) -> None:
    response = take(client, phare(1))

    cancelled = client.delete(response.headers["location"])

    assert cancelled.status_code == 200
    assert cancelled.json()["state"] == "cancelled"
    assert client.delete(response.headers["location"]).json() == cancelled.json()


@pytest.mark.usefixtures("working")
def test_a_running_job_is_cancelled_after_its_item_and_lists_what_came_in(
    client: TestClient,
) -> None:
    response = take(client, *map(phare, range(100)))
    url = response.headers["location"]
    while client.get(url).json()["progress"]["done"] == 0:
        sleep(0.005)

    assert client.delete(url).status_code == 200

    job = over(client, response)
    assert job.state == "cancelled"
    assert 0 < job.progress.done < 100
    assert len(job.items) == job.progress.done
    stored = client.get(URL, params={"limit": 200}).json()["documents"]
    assert {document["id"] for document in stored} == {item.document_id for item in job.items}


@pytest.mark.usefixtures("working")
def test_a_job_is_watched_until_it_is_over(client: TestClient) -> None:
    response = take(client, *map(phare, range(40)))

    watched = client.get(f"{response.headers['location']}/events")

    assert watched.headers["content-type"].startswith("text/event-stream")
    events = [(name, Job.model_validate(data)) for name, data in parse(watched.text)]
    *progress, (last, final) = events
    assert {name for name, _ in progress} <= {"progress"}
    assert (last, final.state, final.progress.done) == ("done", "succeeded", 40)
    done = [job.progress.done for _, job in events]
    assert done == sorted(done)
    again = client.get(f"{response.headers['location']}/events")
    assert parse(again.text) == [("done", final.model_dump(mode="json"))]


def test_who_watches_a_job_that_waits_is_let_go_when_the_service_stops(
    client: TestClient, app: FastAPI
) -> None:
    response = take(client, phare(1))
    app.state.leaving = lambda: True
    try:
        watched = client.get(f"{response.headers['location']}/events")
    finally:
        app.state.leaving = lambda: False

    assert [name for name, _ in parse(watched.text)] == ["progress"]


def test_a_watched_job_that_goes_with_its_collection_ends_in_an_error(
    client: TestClient, sourcier: Sourcier, app: FastAPI
) -> None:
    sourcier.create_collection("presse")
    response = take(client, phare(1), collection="presse")
    calls: list[int] = []

    def leaving() -> bool:
        calls.append(1)
        if len(calls) == 1:
            sourcier.delete_collection("presse")
        return False

    app.state.leaving = leaving
    try:
        watched = client.get(f"{response.headers['location']}/events")
    finally:
        app.state.leaving = lambda: False

    [_, (name, problem)] = parse(watched.text)
    assert (name, problem["status"]) == ("error", 404)


def test_jobs_are_only_for_those_who_may_write_where_they_do(
    client: TestClient, sourcier: Sourcier
) -> None:
    for name in ("presse", "notes"):
        sourcier.create_collection(name)
    url = take(client, phare(1), collection="presse").headers["location"]
    never = "/v1/jobs/job_" + "0" * 32
    reader, writer = key(sourcier, "ask", "presse"), key(sourcier, "write", "presse")
    other = key(sourcier, "admin", "notes")

    for method, path in (("GET", url), ("GET", f"{url}/events"), ("DELETE", url)):
        assert client.request(method, path, headers=reader).status_code == 403
        refused = client.request(method, path, headers=other)
        unknown = client.request(method, path.replace(url, never), headers=other)
        assert refused.status_code == unknown.status_code == 404
        assert refused.text.replace(url[9:], "") == unknown.text.replace(never[9:], "")
    assert client.get("/v1/jobs", headers=reader).status_code == 403
    assert client.get("/v1/jobs", headers=other).json()["jobs"] == []
    assert len(client.get("/v1/jobs", headers=writer).json()["jobs"]) == 1
    assert client.get(url, headers=writer).json()["state"] == "queued"
    refused = client.post(URL, json={"text": "Un."}, headers={**LATER, **reader})
    assert refused.status_code == 403


def test_jobs_are_counted_for_prometheus(client: TestClient, sourcier: Sourcier) -> None:
    take(client, phare(1))
    client.delete(take(client, phare(2)).headers["location"])

    lines = client.get("/metrics", headers=key(sourcier, "admin")).text.splitlines()

    assert 'sourcier_jobs{state="queued"} 1.0' in lines
    assert 'sourcier_jobs{state="cancelled"} 1.0' in lines
    assert 'sourcier_jobs{state="running"} 0.0' in lines
