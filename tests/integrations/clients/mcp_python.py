"""The official SDK of the Model Context Protocol, over streamable HTTP."""

from typing import Any

import anyio
import httpx2
from mcp import Client
from mcp.client.streamable_http import streamable_http_client
from mcp.types import CallToolResult

from tests.integrations.clients import received
from tests.integrations.clients.received import QUESTION, UNANSWERED, UNKNOWN, Received
from tests.integrations.running import Services


def mcp_sdk(services: Services) -> Received:
    """Return what the tool `ask` brings."""
    return anyio.run(_received, services)


async def _received(services: Services) -> Received:
    async with Client(f"{services.open_url}/mcp") as client:
        whole = await client.call_tool("ask", {"question": QUESTION})
        refused = await client.call_tool("ask", {"question": UNANSWERED})
        wrong = await client.call_tool("ask", {"question": "Qui ?", "collection": UNKNOWN})
    cited = _structured(whole)["citations"]
    return Received(
        answer=received.answer(_structured(whole)["answer"]),
        stream=received.Cell(None, "the result of a tool comes whole"),
        citations=received.quotes(
            services, [(one["text_url"], one["start"], one["end"], one["quote"]) for one in cited]
        ),
        refusal=received.refusal(
            _structured(refused)["answer"], len(_structured(refused)["citations"])
        ),
        error=received.error(f"is_error {wrong.is_error}", getattr(wrong.content[0], "text", "")),
        auth=await _auth(services),
    )


async def _auth(services: Services) -> received.Cell:
    refused = httpx2.post(
        f"{services.locked_url}/mcp", json={}, headers={"Accept": "application/json"}
    )
    headers = {"Authorization": f"Bearer {services.key}"}
    async with httpx2.AsyncClient(headers=headers, timeout=60) as http:
        transport = streamable_http_client(f"{services.locked_url}/mcp", http_client=http)
        async with Client(transport) as client:
            opened = _structured(await client.call_tool("ask", {"question": QUESTION}))["answered"]
    return received.auth(str(refused.status_code), opened=opened)


def _structured(result: CallToolResult) -> dict[str, Any]:
    return dict(result.structured_content or {})
