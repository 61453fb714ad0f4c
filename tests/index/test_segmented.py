import sys
from collections.abc import Callable, Iterator
from threading import Thread

import numpy as np
import pytest

from index.encoder import Vectors
from index.errors import DimensionMismatch, InvalidRows, InvalidVectors
from index.ranking import Ranking
from index.segment import Additions
from index.segmented import SegmentedIndex


def unit(count: int, dimension: int = 8, seed: int = 0) -> Vectors:
    vectors = np.random.default_rng(seed).standard_normal((count, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def filled(count: int = 3) -> SegmentedIndex:
    index = SegmentedIndex.empty(8)
    index.add(range(count), [0] * count, ["fr"] * count, unit(count), [["plan"]] * count)
    return index


def rows(index: SegmentedIndex, collection: int = 0) -> list[int]:
    ranking = index.view().dense(unit(1)[0], 10_000, collection=collection)
    return sorted(ranking.rows.tolist())


def test_an_empty_index_finds_nothing() -> None:
    view = SegmentedIndex.empty(8).view()
    assert len(view.dense(unit(1)[0], 5, collection=0)) == 0
    assert len(view.lexical({"fr": [{"plan": 1.0}]}, 5, collection=0)) == 0
    assert len(view) == 0


def test_rows_may_come_in_any_order() -> None:
    index = SegmentedIndex.empty(8)
    vectors = unit(3)
    index.add([9, 2, 5], [0, 0, 0], ["fr", "en", "fr"], vectors, [["a"], ["b"], ["c"]])
    view = index.view()
    assert view.cosines(vectors[1], np.array([2, 9, 5])).argmax() == 0
    assert view.lexical({"en": [{"b": 1.0}]}, 5, collection=0).rows.tolist() == [2]
    assert view.lexical({"fr": [{"a": 1.0}]}, 5, collection=0).rows.tolist() == [9]


def test_a_removed_row_can_be_added_again() -> None:
    index = filled()
    index.remove(1, 2)
    index.add([1], [0], ["en"], unit(1, seed=5), [["chip"]])
    assert rows(index) == [0, 1, 2]
    assert index.view().lexical({"en": [{"chip": 1.0}]}, 5, collection=0).rows.tolist() == [1]


def test_removing_what_is_not_there_changes_nothing() -> None:
    index = filled()
    index.remove(100, 200)
    index.remove(2, 1)
    assert rows(index) == [0, 1, 2]


def test_a_question_keeps_the_view_it_began_with() -> None:
    index = filled()
    view = index.view()
    index.remove(0, 3)
    index.compact()
    assert len(view.dense(unit(1)[0], 5, collection=0)) == 3
    assert len(view.lexical({"fr": [{"plan": 1.0}]}, 5, collection=0)) == 3
    assert rows(index) == []


def test_dead_passages_are_dropped_before_they_are_many() -> None:
    index = filled(100)
    index.remove(0, 20)
    assert index.view().segments[0].dead == 20
    index.remove(20, 21)
    assert [live.dead for live in index.view().segments] == [0]
    assert rows(index) == list(range(21, 100))


def test_a_collection_sees_nothing_of_the_others() -> None:
    index = filled()
    alone = index.view().lexical({"fr": [{"plan": 1.0}]}, 5, collection=0)
    count = 50
    index.add(
        range(10, 10 + count), [1] * count, ["fr"] * count, unit(count), [["plan", "puce"]] * count
    )
    view = index.view()
    again = view.lexical({"fr": [{"plan": 1.0}]}, 5, collection=0)
    assert again.rows.tolist() == alone.rows.tolist()
    assert again.scores.tolist() == alone.scores.tolist()
    assert set(rows(index, 1)) == set(range(10, 60))
    assert rows(index, 2) == []


def test_rarer_words_tell_more() -> None:
    index = SegmentedIndex.empty(8)
    index.add([0, 1, 2], [0] * 3, ["fr"] * 3, unit(3), [["plan"], ["puce"], ["plan"]])
    words = {"fr": [{"plan": 1.0}, {"puce": 1.0}]}
    assert index.view().lexical(words, 3, collection=0).rows.tolist() == [1, 0, 2]


def test_shares_are_the_scores_over_what_the_question_could_give() -> None:
    index = SegmentedIndex.empty(8)
    index.add([0, 1], [0, 0], ["fr", "fr"], unit(2), [["plan", "puce"], ["plan"] * 50])
    view = index.view()

    def shares(*words: str) -> Ranking:
        groups = [{word: 1.0} for word in words]
        return view.propose(unit(1)[0], groups, 5, collection=0, language="fr").by_words

    scores = view.lexical({"fr": [{"plan": 1.0}, {"puce": 1.0}]}, 5, collection=0)
    assert shares("plan", "puce").rows.tolist() == scores.rows.tolist()
    ratio = shares("plan", "puce").scores / scores.scores
    assert np.allclose(ratio, ratio[0])
    # A word said fifty times is nearly all that can be said; one that is nowhere halves it or more.
    assert 0.9 < shares("plan").scores[0] < 1
    assert shares("plan", "absent").scores[0] < 0.5
    assert len(shares("absent")) == 0


def test_every_proposal_is_measured_by_meaning_and_by_words() -> None:
    index = SegmentedIndex.empty(8)
    index.add([0, 1], [0, 0], ["fr", "fr"], unit(2), [["plan"], ["puce"]])
    index.add([5, 6], [0, 0], ["fr", "en"], unit(2), [["plan", "puce"], ["plan"]])
    view = index.view()
    found = view.propose(unit(1)[0], [{"plan": 1.0}], 2, collection=0, language="fr")

    assert found.rows.tolist() == sorted({*found.by_meaning.rows, *found.by_words.rows})
    assert np.array_equal(found.cosines, view.cosines(unit(1)[0], found.rows))
    shares = dict(zip(found.by_words.rows, found.by_words.scores, strict=True))
    assert found.shares.tolist() == [shares.get(row, 0) for row in found.rows]
    assert len(found.tokens) == len(found.rows)


def test_cosines_of_unknown_rows_are_refused() -> None:
    index = filled()
    index.remove(1, 2)
    assert 0 in index.view()
    assert 1 not in index.view()
    with pytest.raises(InvalidRows, match="row 1 is not in the index"):
        index.view().cosines(unit(1)[0], np.array([0, 1]))


@pytest.mark.parametrize(
    ("error", "message", "additions"),
    [
        (InvalidRows, "row 1 is in the index already", ([1], [0], ["fr"], unit(1), [["a"]])),
        (InvalidRows, "row 7 is given twice", ([7, 7], [0] * 2, ["fr"] * 2, unit(2), [[], []])),
        (InvalidRows, "2 rows came with 2, 1, 2, 2", ([7, 8], [0] * 2, ["fr"], unit(2), [[], []])),
        (DimensionMismatch, "of 8 numbers.* have 9", ([7], [0], ["fr"], unit(1, 9), [["a"]])),
        (InvalidVectors, "norm 3", ([7], [0], ["fr"], unit(1) * 3, [["a"]])),
    ],
)
def test_bad_additions_are_refused_and_nothing_is_lost(
    error: type[Exception], message: str, additions: tuple[object, ...]
) -> None:
    index = filled()
    with pytest.raises(error, match=message):
        index.apply(remove=[(0, 1)], add=Additions(*additions), change=4)
    assert rows(index) == [0, 1, 2]
    assert index.view().change == 0


def test_a_question_of_another_width_is_refused() -> None:
    with pytest.raises(DimensionMismatch, match=r"8 numbers.*\(9,\)"):
        filled().view().dense(unit(1, 9)[0], 5, collection=0)
    with pytest.raises(DimensionMismatch, match=r"8 numbers.*\(9,\)"):
        SegmentedIndex.empty(8).view().dense(unit(1, 9)[0], 5, collection=0)


@pytest.fixture
def quick_switches() -> Iterator[None]:
    interval = sys.getswitchinterval()
    sys.setswitchinterval(1e-5)
    yield
    sys.setswitchinterval(interval)


def in_threads(*functions: Callable[[], None]) -> list[BaseException]:
    failures: list[BaseException] = []

    def caught(function: Callable[[], None]) -> None:
        try:
            function()
        except BaseException as error:  # noqa: BLE001 - a test must see whatever happened
            failures.append(error)

    threads = [Thread(target=caught, args=(function,)) for function in functions]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    return failures


@pytest.mark.usefixtures("quick_switches")
def test_readers_never_see_half_a_document_while_it_is_replaced() -> None:
    index = SegmentedIndex.empty(8)
    vectors = unit(3)

    def document(generation: int) -> Additions:
        numbers = range(3 * generation, 3 * generation + 3)
        return Additions(numbers, [0] * 3, ["fr"] * 3, vectors, [["plan", str(generation)]] * 3)

    index.apply(add=document(0))

    def write() -> None:
        for generation in range(1, 120):
            old = (3 * generation - 3, 3 * generation)
            index.apply(remove=[old], add=document(generation), change=generation)
            if generation % 25 == 0:
                index.compact()

    def read() -> None:
        while index.view().change < 119:
            view = index.view()
            expected = [3 * view.change, 3 * view.change + 1, 3 * view.change + 2]
            dense = view.dense(vectors[0], 9, collection=0)
            lexical = view.lexical({"fr": [{"plan": 1.0}]}, 9, collection=0)
            assert sorted(dense.rows.tolist()) == expected
            assert lexical.rows.tolist() == expected

    assert in_threads(write, read, read, read) == []


@pytest.mark.usefixtures("quick_switches")
def test_writers_in_several_threads_lose_nothing() -> None:
    index = SegmentedIndex.empty(8)

    def writer(first: int) -> Callable[[], None]:
        def write() -> None:
            for row in range(first, first + 40):
                index.add([row], [0], ["en"], unit(1, seed=row), [["chip"]])
            index.remove(first, first + 10)

        return write

    assert in_threads(*(writer(1000 * number) for number in range(4))) == []
    expected = [row for number in range(4) for row in range(1000 * number + 10, 1000 * number + 40)]
    assert rows(index) == expected
