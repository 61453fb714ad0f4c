import errno
import logging
from collections.abc import Iterator

import pytest
from starlette.testclient import TestClient
from starlette.types import Message, Receive, Scope, Send

from api.errors import PROBLEMS, kind_of
from api.failures import UnforeseenErrors
from documents.errors import DocumentError, StoreUnavailable, UnknownCollection
from index.errors import IncompatibleIndex, IndexingError
from rag.errors import InvalidQuestion, NotReady, RagError
from tests.api.fakes import FakeSourcier

ROOTS = (DocumentError, IndexingError, RagError)


def subclasses(error: type[Exception]) -> Iterator[type[Exception]]:
    yield error
    for child in error.__subclasses__():
        yield from subclasses(child)


EVERY_ERROR = [error for root in ROOTS for error in subclasses(root)]


@pytest.mark.parametrize("error", EVERY_ERROR)
def test_every_domain_error_has_a_row_or_a_parent_with_one(error: type[Exception]) -> None:
    kind = kind_of(error("why"))

    nearest = next(parent for parent in error.__mro__ if parent in PROBLEMS)
    assert kind == PROBLEMS[nearest]
    assert 400 <= kind.status < 600


def test_an_error_of_no_tree_has_no_row() -> None:
    with pytest.raises(LookupError, match="KeyError has no row"):
        kind_of(KeyError("x"))


@pytest.mark.parametrize("error", EVERY_ERROR)
def test_every_domain_error_is_answered_with_its_own_problem(
    client: TestClient, sourcier: FakeSourcier, error: type[Exception]
) -> None:
    sourcier.failure = error("The reason and the remedy.")

    response = client.post("/v1/ask", json={"question": "Quand ?"})

    kind = kind_of(sourcier.failure)
    assert response.status_code == kind.status
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json() == {
        "type": "urn:sourcier:problem:" + kind.title.lower().replace(" ", "-"),
        "title": kind.title,
        "status": kind.status,
        "detail": "The reason and the remedy.",
    }


@pytest.mark.parametrize(
    ("error", "status"),
    [
        (UnknownCollection("x"), 404),
        (InvalidQuestion("x"), 422),
        (NotReady("x"), 503),
        (StoreUnavailable("x"), 503),
        (IncompatibleIndex("x"), 500),
    ],
)
def test_the_status_says_whose_fault_it_is(error: type[Exception], status: int) -> None:
    assert kind_of(error).status == status


def test_what_passes_by_itself_says_when_to_try_again(
    client: TestClient, sourcier: FakeSourcier
) -> None:
    sourcier.failure = NotReady("Building.")
    assert client.post("/v1/ask", json={"question": "Quand ?"}).headers["retry-after"] == "2"

    sourcier.failure = InvalidQuestion("Empty.")
    assert "retry-after" not in client.post("/v1/ask", json={"question": "Quand ?"}).headers


@pytest.mark.parametrize(
    ("code", "title", "remedy"),
    [
        (errno.ENOSPC, "Disk full", "TMPDIR"),
        (errno.EMFILE, "Too many open files", "ulimit -n"),
    ],
)
def test_what_the_machine_lacks_is_told_with_the_remedy(
    client: TestClient, sourcier: FakeSourcier, code: int, title: str, remedy: str
) -> None:
    sourcier.failure = OSError(code, "secret-path")

    response = client.post("/v1/ask", json={"question": "Quand ?"})

    assert response.status_code == 503
    assert response.headers["retry-after"] == "2"
    assert response.json()["title"] == title
    assert remedy in response.json()["detail"]
    assert "secret" not in response.text


def test_any_other_error_of_the_machine_is_a_500(
    client: TestClient, sourcier: FakeSourcier
) -> None:
    sourcier.failure = OSError(errno.EBADF, "secret-path")

    response = client.post("/v1/ask", json={"question": "Quand ?"})

    assert (response.status_code, response.json()["title"]) == (500, "Internal error")


def test_a_lone_surrogate_in_a_message_does_not_break_the_problem(
    client: TestClient, sourcier: FakeSourcier
) -> None:
    sourcier.failure = DocumentError("bad name: \ud800")

    response = client.post("/v1/ask", json={"question": "Quand ?"})

    assert response.json()["detail"] == "bad name: ?"


def test_an_unforeseen_error_is_a_500_without_its_reason(
    client: TestClient, sourcier: FakeSourcier, caplog: pytest.LogCaptureFixture
) -> None:
    sourcier.failure = RuntimeError("secret-password")

    with caplog.at_level(logging.ERROR):
        response = client.post("/v1/ask", json={"question": "Quand ?"})

    problem = response.json()
    assert response.status_code == 500
    assert response.headers["content-type"] == "application/problem+json"
    assert problem["type"] == "urn:sourcier:problem:internal-error"
    assert "secret-password" not in response.text
    assert problem["instance"] in caplog.text
    assert "secret-password" in caplog.text
    assert "Traceback" in caplog.text


def test_an_error_after_the_reply_began_is_not_hidden() -> None:
    async def half_a_reply(scope: Scope, receive: Receive, send: Send) -> None:  # noqa: ARG001
        await send({"type": "http.response.start", "status": 200, "headers": []})
        raise RuntimeError("in the middle")

    sent = []

    async def send(message: Message) -> None:
        sent.append(message)

    call = UnforeseenErrors(half_a_reply)(
        {"type": "http", "method": "GET", "path": "/"}, None, send
    )
    with pytest.raises(RuntimeError, match="in the middle"):
        call.send(None)
    assert [message["type"] for message in sent] == ["http.response.start"]


@pytest.mark.parametrize("path", ["/v2/ask", "/v1/ask/", "/v1/nothing", "/static/nothing.js"])
def test_an_unknown_route_is_a_problem(client: TestClient, path: str) -> None:
    response = client.get(path)

    assert response.status_code == 404
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["title"] == "Not Found"
    assert response.json()["type"] == "about:blank"


@pytest.mark.parametrize(
    ("path", "allowed"),
    [
        ("/v1/ask", "POST"),
        ("/v1/documents", "GET, POST"),
        ("/v1/documents/doc_1", "DELETE, GET"),
        ("/v1/documents/doc_1/text", "GET"),
        ("/v1/collections", "GET, POST"),
        ("/static/app.js", "GET, HEAD"),
        ("/", "GET, HEAD"),
    ],
)
def test_a_wrong_method_is_a_problem_that_names_the_right_ones(
    client: TestClient, path: str, allowed: str
) -> None:
    response = client.put(path)

    assert response.status_code == 405
    assert response.headers["allow"] == allowed
    assert response.json()["title"] == "Method Not Allowed"
