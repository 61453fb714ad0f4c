import json
from typing import Any

import pytest
from pydantic import BaseModel
from starlette.testclient import TestClient

from api import examples
from api.openai.errors import PATHS
from api.schemas.ask import AskRequest, AskResponse
from api.schemas.documents import AddedDocument, AddedDocuments, TextBody
from api.schemas.feedback import FeedbackBody
from api.schemas.search import SearchRequest, SearchResponse

PROMISED = {
    ("/v1/ask", "post"),
    ("/v1/feedback", "post"),
    ("/v1/search", "post"),
    ("/v1/dify/retrieval", "post"),
    ("/v1/documents", "post"),
    ("/v1/documents", "get"),
    ("/v1/documents/{document_id}", "get"),
    ("/v1/documents/{document_id}", "delete"),
    ("/v1/documents/{document_id}/text", "get"),
    ("/v1/fetches", "post"),
    ("/v1/collections", "get"),
    ("/v1/collections", "post"),
    ("/v1/collections/{name}", "delete"),
    ("/v1/models", "get"),
    ("/v1/models/{model}", "get"),
    ("/v1/chat/completions", "post"),
    ("/v1/responses", "post"),
    ("/v1/embeddings", "post"),
    ("/v1/files", "post"),
    ("/v1/files", "get"),
    ("/v1/files/{file_id}", "get"),
    ("/v1/files/{file_id}", "delete"),
    ("/v1/vector_stores", "post"),
    ("/v1/vector_stores", "get"),
    ("/v1/vector_stores/{store_id}", "get"),
    ("/v1/vector_stores/{store_id}", "delete"),
    ("/v1/vector_stores/{store_id}/search", "post"),
    ("/v1/vector_stores/{store_id}/files", "post"),
    ("/v1/vector_stores/{store_id}/files", "get"),
    ("/v1/vector_stores/{store_id}/files/{file_id}", "get"),
    ("/v1/vector_stores/{store_id}/files/{file_id}", "delete"),
    ("/v1/vector_stores/{store_id}/file_batches", "post"),
    ("/v1/vector_stores/{store_id}/file_batches/{batch_id}", "get"),
    ("/v1/jobs", "get"),
    ("/v1/jobs/{job_id}", "get"),
    ("/v1/jobs/{job_id}", "delete"),
    ("/v1/jobs/{job_id}/events", "get"),
    ("/healthz", "get"),
    ("/readyz", "get"),
    ("/metrics", "get"),
    ("/v1/status", "get"),
}


@pytest.fixture
def described(client: TestClient) -> dict[str, Any]:
    return client.get("/openapi.json").json()


def operations(described: dict[str, Any]) -> list[tuple[str, str, dict[str, Any]]]:
    return [
        (path, method, operation)
        for path, methods in described["paths"].items()
        for method, operation in methods.items()
    ]


def test_exactly_the_promised_operations_are_described(described: dict[str, Any]) -> None:
    assert {(path, method) for path, method, _ in operations(described)} == PROMISED


def test_every_operation_is_titled_told_and_tagged(described: dict[str, Any]) -> None:
    for path, method, operation in operations(described):
        assert operation.keys() >= {"summary", "description", "tags"}, (path, method)


def test_operations_have_short_names_of_their_own(described: dict[str, Any]) -> None:
    names = [operation["operationId"] for _, _, operation in operations(described)]

    assert {"ask", "search", "add_document", "list_documents"} <= set(names)
    assert len(set(names)) == len(names)


def test_every_refusal_is_a_problem_document_or_an_error_of_openai(
    described: dict[str, Any],
) -> None:
    for path, method, operation in operations(described):
        form = "application/json" if PATHS.match(path) else "application/problem+json"
        for status, response in operation["responses"].items():
            if status >= "400":
                assert list(response["content"]) == [form], (path, method, status)


def test_what_takes_a_body_says_how_a_body_can_fail(described: dict[str, Any]) -> None:
    for path, method, operation in operations(described):
        if "requestBody" in operation:
            expected = {"400", "408", "413", "415", "422"}
            assert operation["responses"].keys() >= expected, (path, method)


def test_every_reference_leads_somewhere(described: dict[str, Any]) -> None:
    text = json.dumps(described)
    referred = {part.split('"')[0] for part in text.split("#/components/schemas/")[1:]}

    assert referred <= set(described["components"]["schemas"])
    assert "HTTPValidationError" not in described["components"]["schemas"]


def test_questions_and_answers_have_examples_in_both_languages(described: dict[str, Any]) -> None:
    ask = described["paths"]["/v1/ask"]["post"]
    asked = ask["requestBody"]["content"]["application/json"]["examples"]
    answered = ask["responses"]["200"]["content"]["application/json"]["examples"]

    assert {"fr", "en"} <= set(asked)
    assert {"fr", "en", "refusal"} <= set(answered)


@pytest.mark.parametrize(
    ("model", "made"),
    [
        (AskRequest, examples.QUESTIONS),
        (AskResponse, examples.ANSWERS),
        (FeedbackBody, examples.OPINIONS),
        (SearchRequest, examples.QUERIES),
        (SearchResponse, examples.HITS),
        (TextBody, examples.TEXTS),
        (AddedDocument, {"document": examples.ADDED["document"]}),
        (AddedDocuments, {"rows": examples.ADDED["rows"]}),
    ],
)
def test_examples_are_valid(model: type[BaseModel], made: dict[str, Any]) -> None:
    for example in made.values():
        model.model_validate_json(json.dumps(example["value"]))


@pytest.mark.parametrize("name", sorted(examples.ANSWERS))
def test_the_offsets_of_examples_are_true(name: str) -> None:
    answer = examples.ANSWERS[name]["value"]

    for sentence in answer["sentences"]:
        assert answer["answer"][sentence["start"] : sentence["end"]] == sentence["text"]
    for citation in answer["citations"]:
        assert examples.TEXT[citation["start"] : citation["end"]] == citation["quote"]
    if short := answer["short_answer"]:
        assert examples.TEXT[short["start"] : short["end"]] == short["text"]


def test_an_answer_is_described_as_json_and_as_events(described: dict[str, Any]) -> None:
    answered = described["paths"]["/v1/ask"]["post"]["responses"]["200"]["content"]

    assert set(answered) == {"application/json", "text/event-stream"}
    assert answered["application/json"]["schema"]["$ref"].endswith("/AskResponse")
    assert answered["text/event-stream"]["examples"]["fr"]["value"].startswith("event: passages\n")
