"""Rows of unequal length do what lists of lists would do."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from training.ragged import Ragged, concatenate, from_lengths, stack

rows_of_numbers = st.lists(st.lists(st.integers(0, 9), max_size=4), min_size=1, max_size=6)


def ragged(rows: list[list[int]]) -> Ragged:
    tokens = np.array([token for row in rows for token in row], dtype=np.int32)
    return from_lengths(tokens, np.array([len(row) for row in rows], dtype=np.int64))


def lists(rows: Ragged) -> list[list[int]]:
    return [rows.tokens[a:b].tolist() for a, b in zip(rows.offsets, rows.offsets[1:], strict=False)]


@given(rows_of_numbers, st.data())
def test_take_returns_rows_in_the_order_asked_for(
    rows: list[list[int]], data: st.DataObject
) -> None:
    picked = data.draw(st.lists(st.integers(0, len(rows) - 1), max_size=5))
    taken = ragged(rows).take(np.array(picked, dtype=np.int64))
    assert lists(taken) == [rows[row] for row in picked]


@given(rows_of_numbers, st.data())
def test_cut_joins_neighbouring_rows(rows: list[list[int]], data: st.DataObject) -> None:
    first = data.draw(st.integers(0, len(rows)))
    last = data.draw(st.integers(first, len(rows)))
    cut = ragged(rows).cut(np.array([first]), np.array([last]))
    assert lists(cut) == [[token for row in rows[first:last] for token in row]]


@given(rows_of_numbers)
def test_keep_drops_tokens_and_no_row(rows: list[list[int]]) -> None:
    whole = ragged(rows)
    assert lists(whole.keep(whole.tokens % 2 == 0)) == [
        [token for token in row if token % 2 == 0] for row in rows
    ]


@given(rows_of_numbers)
def test_concatenate_joins_row_by_row_and_stack_one_after_the_other(rows: list[list[int]]) -> None:
    left, right = ragged(rows), ragged(rows[::-1])
    assert lists(concatenate(left, right)) == [a + b for a, b in zip(rows, rows[::-1], strict=True)]
    assert lists(stack([left, right])) == rows + rows[::-1]
