"""Where the static encoder starts: tokens that translate each other start close together.

Every token gets a random direction. Tokens that IBM Model 1 aligns then share theirs, so
that training has to find meanings, not the dictionary: rare words are aligned by a few
lines, long before a gradient would have moved them.
"""

import numpy as np
import torch
from scipy.sparse import (  # type: ignore[import-untyped]
    coo_array,
    csr_array,
    diags_array,
    eye_array,
)

from training.alignment import Bitext, Floats, align, cross
from training.corpus import Corpus
from training.errors import TrainingError
from training.ragged import Ints, Ragged, from_lengths

_LINES = 350_000
_MAX_TOKENS = 40
_LEAST_COUNT = 1.0


def aligned_tokens(corpus: Corpus, *, vocabulary: int, seed: int) -> csr_array:
    """Return float64 (vocabulary, vocabulary), symmetric: how much two tokens share.

    Rows and columns are scaled so that a token with one translation shares all with it.
    """
    bitext = sample(corpus, seed=seed)
    cells = cross(bitext)
    counts = align(cells)
    kept = (counts >= _LEAST_COUNT) & (cells.pair_english != cells.pair_french)
    ends = (cells.pair_english[kept], cells.pair_french[kept])
    one_way = coo_array((counts[kept], ends), shape=(vocabulary, vocabulary)).tocsr()
    both_ways = one_way + one_way.T
    degree = np.asarray(both_ways.sum(axis=1)).ravel()
    scale = diags_array(1 / np.sqrt(np.maximum(degree, 1e-9)))
    return csr_array(scale @ both_ways @ scale)


def initial_weights(
    counts: Ints, shared: csr_array, *, dimension: int, smoothing: float, seed: int
) -> torch.Tensor:
    """Return float32 (vocabulary, dimension): aligned directions, frequent tokens short [1].

    [1] Arora, Liang, Ma, A Simple but Tough-to-Beat Baseline for Sentence Embeddings,
        https://openreview.net/forum?id=SyK00v5xx
    """
    rng = np.random.default_rng(seed)
    directions = rng.standard_normal((len(counts), dimension))
    directions = (eye_array(len(counts)) + shared) @ directions
    directions *= np.sqrt(dimension) / np.linalg.norm(directions, axis=1, keepdims=True)
    length = smoothing / (smoothing + counts / counts.sum())
    return torch.from_numpy(directions * length[:, None]).float()


def sample(corpus: Corpus, *, seed: int) -> Bitext:
    """Return lines with the distinct tokens of each, short ones, drawn by weight.

    Raises:
        TrainingError: there are none.
    """
    rng = np.random.default_rng(seed)
    longest = np.maximum(corpus.english.lengths, corpus.french.lengths)
    shortest = np.minimum(corpus.english.lengths, corpus.french.lengths)
    drawn = rng.random(len(corpus)) < corpus.weight
    lines = np.flatnonzero(drawn & (shortest > 0) & (longest <= _MAX_TOKENS))
    lines = np.sort(rng.permutation(lines)[:_LINES])
    if not len(lines):
        message = f"No line has at most {_MAX_TOKENS} tokens in both languages: split it."
        raise TrainingError(message)
    weight: Floats = np.ones(len(lines))
    return Bitext(
        _distinct(corpus.english.take(lines)), _distinct(corpus.french.take(lines)), weight
    )


def _distinct(rows: Ragged) -> Ragged:
    """Return the rows, each token once, in numerical order."""
    width = int(rows.tokens.max()) + 1
    codes = np.unique(rows.row_of_token() * width + rows.tokens)
    lengths = np.bincount(codes // width, minlength=len(rows))
    return from_lengths((codes % width).astype(np.int32), lengths)
