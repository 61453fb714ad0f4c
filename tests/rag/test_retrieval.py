"""Search over the small corpus, with the shipped models."""

from datetime import date

import pytest

from documents.errors import UnknownCollection
from documents.records import Filters
from rag.errors import InvalidQuestion
from rag.models import Hit, Mode, Query
from rag.service import Sourcier

MODES: tuple[Mode, ...] = ("hybrid", "dense", "lexical")


def sources(hits: list[Hit]) -> list[str]:
    return [hit.stored.document.source for hit in hits]


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("words", "source"),
    [
        ("phare de granit", "phare.txt"),
        ("rye bread recipe", "bakery.md"),
        ("énergumène médiathèque", "mediatheque.txt"),
        ("telescope mirror", "observatory.txt"),
    ],
)
def test_the_passage_that_speaks_of_it_comes_first(
    sourcier: Sourcier, mode: Mode, words: str, source: str
) -> None:
    assert sources(sourcier.search(Query(words, mode=mode)))[0] == source


@pytest.mark.parametrize(
    ("words", "source"),
    [
        ("Qui a ouvert la boulangerie avec ses deux sœurs ?", "bakery.md"),
        ("Who lit the lighthouse?", "phare.txt"),
        ("Combien pèse le télescope ?", "observatory.txt"),
        ("How many books are in the library?", "mediatheque.txt"),
    ],
)
def test_a_question_finds_passages_of_the_other_language(
    sourcier: Sourcier, words: str, source: str
) -> None:
    assert sources(sourcier.search(Query(words)))[0] == source


def test_accents_need_not_be_typed(sourcier: Sourcier) -> None:
    typed = sourcier.search(Query("mediatheque", mode="lexical"))

    assert sources(typed) == ["mediatheque.txt"]


@pytest.mark.parametrize("mode", MODES)
def test_hits_come_best_first_and_no_more_than_wanted(sourcier: Sourcier, mode: Mode) -> None:
    hits = sourcier.search(Query("La tour et le pain", mode=mode))
    scores = [hit.score for hit in hits]

    assert scores == sorted(scores, reverse=True)
    assert all(0 <= score <= 1 for score in scores)
    assert sourcier.search(Query("La tour et le pain", mode=mode, top_k=1)) == hits[:1]


def test_each_hit_says_how_each_search_ranked_it(sourcier: Sourcier) -> None:
    hits = sourcier.search(Query("phare"))
    ranks = [hit.dense_rank for hit in hits if hit.dense_rank]

    assert (hits[0].dense_rank, hits[0].lexical_rank) == (1, 1)
    assert sorted(ranks) == list(range(1, len(ranks) + 1))
    assert any(hit.lexical_rank is None for hit in hits)  # "phare" stands in one text only


def test_a_single_search_returns_only_what_it_proposed_in_its_order(sourcier: Sourcier) -> None:
    dense = sourcier.search(Query("le vieux phare", mode="dense"))
    lexical = sourcier.search(Query("le vieux phare", mode="lexical"))

    assert [hit.dense_rank for hit in dense] == list(range(1, len(dense) + 1))
    assert [hit.lexical_rank for hit in lexical] == list(range(1, len(lexical) + 1))


@pytest.mark.parametrize("mode", MODES)
@pytest.mark.parametrize(
    ("filters", "expected"),
    [
        (Filters(language="fr"), {"phare.txt", "mediatheque.txt"}),
        (Filters(language="en"), {"bakery.md", "observatory.txt"}),
        (Filters(metadata={"kind": "trade"}), {"bakery.md"}),
        (Filters(metadata={"kind": "trade"}, language="fr"), set()),
        (Filters(document_ids=frozenset()), set()),
        (Filters(published_from=date(2030, 1, 1)), set()),
    ],
)
def test_only_what_filters_let_through_is_found(
    sourcier: Sourcier, mode: Mode, filters: Filters, expected: set[str]
) -> None:
    words = "phare tour étage bakery bread observatory dome 1887"
    hits = sourcier.search(Query(words, mode=mode, filters=filters))

    assert set(sources(hits)) == expected


def test_collections_do_not_see_each_other(sourcier: Sourcier) -> None:
    hits = sourcier.search(Query("bakery bread", collection="half"))

    assert set(sources(hits)) <= {"phare.txt", "mediatheque.txt"}
    assert {hit.stored.document.collection for hit in hits} <= {"half"}
    assert sourcier.search(Query("bakery", mode="lexical", collection="half")) == []


def test_an_empty_collection_has_no_hits(sourcier: Sourcier) -> None:
    for mode in MODES:
        assert sourcier.search(Query("phare", mode=mode, collection="empty")) == []


def test_an_unknown_collection_is_refused(sourcier: Sourcier) -> None:
    with pytest.raises(UnknownCollection, match="nowhere"):
        sourcier.search(Query("phare", collection="nowhere"))


def test_words_that_nothing_holds_are_found_by_nobody_literally(sourcier: Sourcier) -> None:
    assert sourcier.search(Query("xyzzyplugh", mode="lexical")) == []


def test_a_query_without_a_word_is_refused(sourcier: Sourcier) -> None:
    with pytest.raises(InvalidQuestion):
        sourcier.search(Query("…"))
