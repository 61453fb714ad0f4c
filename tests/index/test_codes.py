"""Codes only propose: what is found is allowed, exactly measured, and nearly always the nearest."""

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.codes import Codes
from index.encoder import Vectors
from index.manifest import Origin
from index.segment import Additions
from index.segmented import SegmentedIndex
from index.snapshot import load, save
from index.vector import VectorIndex

DIMENSION = 32
COUNT = 3000


def unit(count: int, seed: int = 0) -> Vectors:
    """Vectors about forty themes, as passages are."""
    chance = np.random.default_rng(seed)
    themes = np.random.default_rng(7).standard_normal((40, DIMENSION))
    vectors = themes[chance.integers(0, 40, count)] + chance.standard_normal((count, DIMENSION))
    return (vectors / np.linalg.norm(vectors, axis=1, keepdims=True)).astype(np.float32)


@pytest.fixture(scope="module")
def coded() -> Iterator[VectorIndex]:
    """Two ranges that are searched apart, each with codes."""
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr("index.codes.WORTH_CODES", 1000)
        yield VectorIndex.build(unit(COUNT), [range(1000), range(1000, COUNT)])


def best(index: VectorIndex, question: Vectors, k: int, among: np.ndarray) -> np.ndarray:
    """The `k` nearest of the positions `among`, by comparing all."""
    return among[np.argsort(-(index.vectors[among] @ question), kind="stable")[:k]]


def test_few_vectors_have_no_codes_nor_have_those_of_odd_width() -> None:
    assert not Codes.worth_it(19_999, 384)
    assert Codes.worth_it(20_000, 384)
    assert not Codes.worth_it(20_000, 385)
    assert not VectorIndex.build(unit(100), [range(100)]).codes


def test_the_same_vectors_give_the_same_codes() -> None:
    one, other = Codes.build(unit(500)).to_bytes(), Codes.build(unit(500)).to_bytes()
    assert one.tobytes() == other.tobytes()


def test_saved_codes_propose_the_same() -> None:
    codes, question = Codes.build(unit(500)), unit(1, seed=3)[0]
    again = Codes.from_bytes(codes.to_bytes())
    assert codes.nearest(question, 50).tolist() == again.nearest(question, 50).tolist()


def test_nearly_all_of_the_nearest_are_found_each_range_apart(coded: VectorIndex) -> None:
    assert set(coded.codes) == {range(1000), range(1000, COUNT)}
    for within in (range(1000), range(1000, COUNT)):
        shares = []
        for question in unit(30, seed=5):
            positions, scores = coded.search(question, 10, within=within)
            expected = best(coded, question, 10, np.array(within))
            shares.append(len(np.intersect1d(positions, expected)) / 10)
            assert set(positions.tolist()) <= set(within)
            np.testing.assert_allclose(scores, coded.vectors[positions] @ question, atol=1e-6)
            assert (np.diff(scores) <= 0).all()
        assert np.mean(shares) > 0.98


@settings(deadline=None, max_examples=40)
@given(share=st.floats(0, 1), k=st.integers(1, 200), seed=st.integers(0, 99))
def test_filters_hold(coded: VectorIndex, share: float, k: int, seed: int) -> None:
    within = range(1000, COUNT)
    allowed = np.random.default_rng(seed).random(len(within)) < share
    question = unit(1, seed=seed)[0]
    positions, scores = coded.search(question, k, within=within, allowed=allowed)
    permitted = np.flatnonzero(allowed) + within.start
    assert len(positions) == min(k, len(permitted))
    assert np.isin(positions, permitted).all()
    np.testing.assert_allclose(scores, coded.vectors[positions] @ question, atol=1e-6)
    expected = best(coded, question, k, permitted)
    assert len(np.intersect1d(positions, expected)) >= 0.9 * len(expected)


def test_where_few_are_allowed_all_of_them_are_compared(coded: VectorIndex) -> None:
    question = unit(1, seed=3)[0]
    allowed = np.zeros(1000, np.bool_)
    allowed[::90] = True
    positions, _ = coded.search(question, 5, within=range(1000), allowed=allowed)
    assert positions.tolist() == best(coded, question, 5, np.flatnonzero(allowed)).tolist()


def test_where_the_nearest_are_not_allowed_all_that_are_are_compared(coded: VectorIndex) -> None:
    question = unit(1, seed=3)[0]
    far = np.argsort(coded.vectors[1000:] @ question)[:1000]
    allowed = np.zeros(COUNT - 1000, np.bool_)
    allowed[far] = True
    positions, _ = coded.search(question, 10, within=range(1000, COUNT), allowed=allowed)
    expected = best(coded, question, 10, np.flatnonzero(allowed) + 1000)
    assert positions.tolist() == expected.tolist()


def test_a_view_says_how_it_searches_and_why(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.codes.WORTH_CODES", 1000)
    index = SegmentedIndex.empty(DIMENSION)
    added = Additions(range(900), [1] * 900, ["fr"] * 900, unit(900), [["plan"]] * 900)
    index.apply(add=added)
    assert index.view().kind == "exact"
    assert "fewer than 20,000" in index.view().reason

    rows = range(1000, 2200)
    index.apply(add=Additions(rows, [1] * 1200, ["fr"] * 1200, unit(1200), [["plan"]] * 1200))
    assert index.view().kind == "quantised"
    assert "1,200 of 2,100 passages" in index.view().reason


def test_what_is_found_in_many_parts_is_ranked_as_one(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr("index.codes.WORTH_CODES", 500)
    vectors, question = unit(2000), unit(1, seed=4)[0]
    index = SegmentedIndex.empty(DIMENSION)
    for start, language in ((0, "fr"), (600, "en"), (1200, "fr"), (1800, "fr")):
        rows = range(start, min(start + 600, 2000))
        count = len(rows)
        part = Additions(
            rows, [1] * count, [language] * count, vectors[rows.start : rows.stop], [[]] * count
        )
        index.apply(add=part)
    index.remove(1250, 1260)
    alive = np.setdiff1d(np.r_[0:600, 1200:2000], np.arange(1250, 1260))
    expected = alive[np.argsort(-(vectors[alive] @ question))[:20]]
    found = index.view().dense(question, 20, collection=1, language="fr")
    assert len(np.intersect1d(found.rows, expected)) >= 19
    np.testing.assert_allclose(found.scores, vectors[found.rows] @ question, atol=1e-6)


def test_a_saved_index_searches_by_the_same_codes(
    monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    monkeypatch.setattr("index.codes.WORTH_CODES", 500)
    index, vectors = SegmentedIndex.empty(DIMENSION), unit(1500)
    languages = ["fr" if row % 3 else "en" for row in range(1500)]
    index.apply(add=Additions(range(1500), [1] * 1500, languages, vectors, [["plan"]] * 1500))
    origin = Origin("small", "f00d")
    save(index.view(), tmp_path, origin=origin)
    loaded = load(tmp_path, origin=origin).view()

    assert loaded.kind == "quantised"
    assert loaded.reason == index.view().reason
    for question in unit(10, seed=9):
        found, expected = (
            view.dense(question, 10, collection=1, language="fr") for view in (loaded, index.view())
        )
        assert found.rows.tolist() == expected.rows.tolist()
        assert found.scores.tolist() == expected.scores.tolist()
