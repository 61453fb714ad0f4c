"""Sourcier as a LangChain retriever: the passages of a question, for a chain of your own.

    from examples.langchain_retriever import SourcierRetriever

    retriever = SourcierRetriever(collection="default", top_k=4)
    for document in retriever.invoke("Who signed the declaration?"):
        print(document.metadata["title"], document.page_content)

It needs `langchain-core` and `httpx2`, and speaks to a running service over HTTP. The text of a
document is exactly what is stored from `start` to `end`, so a quote from it can be checked:
`GET {url}{metadata["text_url"]}`, then `text[start:end]`.
"""

from typing import Any

import httpx2
from langchain_core.callbacks import CallbackManagerForRetrieverRun
from langchain_core.documents import Document
from langchain_core.retrievers import BaseRetriever
from pydantic import Field, SecretStr


class SourcierRetriever(BaseRetriever):
    """Finds passages in French and English documents, for a query in either language."""

    url: str = "http://127.0.0.1:8000"
    key: SecretStr | None = None
    """An API key, where the service asks for one."""
    collection: str = "default"
    top_k: int = 8
    filters: dict[str, Any] = Field(default_factory=dict)
    """As in docs/api.md: `{"published_from": "2025-01-01"}`, `{"metadata": {…}}` …"""
    timeout_seconds: float = 30.0

    def _get_relevant_documents(
        self,
        query: str,
        *,
        run_manager: CallbackManagerForRetrieverRun,  # noqa: ARG002 - LangChain's signature
    ) -> list[Document]:
        """Return the passages, best first; raises ValueError with what the service says."""
        reply = httpx2.post(
            f"{self.url}/v1/search",
            json={
                "query": query,
                "collection": self.collection,
                "top_k": self.top_k,
                "filters": self.filters,
            },
            headers={"Authorization": f"Bearer {self.key.get_secret_value()}"} if self.key else {},
            timeout=self.timeout_seconds,
        )
        if reply.is_error:
            raise ValueError(f"Sourcier: {reply.json()['detail']}")
        return [_document(hit) for hit in reply.json()["hits"]]


def _document(hit: dict[str, Any]) -> Document:
    about = {name: value for name, value in hit.items() if name != "text" and value is not None}
    return Document(id=hit["passage_id"], page_content=hit["text"], metadata=about)
