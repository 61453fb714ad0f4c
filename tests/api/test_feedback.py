import pytest
from starlette.testclient import TestClient

from documents.errors import UnknownDocument
from documents.records import QuotedSpan
from tests.api.fakes import ANSWER_ID, FakeFeedbackStore, FakeSourcier


@pytest.fixture
def answer_id(client: TestClient) -> str:
    body = {"question": "Quand la tour a-t-elle été bâtie ?", "collection": "default"}
    return str(client.post("/v1/ask", json=body).json()["id"])


@pytest.fixture
def kept(sourcier: FakeSourcier) -> FakeFeedbackStore:
    return sourcier.kept


def test_an_opinion_is_kept_with_the_answer_and_its_quotes(
    client: TestClient, kept: FakeFeedbackStore, answer_id: str
) -> None:
    opinion = {"answer_id": answer_id, "helpful": True, "comment": " Très clair.\n"}
    response = client.post("/v1/feedback", json=opinion)

    assert (response.status_code, response.content) == (204, b"")
    [feedback] = kept.kept
    assert (feedback.helpful, feedback.comment) == (True, "Très clair.")
    assert feedback.question == "Quand la tour a-t-elle été bâtie ?"
    assert (feedback.collection, feedback.language) == ("default", "fr")
    assert feedback.answer == "la tour a été bâtie en 1889. Elle mesure 330 m."
    assert feedback.quotes[0] == QuotedSpan(
        document_id="doc_00000000000000aa",
        passage_id="doc_00000000000000aa.1.0",
        language="fr",
        text="la tour a été bâtie en 1889.",
        start=10,
        end=38,
    )


def test_an_answer_that_was_streamed_can_be_judged_too(
    client: TestClient, kept: FakeFeedbackStore
) -> None:
    assert client.post("/v1/ask", json={"question": "Quand ?", "stream": True}).is_success

    response = client.post("/v1/feedback", json={"answer_id": ANSWER_ID, "helpful": False})

    assert response.status_code == 204
    assert [feedback.question for feedback in kept.kept] == ["Quand ?"]


def test_an_answer_that_nobody_remembers_is_named_with_the_remedy(
    client: TestClient, kept: FakeFeedbackStore
) -> None:
    unknown = f"ans_{'f' * 32}"
    response = client.post("/v1/feedback", json={"answer_id": unknown, "helpful": True})

    assert response.status_code == 404
    assert response.json()["type"] == "urn:sourcier:problem:unknown-answer"
    assert unknown in response.json()["detail"]
    assert "ask again" in response.json()["detail"]
    assert kept.kept == []


def test_an_answer_from_a_document_that_is_gone_is_refused(
    client: TestClient, kept: FakeFeedbackStore, answer_id: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    def gone(_: object) -> None:
        raise UnknownDocument("It was deleted.")

    monkeypatch.setattr(kept, "put_feedback", gone)
    response = client.post("/v1/feedback", json={"answer_id": answer_id, "helpful": True})

    assert (response.status_code, response.json()["detail"]) == (404, "It was deleted.")


@pytest.mark.parametrize(
    ("changes", "pointer"),
    [
        ({"answer_id": "ans_1"}, "#/answer_id"),
        ({"answer_id": f"{ANSWER_ID}\n"}, "#/answer_id"),
        ({"helpful": "yes"}, "#/helpful"),
        ({"comment": "x" * 2001}, "#/comment"),
        ({"thumbs": "up"}, "#/thumbs"),
    ],
)
def test_an_opinion_of_the_wrong_form_is_refused(
    client: TestClient, changes: dict[str, object], pointer: str
) -> None:
    opinion = {"answer_id": ANSWER_ID, "helpful": True, **changes}
    response = client.post("/v1/feedback", json=opinion)

    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]


def test_a_page_of_another_site_cannot_give_opinions(
    client: TestClient, kept: FakeFeedbackStore, answer_id: str
) -> None:
    body = f'{{"answer_id": "{answer_id}", "helpful": true}}'
    response = client.post("/v1/feedback", content=body, headers={"Content-Type": "text/plain"})

    assert response.status_code == 415
    assert kept.kept == []
