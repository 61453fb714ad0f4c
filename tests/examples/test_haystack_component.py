"""The Haystack example, in a pipeline, against a real service."""

import pytest
from haystack import Document, Pipeline
from haystack.utils import Secret

from examples.haystack_component import SourcierRetriever
from tests.browser.service import Service


def run(retriever: SourcierRetriever, **asked: object) -> list[Document]:
    pipeline = Pipeline()
    pipeline.add_component("retriever", retriever)
    found: list[Document] = pipeline.run({"retriever": asked})["retriever"]["documents"]
    return found


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
    best, *_ = run(SourcierRetriever(url=service.url.rstrip("/")), query=query)

    assert best.meta["title"] == title
    assert best.id == best.meta["passage_id"]
    assert best.score is not None
    assert 0 < best.score <= 1.001
    stored = service.http.get(best.meta["text_url"]).text
    assert stored[best.meta["start"] : best.meta["end"]] == best.content


def test_it_looks_where_it_is_told(service: Service) -> None:
    url = service.url.rstrip("/")

    elsewhere = run(SourcierRetriever(url=url, collection="autres", top_k=1), query="cloche")
    recent = run(
        SourcierRetriever(url=url), query="cloche", filters={"published_from": "2025-01-01"}
    )

    assert [each.meta["title"] for each in elsewhere] == ["The observatory on Cairn Hill"]
    assert [each.meta["published_at"] for each in recent] == ["2025-05-01"]


def test_a_saved_pipeline_is_the_same_and_holds_no_key(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setenv("MY_KEY", "src_secret")
    pipeline = Pipeline()
    retriever = SourcierRetriever(key=Secret.from_env_var("MY_KEY"), collection="presse", top_k=3)
    pipeline.add_component("retriever", retriever)

    saved = pipeline.dumps()

    assert "src_secret" not in saved
    trusted = [SourcierRetriever.__module__]
    again = Pipeline.loads(saved, allowed_modules=trusted).get_component("retriever")
    assert isinstance(again, SourcierRetriever)
    assert again.to_dict() == retriever.to_dict()


def test_what_the_service_says_is_passed_on(service: Service) -> None:
    retriever = SourcierRetriever(url=service.url.rstrip("/"), collection="nulle")

    with pytest.raises(ValueError, match=r"^Sourcier: .*nulle"):
        retriever.run("cloche")
