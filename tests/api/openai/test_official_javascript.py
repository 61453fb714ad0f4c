"""The Vercel AI SDK against a real service, under Node: text, streams and sources arrive.

`npm ci` in the folder js/ installs what it needs.
"""

import json
import os
import shutil
import subprocess
from pathlib import Path
from typing import Any

import pytest

from tests.api.openai.texts import FOLLOW_UP, FRENCH, FRENCH_QUESTION, UNANSWERED
from tests.browser.service import Service

FOLDER = Path(__file__).parent / "js"


def missing() -> str | None:
    """Say what is missing to run the SDK."""
    if shutil.which("node") is None:
        return "no Node is installed"
    if not (FOLDER / "node_modules" / "ai").is_dir():
        return f"the Vercel AI SDK is not installed: npm ci --prefix {FOLDER}"
    return None


@pytest.fixture(scope="module")
def seen(filled: Service) -> dict[str, Any]:
    """Return what arrived, as the script tells it."""
    if reason := missing():
        pytest.skip(reason)
    asked = {
        "model": "sourcier/default",
        "question": FRENCH_QUESTION,
        "missing": UNANSWERED,
        "followUp": FOLLOW_UP,
    }
    done = subprocess.run(
        ["node", FOLDER / "ai-sdk.mjs", f"{filled.url}v1", json.dumps(asked)],
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
        env={**os.environ, "NO_PROXY": "127.0.0.1"},
    )
    assert done.returncode == 0, done.stderr
    found: dict[str, Any] = json.loads(done.stdout)
    return found


@pytest.fixture(params=["chat", "responses"])
def model(seen: dict[str, Any], request: pytest.FixtureRequest) -> dict[str, Any]:
    found: dict[str, Any] = seen[request.param]
    return found


@pytest.mark.parametrize("way", ["whole", "streamed"])
def test_the_answer_and_its_source_arrive(model: dict[str, Any], filled: Service, way: str) -> None:
    answer = model[way]

    assert "1874" in answer["text"]
    assert answer["finishReason"] == "stop"
    assert answer["tokens"] > 0
    [source] = answer["sources"]
    assert (source["sourceType"], source["title"]) == ("url", FRENCH["title"])
    assert FRENCH["text"] in filled.http.get(source["url"]).text
    assert answer["tools"] == []


def test_a_stream_says_what_the_whole_says(model: dict[str, Any]) -> None:
    assert model["streamed"]["text"] == model["whole"]["text"]
    parts = model["streamed"]["parts"]
    assert parts.index("text-delta") < parts.index("source") < parts.index("finish")


def test_a_follow_up_is_understood(model: dict[str, Any]) -> None:
    assert "Émile Vasseur" in model["followUp"]["text"]


def test_a_refusal_is_shown_without_sources(model: dict[str, Any]) -> None:
    assert "Les documents ne permettent pas" in model["missing"]["text"]
    assert model["missing"]["sources"] == []


def test_responses_show_a_refusal_once(seen: dict[str, Any]) -> None:
    # The SDK’s chat model shows content and refusal one after the other, as its page says.
    assert seen["responses"]["missing"]["text"].count("Les documents ne permettent pas") == 1


def test_the_search_arrives_where_the_tool_is_given(seen: dict[str, Any]) -> None:
    searched = seen["searched"]

    assert [tool["toolName"] for tool in searched["tools"]] == ["file_search"]
    assert not any(tool.get("invalid") for tool in searched["tools"])
    assert [source["sourceType"] for source in searched["sources"]] == ["url", "document"]


def test_vectors_and_refusals_arrive(seen: dict[str, Any]) -> None:
    assert seen["dimension"] > 0
    assert seen["refused"]["status"] == 404
    assert "GET /v1/models" in seen["refused"]["message"]
