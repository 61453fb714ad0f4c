"""The tools as a client of the official SDK sees them, over streamable HTTP."""

import json
from collections.abc import Awaitable, Callable
from typing import Any, TypeVar

import anyio
import httpx2
import pytest
from jsonschema import Draft202012Validator
from mcp import Client
from mcp.types import CallToolResult, ListToolsResult, TextContent

from tests.browser.service import Service

T = TypeVar("T")

HELLO = {
    "jsonrpc": "2.0",
    "id": 1,
    "method": "initialize",
    "params": {
        "protocolVersion": "2025-06-18",
        "capabilities": {},
        "clientInfo": {"name": "test", "version": "0"},
    },
}
ACCEPT = {"Accept": "application/json, text/event-stream"}


def with_client(
    service: Service, use: Callable[[Client], Awaitable[T]], *, mode: str = "auto"
) -> T:
    async def run() -> T:
        async with Client(f"{service.url}mcp", mode=mode) as client:
            return await use(client)

    return anyio.run(run)


def call(
    service: Service, tool: str, arguments: dict[str, Any], *, mode: str = "auto"
) -> CallToolResult:
    async def use(client: Client) -> CallToolResult:
        return await client.call_tool(tool, arguments)

    return with_client(service, use, mode=mode)


def texts(result: CallToolResult) -> list[str]:
    blocks = result.content
    assert all(isinstance(block, TextContent) for block in blocks)
    return [block.text for block in blocks if isinstance(block, TextContent)]


def structured(result: CallToolResult) -> dict[str, Any]:
    assert not result.is_error, texts(result)
    assert result.structured_content is not None
    return result.structured_content


@pytest.mark.parametrize("mode", ["auto", "legacy"])
def test_three_tools_are_offered_that_only_read(service: Service, mode: str) -> None:
    async def use(client: Client) -> ListToolsResult:
        return await client.list_tools()

    tools = {tool.name: tool for tool in with_client(service, use, mode=mode).tools}

    assert set(tools) == {"ask", "search", "fetch"}
    for tool in tools.values():
        assert tool.title
        assert tool.description
        assert tool.annotations is not None
        assert tool.annotations.read_only_hint
        assert tool.output_schema is not None
        Draft202012Validator.check_schema(tool.output_schema)
        assert "context" not in tool.input_schema["properties"]
    assert tools["ask"].input_schema["required"] == ["question"]
    assert tools["search"].input_schema["required"] == ["query"]
    assert tools["fetch"].input_schema["required"] == ["id"]


@pytest.mark.parametrize("mode", ["auto", "legacy"])
@pytest.mark.parametrize(
    ("question", "language", "quoted"),
    [
        ("Qui est la maire ?", "fr", "Soizic Le Goff"),
        ("When did the ferry of Loch Arden stop running?", "en", "1974"),
        ("When was the mill of Kerloas restored?", "en", "2019"),
    ],
)
def test_an_answer_comes_with_quotes_that_are_in_the_document(
    service: Service, question: str, language: str, quoted: str, mode: str
) -> None:
    answer = structured(call(service, "ask", {"question": question}, mode=mode))

    assert answer["answered"] is True
    assert answer["language"] == language
    assert quoted in answer["answer"]
    assert answer["citations"]
    for citation in answer["citations"]:
        stored = service.http.get(citation["text_url"]).text
        assert stored[citation["start"] : citation["end"]] == citation["quote"]
        assert citation["title"]
        assert citation["url"].startswith(("https://example.org/", service.url))
    for sentence in answer["sentences"]:
        assert answer["answer"][sentence["start"] : sentence["end"]] == sentence["text"]


def test_what_the_documents_do_not_say_is_refused_without_an_error(service: Service) -> None:
    answer = structured(call(service, "ask", {"question": "Who painted the Sistine Chapel?"}))

    assert (answer["answered"], answer["citations"]) == (False, [])
    assert answer["answer"]


def test_the_language_of_an_answer_can_be_forced(service: Service) -> None:
    arguments = {"question": "Kerloas", "language": "en"}

    assert structured(call(service, "ask", arguments))["language"] == "en"


def test_an_answer_is_also_sent_as_text_then_as_json(service: Service) -> None:
    result = call(service, "ask", {"question": "Qui est la maire ?"})

    said, plain = texts(result)
    assert said == structured(result)["answer"]
    assert json.loads(plain) == structured(result)


def test_a_search_gives_ids_that_can_be_fetched(service: Service) -> None:
    result = call(service, "search", {"query": "ferry bell", "top_k": 1})

    (found,) = structured(result)["results"]
    assert json.loads(texts(result)[0]) == structured(result)
    assert (found["title"], found["url"]) == (
        "The ferry of Loch Arden",
        "https://example.org/ferry",
    )

    for name in (found["id"], found["document_id"]):
        fetched = call(service, "fetch", {"id": name})
        document = structured(fetched)
        assert json.loads(texts(fetched)[0]) == document
        assert document.keys() == {"id", "title", "text", "url", "metadata"}
        assert document["id"] == found["document_id"]
        assert document["text"] == service.stored_text(found["document_id"])
        assert document["text"][found["start"] : found["end"]] == found["text"]
        assert document["metadata"]["characters"] == len(document["text"])


def test_a_document_is_read_on_from_where_a_part_ended(service: Service) -> None:
    (found,) = structured(call(service, "search", {"query": "moulin", "top_k": 1}))["results"]
    whole = service.stored_text(found["document_id"])

    rest = structured(call(service, "fetch", {"id": found["id"], "start": 30}))
    beyond = structured(call(service, "fetch", {"id": found["id"], "start": 10**9}))

    assert rest["text"] == whole[30:]
    assert (rest["metadata"]["start"], rest["metadata"]["end"]) == (30, len(whole))
    assert (beyond["text"], beyond["metadata"]["start"]) == ("", len(whole))


@pytest.mark.parametrize(
    ("tool", "arguments", "said"),
    [
        ("ask", {"question": " "}, "empty"),
        ("ask", {"question": "x" * 3000}, "SOURCIER_MAX_QUESTION_CHARACTERS"),
        ("ask", {"question": "Qui ?", "collection": "nulle"}, "nulle"),
        ("ask", {"question": "Qui ?", "language": "de"}, "language"),
        ("search", {"query": "moulin", "top_k": 0}, "top_k"),
        ("search", {"query": "moulin", "collection": "nulle"}, "nulle"),
        ("fetch", {"id": "doc_0000000000000000"}, "doc_0000000000000000"),
        ("fetch", {"id": ""}, "''"),
    ],
)
def test_what_is_wrong_is_told_as_an_error_of_the_tool(
    service: Service, tool: str, arguments: dict[str, Any], said: str
) -> None:
    result = call(service, tool, arguments)

    assert result.is_error
    assert result.structured_content is None
    assert said in texts(result)[0]


@pytest.mark.parametrize(
    ("headers", "status"),
    [
        ({}, 200),
        ({"Origin": "http://localhost:8000"}, 200),
        ({"Origin": "https://attacker.example"}, 403),
        ({"Host": "attacker.example"}, 421),
        ({"Host": "127.0.0.1.attacker.example:8000"}, 421),
    ],
)
def test_only_the_names_of_this_machine_are_answered(
    service: Service, headers: dict[str, str], status: int
) -> None:
    reply = service.http.post("/mcp", json=HELLO, headers={**ACCEPT, **headers})

    assert reply.status_code == status


@pytest.mark.parametrize("method", ["GET", "DELETE"])
def test_there_is_nothing_to_subscribe_to_and_no_session_to_end(
    service: Service, method: str
) -> None:
    reply = service.http.request(method, "/mcp", headers=ACCEPT)

    assert reply.status_code == 405
    assert "mcp-session-id" not in service.http.post("/mcp", json=HELLO, headers=ACCEPT).headers


def test_a_body_that_is_too_large_is_refused(service: Service) -> None:
    reply = httpx2.post(f"{service.url}mcp", json={"x": "y" * 1_100_000}, headers=ACCEPT)

    assert reply.status_code == 413
