"""English questions and sentences put into French word by word.

The only question-shaped text is English. With most of its words exchanged for ones that
translate them, it teaches what a question and its answer look like in the other language;
grammar is lost, which search forgives [1].

[1] Litschko, Artemova, Plank, Boosting Zero-shot Cross-lingual Retrieval by Training on
    Artificially Code-Switched Data, https://arxiv.org/abs/2305.05295
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from scipy.sparse import coo_array, csr_array  # type: ignore[import-untyped]

from training.alignment import align, cross
from training.batches import equal_pairs, row_keys
from training.corpus import Corpus
from training.distillation import Lesson
from training.initialisation import sample
from training.ragged import Ragged

_LEAST_COUNT = 2.0
_LEAST_SHARE = 0.1  # of the times that a token is translated
_SWITCHED = 0.85  # of the words that have a translation


@dataclass(frozen=True, slots=True)
class CodeSwitcher:
    """`chances` float64 (vocabulary, vocabulary): how often a French word translates a row's."""

    chances: csr_array

    def switch(self, rng: np.random.Generator, rows: Ragged, chosen: NDArray[np.bool_]) -> Ragged:
        """Return `rows` with most words of those `chosen` bool (rows,) translated."""
        ends = np.concatenate(([0.0], np.cumsum(self.chances.data)))
        first, last = (ends[self.chances.indptr[rows.tokens + shift]] for shift in (0, 1))
        drawn = first + rng.random(len(rows.tokens)) * (last - first)
        place = np.searchsorted(ends, drawn, side="right") - 1
        known = (last > first) & chosen[rows.row_of_token()]
        known &= rng.random(len(rows.tokens)) < _SWITCHED
        place = np.minimum(place, len(self.chances.data) - 1)
        french = self.chances.indices[place].astype(np.int32)
        return Ragged(np.where(known, french, rows.tokens), rows.offsets)


def build_code_switcher(corpus: Corpus, continues: NDArray[np.bool_], *, seed: int) -> CodeSwitcher:
    """Return a switcher of whole words; `continues` bool (vocabulary,): not the start of one."""
    cells = cross(sample(corpus, seed=seed))
    counts = align(cells)
    english, french = cells.pair_english, cells.pair_french
    total = np.bincount(english, counts, len(continues))
    kept = (counts >= _LEAST_COUNT) & (counts >= _LEAST_SHARE * total[english])
    kept &= _whole_words(corpus.english, continues)[english]
    kept &= _whole_words(corpus.french, continues)[french]
    shape = (len(continues), len(continues))
    return CodeSwitcher(coo_array((counts[kept], (english[kept], french[kept])), shape).tocsr())


def _whole_words(rows: Ragged, continues: NDArray[np.bool_]) -> NDArray[np.bool_]:
    """Return bool (vocabulary,): the token mostly is a word by itself."""
    size = len(continues)
    seen = np.bincount(rows.tokens, minlength=size)
    followed = np.bincount(rows.tokens[:-1][continues[rows.tokens[1:]]], minlength=size)
    return ~continues & (followed < 0.3 * seen)


class SwitchedDistillation:
    """Questions and sentences, most in French words, taught where their English stands.

    `questions`, `sentences`: those of the corpus in the teacher's own tokens.
    """

    def __init__(
        self, corpus: Corpus, switcher: CodeSwitcher, questions: Ragged, sentences: Ragged
    ) -> None:
        self._switcher = switcher
        self._texts = ((corpus.questions, questions), (corpus.sentences, sentences))

    def draw(self, rng: np.random.Generator, size: int) -> Lesson:
        """Return `size` questions, or sentences."""
        read, taught = self._texts[rng.integers(2)]
        rows = rng.integers(0, len(read), size)
        french = rng.random(size) < 0.6
        chosen = taught.take(rows)
        related = equal_pairs(row_keys(chosen))
        return Lesson(self._switcher.switch(rng, read.take(rows), french), chosen, related)
