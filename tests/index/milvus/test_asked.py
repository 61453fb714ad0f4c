"""Words scored from a passage's contents, as the embedded index scores them."""

from collections import Counter
from collections.abc import Sequence

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.bm25 import DEFAULT_BM25, Statistics
from index.lexical import Group
from index.milvus.asked import AskedWords
from index.milvus.packing import all_unpacked, packed
from index.milvus.weights import WordWeights
from index.segmented import SegmentedIndex

NOTHING = (np.empty(0, np.uint16), np.empty(0, np.uint64))  # no tokens, no stretches

WORDS = ("plan", "puce", "phare", "quai")
NUMBERS = {"plan": 4_000_000_000, "puce": 7, "phare": 2**32 - 2, "quai": 3}
PASSAGES = st.lists(st.lists(st.sampled_from(WORDS), max_size=30), min_size=1, max_size=12)
WEIGHTS = st.floats(0.015625, 1, width=32)
GROUPS = st.lists(
    st.dictionaries(st.sampled_from([*WORDS, "absent"]), WEIGHTS, min_size=1, max_size=3),
    max_size=4,
)


def asked_of(groups: Sequence[Group], passages: Sequence[Sequence[str]]) -> AskedWords:
    wanted = {word for group in groups for word in group if word in NUMBERS}
    known = {word: (NUMBERS[word], sum(word in said for said in passages)) for word in wanted}
    return AskedWords.of(groups, known, Statistics(len(passages), sum(map(len, passages))))


def counts_of(said: Sequence[str]) -> dict[int, int]:
    return {NUMBERS[word]: times for word, times in Counter(said).items()}


@given(PASSAGES, GROUPS)
def test_a_passage_has_the_share_that_the_embedded_index_gives_it(
    passages: list[list[str]], groups: list[Group]
) -> None:
    index = SegmentedIndex.empty(2)
    vectors = np.tile(np.array([1, 0], np.float32), (len(passages), 1))
    rows = range(len(passages))
    index.add(rows, [1] * len(passages), ["fr"] * len(passages), vectors, passages)
    embedded = index.view().propose(
        vectors[0], groups, len(passages), collection=1, language="fr", among=None
    )
    contents = [packed(len(said), counts_of(said), *NOTHING) for said in passages]

    shares = asked_of(groups, passages).shares(all_unpacked(contents), DEFAULT_BM25)

    assert embedded.rows.tolist() == list(rows)
    assert np.allclose(shares, embedded.shares, atol=1e-6)


@given(PASSAGES, st.sets(st.sampled_from(WORDS), min_size=1))
def test_an_engine_that_multiplies_vectors_scores_words_exactly(
    passages: list[list[str]], words: set[str]
) -> None:
    asked = asked_of([{word: 1.0} for word in sorted(words)], passages)
    weights = WordWeights(asked.statistics.average_length)
    contents = [packed(len(said), counts_of(said), *NOTHING) for said in passages]
    whole = (DEFAULT_BM25.k1 + 1) * asked.idf.sum()

    question = asked.vector()
    products = [
        sum(question.get(term, 0) * weight for term, weight in passage.items())
        for said in passages
        if (passage := weights.of_passage(counts_of(said), len(said)))
    ]

    shares = asked.shares(all_unpacked(contents), DEFAULT_BM25)
    assert np.array(products) / whole == pytest.approx(shares, abs=1e-5)


def test_a_question_of_unknown_words_asks_for_nothing() -> None:
    asked = asked_of([{"absent": 1.0}], [["plan"]])
    contents = all_unpacked([packed(1, counts_of(["plan"]), *NOTHING)])

    assert asked.vector() == {}
    assert asked.shares(contents, DEFAULT_BM25).tolist() == [0]
