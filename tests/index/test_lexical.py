import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.bm25 import Bm25, Statistics
from index.lexical import LexicalIndex

words = st.lists(st.lists(st.sampled_from(["a", "b", "c", "d", "e"]), max_size=12), max_size=10)


def occurrences(index: LexicalIndex, size: int) -> dict[tuple[str, int], float]:
    return {
        (word, position): count
        for word in "abcde"
        for positions, counts in [index.matches([{word: 1.0}])[0].united()]
        for position, count in zip(positions.tolist(), counts.tolist(), strict=True)
        if position < size
    }


@settings(deadline=None)
@given(words)
def test_postings_are_the_counts_of_each_word(terms: list[list[str]]) -> None:
    expected = {(w, p): t.count(w) for p, t in enumerate(terms) for w in set(t)}
    index = LexicalIndex.build(terms)
    assert occurrences(index, len(terms)) == expected
    assert index.lengths.tolist() == list(map(len, terms))


@settings(deadline=None)
@given(words)
def test_arrays_hold_all_there_is(terms: list[list[str]]) -> None:
    index = LexicalIndex.build(terms)
    again = LexicalIndex.from_arrays(index.arrays())
    assert occurrences(again, len(terms)) == occurrences(index, len(terms))
    assert again.lengths.tolist() == index.lengths.tolist()


@settings(deadline=None)
@given(words, words)
def test_merging_moves_and_drops_positions(first: list[list[str]], second: list[list[str]]) -> None:
    together = first + second
    kept = [position for position in range(len(together)) if position % 3 != 1]
    order = kept[::-1]
    targets = np.full(len(together), -1, np.int32)
    targets[order] = np.arange(len(order))
    parts = [
        (LexicalIndex.build(first), targets[: len(first)]),
        (LexicalIndex.build(second), targets[len(first) :]),
    ]
    merged = LexicalIndex.merge(parts, len(order))
    expected = LexicalIndex.build([together[position] for position in order])
    for name, array in expected.arrays().items():
        np.testing.assert_array_equal(merged.arrays()[name], array, err_msg=name)


def test_a_group_counts_as_one_word() -> None:
    index = LexicalIndex.build([["tariff", "duty"], ["tariff"], ["plan"]])
    [matches] = index.matches([{"tariff": 1.0, "duty": 0.5, "absent": 0.5}])
    positions, counts = matches.united()
    assert positions.tolist() == [0, 1]
    assert counts.tolist() == [1.5, 1.0]
    assert matches.at(np.array([2, 1, 0])).tolist() == [0.0, 1.0, 1.5]
    assert matches.passages == pytest.approx(2.5)


def test_positions_that_are_dead_or_elsewhere_count_for_nothing() -> None:
    index = LexicalIndex.build([["plan"], ["plan"], ["plan"]])
    [matches] = index.matches([{"plan": 1.0}], alive=np.array([True, False, True]))
    assert matches.united()[0].tolist() == [0, 2]
    assert matches.passages == 2
    [later] = index.matches([{"plan": 1.0}], within=range(1, 3))
    assert later.united()[0].tolist() == [1, 2]


def test_scores_are_those_of_a_worked_example() -> None:
    index = LexicalIndex.build([["plan", "plan", "paris"], ["paris"]])
    matches = index.matches([{"plan": 1.0}])
    statistics = Statistics(passages=2, terms=4)
    idf = [statistics.idf(1)]
    assert idf == [pytest.approx(0.6931472)]  # ln(1 + 1.5 / 1.5)
    scores = index.scores(
        matches, idf, average_length=statistics.average_length, bm25=Bm25(k1=1.2, b=0.75)
    )
    # 0.6931 · 2.2 · 2 / (2 + 1.2 · (0.25 + 0.75 · 3/2))
    assert scores.tolist() == pytest.approx([0.8355747, 0.0])


def test_a_word_in_every_passage_still_tells_a_little() -> None:
    assert 0 < Statistics(passages=10, terms=10).idf(10) < Statistics(10, 10).idf(1)


def test_statistics_add_up() -> None:
    total = Statistics(3, 30) + Statistics(1, 5)
    assert total == Statistics(4, 35)
    assert total - Statistics(1, 5) == Statistics(3, 30)
    assert Statistics().average_length == 1.0
