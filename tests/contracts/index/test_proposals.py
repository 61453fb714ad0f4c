"""What every index proposes: the passages that the store holds, measured alike."""

import numpy as np
import pytest

from documents.models import LANGUAGES, Language
from documents.records import Filters
from index.errors import DimensionMismatch
from rag.live import LiveIndex
from rag.milvus_index import MilvusIndex
from rag.serving import Index
from tests.contracts.index.conftest import OpenIndex
from tests.contracts.index.texts import (
    MOST,
    WORDS,
    by_words,
    fill,
    propose,
    put,
    rows_of,
    vectors_of_rows,
)
from tests.contracts.milvus_lite import needs_words
from tests.contracts.stores import Store
from tests.rag.fakes import FakeEncoder


def test_what_was_just_written_is_found_by_meaning_and_by_words(store: Store, index: Index) -> None:
    put(store, "one", "Le phare éclaire la côte.")
    before = propose(index, "phare")
    put(store, "two", "Un phare de granit.")
    after = propose(index, "phare")

    assert len(before.by_words) == len(before.by_meaning) == 1
    assert len(after.by_words) == len(after.by_meaning) == 2
    assert index.ready()


def test_the_nearest_are_those_of_a_search_through_all(store: Store, index: Index) -> None:
    fill(store)
    vector = FakeEncoder().encode_questions(["une question"])[0]
    [rows] = [store.rows_matching("default", Filters(language="fr"))]
    cosines = vectors_of_rows(store, rows.tolist()) @ vector
    best = rows[np.argsort(-cosines)][:MOST]

    found = propose(index, "une question")

    assert found.by_meaning.rows.tolist() == best.tolist()
    assert np.allclose(found.by_meaning.scores, np.sort(cosines)[::-1][:MOST], atol=1e-5)


@needs_words
@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize("name", ["default", "other"])
def test_every_index_proposes_what_the_embedded_one_does(
    store: Store, index: Index, embedded_index: LiveIndex, language: Language, name: str
) -> None:
    fill(store, documents=60)
    collection = store.collection_number(name)
    one, other = WORDS["fr"], WORDS["en"]
    chance = np.random.default_rng(7)
    shared = []
    for _ in range(8):
        # As a question of one language asks the other: words with several translations.
        words = chance.choice(9, size=3, replace=False).tolist()
        groups = [
            {
                _term(WORDS[language][at], language): 1.0,
                _term(WORDS[language][at - 1], language): 0.4,
            }
            for at in words
        ]
        text = " ".join(one[at] + " " + other[at] for at in words)
        expected = propose(
            embedded_index, text, language=language, collection=collection, groups=groups
        )
        found = propose(index, text, language=language, collection=collection, groups=groups)

        for ours, theirs in (
            (found.by_meaning, expected.by_meaning),
            (found.by_words, expected.by_words),
        ):
            shared.append(len({*ours.rows} & {*theirs.rows}) / len(theirs))
            assert np.allclose(ours.scores, theirs.scores, atol=1e-4)
        rows, at, there = np.intersect1d(found.rows, expected.rows, return_indices=True)
        assert len(rows)
        assert np.allclose(found.shares[at], expected.shares[there], atol=1e-4)
        assert np.allclose(found.cosines[at], expected.cosines[there], atol=1e-5)
        for left, right in zip(at.tolist(), there.tolist(), strict=True):
            assert found.tokens.text(left).tolist() == expected.tokens.text(right).tolist()
    assert np.mean(shared) >= 0.98


def _term(word: str, language: Language) -> str:
    from index.analyzer import terms  # noqa: PLC0415

    [term] = terms(word, language)
    return term


@needs_words
def test_without_a_vector_words_alone_propose(store: Store, index: Index) -> None:
    fill(store)
    groups = [{"phar": 1.0, "granit": 0.5}]
    vector = FakeEncoder().encode_questions(["phare"])[0]
    both, words = (
        index.view().propose(one, groups, MOST, collection=1, language="fr", among=None)
        for one in (vector, None)
    )

    assert len(words.by_words)
    assert words.by_words.rows.tolist() == both.by_words.rows.tolist()
    assert words.rows.tolist() == sorted(words.by_words.rows.tolist())
    assert np.array_equal(words.by_words.scores, both.by_words.scores)
    assert len(words.by_meaning) == 0
    assert words.cosines.tolist() == [0.0] * len(words.rows)
    assert len(words.tokens) == len(words.rows)


def test_passages_of_another_collection_or_language_do_not_count(
    store: Store, index: Index
) -> None:
    put(store, "a", "Le phare.")
    put(store, "b", "Le phare.", collection="other")
    put(store, "c", "The phare.", language="en")

    assert len(propose(index, "phare").rows) == 1
    other = store.collection_number("other")
    assert len(propose(index, "phare", collection=other).rows) == 1
    assert len(propose(index, "phare", collection=other + 1).rows) == 0
    assert [index.view().size(1, language) for language in LANGUAGES] == [1, 1]


def test_only_the_rows_that_are_named_are_searched(store: Store, index: Index) -> None:
    kept = put(store, "kept", "Le phare de granit.", "La marée.")
    put(store, "other", "Le phare de sel.")
    rows = np.array(rows_of(store, kept))

    assert propose(index, "phare", among=rows).rows.tolist() == rows.tolist()
    assert propose(index, "phare", among=rows[:1]).rows.tolist() == rows[:1].tolist()
    assert len(propose(index, "phare", among=rows[:0]).rows) == 0
    assert propose(index, "sel", among=rows).by_words.rows.tolist() == []


@needs_words
def test_more_rows_than_can_be_named_are_searched_as_well(
    store: Store, index: Index, monkeypatch: pytest.MonkeyPatch
) -> None:
    fill(store, documents=40)
    rows = store.rows_matching("default", Filters(language="fr"))
    expected = {
        size: propose(index, "phare granit", among=rows[:size]) for size in (2, len(rows) - 3)
    }
    monkeypatch.setattr("index.milvus.view._MOST_NAMED", 1)
    monkeypatch.setattr("index.milvus.view._MOST_RANKED", 12)

    for size, before in expected.items():
        found = propose(index, "phare granit", among=rows[:size])
        assert found.rows.tolist() == before.rows.tolist()
        assert np.allclose(found.shares, before.shares, atol=1e-6)


@pytest.mark.parametrize(
    "hostile",
    [
        '" or 1 == 1 or "" == "',
        "phare' OR '1'=='1",
        "collection == 2",
        "row >= 0",
        "{x}",
        "\\",
        "a\0b",
    ],
)
def test_no_word_of_a_question_is_taken_for_a_condition(
    store: Store, index: Index, hostile: str
) -> None:
    put(store, "ours", "La marée monte.")
    put(store, "theirs", "Le phare éclaire.", collection="other")

    found = propose(index, hostile, groups=[{hostile: 1.0}])

    assert len(found.by_words) == 0
    assert len(found.rows) == 1


def test_a_question_of_another_width_is_refused(store: Store, index: Index) -> None:
    put(store, "one", "Le phare.")
    with pytest.raises(DimensionMismatch, match="8 numbers"):
        index.view().propose(np.ones(9, np.float32), [], 5, collection=1, language="fr", among=None)


def test_an_empty_index_proposes_nothing(index: Index) -> None:
    found = propose(index, "phare")
    assert (len(found.rows), len(found.tokens), len(index.view())) == (0, 0, 0)


def test_a_passage_without_a_word_is_found_by_meaning(store: Store, index: Index) -> None:
    put(store, "numbers", "…", "Le phare.")

    found = propose(index, "phare")
    assert (len(found.by_meaning), len(found.by_words)) == (2, 1)


@needs_words
def test_deleted_documents_are_not_found_and_their_words_do_not_count(
    store: Store, index: Index, embedded_index: LiveIndex
) -> None:
    fill(store)
    gone = put(store, "gone", "Un obélisque de granit.", "Un obélisque de sel.")
    assert set(rows_of(store, gone)) == by_words(index, "obélisque")
    store.delete(gone.id)

    found, expected = propose(index, "granit sel"), propose(embedded_index, "granit sel")

    assert not {*rows_of(store, gone)} & {*found.rows.tolist()}
    assert np.allclose(found.by_words.scores, expected.by_words.scores, atol=1e-4)
    assert len(index.view()) == store.counts().passages


def test_a_new_generation_takes_the_place_of_the_old(store: Store, index: Index) -> None:
    old = put(store, "page", "Le phare de granit.", "La marée.")
    before = by_words(index, "granit")
    new = put(store, "page", "Le phare de sel.")

    assert before == set(rows_of(store, old)[:1])
    assert by_words(index, "granit") == set()
    assert by_words(index, "phare") == set(rows_of(store, new))


def test_a_deleted_collection_is_gone(store: Store, index: Index) -> None:
    fill(store)
    other = store.collection_number("other")
    assert len(propose(index, "phare", collection=other).rows)
    store.delete_collection("other")

    assert len(propose(index, "phare", collection=other).rows) == 0
    assert index.view().size(other, "fr") == 0


@needs_words
def test_what_is_opened_again_holds_what_it_held(store: Store, open_index: OpenIndex) -> None:
    fill(store)
    first = open_index()
    before = propose(first, "phare granit")
    first.save()
    first.close()
    fill(store, seed=2, documents=3)

    again = open_index()
    assert set(before.rows.tolist()) & set(propose(again, "phare granit").rows.tolist())
    assert len(again.view()) == store.counts().passages


@needs_words
def test_two_indexes_over_one_store_see_the_same(store: Store, open_index: OpenIndex) -> None:
    one, other = open_index(), open_index()
    fill(store)
    assert len(one.view()) == len(other.view()) == store.counts().passages
    gone = put(store, "gone", "Un obélisque de granit.")
    assert set(rows_of(store, gone)) == by_words(other, "obélisque")
    store.delete(gone.id)

    found = [propose(index, "phare") for index in (one, other)]
    assert found[0].rows.tolist() == found[1].rows.tolist()
    assert np.array_equal(found[0].shares, found[1].shares)


@needs_words
def test_an_index_that_is_built_anew_answers_as_before(store: Store, index: Index) -> None:
    fill(store)
    before = propose(index, "phare granit")
    index.rebuild()
    after = propose(index, "phare granit")

    assert after.rows.tolist() == before.rows.tolist()
    assert np.allclose(after.shares, before.shares, atol=1e-6)
    if isinstance(index, MilvusIndex):
        assert len(store.builds.all()) == 1
