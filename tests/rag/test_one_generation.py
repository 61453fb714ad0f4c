"""A document that is replaced while a question is answered is seen before or after, not lost."""

from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

from documents.records import Filters
from documents.store.store import Store
from rag.bootstrap import bootstrap
from rag.events import Answered, PassagesFound, SentenceProved
from rag.models import Query, Question
from rag.service import Sourcier
from rag.settings import Settings
from tests.rag.texts import LIGHTHOUSE

QUESTION = Question("Quand le phare a-t-il été allumé ?")


@pytest.fixture
def sourcier(tmp_path: Path) -> Iterator[Sourcier]:
    with bootstrap(Settings(data_dir=tmp_path, encoder="embedded-static")) as sourcier:
        sourcier.add_text(LIGHTHOUSE, source="phare")
        yield sourcier


@pytest.fixture
def replacing(
    sourcier: Sourcier, monkeypatch: pytest.MonkeyPatch
) -> Callable[[str, int], list[str]]:
    """Replaces the document right before the first so many calls of a method of the store."""

    def replace_before(method: str, times: int) -> list[str]:
        original, years = getattr(Store, method), []

        def replaced_first(self: Store, *arguments: Any, **options: Any) -> Any:  # noqa: ANN401
            if len(years) < times:
                years.append(str(1888 + len(years)))
                sourcier.add_text(LIGHTHOUSE.replace("1887", years[-1]), source="phare")
            return original(self, *arguments, **options)

        monkeypatch.setattr(Store, method, replaced_first)
        return years

    return replace_before


@pytest.mark.parametrize("filters", [Filters(), Filters(language="fr")])
@pytest.mark.parametrize("method", ["passages", "rows_matching"])
@pytest.mark.parametrize("times", [1, 2])
def test_a_search_finds_it_again(
    sourcier: Sourcier,
    replacing: Callable[[str, int], list[str]],
    filters: Filters,
    method: str,
    times: int,
) -> None:
    years = replacing(method, times)
    [hit] = sourcier.search(Query("phare", filters=filters))
    assert (years or ["1887"])[-1] in hit.stored.passage.text


@pytest.mark.parametrize("times", [1, 2])
def test_an_answer_is_written_again_from_what_it_says_now(
    sourcier: Sourcier, replacing: Callable[[str, int], list[str]], times: int
) -> None:
    years = replacing("spans", times)

    answer = sourcier.ask(QUESTION)

    assert years[-1] in answer.text
    assert years[-1] in answer.passages[0].stored.passage.text
    document = sourcier.document(answer.citations[0].document_id)
    for citation in answer.citations:
        assert document.text[citation.start : citation.end] == citation.quote


def test_a_stream_tells_the_passages_once_and_the_sentences_of_the_new_generation(
    sourcier: Sourcier, replacing: Callable[[str, int], list[str]]
) -> None:
    replacing("spans", 1)

    passages, *sentences, whole = sourcier.stream(QUESTION)

    assert isinstance(passages, PassagesFound)
    assert isinstance(whole, Answered)
    assert all(isinstance(one, SentenceProved) for one in sentences)
    assert "1888" in "".join(one.text for one in sentences)  # type: ignore[union-attr]


def test_where_it_changes_without_end_the_question_ends_all_the_same(
    sourcier: Sourcier, replacing: Callable[[str, int], list[str]]
) -> None:
    years = replacing("spans", 1000)

    answer = sourcier.ask(QUESTION)

    assert not answer.answered
    assert len(years) < 20


def test_a_document_deleted_meanwhile_is_gone(
    sourcier: Sourcier, monkeypatch: pytest.MonkeyPatch
) -> None:
    [document] = sourcier.all_documents()
    spans = Store.spans

    def deleted_first(self: Store, *arguments: Any) -> Any:  # noqa: ANN401
        self.delete(document.id)
        return spans(self, *arguments)

    monkeypatch.setattr(Store, "spans", deleted_first)

    answer = sourcier.ask(QUESTION)
    assert (answer.answered, answer.citations, answer.passages) == (False, (), ())
