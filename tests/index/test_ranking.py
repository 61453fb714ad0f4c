import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from index.ranking import Ranking


def test_equal_scores_are_ordered_by_row() -> None:
    ranking = Ranking.best(np.array([5, 3, 9, 1]), np.array([0.5, 0.5, 0.7, 0.5], np.float32), 3)
    assert ranking.rows.tolist() == [9, 1, 3]


def test_no_rankings_merge_into_an_empty_one() -> None:
    ranking = Ranking.merge([], 5)
    assert len(ranking) == 0
    assert (ranking.rows.dtype, ranking.scores.dtype) == (np.int64, np.float32)


@given(st.lists(st.sampled_from([0.0, 0.25, 0.5, 1.0]), max_size=30), st.integers(-1, 40))
def test_the_best_are_what_sorting_all_gives(scores: list[float], k: int) -> None:
    ranking = Ranking.best(np.arange(len(scores)), np.array(scores, np.float32), k)
    expected = sorted(range(len(scores)), key=lambda row: (-scores[row], row))[: max(k, 0)]
    assert ranking.rows.tolist() == expected


@given(st.lists(st.floats(0, 1, width=32), max_size=30), st.integers(0, 10), st.integers(0, 30))
def test_merging_parts_gives_what_the_whole_gives(scores: list[float], k: int, cut: int) -> None:
    rows, values = np.arange(len(scores)), np.array(scores, np.float32)
    parts = [Ranking.best(rows[part], values[part], k) for part in (slice(cut), slice(cut, None))]
    merged, whole = Ranking.merge(parts, k), Ranking.best(rows, values, k)
    assert merged.rows.tolist() == whole.rows.tolist()
    assert merged.scores.tolist() == whole.scores.tolist()
