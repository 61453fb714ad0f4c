"""Distillation: the student's vector of a French text goes where the teacher puts its English.

A text is a line or a passage of consecutive lines. The teacher reads English only; what it
knows of questions and passages, from a billion pairs, is taught to French that way [1].

[1] Reimers and Gurevych, Making Monolingual Sentence Embeddings Multilingual using Knowledge
    Distillation, https://arxiv.org/abs/2004.09813
"""

from dataclasses import dataclass

import numpy as np
import torch
from numpy.typing import NDArray
from torch.nn import functional

from training.batches import draw_rows, equal_pairs, row_keys, source_runs
from training.corpus import Corpus
from training.ragged import Ints, Ragged

_SHORT = 3  # tokens below which a line says nothing


@dataclass(frozen=True, slots=True)
class Lesson:
    """What the student reads, row by row, and the teacher's English of it.

    `related` bool (n, n): texts i and j say the same.
    """

    read: Ragged
    taught: Ragged
    related: NDArray[np.bool_]


class DistillationTask:
    """Draws lines, or passages of consecutive lines, in either language.

    `english`: the lines in the teacher's own tokens.
    """

    def __init__(self, corpus: Corpus, english: Ragged, *, in_english: float) -> None:
        self._corpus, self._taught = corpus, english
        self._in_english = in_english
        shortest = np.minimum(corpus.english.lengths, corpus.french.lengths)
        self._chances = np.cumsum(corpus.weight * (shortest >= _SHORT))
        self._long_chances = np.cumsum(corpus.weight * corpus.ordered * (shortest >= _SHORT))
        self._keys = (row_keys(corpus.english), row_keys(corpus.french))
        _, self._ends = source_runs(corpus.source)

    def lines(self, rng: np.random.Generator, size: int) -> Lesson:
        """Return `size` single lines."""
        lines = draw_rows(rng, self._chances, size)
        keys = [keys[lines] for keys in self._keys]
        return self._lesson(rng, lines, lines + 1, equal_pairs(*keys))

    def passages(self, rng: np.random.Generator, size: int) -> Lesson:
        """Return `size` passages of 2 to 6 lines."""
        first = draw_rows(rng, self._long_chances, size)
        end = np.minimum(first + rng.integers(2, 7, size), self._ends[first])
        return self._lesson(rng, first, end, np.abs(first[:, None] - first) <= 8)

    def _lesson(
        self, rng: np.random.Generator, first: Ints, end: Ints, related: NDArray[np.bool_]
    ) -> Lesson:
        side = self._corpus.side(french=bool(rng.random() >= self._in_english))
        return Lesson(side.cut(first, end), self._taught.cut(first, end), related)


def distillation_loss(
    student: torch.Tensor,
    teacher: torch.Tensor,
    related: NDArray[np.bool_],
    *,
    scale: float,
    contrast: float,
) -> torch.Tensor:
    """Return 1 - cosine, and `contrast` times the cross-entropy of finding one's own teacher."""
    near = (1 - (student * teacher).sum(dim=1)).mean()
    spared = torch.from_numpy(related).fill_diagonal_(fill_value=False).to(student.device)
    scores = (scale * student @ teacher.T).masked_fill(spared, -torch.inf)
    right = torch.arange(len(scores), device=student.device)
    return near + contrast * functional.cross_entropy(scores, right)
