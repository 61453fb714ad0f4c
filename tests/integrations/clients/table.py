"""The page docs/integrations/clients.md: who was asked, what arrived, how long a set-up takes."""

from collections.abc import Callable, Mapping
from importlib.metadata import version
from json import loads
from pathlib import Path
from typing import Any, Final

from tests.integrations.clients.curl import curl
from tests.integrations.clients.mcp_python import mcp_sdk
from tests.integrations.clients.openai_python import chat, responses
from tests.integrations.clients.received import Received
from tests.integrations.clients.retrievers import dify, haystack, langchain
from tests.integrations.clients.vercel import ai_sdk
from tests.integrations.running import NODE_FOLDER, ROOT, Services

PAGE: Final = ROOT / "docs" / "integrations" / "clients.md"
SET_UP: Final = ROOT / "benchmarks" / "results" / "set-up.json"
_MARKS: Final[Mapping[bool | None, str]] = {True: "✓", False: "✗", None: "–"}
_HEAD: Final = """# What each client received

Written by `make clients`, which asks a service over the bundled sample with the real client of each
kind, in both languages; a test runs it too. ✓ arrived and is right, ✗ did not, – the client's
protocol has no such thing. What is right: the answer holds the fact; the pieces of a stream add up
to the whole; each quote is, word for word, in the stored text; a refusal says so and cites nothing;
an unknown collection and a missing key are errors that say so, and the key opens.

"""


def clients() -> Mapping[str, Callable[[Services], Received]]:
    """Return each client with its version, and what asks through it."""
    openai = f"openai {version('openai')}"
    node = loads((NODE_FOLDER / "package.json").read_text(encoding="utf-8"))["dependencies"]
    sdk = f"ai {node['ai']}, @ai-sdk/openai {node['@ai-sdk/openai']}"
    return {
        f"OpenAI chat completions ({openai})": chat,
        f"OpenAI responses ({openai})": responses,
        f"Vercel AI SDK ({sdk})": ai_sdk,
        f"MCP (mcp {version('mcp')})": mcp_sdk,
        f"LangChain (langchain-core {version('langchain-core')})": langchain,
        f"Haystack (haystack-ai {version('haystack-ai')})": haystack,
        "Dify's requests (no Dify is run)": dify,
        "curl, server-sent events": curl,
    }


def rendered(rows: Mapping[str, Received], set_up: Mapping[str, Any] | None) -> str:
    """Return the page."""
    names = Received.names()
    lines = [f"| client | {' | '.join(names)} |", "|---" * (len(names) + 1) + "|"]
    for client, got in rows.items():
        marks = [_MARKS[getattr(got, name).arrived] for name in names]
        lines.append(f"| {client} | {' | '.join(marks)} |")
    parts = [_HEAD, "\n".join(lines), "\n\n## In their words\n"]
    for client, got in rows.items():
        told = "\n".join(f"- {name}: {getattr(got, name).told}" for name in names)
        parts.append(f"\n### {client}\n\n{told}\n")
    if set_up is not None:
        parts.append(_set_up_section(set_up))
    return "".join(parts)


def measured(path: Path = SET_UP) -> Mapping[str, Any] | None:
    """Return what `--set-up` measured last, None if it never did."""
    return dict(loads(path.read_text(encoding="utf-8"))) if path.exists() else None


def _set_up_section(set_up: Mapping[str, Any]) -> str:
    rows = "\n".join(
        f"| `{one['install']}` | {one['install_seconds']:.0f} | {one['answer_seconds']:.1f} |"
        for one in set_up["clients"]
    )
    return f"""
## From nothing to the first answer

Measured by `make clients SET_UP=--set-up` on {set_up["day"]} ({set_up["machine"]}): in an empty
folder, with a service running, install the client and run a program of a few lines until its answer
is there. Seconds:

| install | seconds | first answer |
|---|---|---|
{rows}
"""
