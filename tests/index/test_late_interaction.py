"""Late interaction: how well texts cover the tokens of a question."""

from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st
from numpy.typing import NDArray

from index.errors import InvalidRows
from index.late_interaction import LateInteraction, TokenIndex
from index.segment import Additions
from index.segmented import SegmentedIndex
from index.stretches import StretchIndex
from index.text_parts import TextParts
from index.token_vectors import TokenVectors

TOKENS = 50
Texts = st.lists(st.lists(st.integers(0, TOKENS - 1), max_size=12), max_size=6)


class FakeTokens:
    """Reads a text as numbers; gives each token a vector of its own, some of them zero."""

    def __init__(self) -> None:
        vectors = np.random.default_rng(3).normal(size=(TOKENS, 8))
        vectors[7] = 0
        self.vectors = TokenVectors.of(vectors)

    def token_ids(self, texts: Sequence[str]) -> list[NDArray[np.uint16]]:
        return [ids([int(word) for word in text.split()]) for text in texts]


def ids(numbers: Sequence[int]) -> NDArray[np.uint16]:
    return np.array(numbers, dtype=np.uint16)


def spelled(texts: Sequence[Sequence[int]]) -> list[list[int]]:
    return [list(text) for text in texts]


def read(index: TextParts) -> list[list[int]]:
    return [index.text(at).tolist() for at in range(len(index))]


@given(Texts, st.lists(st.integers(0, TOKENS - 1), max_size=5))
def test_maxima_are_the_best_cosine_of_each_question_token(
    texts: list[list[int]], question: list[int]
) -> None:
    interaction = LateInteraction(FakeTokens())
    best = interaction.maxima(ids(question), TokenIndex.build([ids(t) for t in texts]))
    vectors = interaction.encoder.vectors.take(np.arange(TOKENS))

    def cosine(one: int, other: int) -> float:
        lengths = np.linalg.norm(vectors[one]) * np.linalg.norm(vectors[other])
        return float(vectors[one] @ vectors[other] / lengths) if lengths else 0.0

    expected = [[max((cosine(q, t) for t in text), default=0) for q in question] for text in texts]
    assert best.shape == (len(texts), len(question))
    assert np.allclose(best, np.array(expected).reshape(best.shape), atol=1e-5)


def test_a_text_that_says_the_question_covers_it_wholly() -> None:
    interaction = LateInteraction(FakeTokens())
    question = ids([1, 2, 3])
    [covered] = interaction.maxima(question, interaction.index(["9 3 1 2"]))
    assert covered @ interaction.weights(question) == pytest.approx(1)


def test_a_token_weighs_as_much_as_its_vector_is_long() -> None:
    interaction = LateInteraction(FakeTokens())
    lengths = np.linalg.norm(interaction.encoder.vectors.take(ids([4, 5])), axis=1)
    assert np.allclose(interaction.weights(ids([4, 5])), lengths / lengths.sum())
    assert interaction.weights(ids([7])).tolist() == [0]


@given(Texts, Texts, st.randoms(use_true_random=False))
def test_joining_and_taking_texts_loses_nothing(
    first: list[list[int]], second: list[list[int]], random: np.random.Generator
) -> None:
    joined = TokenIndex.joined([TokenIndex.build([ids(t) for t in p]) for p in (first, second)])
    assert read(joined) == spelled(first + second)
    order = list(range(len(joined)))
    random.shuffle(order)
    assert read(joined.take(np.array(order, np.int64))) == [(first + second)[at] for at in order]


def test_tokens_and_stretches_of_a_row_follow_it_through_merging_and_removal() -> None:
    index = SegmentedIndex.empty(2)
    for row in range(1, 13):
        words = np.array([row, row + 1], np.uint64)
        index.apply(
            add=Additions(
                rows=[row],
                collections=[1],
                languages=["fr" if row % 2 else "en"],
                vectors=np.array([[1, 0]], np.float32),
                terms=[["mot"]],
                tokens=TokenIndex.build([ids([row, row + 1])]),
                stretches=None if row == 6 else StretchIndex.build([words[: row % 3]]),
            )
        )
    index.remove(3, 5)
    index.compact()
    rows = np.array([12, 1, 11, 6])
    assert read(index.view().tokens(rows)) == [[12, 13], [1, 2], [11, 12], [6, 7]]
    assert read(index.view().stretches(rows)) == [[], [1], [11, 12], []]
    with pytest.raises(InvalidRows, match="row 4 is not in the index"):
        index.view().tokens(np.array([1, 4]))
