"""Make questions out of sentences: keep a few words, put question words in front.

There is hardly any question-shaped training text, and none in French. A person who asks
knows some words of the sentence, not all, and least of all the answer: so a made question
keeps a few of its words, loses most function words and often one whole stretch.
"""

from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray
from tokenizers import Tokenizer

from training.ragged import Ints, Ragged, concatenate, from_lengths

FRENCH_OPENINGS = (
    "qui est", "qui a", "que fait", "qu'est-ce que", "qu'est-ce qui", "quel est le",
    "quelle est la", "quels sont les", "quelles sont les", "quel", "quelle", "quand",
    "en quelle année", "à quelle date", "où se trouve", "où est", "dans quel pays",
    "dans quelle ville", "d'où vient", "combien de", "combien y a-t-il de",
    "quel est le nombre de", "comment", "comment s'appelle", "pourquoi", "pour quelle raison",
    "à quoi sert", "de quoi", "par qui", "grâce à quoi", "avec qui", "lequel",
    "quel est le nom de", "est-ce que", "depuis quand", "qui sont les",
)  # fmt: skip
ENGLISH_OPENINGS = (
    "who is", "who was", "who did", "what is the", "what was the", "what did", "what does",
    "what are", "which", "which of the", "when did", "when was", "in what year", "on what date",
    "where is", "where did", "in which country", "in what city", "how many", "how much",
    "how did", "how does", "how long", "why did", "why is", "what type of", "what kind of",
    "what was the name of", "whose", "by whom", "what happened to", "what do", "how old",
    "for what reason", "since when", "who were the",
)  # fmt: skip


@dataclass(frozen=True, slots=True)
class QuestionMaker:
    """Thins sentences into questions.

    `common` bool (vocabulary,): function words. `continues` bool (vocabulary,): the token
    goes on with the word of the token before it. `openings`: English rows, French rows.
    """

    common: NDArray[np.bool_]
    continues: NDArray[np.bool_]
    openings: tuple[Ragged, Ragged]

    def make(
        self, rng: np.random.Generator, sentences: Ragged, *, french: NDArray[np.bool_]
    ) -> Ragged:
        """Return a question for each sentence; `french` bool (n,) says which language."""
        whole = rng.random(len(sentences)) < 0.15
        thinned = sentences.keep(self._kept(rng, sentences) | whole[sentences.row_of_token()])
        opened = rng.random(len(sentences)) < 0.6
        return concatenate(self._draw_openings(rng, french=french, opened=opened), thinned)

    def _kept(self, rng: np.random.Generator, sentences: Ragged) -> NDArray[np.bool_]:
        """Return bool (tokens,): whole words, fewer of the common ones, none of one stretch."""
        row, lengths = sentences.row_of_token(), sentences.lengths
        words = rng.uniform(3, 14, len(sentences))
        chance = np.clip(words / np.maximum(lengths, 1), 0.15, 0.9)[row]
        chance = np.where(self.common[sentences.tokens], chance * 0.5, chance)
        kept: NDArray[np.bool_] = rng.random(len(row)) < chance
        position = np.arange(len(row)) - sentences.offsets[:-1][row]
        hole = rng.integers(0, np.maximum(lengths, 1))[row]
        kept &= (position < hole) | (position >= hole + rng.integers(0, 4, len(sentences))[row])
        return kept[self._word_start(sentences.tokens)]

    def _word_start(self, tokens: NDArray[np.int32]) -> Ints:
        """Return int64 (tokens,): where the word of each token begins."""
        starts = np.where(self.continues[tokens], 0, np.arange(len(tokens)))
        return np.maximum.accumulate(starts)

    def _draw_openings(
        self, rng: np.random.Generator, *, french: NDArray[np.bool_], opened: NDArray[np.bool_]
    ) -> Ragged:
        english_rows, french_rows = self.openings
        english_drawn = english_rows.take(rng.integers(0, len(english_rows), len(french)))
        french_drawn = french_rows.take(rng.integers(0, len(french_rows), len(french)))
        english_kept = english_drawn.keep((opened & ~french)[english_drawn.row_of_token()])
        french_kept = french_drawn.keep((opened & french)[french_drawn.row_of_token()])
        return concatenate(english_kept, french_kept)


def build_question_maker(
    tokenizer: Tokenizer, frequencies: Ints, *, common_tokens: int = 200
) -> QuestionMaker:
    """Return the maker for this vocabulary; `frequencies` int64 (vocabulary,)."""
    common = np.zeros(tokenizer.get_vocab_size(), dtype=np.bool_)
    common[np.argsort(-frequencies)[:common_tokens]] = True
    continues = np.zeros_like(common)
    for token, row in tokenizer.get_vocab().items():
        continues[row] = token.startswith("##")
    return QuestionMaker(
        common, continues, (_rows(tokenizer, ENGLISH_OPENINGS), _rows(tokenizer, FRENCH_OPENINGS))
    )


def _rows(tokenizer: Tokenizer, texts: tuple[str, ...]) -> Ragged:
    rows = [tokenizer.encode(text, add_special_tokens=False).ids for text in texts]
    tokens = np.array([token for row in rows for token in row], dtype=np.int32)
    return from_lengths(tokens, np.array([len(row) for row in rows], dtype=np.int64))
