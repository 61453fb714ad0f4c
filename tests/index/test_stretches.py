"""Stretches: what each few words of a passage mean, and how close the closest of them is."""

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.encoder import Vectors
from index.stretches import StretchIndex, closeness, stretches_of, unpacked, words_of

WIDTHS = st.sampled_from([4, 64, 70, 384])


def states(tokens: int, dimension: int, seed: int = 0) -> Vectors:
    """Vectors of tokens that are sums of few fractions of two, which add up exactly."""
    drawn = np.random.default_rng(seed).integers(-64, 64, (tokens, dimension))
    return (drawn / 64).astype(np.float32)


def means(of: Vectors) -> Vectors:
    """The mean of each stretch, as the definition says it."""
    starts = range(0, max(len(of) - 8, 1), 8)
    return np.array([of[start : start + 16].mean(axis=0) for start in starts])


@given(st.integers(1, 60), WIDTHS, st.integers(0, 9))
def test_a_passage_is_as_close_as_the_signs_of_its_closest_stretch(
    tokens: int, dimension: int, seed: int
) -> None:
    read = states(tokens, dimension, seed)
    vector = states(1, dimension, seed + 1)[0]
    signs = np.where(means(read) > 0, 1, -1) / np.sqrt(dimension)

    [found] = closeness(vector, StretchIndex.build([stretches_of(read)]))

    assert found == pytest.approx((signs @ vector).max(), abs=1e-4)


@pytest.mark.parametrize(
    ("tokens", "stretches"), [(1, 1), (8, 1), (9, 1), (16, 1), (17, 2), (24, 2), (25, 3)]
)
def test_a_stretch_is_two_halves_of_eight_tokens(tokens: int, stretches: int) -> None:
    assert len(stretches_of(states(tokens, 384))) == stretches * words_of(384) == stretches * 6


def test_each_text_has_the_closest_of_its_own_and_one_without_has_none() -> None:
    vector = np.array([0.6, -0.8, 0, 0], np.float32)
    towards, away = states(1, 4) * 0 + vector, states(1, 4) * 0 - vector
    texts = [
        stretches_of(away),
        np.empty(0, np.uint64),
        stretches_of(np.concatenate([np.repeat(away, 24, axis=0), np.repeat(towards, 16, axis=0)])),
    ]

    apart, none, both = closeness(vector, StretchIndex.build(texts)).tolist()

    assert (apart, none) == (pytest.approx(-0.7), 0)
    assert both == pytest.approx(0.7)
    assert closeness(vector, StretchIndex.empty(2)).tolist() == [0, 0]


@given(st.lists(st.integers(0, 3), max_size=6), WIDTHS)
def test_what_was_stored_as_bytes_comes_back(sizes: list[int], dimension: int) -> None:
    texts = [stretches_of(states(8 * size, dimension)) if size else b"" for size in sizes]
    read = unpacked([bytes(text) for text in texts], dimension)

    assert [read.text(at).tobytes() for at in range(len(read))] == [bytes(text) for text in texts]


def test_damaged_bytes_are_no_stretch() -> None:
    whole = stretches_of(states(40, 384)).tobytes()

    read = unpacked([whole[:-1], whole], 384)

    assert [len(read.text(at)) for at in (0, 1)] == [0, len(whole) // 8]
