"""A passage's contents as a string, and back."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from index.milvus.packing import FORMAT, LONGEST, all_unpacked, packed, unpacked

TOKENS = st.lists(st.integers(0, 2**16 - 1), max_size=300)
COUNTS = st.dictionaries(st.integers(1, 2**32 - 1), st.integers(1, 2**16 - 1), max_size=100)


STRETCHES = st.lists(st.integers(0, 2**64 - 1), max_size=200)


@given(st.integers(0, 2**31), COUNTS, TOKENS, STRETCHES)
def test_contents_come_back_as_they_were(
    length: int, counts: dict[int, int], tokens: list[int], stretches: list[int]
) -> None:
    found = unpacked(
        packed(length, counts, np.array(tokens, np.uint16), np.array(stretches, np.uint64))
    )

    assert found.length == length
    assert dict(zip(found.terms.tolist(), found.counts.tolist(), strict=True)) == counts
    assert found.tokens.tolist() == tokens
    assert found.tokens.dtype == np.uint16
    assert found.stretches.tolist() == stretches


@given(st.lists(st.tuples(COUNTS, TOKENS, STRETCHES), max_size=8))
def test_those_of_many_passages_stay_apart(
    passages: list[tuple[dict[int, int], list[int], list[int]]],
) -> None:
    texts = [
        packed(7, counts, np.array(tokens, np.uint16), np.array(stretches, np.uint64))
        for counts, tokens, stretches in passages
    ]
    found = all_unpacked(texts)

    assert found.lengths.tolist() == [7] * len(passages)
    for at, (counts, tokens, stretches) in enumerate(passages):
        mine = found.owners == at
        terms = found.terms[mine].tolist()
        assert dict(zip(terms, found.counts[mine].tolist(), strict=True)) == counts
        assert found.tokens.text(at).tolist() == tokens
        assert found.stretches.text(at).tolist() == stretches


def test_a_change_of_what_is_packed_is_a_new_format() -> None:
    written = packed(3, {7: 2}, np.array([5], np.uint16), np.array([9], np.uint64))
    assert (FORMAT, written) == (2, "AwAAAAEAAAABAAAACQAAAAAAAAAHAAAAAgAFAA==")


def test_what_is_too_long_is_cut_at_its_end() -> None:
    tokens = np.arange(60_000, dtype=np.uint16)
    counts = dict.fromkeys(range(1, 20_000), 100_000)
    stretches = np.arange(190, dtype=np.uint64)
    of_tokens = packed(5, {}, tokens, stretches)
    of_terms = packed(5, counts, tokens, stretches)

    assert max(len(of_tokens), len(of_terms)) <= LONGEST
    kept = unpacked(of_tokens).tokens
    assert len(kept) > 23_000
    assert kept.tolist() == tokens[: len(kept)].tolist()
    found = unpacked(of_terms)
    assert found.terms.tolist() == list(range(1, len(found.terms) + 1))
    assert set(found.counts.tolist()) == {2**16 - 1}
    assert len(found.tokens) < 6
    assert found.stretches.tolist() == stretches.tolist()
