"""Passing over what cannot be among the best changes nothing about the best."""

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index.bm25 import DEFAULT_BM25
from index.lexical import LexicalIndex
from index.scoring import Weighting, WordSearch

WORDS = ["plan", "puce", "chip", "tarif", "paris", "2017"]
texts = st.lists(st.lists(st.sampled_from(WORDS), max_size=9), min_size=1, max_size=60)
weights = st.sampled_from([1.0, 0.5, 0.25])
groups = st.lists(
    st.dictionaries(st.sampled_from([*WORDS, "absent"]), weights, min_size=1, max_size=3),
    min_size=1,
    max_size=4,
)


@settings(deadline=None, max_examples=150)
@given(
    texts=texts,
    groups=groups,
    k=st.integers(1, 10),
    idf=st.lists(st.floats(0.01, 9), min_size=4, max_size=4),
    seed=st.integers(0, 99),
    eager=st.booleans(),
    filtered=st.booleans(),
)
def test_the_best_are_those_of_scoring_everything(
    texts: list[list[str]],
    groups: list[dict[str, float]],
    k: int,
    idf: list[float],
    seed: int,
    *,
    eager: bool,
    filtered: bool,
) -> None:
    index, chance = LexicalIndex.build(texts), np.random.default_rng(seed)
    within = range(len(texts) // 4, len(texts))
    allowed = chance.random(len(within)) < 0.6 if filtered else None
    matches = index.matches(groups, within=within)
    weighting = Weighting(idf[: len(groups)], 4.5, DEFAULT_BM25)
    search = WordSearch(index, within, matches, weighting)
    everything = index.scores(matches, weighting.idf, average_length=4.5, bm25=DEFAULT_BM25)

    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(WordSearch, "_pays", lambda *_: True)
        patch.setattr("index.scoring._LOOK_UP", 0.01 if eager else 100)
        best = search.best(k, allowed=allowed)
    positions, scores = best.positions, best.scores

    visible = everything[within.start : within.stop].copy()
    if allowed is not None:
        visible[~allowed] = 0
    expected = np.sort(visible[visible > 0])[::-1][:k]
    np.testing.assert_allclose(np.sort(scores)[::-1][: len(expected)], expected, rtol=1e-5)
    np.testing.assert_allclose(scores, visible[positions - within.start], rtol=1e-5)
    everywhere = np.array(within)
    np.testing.assert_allclose(search.at(everywhere), everything[everywhere], rtol=1e-5)
    np.testing.assert_allclose(best.at(everywhere), everything[everywhere], rtol=1e-5)


def test_common_words_are_not_gone_through_once_rare_ones_decide(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    texts = [["plan", "puce"] if at % 100 == 0 else ["plan"] for at in range(2000)]
    index = LexicalIndex.build(texts)
    matches = index.matches([{"plan": 1.0}, {"puce": 1.0}])
    search = WordSearch(index, range(2000), matches, Weighting([0.01, 4.0], 1.0, DEFAULT_BM25))
    added: list[int] = []
    add = WordSearch._add
    monkeypatch.setattr(
        WordSearch,
        "_add",
        lambda self, group, scores: (added.append(group), add(self, group, scores)),
    )

    best = search.best(10)

    assert best.positions.tolist() == list(range(0, 2000, 100))
    assert added == [1]
