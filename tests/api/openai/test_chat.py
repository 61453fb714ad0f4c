"""Completions: what is asked, what comes back, and what is refused."""

from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from rag.models import Answer, Question, Turn
from tests.api.fakes import ANSWER_ID, QUOTE, SECOND, FakeSourcier, cite, make_answer

URL = "/v1/chat/completions"
ASKED = {"model": "sourcier/presse", "messages": [{"role": "user", "content": "Quand ?"}]}
OWN_URL = "http://testserver/v1/documents/doc_00000000000000aa/text"


def complete(client: TestClient, **changes: object) -> dict[str, Any]:
    response = client.post(URL, json={**ASKED, **changes})
    assert response.status_code == 200, response.text
    return response.json()


def asked(sourcier: FakeSourcier) -> Question:
    [question] = [call for call in sourcier.calls if isinstance(call, Question)]
    return question


def refused(question: Question) -> Answer:
    return replace(make_answer(question), answered=False, text="Non.", sentences=(), citations=())


def test_an_answer_is_a_completion(client: TestClient) -> None:
    completion = complete(client)

    assert completion["id"].startswith("chatcmpl-")
    assert completion["object"] == "chat.completion"
    assert completion["model"] == "sourcier/presse"
    [choice] = completion["choices"]
    assert choice["finish_reason"] == "stop"
    assert choice["message"]["role"] == "assistant"
    assert choice["message"]["content"] == f"{QUOTE} {SECOND}"
    assert choice["message"]["refusal"] is None


def test_each_sentence_is_annotated_with_each_of_its_sources(client: TestClient) -> None:
    message = complete(client)["choices"][0]["message"]

    spans = [
        (one["url_citation"]["start_index"], one["url_citation"]["end_index"])
        for one in message["annotations"]
    ]
    assert [message["content"][start:end] for start, end in spans] == [QUOTE, SECOND, SECOND]
    for one in message["annotations"]:
        assert one["type"] == "url_citation"
        assert one["url_citation"]["title"] == "La tour"
        assert one["url_citation"]["url"] == OWN_URL


def test_a_document_with_an_address_is_cited_by_it(
    client: TestClient, sourcier: FakeSourcier, monkeypatch: pytest.MonkeyPatch
) -> None:
    published = tuple(
        replace(cite(number, quote), url="https://example.org/tour")
        for number, quote in ((1, QUOTE), (2, SECOND))
    )
    monkeypatch.setattr(
        sourcier, "ask", lambda question: replace(make_answer(question), citations=published)
    )

    annotations = complete(client)["choices"][0]["message"]["annotations"]

    assert {one["url_citation"]["url"] for one in annotations} == {"https://example.org/tour"}


def test_the_proofs_are_those_of_our_own_route(client: TestClient) -> None:
    own = client.post("/v1/ask", json={"question": "Quand ?"}).json()

    completion = complete(client)

    assert completion["citations"] == own["citations"]
    assert completion["passages"] == own["passages"]
    assert completion["answered"] is True
    assert completion["answer_id"] == ANSWER_ID


def test_a_refusal_is_told_twice_and_cites_nothing(
    client: TestClient, sourcier: FakeSourcier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sourcier, "ask", refused)

    completion = complete(client)

    message = completion["choices"][0]["message"]
    assert (message["content"], message["refusal"], message["annotations"]) == ("Non.", "Non.", [])
    assert completion["answered"] is False
    assert completion["citations"] == []
    assert completion["choices"][0]["finish_reason"] == "stop"


def test_tokens_are_counted_over_the_whole_conversation(client: TestClient) -> None:
    messages = [
        {"role": "user", "content": "x" * 8},
        {"role": "assistant", "content": "y" * 4},
        {"role": "user", "content": "z" * 6},
    ]

    usage = complete(client, messages=messages)["usage"]

    assert usage["prompt_tokens"] == 5  # 20 characters with the two line ends
    assert usage["completion_tokens"] == -(-len(f"{QUOTE} {SECOND}") // 4)
    assert usage["total_tokens"] == usage["prompt_tokens"] + usage["completion_tokens"]


def test_the_model_says_where_to_look(client: TestClient, sourcier: FakeSourcier) -> None:
    assert complete(client, model="sourcier")["model"] == "sourcier/default"
    assert asked(sourcier).collection == "default"


def test_earlier_messages_are_the_history(client: TestClient, sourcier: FakeSourcier) -> None:
    complete(
        client,
        messages=[
            {"role": "system", "content": "Answer in verse."},
            {"role": "user", "content": "Qui ?"},
            {"role": "assistant", "content": "Anne.", "refusal": None},
            {"role": "developer", "content": [{"type": "image_url"}]},
            {"role": "user", "content": [{"type": "text", "text": "Et quand ?"}]},
        ],
    )

    question = asked(sourcier)
    assert (question.text, question.history) == ("Et quand ?", (Turn("Qui ?", "Anne."),))


def test_a_refused_turn_has_no_answer(client: TestClient, sourcier: FakeSourcier) -> None:
    parts = [{"type": "refusal", "refusal": "Les documents se taisent."}]
    complete(
        client,
        messages=[
            {"role": "user", "content": "Qui ?"},
            {"role": "assistant", "content": parts},
            {"role": "user", "content": "Et quand ?"},
        ],
    )

    assert asked(sourcier).history == (Turn("Qui ?"),)


@pytest.mark.parametrize(
    "harmless",
    [
        {"temperature": 0.2, "top_p": 1, "max_tokens": 100, "seed": 3, "stop": ["."], "user": "u"},
        {"n": 1, "response_format": {"type": "text"}, "tool_choice": "auto", "logprobs": False},
        {"tools": [{"type": "function", "function": {"name": "f"}}], "tool_choice": "none"},
        {"stream": None, "stream_options": None, "n": None, "modalities": ["text"]},
        {"of_tomorrow": {"anything": 1}},
    ],
)
def test_what_only_tunes_a_model_is_ignored(
    client: TestClient, harmless: dict[str, object]
) -> None:
    assert complete(client, **harmless)["choices"][0]["message"]["content"]


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("n", 2),
        ("logprobs", True),
        ("response_format", {"type": "json_object"}),
        ("response_format", {"type": "json_schema", "json_schema": {}}),
        ("tool_choice", "required"),
        ("tool_choice", {"type": "function", "function": {"name": "f"}}),
        ("function_call", {"name": "f"}),
        ("modalities", ["text", "audio"]),
        ("messages", [{"role": "user", "content": [{"type": "image_url", "image_url": {}}]}]),
    ],
)
def test_what_asks_for_something_else_is_refused(
    client: TestClient, sourcier: FakeSourcier, parameter: str, value: object
) -> None:
    response = client.post(URL, json={**ASKED, parameter: value})

    assert response.status_code == 400
    error = response.json()["error"]
    assert error["type"] == "invalid_request_error"
    assert (error["param"], error["code"]) == (parameter, "unsupported_parameter")
    assert sourcier.calls == []
