"""The LangChain example against a real service."""

import asyncio

import pytest

from examples.langchain_retriever import SourcierRetriever
from tests.browser.service import Service


@pytest.mark.parametrize(
    ("query", "title"),
    [
        ("Quand la fonderie a-t-elle coulé sa première cloche ?", "La fonderie de Saint-Aubin"),
        ("Who was the observatory built for?", "The observatory on Cairn Hill"),
    ],
)
def test_documents_are_passages_that_can_be_checked(
    service: Service, query: str, title: str
) -> None:
    best, *_ = SourcierRetriever(url=service.url.rstrip("/")).invoke(query)

    assert best.metadata["title"] == title
    assert best.id == best.metadata["passage_id"]
    stored = service.http.get(best.metadata["text_url"]).text
    assert stored[best.metadata["start"] : best.metadata["end"]] == best.page_content
    assert None not in best.metadata.values()


def test_it_looks_where_it_is_told(service: Service) -> None:
    url = service.url.rstrip("/")

    elsewhere = SourcierRetriever(url=url, collection="autres", top_k=1).invoke("cloche")
    recent = SourcierRetriever(url=url, filters={"published_from": "2025-01-01"}).invoke("cloche")

    assert [each.metadata["title"] for each in elsewhere] == ["The observatory on Cairn Hill"]
    assert [each.metadata["published_at"] for each in recent] == ["2025-05-01"]


def test_it_can_be_awaited(service: Service) -> None:
    retriever = SourcierRetriever(url=service.url.rstrip("/"), top_k=1)

    (found,) = asyncio.run(retriever.ainvoke("cloche"))

    assert "cloche" in found.page_content


def test_what_the_service_says_is_passed_on(service: Service) -> None:
    with pytest.raises(ValueError, match=r"^Sourcier: .*nulle"):
        SourcierRetriever(url=service.url.rstrip("/"), collection="nulle").invoke("cloche")
