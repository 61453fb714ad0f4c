"""Completions as chunks: what they add up to, and what ends them early."""

import json
from dataclasses import replace
from typing import Any

import pytest
from starlette.testclient import TestClient

from documents.errors import StoreUnavailable
from rag.events import Answered, Events, PassagesFound
from rag.models import Question
from tests.api.fakes import QUOTE, SECOND, FakeSourcier, make_answer

URL = "/v1/chat/completions"
ASKED = {
    "model": "sourcier",
    "messages": [{"role": "user", "content": "Quand ?"}],
    "stream": True,
}


def frames(client: TestClient, **changes: object) -> list[str]:
    response = client.post(URL, json={**ASKED, **changes})
    assert response.status_code == 200, response.text
    assert response.headers["content-type"] == "text/event-stream; charset=utf-8"
    assert response.text.endswith("\n\n")
    found = response.text.removesuffix("\n\n").split("\n\n")
    assert all(frame.startswith("data: ") for frame in found)
    return [frame.removeprefix("data: ") for frame in found]


def chunks(client: TestClient, **changes: object) -> list[dict[str, Any]]:
    *found, last = frames(client, **changes)
    assert last == "[DONE]"
    return [json.loads(frame) for frame in found]


def deltas(found: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [choice["delta"] for chunk in found for choice in chunk["choices"]]


def test_a_sentence_is_followed_by_its_annotations(client: TestClient) -> None:
    told = deltas(chunks(client))

    assert [sorted(delta) for delta in told] == [
        ["content", "refusal", "role"],
        ["content"],
        ["annotations"],
        ["content"],
        ["annotations"],
        [],
    ]
    assert told[0]["role"] == "assistant"
    assert [delta.get("content") for delta in told[1::2]] == [QUOTE, f" {SECOND}", None]


def test_the_chunks_make_up_the_completion(client: TestClient) -> None:
    whole = client.post(URL, json={**ASKED, "stream": False}).json()
    message = whole["choices"][0]["message"]

    found = chunks(client)
    told = deltas(found)

    assert "".join(delta.get("content", "") for delta in told) == message["content"]
    annotations = [one for delta in told for one in delta.get("annotations", [])]
    assert [one.pop("index") for one in annotations] == [0, 1, 2]
    assert annotations == message["annotations"]
    for name in ("citations", "passages", "answered", "answer_id"):
        assert found[-1][name] == whole[name]


def test_all_chunks_are_of_one_completion(client: TestClient) -> None:
    found = chunks(client)

    assert len({(chunk["id"], chunk["created"], chunk["model"]) for chunk in found}) == 1
    assert {chunk["object"] for chunk in found} == {"chat.completion.chunk"}
    reasons = [choice["finish_reason"] for chunk in found for choice in chunk["choices"]]
    assert reasons == [None] * (len(reasons) - 1) + ["stop"]


def test_the_usage_comes_last_where_it_is_wanted(client: TestClient) -> None:
    whole = client.post(URL, json={**ASKED, "stream": False}).json()

    *others, last = chunks(client, stream_options={"include_usage": True})

    assert (last["choices"], last["usage"]) == ([], whole["usage"])
    assert not any("usage" in chunk for chunk in others)


def refusing(question: Question) -> Events:
    answer = replace(make_answer(question), answered=False, text="Non.", sentences=(), citations=())
    yield PassagesFound("fr", None, answer.passages)
    yield Answered(answer)


def test_a_refusal_is_streamed_as_text_and_as_refusal(
    client: TestClient, sourcier: FakeSourcier, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(sourcier, "stream", refusing)

    found = chunks(client)

    _, told, _ = deltas(found)
    assert told == {"content": "Non.", "refusal": "Non.", "annotations": []}
    assert (found[-1]["answered"], found[-1]["citations"]) == (False, [])


def test_what_is_wrong_from_the_start_has_its_status(
    client: TestClient, sourcier: FakeSourcier
) -> None:
    sourcier.failure = StoreUnavailable("Busy.")

    response = client.post(URL, json=ASKED)

    assert response.status_code == 503
    assert response.headers["retry-after"] == "2"
    assert response.json()["error"] == {
        "message": "Busy.",
        "type": "server_error",
        "param": None,
        "code": "store_unavailable",
    }


def test_a_failure_on_the_way_is_the_last_frame(client: TestClient, sourcier: FakeSourcier) -> None:
    def fail() -> None:
        raise StoreUnavailable("The disk is full.")

    sourcier.between = fail

    first, last = frames(client)

    assert "choices" in json.loads(first)
    assert json.loads(last)["error"]["message"] == "The disk is full."
    assert sourcier.closed.is_set()
