"""What asks for passages and writes the answer itself: LangChain, Haystack, and Dify's shape."""

from collections.abc import Callable, Sequence
from typing import Any

import httpx2
from haystack.utils import Secret
from pydantic import SecretStr

from examples.haystack_component import SourcierRetriever as HaystackRetriever
from examples.langchain_retriever import SourcierRetriever as LangChainRetriever
from tests.integrations.clients import received
from tests.integrations.clients.received import QUESTION, UNKNOWN, Cell, Received
from tests.integrations.running import Services

_NO_STREAM = Cell(None, "passages come whole")
_NO_REFUSAL = Cell(None, "whether they answer is for the chain to say")


def langchain(services: Services) -> Received:
    """Return what the retriever of examples/ brings to LangChain."""
    found = LangChainRetriever(url=services.open_url, top_k=3).invoke(QUESTION)
    key = SecretStr(services.key)
    return _received(
        services,
        [(one.page_content, one.metadata) for one in found],
        error=lambda: LangChainRetriever(url=services.open_url, collection=UNKNOWN).invoke("Qui ?"),
        without_key=lambda: LangChainRetriever(url=services.locked_url).invoke(QUESTION),
        with_key=lambda: LangChainRetriever(url=services.locked_url, key=key).invoke(QUESTION),
    )


def haystack(services: Services) -> Received:
    """Return what the component of examples/ brings to Haystack."""
    found = HaystackRetriever(url=services.open_url, top_k=3).run(QUESTION)["documents"]
    key = Secret.from_token(services.key)
    return _received(
        services,
        [(one.content, one.meta) for one in found],
        error=lambda: HaystackRetriever(url=services.open_url, collection=UNKNOWN).run("Qui ?"),
        without_key=lambda: HaystackRetriever(url=services.locked_url).run(QUESTION),
        with_key=lambda: HaystackRetriever(url=services.locked_url, key=key).run(QUESTION),
    )


def dify(services: Services) -> Received:
    """Return what Dify would receive; no Dify is run."""

    def ask(url: str, collection: str = "default", key: str = "") -> httpx2.Response:
        body = {"knowledge_id": collection, "query": QUESTION, "retrieval_setting": {"top_k": 3}}
        headers = {"Authorization": f"Bearer {key}"} if key else {}
        return httpx2.post(f"{url}/v1/dify/retrieval", json=body, headers=headers, timeout=60)

    records = ask(services.open_url).json()["records"]
    unknown, refused = ask(services.open_url, UNKNOWN).json(), ask(services.locked_url)
    return Received(
        answer=_passages([one["content"] for one in records]),
        stream=_NO_STREAM,
        citations=_quotes(services, [(one["content"], one["metadata"]) for one in records]),
        refusal=_NO_REFUSAL,
        error=received.error(f"error_code {unknown['error_code']}", unknown["error_msg"]),
        auth=received.auth(
            f"{refused.status_code}, error_code {refused.json()['error_code']}",
            opened=ask(services.locked_url, key=services.key).is_success,
        ),
    )


def _received(
    services: Services,
    found: Sequence[tuple[str, dict[str, Any]]],
    *,
    error: Callable[[], object],
    without_key: Callable[[], object],
    with_key: Callable[[], object],
) -> Received:
    return Received(
        answer=_passages([text for text, _ in found]),
        stream=_NO_STREAM,
        citations=_quotes(services, found),
        refusal=_NO_REFUSAL,
        error=received.error("ValueError", _said(error)),
        auth=received.auth(f"ValueError: {_said(without_key)}", opened=bool(with_key())),
    )


def _passages(texts: Sequence[str]) -> Cell:
    return Cell(
        any(received.FACT in text for text in texts), f"{len(texts)} passages, the fact in one"
    )


def _quotes(services: Services, found: Sequence[tuple[str, dict[str, Any]]]) -> Cell:
    return received.quotes(
        services,
        [
            (f"/v1/documents/{about['document_id']}/text", about["start"], about["end"], text)
            for text, about in found
        ],
    )


def _said(refused: Callable[[], object]) -> str:
    try:
        refused()
    except ValueError as error:
        return str(error)
    return ""
