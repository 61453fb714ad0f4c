"""Where the student's word embeddings start: in the teacher's space, both languages.

A token that the teacher knows is copied. Any other is the mean of the teacher's embeddings
of the tokens that translate it, weighted by how surely they do (IBM Model 1), the idea of
WECHSEL [1] with alignments in place of a dictionary; without a translation, the mean of the
pieces in which the teacher would spell it.

[1] Minixhofer, Paischer, Rekabsaz, WECHSEL: Effective initialization of subword embeddings
    for cross-lingual transfer, https://arxiv.org/abs/2112.06598
"""

from collections.abc import Mapping

import numpy as np
import torch
from scipy.sparse import csr_array, diags_array  # type: ignore[import-untyped]

from training.teacher import Teacher


def transplant(vocabulary: Mapping[str, int], teacher: Teacher, shared: csr_array) -> torch.Tensor:
    """Return float32 (vocabulary, dimension); `shared` as of `aligned_tokens`."""
    known_words = teacher.model.embeddings.word_embeddings.weight.detach().numpy()
    tokens = sorted(vocabulary, key=vocabulary.__getitem__)
    row_of = teacher.vocabulary
    known = np.array([token in row_of for token in tokens])
    words = np.empty((len(tokens), known_words.shape[1]), dtype=np.float32)
    words[known] = known_words[[row_of[token] for token in tokens if token in row_of]]
    pieces = teacher.spell([token.removeprefix("##") for token in tokens])
    for row in np.flatnonzero(~known):
        words[row] = known_words[pieces[row]].mean(axis=0)
    by_known = csr_array(shared @ diags_array(known.astype(np.float64)))
    total = np.asarray(by_known.sum(axis=1)).ravel()
    translated = ~known & (total > 0)
    mean = diags_array(1 / np.maximum(total, 1e-9)) @ by_known @ np.where(known[:, None], words, 0)
    words[translated] = mean[translated]
    return torch.from_numpy(words)
