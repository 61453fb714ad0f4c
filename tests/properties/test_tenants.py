"""Two tenants, whatever they store: neither can tell the other's things from what never was."""

import re
from collections.abc import Callable, Iterator
from contextlib import suppress
from dataclasses import dataclass
from itertools import count
from typing import Any

import pytest
from httpx2 import Response
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from starlette.testclient import TestClient

from api.app import create_app
from documents.errors import EmptyDocument
from documents.records import Role
from rag.bootstrap import bootstrap
from rag.jobs.uploads import UPLOAD, file_piece
from rag.models import Question
from rag.service import Sourcier
from rag.settings import Settings

SAID = (
    "le la phare moulin a été bâti en 1887 par M. Kerbrat « oui » l’île œuvre 🎈 "
    "the tower was built in May by Dr. Oakley cost 3.5 e\u0301te\u0301"
)
WORDS = st.sampled_from(SAID.split(" "))
SENTENCES = st.lists(WORDS, min_size=3, max_size=12).map(lambda words: " ".join(words) + ".")
TEXTS = st.lists(SENTENCES, min_size=1, max_size=6).map(" ".join)
DOCUMENTS = st.dictionaries(st.sampled_from("abcd"), TEXTS, min_size=1)
ROLES: st.SearchStrategy[Role] = st.sampled_from(("ask", "write", "admin"))

NEVER_DOCUMENT = "doc_" + "0" * 16
NEVER_ANSWER = "ans_" + "0" * 32
NEVER_JOB = "job_" + "0" * 32
LATER = {"Prefer": "respond-async"}
NUMBERS = count()


@dataclass(frozen=True)
class Tenant:
    """A collection with its documents, an answer from it, and the headers of its key."""

    name: str
    document_ids: list[str]
    answer_id: str
    job_id: str
    headers: dict[str, str]


@dataclass(frozen=True)
class Named:
    """What a request may name of somebody: a collection, a document, an answer, a job."""

    collection: str
    document: str
    answer: str
    job: str


@pytest.fixture(scope="module")
def sourcier(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sourcier]:
    folder = tmp_path_factory.mktemp("data")
    with bootstrap(Settings(data_dir=folder, encoder="embedded-static", keys="on")) as sourcier:
        yield sourcier


@pytest.fixture(scope="module")
def client(sourcier: Sourcier) -> Iterator[TestClient]:
    with TestClient(create_app(sourcier), raise_server_exceptions=False) as client:
        yield client


def settle(sourcier: Sourcier, documents: dict[str, str], role: Role) -> Tenant:
    """Return a new tenant that stored `documents`, asked a question and has a job that waits."""
    name = f"tenant{next(NUMBERS)}"
    sourcier.create_collection(name)
    ids = []
    for source, text in documents.items():
        with suppress(EmptyDocument):
            stored = sourcier.add_text(text, source=source, collection=name)
            ids.append(stored.document.id)
    answer = sourcier.ask(Question("Qui a bâti le phare ?", collection=name))
    _, shown = sourcier.keys.create(name, role, collections=[name])
    piece = file_piece(b"Un phare.", name="b", media_type=None, source="b")
    job = sourcier.jobs.submit(UPLOAD, collection=name, spooled=[piece])
    return Tenant(name, ids, answer.id, job.id, {"Authorization": f"Bearer {shown}"})


# Every route that names a collection, a document, an answer or a job, and how it is called.
Call = Callable[[Named], dict[str, Any]]
ROUTES: dict[tuple[str, str], list[Call]] = {
    ("POST", "/v1/ask"): [
        lambda n: {"json": {"question": "Qui ?", "collection": n.collection}},
        lambda n: {"json": {"question": "Qui ?", "collection": n.collection, "stream": True}},
        lambda n: {"json": {"question": "  ", "collection": n.collection}},
    ],
    ("POST", "/v1/search"): [
        lambda n: {"json": {"query": "phare", "collection": n.collection}},
        lambda n: {
            "json": {
                "query": "phare",
                "collection": n.collection,
                "filters": {"document_ids": [n.document]},
            }
        },
    ],
    ("POST", "/v1/feedback"): [lambda n: {"json": {"answer_id": n.answer, "helpful": True}}],
    ("GET", "/v1/documents"): [
        lambda n: {"params": {"collection": n.collection}},
        lambda n: {"params": {"collection": n.collection, "after": "1"}},
    ],
    ("POST", "/v1/documents"): [
        lambda n: {"json": {"text": "Un phare.", "collection": n.collection, "source": "a"}},
        lambda n: {"files": {"file": ("a", b"Un phare.")}, "data": {"collection": n.collection}},
        lambda n: {"files": {"file": ("a", b"")}, "data": {"collection": n.collection}},
        lambda n: {"json": {"text": "Un.", "collection": n.collection}, "headers": LATER},
        lambda n: {
            "files": {"file": ("a", b"Un phare.")},
            "data": {"collection": n.collection},
            "headers": LATER,
        },
    ],
    ("POST", "/v1/fetches"): [
        lambda n: {"json": {"address": "https://presse.example/", "collection": n.collection}},
        lambda n: {"json": {"address": "file:///etc/passwd", "collection": n.collection}},
    ],
    ("GET", "/v1/documents/{document_id}"): [lambda _: {}],
    ("DELETE", "/v1/documents/{document_id}"): [lambda _: {}],
    ("GET", "/v1/documents/{document_id}/text"): [
        lambda _: {},
        lambda _: {"headers": {"If-None-Match": "*"}},
    ],
    ("GET", "/v1/jobs"): [lambda n: {"params": {"after": n.job}}],
    ("GET", "/v1/jobs/{job_id}"): [lambda _: {}, lambda _: {"params": {"outcome": "refused"}}],
    ("DELETE", "/v1/jobs/{job_id}"): [lambda _: {}],
    ("GET", "/v1/jobs/{job_id}/events"): [lambda _: {}],
    ("POST", "/v1/collections"): [lambda n: {"json": {"name": n.collection}}],
    ("DELETE", "/v1/collections/{name}"): [lambda _: {}],
    ("GET", "/v1/models/{model}"): [lambda _: {}],
    ("POST", "/v1/chat/completions"): [
        lambda n: {
            "json": {
                "model": f"sourcier/{n.collection}",
                "messages": [{"role": "user", "content": "Qui ?"}],
            }
        }
    ],
    ("POST", "/v1/responses"): [
        lambda n: {"json": {"model": f"sourcier/{n.collection}", "input": "Qui ?"}}
    ],
    ("POST", "/v1/dify/retrieval"): [
        lambda n: {
            "json": {
                "knowledge_id": n.collection,
                "query": "phare",
                "retrieval_setting": {"top_k": 3, "score_threshold": 0.0},
            }
        }
    ],
    ("GET", "/v1/files"): [lambda n: {"params": {"after": n.document}}],
    ("GET", "/v1/files/{file_id}"): [lambda _: {}],
    ("DELETE", "/v1/files/{file_id}"): [lambda _: {}],
    ("POST", "/v1/vector_stores"): [
        lambda n: {"json": {"name": n.collection}},
        lambda n: {"json": {"file_ids": [n.document]}},
    ],
    ("GET", "/v1/vector_stores"): [lambda n: {"params": {"after": n.collection}}],
    ("GET", "/v1/vector_stores/{store_id}"): [lambda _: {}],
    ("DELETE", "/v1/vector_stores/{store_id}"): [lambda _: {}],
    ("POST", "/v1/vector_stores/{store_id}/search"): [lambda _: {"json": {"query": "phare"}}],
    ("GET", "/v1/vector_stores/{store_id}/files"): [
        lambda _: {},
        lambda n: {"params": {"after": n.document}},
    ],
    ("POST", "/v1/vector_stores/{store_id}/files"): [lambda n: {"json": {"file_id": n.document}}],
    ("POST", "/v1/vector_stores/{store_id}/file_batches"): [
        lambda n: {"json": {"file_ids": [n.document]}},
        lambda n: {"json": {"files": [{"file_id": n.document, "attributes": {"a": 1}}]}},
    ],
    ("GET", "/v1/vector_stores/{store_id}/file_batches/{batch_id}"): [lambda _: {}],
    ("GET", "/v1/vector_stores/{store_id}/files/{file_id}"): [lambda _: {}],
    ("DELETE", "/v1/vector_stores/{store_id}/files/{file_id}"): [lambda _: {}],
}
# Routes that name nothing: what they tell is held against what it was before.
UNNAMED = {
    ("GET", "/v1/collections"),
    ("GET", "/v1/status"),
    ("GET", "/v1/jobs"),
    ("GET", "/v1/models"),
    ("GET", "/v1/files"),
    ("GET", "/v1/vector_stores"),
    ("GET", "/metrics"),
}
TELLS_NOTHING_STORED = {("POST", "/v1/embeddings"), ("POST", "/v1/files")}
# Lists, which leave out what is another's; everything else is refused.
LISTS = {("GET", "/v1/files"), ("GET", "/v1/vector_stores"), ("GET", "/v1/jobs")}


def test_every_route_is_held_to_it(client: TestClient) -> None:
    paths = client.get("/openapi.json").json()["paths"]
    closed = {
        (method.upper(), path)
        for path, methods in paths.items()
        for method, operation in methods.items()
        if "security" in operation
    }

    assert closed == {*ROUTES, *UNNAMED, *TELLS_NOTHING_STORED}


def told(
    client: TestClient, route: tuple[str, str], call: Call, named: Named, headers: dict[str, str]
) -> tuple[int, bytes, dict[str, str]]:
    """Return the status, the body and the headers of a reply, what was named replaced by words."""
    method, path = route
    path = path.format(
        document_id=named.document,
        job_id=named.job,
        file_id=named.document,
        name=named.collection,
        store_id=named.collection,
        batch_id="vsfb_68a1b2c30002",
        model=f"sourcier/{named.collection}",
    )
    arguments = call(named)
    response: Response = client.request(
        method, path, **{**arguments, "headers": {**arguments.get("headers", {}), **headers}}
    )
    body = response.content
    for word, names in (
        (b"COLLECTION", named.collection),
        (b"DOCUMENT", named.document),
        (b"ANSWER", named.answer),
        (b"JOB", named.job),
    ):
        body = body.replace(names.encode(), word)
    kept = {
        name: value
        for name, value in response.headers.items()
        if name not in ("x-request-id", "content-length", "date")
    }
    return response.status_code, body, kept


def view(client: TestClient, tenant: Tenant) -> list[tuple[int, str]]:
    """Return all that `tenant` can see without naming anybody else."""
    named = {"collection": tenant.name}
    responses = [
        *(client.request(m, path, headers=tenant.headers) for m, path in sorted(UNNAMED)),
        client.get("/v1/documents", params=named, headers=tenant.headers),
        *(
            client.get(f"/v1/documents/{one}/text", headers=tenant.headers)
            for one in tenant.document_ids
        ),
        client.post("/v1/search", json={"query": "le phare", **named}, headers=tenant.headers),
        client.post("/v1/ask", json={"question": "Qui ?", **named}, headers=tenant.headers),
    ]
    differs = re.compile(r'"timings":\{[^}]*\}|"ans_[0-9a-f]+"')
    return [(each.status_code, differs.sub("", each.text)) for each in responses]


@settings(
    deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ours=DOCUMENTS, theirs=DOCUMENTS, role=ROLES)
def test_what_is_anothers_is_answered_as_what_never_was(
    client: TestClient, sourcier: Sourcier, ours: dict[str, str], theirs: dict[str, str], role: Role
) -> None:
    us, them = settle(sourcier, ours, role), settle(sourcier, theirs, "admin")
    never = Named(f"never{us.name}", NEVER_DOCUMENT, NEVER_ANSWER, NEVER_JOB)
    before = view(client, them)

    for route, calls in ROUTES.items():
        for call in calls:
            expected = told(client, route, call, never, us.headers)
            assert expected[0] >= 400 or route in LISTS, route
            for document_id in them.document_ids or [NEVER_DOCUMENT]:
                theirs_named = Named(them.name, document_id, them.answer_id, them.job_id)
                assert told(client, route, call, theirs_named, us.headers) == expected, route

    assert view(client, them) == before
    assert sourcier.feedback.given(them.name) == []


@settings(
    deadline=None, max_examples=12, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(ours=DOCUMENTS, theirs=DOCUMENTS, role=ROLES)
def test_what_another_stores_and_deletes_changes_nothing_that_one_sees(
    client: TestClient,
    sourcier: Sourcier,
    ours: dict[str, str],
    theirs: dict[str, str],
    role: Role,
) -> None:
    us = settle(sourcier, ours, role)
    before = view(client, us)

    them = settle(sourcier, theirs, "admin")
    assert view(client, us) == before
    for document_id in them.document_ids[::2]:
        sourcier.delete_document(document_id)
    assert view(client, us) == before
    sourcier.delete_collection(them.name)
    assert view(client, us) == before
    assert them.name not in str(before)
