"""The live index against one that is slow and plainly right, over random histories."""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from math import log

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from index import merging
from index.analyzer import LANGUAGES, Language
from index.bm25 import DEFAULT_BM25
from index.encoder import Vectors
from index.lexical import Group
from index.ranking import Ranking
from index.segment import Additions
from index.segmented import SegmentedIndex

DIMENSION = 8
WORDS = ["plan", "puce", "chip", "tarif", "paris", "2017"]


@dataclass(frozen=True)
class Entry:
    collection: int
    language: Language
    vector: Vectors
    terms: Sequence[str]


@dataclass
class Oracle:
    """The living passages by row; every score is computed from its definition."""

    entries: dict[int, Entry] = field(default_factory=dict)

    def dense(
        self, vector: Vectors, collection: int, language: Language | None = None
    ) -> dict[int, float]:
        return {
            row: float(entry.vector.astype(np.float64) @ vector)
            for row, entry in self.entries.items()
            if entry.collection == collection and language in (None, entry.language)
        }

    def lexical(
        self, groups: Mapping[Language, Sequence[Group]], collection: int
    ) -> dict[int, float]:
        found: dict[int, float] = {}
        for language, words in groups.items():
            part = {
                row: entry.terms
                for row, entry in self.entries.items()
                if entry.collection == collection and entry.language == language
            }
            for row, terms in part.items():
                score = sum(_weight(terms, group, list(part.values())) for group in words)
                if score > 0:
                    found[row] = score
        return found


def _weight(terms: Sequence[str], group: Group, part: Sequence[Sequence[str]]) -> float:
    k1, b = DEFAULT_BM25.k1, DEFAULT_BM25.b
    count = sum(weight * terms.count(term) for term, weight in group.items())
    if not count:
        return 0.0
    holding = sum(w * sum(term in other for other in part) for term, w in group.items())
    holding = min(holding, len(part))
    average = sum(map(len, part)) / len(part)
    idf = log(1 + (len(part) - holding + 0.5) / (holding + 0.5))
    return idf * (k1 + 1) * count / (count + k1 * (1 - b + b * len(terms) / average))


def assert_ranks(ranking: Ranking, expected: Mapping[int, float], k: int) -> None:
    """Check for the `k` best of `expected`, near-equal scores in any order."""
    best = sorted(expected.values(), reverse=True)[:k]
    np.testing.assert_allclose(ranking.scores, np.array(best, np.float32), atol=1e-4)
    assert len(set(ranking.rows.tolist())) == len(ranking)
    for row, score in zip(ranking.rows.tolist(), ranking.scores.tolist(), strict=True):
        assert score == pytest.approx(expected[row], abs=1e-4)


def unit(seed: int, count: int = 1) -> Vectors:
    vectors = np.random.default_rng(seed).standard_normal((count, DIMENSION)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


passage = st.tuples(
    st.integers(0, 1),
    st.sampled_from(LANGUAGES),
    st.lists(st.sampled_from(WORDS), max_size=8),
)
weights = st.sampled_from([1.0, 0.5, 0.25])
group = st.dictionaries(st.sampled_from([*WORDS, "absent"]), weights, min_size=1, max_size=3)
groups = st.fixed_dictionaries({language: st.lists(group, max_size=3) for language in LANGUAGES})
step = st.one_of(
    st.tuples(st.just("add"), st.lists(passage, min_size=1, max_size=6)),
    st.tuples(st.just("remove"), st.tuples(st.integers(0, 60), st.integers(0, 12))),
    st.tuples(st.just("compact"), st.none()),
    st.tuples(st.just("merge"), st.none()),
)


@settings(deadline=None, max_examples=60)
@given(
    steps=st.lists(step, min_size=1, max_size=25),
    question=groups,
    k=st.integers(1, 12),
    seed=st.integers(0, 99),
    at_once=st.sampled_from([0, 6, merging.AT_ONCE]),
)
def test_any_history_gives_what_its_living_passages_give(
    steps: list[tuple[str, object]],
    question: dict[Language, list[Group]],
    k: int,
    seed: int,
    at_once: int,
) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(merging, "AT_ONCE", at_once)
        index, oracle = lived(steps)
        check(index, oracle, question, k, unit(seed)[0])


def lived(steps: Sequence[tuple[str, object]]) -> tuple[SegmentedIndex, Oracle]:
    """Do `steps` to an index and to an oracle."""
    index, oracle, row = SegmentedIndex.empty(DIMENSION), Oracle(), 0
    for name, argument in steps:
        if name == "add":
            count = len(argument)
            collections, languages, terms = zip(*argument, strict=True)
            rows, vectors = range(row, row + count), unit(row, count)
            index.add(rows, collections, languages, vectors, terms)
            oracle.entries |= dict(
                zip(rows, map(Entry, collections, languages, vectors, terms), strict=True)
            )
            row += count
        elif name == "remove":
            first, length = argument
            index.remove(first, first + length)
            for removed in range(first, first + length):
                oracle.entries.pop(removed, None)
        elif name == "merge":
            index.merge_due()
        else:
            index.compact()
    return index, oracle


def check(
    index: SegmentedIndex,
    oracle: Oracle,
    question: Mapping[Language, Sequence[Group]],
    k: int,
    vector: Vectors,
) -> None:
    view = index.view()
    assert len(view) == len(oracle.entries)
    among = np.array(sorted(oracle.entries)[::3], np.int64)
    for collection in (0, 1, 2):
        dense = oracle.dense(vector, collection)
        words = oracle.lexical(question, collection)
        assert_ranks(view.dense(vector, k, collection=collection), dense, k)
        assert_ranks(view.lexical(question, k, collection=collection), words, k)
        assert_ranks(
            view.dense(vector, k, collection=collection, among=among),
            {row: dense[row] for row in among.tolist() if row in dense},
            k,
        )
        assert_ranks(
            view.lexical(question, k, collection=collection, among=among),
            {row: words[row] for row in among.tolist() if row in words},
            k,
        )
        for language in LANGUAGES:
            assert_ranks(
                view.dense(vector, k, collection=collection, language=language),
                oracle.dense(vector, collection, language),
                k,
            )
            assert_ranks(
                view.lexical(question, k, collection=collection, language=language),
                oracle.lexical({language: question[language]}, collection),
                k,
            )


@pytest.mark.parametrize("batch", [1, 7, 300])
def test_many_segments_score_as_one(batch: int) -> None:
    random = np.random.default_rng(1)
    index, oracle, count = SegmentedIndex.empty(DIMENSION), Oracle(), 300
    vectors = unit(2, count)
    terms = [random.choice(WORDS, random.integers(1, 30)).tolist() for _ in range(count)]
    languages: list[Language] = [LANGUAGES[i] for i in random.integers(0, 2, count)]
    for start in range(0, count, batch):
        part = slice(start, min(start + batch, count))
        rows = range(part.start, part.stop)
        index.add(rows, [0] * len(rows), languages[part], vectors[part], terms[part])
    entries = map(Entry, [0] * count, languages, vectors, terms)
    oracle.entries = dict(zip(range(count), entries, strict=True))
    question: dict[Language, list[Group]] = {
        "fr": [{"plan": 1.0, "puce": 0.3}, {"2017": 1.0}],
        "en": [{"chip": 1.0}, {"paris": 1.0, "tarif": 0.5}],
    }
    check(index, oracle, question, 20, unit(3)[0])


def test_a_language_is_not_favoured_by_its_share() -> None:
    index = SegmentedIndex.empty(DIMENSION)
    languages: list[Language] = ["fr"] * 10 + ["en"] * 2
    terms = [["plan", "paris"]] + [["paris"]] * 9 + [["plan", "paris"], ["paris"]]
    index.add(range(12), [0] * 12, languages, unit(0, 12), terms)
    alone = SegmentedIndex.empty(DIMENSION)
    alone.add(range(2), [0] * 2, languages[10:], unit(0, 2), terms[10:])
    question: dict[Language, list[Group]] = {"en": [{"plan": 1.0}]}
    among_many = index.view().lexical(question, 1, collection=0)
    assert among_many.scores == pytest.approx(
        alone.view().lexical(question, 1, collection=0).scores
    )


def test_a_replacement_is_never_seen_half() -> None:
    index = SegmentedIndex.empty(DIMENSION)
    index.add([0, 1], [0, 0], ["fr", "fr"], unit(0, 2), [["plan"], ["plan"]])
    before = index.view()
    new = Additions([2, 3, 4], [0] * 3, ["fr"] * 3, unit(1, 3), [["plan"]] * 3)
    index.apply(remove=[(0, 2)], add=new, change=7)
    assert sorted(before.dense(unit(0)[0], 9, collection=0).rows) == [0, 1]
    assert sorted(index.view().dense(unit(0)[0], 9, collection=0).rows) == [2, 3, 4]
    assert (before.change, index.view().change) == (0, 7)
