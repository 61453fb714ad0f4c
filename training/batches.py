"""Contrastive batches: questions, the passage that answers each, and what must not repel.

Three tasks share one form. *Translation*: a line and its translation. *Cloze*: a line, or
what is left of it as a question, and the passage around it or around its translation,
often without the line itself (cross-lingual inverse cloze). *Answering*: an English
question and the sentence that answers it.
"""

from dataclasses import dataclass
from typing import Protocol

import numpy as np
from numpy.typing import NDArray

from training.corpus import Corpus
from training.errors import TrainingError
from training.questions import QuestionMaker
from training.ragged import Ints, Ragged, concatenate, stack

_RELATED_LINES = 8  # lines this near say related things: never negatives of each other
_NEAR_LINES = 150  # lines of the same text: hard negatives of each other
_MIN_QUESTION_TOKENS = 6
_MAX_PASSAGE_TOKENS = 240


@dataclass(frozen=True, slots=True)
class Batch:
    """Row i of `questions` belongs to row i of `passages`.

    `related` bool (n, n): passage j may also suit question i, so it is no negative of it.
    """

    questions: Ragged
    passages: Ragged
    related: NDArray[np.bool_]


class Task(Protocol):
    """Draws batches of one kind."""

    def draw(self, rng: np.random.Generator, size: int) -> Batch:
        """Return `size` questions with their passages."""
        ...


class TranslationTask:
    """Lines against their translations, dictionary entries included."""

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._chances = np.cumsum(corpus.weight)
        self._keys = (row_keys(corpus.english), row_keys(corpus.french))

    def draw(self, rng: np.random.Generator, size: int) -> Batch:
        """Return `size` pairs, each in a random direction."""
        lines = draw_rows(rng, self._chances, size)
        french = rng.random(size) < 0.5
        return Batch(
            questions=self._take(lines, french=french),
            passages=self._take(lines, french=~french),
            related=equal_pairs(*(keys[lines] for keys in self._keys)),
        )

    def _take(self, lines: Ints, *, french: NDArray[np.bool_]) -> Ragged:
        return _mixed(self._corpus.english.take(lines), self._corpus.french.take(lines), french)


class ClozeTask:
    """Questions made from a line against the passage around it, in either language."""

    def __init__(self, corpus: Corpus, maker: QuestionMaker, *, near: float = 0.5) -> None:
        self._corpus = corpus
        self._maker = maker
        self._near = near
        shortest = np.minimum(corpus.english.lengths, corpus.french.lengths)
        self._fit = corpus.ordered & (shortest >= _MIN_QUESTION_TOKENS)
        self._chances = np.cumsum(corpus.weight * self._fit)
        if not self._fit.any():
            message = (
                f"No line of a text in order has {_MIN_QUESTION_TOKENS} tokens in both languages: "
                "questions cannot be made."
            )
            raise TrainingError(message)
        self._first, self._end = source_runs(corpus.source)

    def draw(self, rng: np.random.Generator, size: int) -> Batch:
        """Return `size` questions; a part of them come from the same text as another."""
        lines = self._draw_lines(rng, size)
        asked, answered = rng.random((2, size)) < 0.5
        sentences = _mixed(self._corpus.english.take(lines), self._corpus.french.take(lines), asked)
        removed = rng.random(size) < np.where(asked == answered, 0.5, 0.25)
        first, end = self._passages(rng, lines)
        return Batch(
            questions=self._maker.make(rng, sentences, french=asked),
            passages=_mixed(
                _around(self._corpus.english, first, end, lines, removed),
                _around(self._corpus.french, first, end, lines, removed),
                answered,
            ),
            related=np.abs(lines[:, None] - lines) <= _RELATED_LINES,
        )

    def _draw_lines(self, rng: np.random.Generator, size: int) -> Ints:
        lines = draw_rows(rng, self._chances, size)
        moved = rng.random(size) < self._near
        near = rng.permutation(lines) + rng.integers(-_NEAR_LINES, _NEAR_LINES + 1, size)
        near = np.clip(near, 0, len(self._corpus) - 1)
        return np.where(moved & self._fit[near], near, lines)

    def _passages(self, rng: np.random.Generator, lines: Ints) -> tuple[Ints, Ints]:
        """Return the first line and the line after the last of a passage around each line."""
        count = rng.integers(2, 7, len(lines))
        before = rng.integers(0, count)
        first = np.maximum(lines - before, self._first[lines])
        end = np.minimum(first + count, self._end[lines])
        return first, end


class AnsweringTask:
    """English questions against the sentence that answers, alone or before another sentence.

    Only for a corpus with questions.
    """

    def __init__(self, corpus: Corpus) -> None:
        self._corpus = corpus
        self._keys = row_keys(corpus.sentences)

    def draw(self, rng: np.random.Generator, size: int) -> Batch:
        """Return `size` questions with their sentence."""
        rows = rng.integers(0, len(self._corpus.questions), size)
        sentences = self._corpus.sentences
        other = sentences.take(rng.integers(0, len(sentences), size))
        padded = rng.random(size) < 0.5
        return Batch(
            questions=self._corpus.questions.take(rows),
            passages=concatenate(sentences.take(rows), other.keep(padded[other.row_of_token()])),
            related=equal_pairs(self._keys[rows]),
        )


def source_runs(source: NDArray[np.int16]) -> tuple[Ints, Ints]:
    """Return int64 (lines,) twice: where the source of each line begins, and where it ends."""
    changes = np.flatnonzero(np.diff(source)) + 1
    run = np.searchsorted(changes, np.arange(len(source)), side="right")
    return np.concatenate(([0], changes))[run], np.concatenate((changes, [len(source)]))[run]


def draw_rows(rng: np.random.Generator, cumulative: NDArray[np.float64], size: int) -> Ints:
    """Return `size` row numbers, each drawn in proportion to its weight."""
    drawn = rng.random(size) * cumulative[-1]
    return np.searchsorted(cumulative, drawn, side="right").astype(np.int64)


def row_keys(rows: Ragged) -> Ints:
    """Return int64 (rows,): equal for rows with the same tokens in any order."""
    codes = np.random.default_rng(0).integers(-(2**62), 2**62, int(rows.tokens.max()) + 1)
    sums: Ints = np.concatenate(([0], np.cumsum(codes[rows.tokens])))
    keys: Ints = sums[rows.offsets[1:]] - sums[rows.offsets[:-1]]
    return keys


def equal_pairs(*keys: Ints) -> NDArray[np.bool_]:
    """Return bool (n, n): any of the keys of i and j is the same."""
    equal: NDArray[np.bool_] = np.logical_or.reduce([key[:, None] == key for key in keys])
    return equal


def _mixed(english: Ragged, french: Ragged, is_french: NDArray[np.bool_]) -> Ragged:
    """Return row i of `french` where `is_french[i]`, else of `english`."""
    rows = np.arange(len(is_french))
    return stack([english, french]).take(np.where(is_french, rows + len(is_french), rows))


def _around(rows: Ragged, first: Ints, end: Ints, line: Ints, removed: NDArray[np.bool_]) -> Ragged:
    """Return rows ``first .. end - 1`` in sequence, without row `line` where `removed`."""
    # A passage of the one line cannot lose it.
    kept_line = np.where(removed & (end - first > 1), line, line + 1)
    before = rows.cut(first, kept_line)
    passages = concatenate(before, rows.cut(line + 1, end))
    position = np.arange(len(passages.tokens)) - passages.offsets[:-1][passages.row_of_token()]
    return passages.keep(position < _MAX_PASSAGE_TOKENS)
