"""The MCP server: the tools `ask`, `search` and `fetch` over one `Sourcier`.

`search` and `fetch` have the form that connectors expect [2]. Imports the SDK: see the package.

[1] Model Context Protocol, Tools, https://modelcontextprotocol.io/specification/latest/server/tools
[2] OpenAI, Building MCP servers, https://platform.openai.com/docs/mcp
"""

import logging
from collections.abc import Callable, Iterator
from contextlib import contextmanager
from http import HTTPStatus
from typing import Annotated, Literal, Protocol

from mcp.server import MCPServer
from mcp.server.mcpserver import Context
from mcp.server.mcpserver.exceptions import ToolError
from mcp.types import CallToolResult, TextContent, ToolAnnotations
from pydantic import Field
from starlette.requests import Request

from api.errors import FORESEEN, kind_of
from api.mcp.results import Asked, Fetched, Found, Searched
from rag.models import Answer, Hit, Query, Question
from rag.vocabulary import DEFAULT_COLLECTION, Document

logger = logging.getLogger(__name__)

_INSTRUCTIONS = """\
Answers questions in French or English from this organisation's own documents, in French and \
English. Use `ask` for a question: every sentence of its answer is proved by the exact quotes in \
`citations`; pass them on word for word, with title and url. When `answered` is false, the \
documents do not answer: say so instead of guessing. Use `search` and `fetch` to read further.\
"""
_READS = ToolAnnotations(read_only_hint=True, idempotent_hint=True, open_world_hint=False)

CollectionOption = Annotated[str, Field(description="The set of documents to look in.")]


class Questions(Protocol):
    """What is asked of Sourcier."""

    def ask(self, question: Question) -> Answer: ...

    def search(self, query: Query) -> list[Hit]: ...

    def document(self, document_id: str) -> Document: ...


# What whoever sent a request may ask; None stands for no request, where the caller is at home.
Door = Callable[[Request | None], Questions]


class Tools:
    """The tools; each runs in a worker thread. Their descriptions are read by language models."""

    def __init__(self, door: Door, address: str) -> None:
        self._door = door
        self._address = address

    def ask(
        self,
        context: Context,
        question: Annotated[str, Field(description="In French or English.", min_length=1)],
        collection: CollectionOption = DEFAULT_COLLECTION,
        language: Annotated[
            Literal["auto", "fr", "en"],
            Field(description="Language of the answer; `auto` answers in the question's."),
        ] = "auto",
    ) -> Annotated[CallToolResult, Asked]:
        """Answer a question from the documents and prove each sentence with an exact quote.

        When the documents do not answer it, `answered` is false and nothing is cited.
        """
        asked = Question(
            text=question,
            language=None if language == "auto" else language,
            collection=collection,
        )
        with _told():
            answer = self._door(_request(context)).ask(asked)
        result = Asked.from_domain(answer, address=self._address_for(context))
        return CallToolResult(
            content=[
                TextContent(text=result.answer),
                TextContent(text=result.model_dump_json()),
            ],
            structured_content=result.model_dump(mode="json"),
        )

    def search(
        self,
        context: Context,
        query: Annotated[str, Field(description="Words or a question.", min_length=1)],
        collection: CollectionOption = DEFAULT_COLLECTION,
        top_k: Annotated[int, Field(description="How many at most.", ge=1, le=50)] = 10,
    ) -> Searched:
        """Find the passages closest to a query in French or English, best first, in both languages.

        Each has an `id` for `fetch`.
        """
        with _told():
            hits = self._door(_request(context)).search(
                Query(text=query, top_k=top_k, collection=collection)
            )
        address = self._address_for(context)
        return Searched(results=[Found.from_domain(hit, address=address) for hit in hits])

    def fetch(
        self,
        context: Context,
        id: Annotated[  # noqa: A002 - connectors call it so
            str, Field(description="An `id` or `document_id` that `search` or `ask` gave.")
        ],
        start: Annotated[
            int,
            Field(description="Where to read from; `metadata.end` of the part before.", ge=0),
        ] = 0,
    ) -> Fetched:
        """Read the document that a passage is from, a long one in parts."""
        document_id = id.partition(".")[0]  # a passage's id goes on after its document's
        with _told():
            document = self._door(_request(context)).document(document_id)
        return Fetched.from_domain(document, start=start, address=self._address_for(context))

    def _address_for(self, context: Context) -> str:
        """Return the address that the caller knows the service by."""
        request = _request(context)
        return self._address if request is None else str(request.base_url)


def build_server(door: Door, *, address: str, version: str) -> MCPServer:
    """Return the server whose tools go through `door`; without a request it is at `address`."""
    server = MCPServer(
        "sourcier",
        title="Sourcier",
        version=version,
        instructions=_INSTRUCTIONS,
        subscriptions=False,  # nothing changes that anyone could wait for
    )
    tools = Tools(door, address)
    for tool, title in (
        (tools.ask, "Ask the documents"),
        (tools.search, "Search the documents"),
        (tools.fetch, "Read a document"),
    ):
        server.add_tool(tool, title=title, annotations=_READS, structured_output=True)
    return server


def _request(context: Context) -> Request | None:
    request = context.request_context.request
    return request if isinstance(request, Request) else None


@contextmanager
def _told() -> Iterator[None]:
    """Tell what is wrong, and what to do, as a tool's error; faults of the service are logged."""
    try:
        yield
    except FORESEEN as error:
        status, title = kind_of(error)
        if status >= HTTPStatus.INTERNAL_SERVER_ERROR:
            logger.exception(title)
        raise ToolError(str(error)) from error
