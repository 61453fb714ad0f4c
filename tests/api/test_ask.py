import json
from datetime import date

import pytest
from pydantic import ValidationError
from starlette.testclient import TestClient

from api.schemas.ask import AskResponse, Turn
from documents.models import Document
from documents.records import Filters
from rag import models as domain
from rag.models import Question
from tests.api.fakes import FakeSourcier

ANSWER_KEYS = {
    "id",
    "question",
    "standalone_question",
    "language",
    "answered",
    "answer",
    "short_answer",
    "degraded",
    "confidence",
    "sentences",
    "citations",
    "passages",
    "encoder",
    "generator",
    "timings",
}
CITATION_KEYS = {
    "number",
    "document_id",
    "passage_id",
    "title",
    "url",
    "text_url",
    "published_at",
    "language",
    "page",
    "quote",
    "start",
    "end",
    "score",
    "verified",
}


def test_a_question_alone_is_enough(client: TestClient, sourcier: FakeSourcier) -> None:
    response = client.post("/v1/ask", json={"question": "Quand la tour a-t-elle été bâtie ?"})

    assert response.status_code == 200
    assert sourcier.calls == [Question("Quand la tour a-t-elle été bâtie ?")]


def test_every_wish_reaches_the_domain(client: TestClient, sourcier: FakeSourcier) -> None:
    wishes = {
        "question": "When?",
        "language": "en",
        "collection": "presse",
        "top_k": 3,
        "filters": {
            "language": "fr",
            "published_from": "2025-01-01",
            "published_to": "2025-12-31",
            "document_ids": ["doc_a", "doc_b"],
            "metadata": {"section": "monde"},
        },
    }

    client.post("/v1/ask", json=wishes)

    assert sourcier.calls == [
        Question(
            "When?",
            language="en",
            collection="presse",
            top_k=3,
            filters=Filters(
                language="fr",
                published_from=date(2025, 1, 1),
                published_to=date(2025, 12, 31),
                document_ids=frozenset({"doc_a", "doc_b"}),
                metadata={"section": "monde"},
            ),
        )
    ]


def test_an_answer_has_the_form_that_was_promised(client: TestClient) -> None:
    response = client.post("/v1/ask", json={"question": "Quand ?"})

    answer = response.json()
    AskResponse.model_validate_json(response.content)
    assert set(answer) == ANSWER_KEYS
    assert set(answer["citations"][0]) == CITATION_KEYS
    assert set(answer["sentences"][0]) == {"text", "start", "end", "citations", "support"}
    assert [sentence["support"] for sentence in answer["sentences"]] == ["supported", "partly"]
    assert set(answer["short_answer"]) == {"text", "citation", "start", "end"}
    assert answer["standalone_question"] is None
    assert answer["citations"][0]["published_at"] == "2025-07-28"
    assert answer["degraded"] is None


def test_offsets_are_those_of_the_stored_text_in_code_points(
    client: TestClient, sourcier: FakeSourcier, document: Document
) -> None:
    sourcier.stored[document.id] = document

    citation = client.post("/v1/ask", json={"question": "Quand ?"}).json()["citations"][0]
    text = client.get(citation["text_url"]).text

    assert text[citation["start"] : citation["end"]] == citation["quote"]


def test_the_short_answer_stands_in_the_quote_that_it_names(
    client: TestClient, sourcier: FakeSourcier, document: Document
) -> None:
    sourcier.stored[document.id] = document

    answer = client.post("/v1/ask", json={"question": "Quand ?"}).json()
    short = answer["short_answer"]
    citation = answer["citations"][short["citation"] - 1]

    assert short["text"] == "1889"
    assert client.get(citation["text_url"]).text[short["start"] : short["end"]] == "1889"
    assert citation["start"] <= short["start"] < short["end"] <= citation["end"]


def test_the_conversation_reaches_the_domain(client: TestClient, sourcier: FakeSourcier) -> None:
    history = [{"question": "Qui ?", "answer": "Personne."}, {"question": "La tour ?"}]

    answer = client.post("/v1/ask", json={"question": "Quand ?", "history": history}).json()

    assert sourcier.calls[0].history == (
        domain.Turn("Qui ?", "Personne."),
        domain.Turn("La tour ?", ""),
    )
    assert answer["standalone_question"] == "Quand la tour a-t-elle été bâtie ?"


@pytest.mark.parametrize(
    ("history", "pointer"),
    [
        ([{"question": "Qui ?"}] * 51, "#/history"),
        ([{"question": ""}], "#/history/0/question"),
        ([{"answer": "Personne."}], "#/history/0/question"),
        ([{"question": "Qui ?", "role": "user"}], "#/history/0/role"),
        ("Qui ?", "#/history"),
    ],
)
def test_a_history_out_of_bounds_is_refused(
    client: TestClient, history: object, pointer: str
) -> None:
    body = json.dumps({"question": "Quand ?", "history": history})
    headers = {"Content-Type": "application/json"}
    response = client.post("/v1/ask", content=body, headers=headers)

    assert response.status_code == 422
    assert [error["pointer"] for error in response.json()["errors"]] == [pointer]


def test_an_earlier_answer_may_be_as_long_as_any_we_give() -> None:
    assert Turn(question="Qui ?", answer="x" * 20_000)
    with pytest.raises(ValidationError, match="at most 20000 characters"):
        Turn(question="Qui ?", answer="x" * 20_001)


def test_replies_are_plain_utf8(client: TestClient) -> None:
    response = client.post("/v1/ask", json={"question": "Où est l’œuvre ?"})

    assert "Où est l’œuvre ?".encode() in response.content
    assert response.headers["content-type"] == "application/json"


def test_an_empty_question_is_refused_by_the_domain(client: TestClient) -> None:
    response = client.post("/v1/ask", json={"question": "  "})

    assert response.status_code == 422
    assert response.json()["title"] == "Invalid question"
