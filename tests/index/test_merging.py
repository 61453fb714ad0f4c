from hypothesis import given, settings
from hypothesis import strategies as st

from index.merging import crowded, due, mostly_dead, overdue


def test_few_segments_are_left_alone() -> None:
    assert crowded([20_000, 3, 5, 900, 1, 1, 1]) == []


def test_a_crowd_of_small_segments_becomes_one() -> None:
    assert crowded([20_000, *[5] * 9]) == list(range(1, 10))


def test_big_segments_stay_out_of_a_merge_of_small_ones() -> None:
    assert crowded([5] * 9 + [1_000_000, 5_000]) == list(range(9))


@settings(deadline=None)
@given(st.lists(st.integers(1, 3000) | st.just(1), min_size=200, max_size=400))
def test_segments_stay_few_and_copies_stay_few(additions: list[int]) -> None:
    sizes: list[int] = []
    copied = 0
    for size in additions:
        sizes.append(size)
        while chosen := crowded(sizes):
            merged = sum(sizes[number] for number in chosen)
            copied += merged
            sizes = [s for number, s in enumerate(sizes) if number not in chosen] + [merged]
    assert len(sizes) <= 8 * 6
    assert copied <= 12 * sum(additions)


def test_what_is_mostly_dead_is_due_before_a_crowd() -> None:
    assert due([5] * 9, [0] * 9) == list(range(9))
    assert due([5] * 8 + [70], [0] * 8 + [30]) == [8]
    assert due([5] * 8, [0] * 8) == []


def test_those_who_add_wait_when_twice_as_much_is_due() -> None:
    assert not overdue([20_000] * 16 + [5] * 16 + [300_000])
    assert overdue([20_000] * 17)


def test_a_segment_is_rewritten_when_a_fifth_of_it_is_dead() -> None:
    assert not mostly_dead(dead=20, size=100)
    assert mostly_dead(dead=21, size=100)
