"""The same tools over stdio, as a desktop client starts them."""

import os
import subprocess
import sys
from pathlib import Path
from typing import Any

import anyio
import pytest
from mcp import Client, StdioServerParameters

from tests.browser.service import Service

ROOT = Path(__file__).parents[3]


def command(data: Path) -> StdioServerParameters:
    return StdioServerParameters(
        command=sys.executable,
        args=["-m", "api.mcp"],
        cwd="/",
        env={"PYTHONPATH": str(ROOT), "SOURCIER_DATA_DIR": str(data)},
    )


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_it_answers_from_the_store_of_a_running_service(
    service: Service, data: Path, mode: str
) -> None:
    question = "When did the ferry of Loch Arden stop running?"

    async def run() -> tuple[Any, Any, Any]:
        async with Client(command(data), mode=mode) as client:
            asked = await client.call_tool("ask", {"question": question})
            found = await client.call_tool("search", {"query": "moulin", "top_k": 1})
            wrong = await client.call_tool("fetch", {"id": "doc_0"})
            return asked, found, wrong

    asked, found, wrong = anyio.run(run)

    assert asked.structured_content["answered"] is True
    assert asked.structured_content["answer"] == service.ask(question)["answer"]
    assert asked.structured_content["citations"][0]["url"] == "https://example.org/ferry"
    (hit,) = found.structured_content["results"]
    assert hit["url"] == f"http://127.0.0.1:8000/v1/documents/{hit['document_id']}/text"
    assert wrong.is_error
    assert "doc_0" in wrong.content[0].text


def test_a_wrong_setting_is_told_in_one_line_and_not_on_standard_output() -> None:
    done = subprocess.run(
        [sys.executable, "-m", "api.mcp"],
        cwd=ROOT,
        env={**os.environ, "SOURCIER_PORT": "many"},
        input="",
        capture_output=True,
        text=True,
        check=False,
    )

    assert done.returncode == 1
    assert done.stdout == ""
    assert done.stderr.startswith("sourcier: SOURCIER_PORT: ")
    assert done.stderr.count("\n") == 1


def test_it_leaves_when_standard_input_ends(tmp_path: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "api.mcp"],
        cwd=ROOT,
        env={**os.environ, "SOURCIER_DATA_DIR": str(tmp_path)},
        input="",
        capture_output=True,
        text=True,
        check=False,
        timeout=30,
    )

    assert (done.returncode, done.stdout) == (0, "")
