"""Several byte strings in one blob."""

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.store.byte_strings import apart, joined

STRINGS = st.lists(st.binary(max_size=9), max_size=9)


@given(STRINGS)
def test_what_was_joined_comes_apart(strings: list[bytes]) -> None:
    assert apart(joined(strings), len(strings)) == strings


@given(STRINGS.filter(any), st.integers(1, 60))
def test_of_a_blob_that_lost_its_end_nothing_is_taken(strings: list[bytes], lost: int) -> None:
    assert apart(joined(strings)[:-lost], len(strings)) == [b""] * len(strings)


@pytest.mark.parametrize("count", [0, 3])
def test_strings_without_a_byte_take_no_room(count: int) -> None:
    assert joined([b""] * count) == b""
