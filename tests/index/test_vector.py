from pathlib import Path

import numpy as np
import pytest

from index.encoder import Vectors
from index.errors import DimensionMismatch, InvalidVectors
from index.vector import VectorIndex


def unit(count: int, dimension: int = 16, seed: int = 0) -> Vectors:
    vectors = np.random.default_rng(seed).standard_normal((count, dimension)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


@pytest.mark.parametrize("share", [None, 0.01, 0.04, 0.5, 0.99])
def test_search_agrees_with_brute_force(share: float | None) -> None:
    vectors, question = unit(1000), unit(1, seed=1)[0]
    allowed = None if share is None else np.random.default_rng(2).random(1000) < share
    positions, scores = VectorIndex.build(vectors).search(question, 25, allowed=allowed)
    cosines = vectors @ question
    if allowed is not None:
        cosines[~allowed] = -2
    expected = np.argsort(-cosines)[: min(25, 1000 if allowed is None else allowed.sum())]
    np.testing.assert_array_equal(positions, expected)
    np.testing.assert_allclose(scores, cosines[expected], atol=1e-6)


def test_nothing_allowed_gives_nothing() -> None:
    index = VectorIndex.build(unit(10))
    positions, scores = index.search(unit(1)[0], 5, allowed=np.zeros(10, np.bool_))
    assert (len(positions), len(scores)) == (0, 0)


def test_more_than_there_is_gives_all_there_is() -> None:
    positions, _ = VectorIndex.build(unit(3)).search(unit(1)[0], 50)
    assert sorted(positions) == [0, 1, 2]


def test_cosines_are_those_of_the_positions_asked_for() -> None:
    vectors, question = unit(50), unit(1, seed=3)[0]
    cosines = VectorIndex.build(vectors).cosines(question, np.array([7, 3, 3]))
    np.testing.assert_allclose(cosines, vectors[[7, 3, 3]] @ question, atol=1e-6)


def test_a_question_of_another_width_is_refused() -> None:
    with pytest.raises(DimensionMismatch, match=r"16 numbers.*\(384,\)"):
        VectorIndex.build(unit(3)).search(unit(1, 384)[0], 5)


@pytest.mark.parametrize(
    "vectors",
    [
        unit(3).astype(np.float64),
        unit(3)[0],
        unit(3) * 2,
        np.full((2, 4), np.nan, np.float32),
        np.full((2, 4), np.inf, np.float32),
    ],
    ids=["float64", "one-dimensional", "long", "nan", "infinite"],
)
def test_what_is_no_unit_vector_is_refused(vectors: Vectors) -> None:
    with pytest.raises(InvalidVectors, match=r"expected|norm"):
        VectorIndex.build(vectors)


def test_a_zero_vector_is_like_nothing() -> None:
    vectors = unit(3)
    vectors[1] = 0
    assert VectorIndex.build(vectors).cosines(unit(1)[0], np.array([1])) == 0


def test_saved_vectors_are_mapped_and_give_the_same(tmp_path: Path) -> None:
    built = VectorIndex.build(unit(200))
    with (tmp_path / "vectors").open("wb") as file:
        built.save(file)
    loaded = VectorIndex.load(tmp_path / "vectors")
    np.testing.assert_array_equal(loaded.vectors, built.vectors)
    for one, other in zip(loaded.search(unit(1)[0], 10), built.search(unit(1)[0], 10), strict=True):
        np.testing.assert_array_equal(one, other)


def test_vectors_cannot_be_changed_through_the_view_of_them() -> None:
    with pytest.raises(ValueError, match="read-only"):
        VectorIndex.build(unit(2)).vectors[0, 0] = 1
