"""How long it takes from an empty folder to the first answer, with the service running."""

import os
import platform
import subprocess
import sys
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import UTC, datetime
from pathlib import Path
from tempfile import TemporaryDirectory
from time import perf_counter
from typing import Any, Final

from tests.integrations.clients.received import FACT, QUESTION
from tests.integrations.running import Services

_PYTHON_INSTALL: Final = "python -m venv .venv && .venv/bin/pip install --quiet --no-cache-dir"
_OPENAI = """
from openai import OpenAI

client = OpenAI(base_url="{url}/v1", api_key="none")
messages = [{{"role": "user", "content": "{question}"}}]
completion = client.chat.completions.create(model="sourcier", messages=messages)
print(completion.choices[0].message.content)
"""
_VERCEL = """
import {{ createOpenAI }} from "@ai-sdk/openai";
import {{ generateText }} from "ai";

const sourcier = createOpenAI({{ baseURL: "{url}/v1", apiKey: "none" }});
const providerOptions = {{ openai: {{ store: false }} }};
const model = sourcier("sourcier/default");
console.log((await generateText({{ model, providerOptions, prompt: "{question}" }})).text);
"""
_MCP = """
import asyncio

from mcp import Client


async def main():
    async with Client("{url}/mcp") as client:
        print((await client.call_tool("ask", {{"question": "{question}"}})).content[0].text)


asyncio.run(main())
"""


@dataclass(frozen=True, slots=True)
class _Client:
    install: str
    shown: str
    program: str
    run: Sequence[str]


_CLIENTS: Final = (
    _Client(
        f"{_PYTHON_INSTALL} openai", "pip install openai", _OPENAI, (".venv/bin/python", "ask")
    ),
    _Client(
        "npm install --no-audit --no-fund --silent --cache .npm ai@6 @ai-sdk/openai@3",
        "npm install ai @ai-sdk/openai",
        _VERCEL,
        ("node", "ask.mjs"),
    ),
    _Client(f"{_PYTHON_INSTALL} mcp", "pip install mcp", _MCP, (".venv/bin/python", "ask")),
)


def measure(services: Services) -> dict[str, Any]:
    """Return the seconds of each client: to install it, and to its first answer."""
    return {
        "day": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} processors, Python {platform.python_version()}",
        "clients": [_timed(client, services) for client in _CLIENTS],
    }


def _timed(client: _Client, services: Services) -> dict[str, Any]:
    with TemporaryDirectory() as folder:
        started = perf_counter()
        environment = {**os.environ, "PATH": f"{Path(sys.executable).parent}:{os.environ['PATH']}"}
        subprocess.run(client.install, shell=True, cwd=folder, check=True, env=environment)  # noqa: S602
        installed = perf_counter()
        program = client.program.format(url=services.open_url, question=QUESTION)
        (Path(folder) / client.run[1]).write_text(program, encoding="utf-8")
        done = subprocess.run(
            client.run, cwd=folder, capture_output=True, text=True, check=True, env=environment
        )
        answered = perf_counter()
    if FACT not in done.stdout:
        raise RuntimeError(f"{client.shown}: no answer came: {done.stdout}")
    return {
        "install": client.shown,
        "install_seconds": round(installed - started, 1),
        "answer_seconds": round(answered - installed, 1),
    }
