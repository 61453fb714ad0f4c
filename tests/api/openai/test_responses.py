"""Responses: what is asked, what comes back, the order of events, and what is refused."""

from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from documents.errors import StoreUnavailable
from rag.events import Answered, Events, PassagesFound
from rag.models import Answer, Question, Turn
from tests.api.event_streams import parse
from tests.api.fakes import ANSWER_ID, QUOTE, SECOND, TEXT, FakeSourcier, make_answer

URL = "/v1/responses"
SEARCH = {"type": "file_search", "vector_store_ids": ["default"]}
ASKED = {"model": "sourcier", "input": "Quand ?"}


def respond(client: TestClient, **changes: object) -> dict[str, Any]:
    response = client.post(URL, json={**ASKED, **changes})
    assert response.status_code == 200, response.text
    return response.json()


def stream(client: TestClient, **changes: object) -> list[dict[str, Any]]:
    response = client.post(URL, json={**ASKED, "stream": True, **changes})
    assert response.status_code == 200, response.text
    events = parse(response.text)
    assert all(name == content["type"] for name, content in events)
    return [content for _, content in events]


def asked(sourcier: FakeSourcier) -> Question:
    [question] = [call for call in sourcier.calls if isinstance(call, Question)]
    return question


def refused(question: Question) -> Answer:
    return replace(make_answer(question), answered=False, text="Non.", sentences=(), citations=())


def test_an_answer_is_a_message(client: TestClient) -> None:
    response = respond(client, metadata={"case": "7"})

    assert (response["object"], response["status"]) == ("response", "completed")
    assert response["model"] == "sourcier/default"
    assert response["metadata"] == {"case": "7"}
    [message] = response["output"]
    assert (message["type"], message["role"], message["status"]) == (
        "message",
        "assistant",
        "completed",
    )
    [part] = message["content"]
    assert (part["type"], part["text"]) == ("output_text", f"{QUOTE} {SECOND}")
    assert [one["type"] for one in part["annotations"]] == ["url_citation"] * 3
    spans = [part["text"][one["start_index"] : one["end_index"]] for one in part["annotations"]]
    assert spans == [QUOTE, SECOND, SECOND]


def test_the_proofs_are_those_of_our_own_route(client: TestClient) -> None:
    own = client.post("/v1/ask", json={"question": "Quand ?"}).json()

    response = respond(client)

    assert response["citations"] == own["citations"]
    assert response["passages"] == own["passages"]
    assert (response["answered"], response["answer_id"]) == (True, ANSWER_ID)


def test_the_search_is_told_to_who_knows_of_it(client: TestClient) -> None:
    search, message = respond(client, tools=[SEARCH])["output"]

    assert (search["type"], search["status"]) == ("file_search_call", "completed")
    assert (search["queries"], search["results"]) == (["Quand ?"], None)
    assert message["content"][0]["annotations"][1] == {
        "type": "file_citation",
        "file_id": "doc_00000000000000aa",
        "filename": "La tour",
        "index": 0,
    }
    kinds = [one["type"] for one in message["content"][0]["annotations"]]
    assert kinds == ["url_citation", "file_citation", "url_citation", "url_citation"]


def test_the_search_brings_what_it_found_where_that_is_wanted(client: TestClient) -> None:
    search, _ = respond(client, tools=[SEARCH], include=["file_search_call.results"])["output"]

    [result] = search["results"]
    assert (result["file_id"], result["text"]) == ("doc_00000000000000aa", TEXT)


def test_the_query_is_the_question_as_it_was_understood(client: TestClient) -> None:
    conversation = [
        {"role": "user", "content": "Quand la tour a-t-elle été bâtie ?"},
        {"role": "assistant", "content": [{"type": "output_text", "text": "En 1889."}]},
        {"role": "user", "content": [{"type": "input_text", "text": "Par qui ?"}]},
    ]

    search, _ = respond(client, tools=[SEARCH], input=conversation)["output"]

    assert search["queries"] == ["Quand la tour a-t-elle été bâtie ?"]


def test_earlier_messages_are_the_history(client: TestClient, sourcier: FakeSourcier) -> None:
    respond(
        client,
        instructions="Answer in verse.",
        input=[
            {"role": "developer", "content": "Be brief."},
            {"type": "message", "role": "user", "content": "Qui ?"},
            {"type": "file_search_call", "id": "fs_1", "queries": ["Qui ?"]},
            {"type": "message", "role": "assistant", "content": "Anne.", "id": "msg_1"},
            {"role": "user", "content": "Et quand ?"},
        ],
    )

    question = asked(sourcier)
    assert (question.text, question.history) == ("Et quand ?", (Turn("Qui ?", "Anne."),))


@pytest.mark.parametrize(
    ("model", "tool", "collection"),
    [
        ("sourcier", SEARCH, "default"),
        ("sourcier", {**SEARCH, "vector_store_ids": ["presse"]}, "presse"),
        ("sourcier/presse", {**SEARCH, "vector_store_ids": ["presse"]}, "presse"),
        ("sourcier/presse", {"type": "file_search"}, "presse"),
        ("sourcier/presse", {"type": "web_search"}, "presse"),
    ],
)
def test_model_and_search_say_where_to_look(
    client: TestClient, sourcier: FakeSourcier, model: str, tool: object, collection: str
) -> None:
    respond(client, model=model, tools=[tool])

    assert asked(sourcier).collection == collection


def test_the_search_says_how_many_passages(client: TestClient, sourcier: FakeSourcier) -> None:
    respond(client, tools=[{**SEARCH, "max_num_results": 3}])

    assert asked(sourcier).top_k == 3


def test_a_refusal_is_text_without_sources(
    client: TestClient, sourcier: FakeSourcier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sourcier, "ask", refused)

    response = respond(client)

    [part] = response["output"][0]["content"]
    assert (part["text"], part["annotations"]) == ("Non.", [])
    assert (response["answered"], response["citations"]) == (False, [])


ON_THE_WAY = [
    "response.created",
    "response.in_progress",
    "response.output_item.added",
    "response.file_search_call.in_progress",
    "response.file_search_call.searching",
    "response.file_search_call.completed",
    "response.output_item.done",
    "response.output_item.added",
    "response.content_part.added",
    "response.output_text.delta",
    "response.output_text.annotation.added",
    "response.output_text.annotation.added",
    "response.output_text.delta",
    "response.output_text.annotation.added",
    "response.output_text.annotation.added",
    "response.output_text.done",
    "response.content_part.done",
    "response.output_item.done",
    "response.completed",
]


def test_events_come_in_the_order_that_clients_know(client: TestClient) -> None:
    events = stream(client, tools=[SEARCH])

    assert [event["type"] for event in events] == ON_THE_WAY
    assert [event["sequence_number"] for event in events] == list(range(len(events)))


def test_without_the_tool_the_message_stands_alone(client: TestClient) -> None:
    events = stream(client)

    assert [event["type"] for event in events if "file_search" in event["type"]] == []
    assert {event["output_index"] for event in events if "output_index" in event} == {0}


@pytest.mark.parametrize("tools", [None, [SEARCH]])
def test_the_events_make_up_the_response(client: TestClient, tools: object) -> None:
    whole = respond(client, tools=tools)
    events = stream(client, tools=tools)
    [part] = whole["output"][-1]["content"]

    def told(kind: str, what: str) -> list[Any]:
        return [event[what] for event in events if event["type"] == kind]

    assert "".join(told("response.output_text.delta", "delta")) == part["text"]
    assert told("response.output_text.done", "text") == [part["text"]]
    kind = "response.output_text.annotation.added"
    assert told(kind, "annotation") == part["annotations"]
    assert told(kind, "annotation_index") == list(range(len(part["annotations"])))
    assert told("response.content_part.done", "part") == [part]
    [done] = told("response.completed", "response")
    assert told("response.output_item.done", "item") == done["output"]
    of_this_one = ("id", "created_at", "output")
    assert {**done, **dict.fromkeys(of_this_one)} == {**whole, **dict.fromkeys(of_this_one)}
    assert done["output"][-1]["content"] == [part]


def refusing(question: Question) -> Events:
    answer = refused(question)
    yield PassagesFound("fr", None, answer.passages)
    yield Answered(answer)


def test_a_refusal_is_streamed_as_text(
    client: TestClient, sourcier: FakeSourcier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sourcier, "stream", refusing)

    events = stream(client)

    assert [event["delta"] for event in events if "delta" in event] == ["Non."]
    assert events[-1]["response"]["answered"] is False


def test_a_failure_on_the_way_is_the_last_event(client: TestClient, sourcier: FakeSourcier) -> None:
    def fail() -> None:
        raise StoreUnavailable("The disk is full.")

    sourcier.between = fail

    *before, last = stream(client)

    assert last == {
        "type": "error",
        "sequence_number": len(before),
        "message": "The disk is full.",
        "param": None,
        "code": "store_unavailable",
    }


def test_what_is_wrong_from_the_start_has_its_status(
    client: TestClient, sourcier: FakeSourcier
) -> None:
    sourcier.failure = StoreUnavailable("Busy.")

    response = client.post(URL, json={**ASKED, "stream": True})

    assert (response.status_code, response.json()["error"]["message"]) == (503, "Busy.")


@pytest.mark.parametrize(
    ("parameter", "value"),
    [
        ("background", True),
        ("previous_response_id", "resp_1"),
        ("conversation", {"id": "conv_1"}),
        ("prompt", {"id": "pmpt_1"}),
        ("text", {"format": {"type": "json_schema", "name": "n", "schema": {}}}),
        ("tool_choice", {"type": "function", "name": "f"}),
        ("tools", [{**SEARCH, "filters": {"type": "in", "key": "a", "value": "b"}}]),
        ("tools", [{**SEARCH, "vector_store_ids": ["a", "b"]}]),
        ("input", [{"type": "item_reference", "id": "msg_1"}]),
        ("input", [{"role": "user", "content": [{"type": "input_file", "file_id": "f"}]}]),
    ],
)
def test_what_asks_for_something_else_is_refused(
    client: TestClient, sourcier: FakeSourcier, parameter: str, value: object
) -> None:
    response = client.post(URL, json={**ASKED, parameter: value})

    assert response.status_code == 400, response.text
    error = response.json()["error"]
    assert (error["param"], error["code"]) == (parameter, "unsupported_parameter")
    assert sourcier.calls == []


def test_another_collection_than_the_models_is_refused(client: TestClient) -> None:
    body = {**ASKED, "model": "sourcier/presse", "tools": [SEARCH]}

    assert client.post(URL, json=body).json()["error"]["param"] == "tools"


@pytest.mark.parametrize(
    "harmless",
    [
        {"temperature": 0, "max_output_tokens": 50, "store": True, "truncation": "auto"},
        {"reasoning": {"effort": "low"}, "parallel_tool_calls": True, "service_tier": "auto"},
        {"tool_choice": {"type": "file_search"}, "tools": [SEARCH]},
        {"text": {"format": {"type": "text"}, "verbosity": "low"}, "tools": None},
    ],
)
def test_what_only_tunes_a_model_is_ignored(
    client: TestClient, harmless: dict[str, object]
) -> None:
    assert respond(client, **harmless)["status"] == "completed"
