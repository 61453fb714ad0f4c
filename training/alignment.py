"""Align the words of parallel lines.

IBM Model 1 [1] learns p(f|e) and p(e|f) apart; the counts of the last step are those on
which both agree [2], which leaves few chance neighbours. Lines are sets of numbers; what
they stand for (stems, tokens) is the caller's business.

[1] Brown et al., The Mathematics of Statistical Machine Translation,
    https://aclanthology.org/J93-2003
[2] Liang, Taskar, Klein, Alignment by Agreement, https://aclanthology.org/N06-1014
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from training.ragged import Ints, Ragged, ranges

_ITERATIONS = 5

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Bitext:
    """Distinct terms of aligned lines as numbers; `weight` (lines,): how much a line counts."""

    english: Ragged
    french: Ragged
    weight: Floats


@dataclass(frozen=True, slots=True)
class Cells:
    """Each (line, English term, French term) that could be a translation.

    `pair` int64 (cells,) into the distinct pairs, whose terms are `pair_english` and
    `pair_french` int64 (pairs,); `english` and `french` int64 (cells,): the place of the
    term in its line, unique over all lines.
    """

    pair: Ints
    english: Ints
    french: Ints
    weight: Floats
    pair_english: Ints
    pair_french: Ints


def cross(bitext: Bitext) -> Cells:
    """Return every combination of an English and a French term of the same line."""
    french_count = bitext.french.lengths[bitext.english.row_of_token()]
    french_start = bitext.french.offsets[:-1][bitext.english.row_of_token()]
    english = np.repeat(np.arange(len(bitext.english.tokens)), french_count)
    french = ranges(french_start, french_count)
    width = int(bitext.french.tokens.max()) + 1
    codes = bitext.english.tokens[english].astype(np.int64) * width + bitext.french.tokens[french]
    distinct, pair = np.unique(codes, return_inverse=True)
    line = bitext.english.row_of_token()[english]
    return Cells(pair, english, french, bitext.weight[line], distinct // width, distinct % width)


def align(cells: Cells, *, iterations: int = _ITERATIONS) -> Floats:
    """Return float64 (pairs,): how often the two terms are expected to translate each other."""
    forward = _expectation_maximisation(cells, cells.pair_english, cells.french, iterations)
    backward = _expectation_maximisation(cells, cells.pair_french, cells.english, iterations)
    agreed = forward * backward * cells.weight
    return np.bincount(cells.pair, agreed, len(cells.pair_english)).astype(np.float64)


def _expectation_maximisation(
    cells: Cells, given: Ints, explained: Ints, iterations: int
) -> Floats:
    """Return float64 (cells,): the chance that the given term produced the explained one.

    `given` int64 (pairs,): the term a probability is conditional on. `explained` int64
    (cells,): the place whose candidates share one unit.
    """
    probability = np.ones(len(given))
    for _ in range(iterations):
        posterior = probability[cells.pair]
        posterior /= np.bincount(explained, weights=posterior)[explained]
        counts = np.bincount(cells.pair, weights=posterior * cells.weight, minlength=len(given))
        probability = counts / np.bincount(given, weights=counts)[given]
    return posterior
