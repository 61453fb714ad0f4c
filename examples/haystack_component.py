"""Sourcier as a Haystack component: the passages of a question, for a pipeline of your own.

    from haystack import Pipeline
    from examples.haystack_component import SourcierRetriever

    pipeline = Pipeline()
    pipeline.add_component("retriever", SourcierRetriever(collection="default", top_k=4))
    found = pipeline.run({"retriever": {"query": "Who signed the declaration?"}})
    for document in found["retriever"]["documents"]:
        print(document.score, document.meta["title"], document.content)

A saved pipeline is loaded with `Pipeline.loads(…, allowed_modules=[SourcierRetriever.__module__])`.
It needs `haystack-ai` and `httpx2`, and speaks to a running service over HTTP. The content of a
document is exactly what is stored from `meta["start"]` to `meta["end"]`, so a quote from it can be
checked: `GET {url}{meta["text_url"]}`, then `text[start:end]`.
"""

from typing import Any

import httpx2
from haystack import Document, component, default_from_dict, default_to_dict
from haystack.utils import Secret


@component
class SourcierRetriever:
    """Finds passages in French and English documents, for a query in either language."""

    def __init__(
        self,
        *,
        url: str = "http://127.0.0.1:8000",
        key: Secret | None = None,
        collection: str = "default",
        top_k: int = 8,
        timeout_seconds: float = 30.0,
    ) -> None:
        """`key` is an API key, where the service asks for one: `Secret.from_env_var("…")`."""
        self.url = url
        self.key = key
        self.collection = collection
        self.top_k = top_k
        self.timeout_seconds = timeout_seconds

    def to_dict(self) -> dict[str, Any]:
        """Return what a saved pipeline keeps of this component, never a key itself."""
        return default_to_dict(
            self,
            url=self.url,
            key=self.key.to_dict() if self.key else None,
            collection=self.collection,
            top_k=self.top_k,
            timeout_seconds=self.timeout_seconds,
        )

    @classmethod
    def from_dict(cls, data: dict[str, Any]) -> "SourcierRetriever":
        """Return the component of a saved pipeline."""
        kept = dict(data["init_parameters"])
        if kept["key"] is not None:
            kept["key"] = Secret.from_dict(kept["key"])
        made: SourcierRetriever = default_from_dict(cls, {**data, "init_parameters": kept})
        return made

    @component.output_types(documents=list[Document])
    def run(self, query: str, filters: dict[str, Any] | None = None) -> dict[str, list[Document]]:
        """Return the passages, best first; raises ValueError with what the service says.

        `filters` are those of docs/api.md: `{"published_from": "2025-01-01"}` …
        """
        key = self.key.resolve_value() if self.key else None
        reply = httpx2.post(
            f"{self.url}/v1/search",
            json={
                "query": query,
                "collection": self.collection,
                "top_k": self.top_k,
                "filters": filters or {},
            },
            headers={"Authorization": f"Bearer {key}"} if key else {},
            timeout=self.timeout_seconds,
        )
        if reply.is_error:
            raise ValueError(f"Sourcier: {reply.json()['detail']}")
        return {"documents": [_document(hit) for hit in reply.json()["hits"]]}


def _document(hit: dict[str, Any]) -> Document:
    about = {
        name: value
        for name, value in hit.items()
        if name not in ("text", "score") and value is not None
    }
    return Document(id=hit["passage_id"], content=hit["text"], score=hit["score"], meta=about)
