"""English words give way to French ones, one for one."""

import numpy as np
from scipy.sparse import csr_array

from training.code_switching import CodeSwitcher
from training.ragged import from_lengths

VOCABULARY = 8
DOG, CHIEN, SMALL, PETIT, PETITE = 1, 2, 3, 4, 5
ROWS = from_lengths(np.array([DOG, SMALL, DOG, 7], np.int32), np.array([2, 2]))


def switcher() -> CodeSwitcher:
    chances = np.zeros((VOCABULARY, VOCABULARY))
    chances[DOG, CHIEN] = 4
    chances[SMALL, PETIT], chances[SMALL, PETITE] = 3, 1
    return CodeSwitcher(csr_array(chances))


def switched(chosen: tuple[bool, bool], seed: int = 0) -> list[int]:
    rng = np.random.default_rng(seed)
    rows = switcher().switch(rng, ROWS, np.array(chosen))
    assert np.array_equal(rows.offsets, ROWS.offsets)
    return rows.tokens.tolist()


def test_rows_that_were_not_chosen_stay() -> None:
    assert switched((False, False)) == ROWS.tokens.tolist()
    assert switched((False, True))[:2] == [DOG, SMALL]


def test_words_become_their_translations_each_as_often_as_it_is_likely() -> None:
    made = np.array([switched((True, True), seed) for seed in range(400)])

    assert set(made[:, 0]) == {DOG, CHIEN}
    assert set(made[:, 1]) == {SMALL, PETIT, PETITE}
    assert (made[:, 1] == PETIT).sum() > 2 * (made[:, 1] == PETITE).sum()
    assert (made[:, 0] == CHIEN).mean() > 0.75


def test_a_word_without_a_translation_stays() -> None:
    assert {switched((True, True), seed)[3] for seed in range(20)} == {7}
