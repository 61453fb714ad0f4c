"""Which words of one text say what a word of another says, in the same language or across.

Two words are alike as far as their static token vectors are (late interaction, word by word),
and wholly where they are the same term or translate each other in the lexicon.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache

import numpy as np

from documents.models import Language, Span
from index.analyzer import terms
from index.late_interaction import LateInteraction, TokenIndex
from index.token_vectors import Floats
from index.tokenizer import fold
from rag.question import Translator

# Cosines of words that have nothing in common stay under the first; those of words that mean
# the same, in one language or two, lie above the second.
_UNLIKE, _ALIKE = 0.15, 0.50
_SURE = 0.98  # 1 is kept for the same word, by its term or by the lexicon
_TRANSLATES = 0.42  # cosine at which a word of the lexicon is as good as translated
_LIKELY = 0.05  # probability from which the lexicon's translation counts
_WORD = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class Word:
    """A telling word at ``text[start:end]``: as written, folded, and its index term."""

    start: int
    end: int
    written: str
    spelling: str
    term: str


@lru_cache(maxsize=4096)
def telling_words(text: str, language: Language) -> tuple[Word, ...]:
    """Return the words of `text` that are no stop words, from left to right."""
    return tuple(
        Word(*match.span(), match[0], fold(match[0]), found[0])
        for match in _WORD.finditer(text)
        if len(match[0]) > 1 and (found := terms(match[0], language))
    )


def within(word: Word, spans: Sequence[Span]) -> bool:
    """Tell whether `word` touches one of `spans`."""
    return any(word.start < span.end and span.start < word.end for span in spans)


@dataclass(frozen=True, slots=True)
class WordAligner:
    """Compares words; safe to share between threads."""

    interaction: LateInteraction
    translator: Translator

    def weights(self, words: Sequence[Word]) -> Floats:
        """Return how telling each word is, ``float32 (n,)``, mean 1."""
        ids = self.interaction.encoder.token_ids([word.written for word in words])
        lengths = np.array([self.interaction.lengths[one].max(initial=0) for one in ids], "f4")
        mean = lengths.mean() if len(lengths) else 0
        if mean <= 0:
            return np.ones(len(words), np.float32)
        return np.asarray(lengths / mean, np.float32)

    def alike(
        self,
        words: Sequence[Word],
        language: Language,
        others: Sequence[tuple[Sequence[Word], Language]],
    ) -> list[Floats]:
        """Return how alike `words` are to each of the word lists in `others`.

        Each result is ``float32 (len(words), len(list))`` in ``[0, 1]``.
        """
        flat = [word for listed, _ in others for word in listed]
        cosines = self._cosines(words, flat)
        known = [self._meanings(word, language) for word in words]
        results: list[Floats] = []
        start = 0
        for listed, spoken in others:
            part = cosines[:, start : start + len(listed)]
            start += len(listed)
            alike = np.clip((part - _UNLIKE) / (_ALIKE - _UNLIKE), 0, _SURE).astype(np.float32)
            for row, (word, meanings) in enumerate(zip(words, known, strict=True)):
                if meanings:
                    alike[row][part[row] >= _TRANSLATES] = 1
                for column, other in enumerate(listed):
                    if (
                        word.spelling == other.spelling
                        or (spoken == language and word.term == other.term)
                        or (spoken != language and other.term in meanings)
                    ):
                        alike[row, column] = 1
            results.append(alike)
        return results

    def _meanings(self, word: Word, language: Language) -> frozenset[str]:
        translations = self.translator.translate(word.term, source=language)
        return frozenset(term for term, likely in translations if likely >= _LIKELY)

    def _cosines(self, words: Sequence[Word], others: Sequence[Word]) -> Floats:
        """Return the cosine of each word with each other, ``float32 (n, m)``."""
        encoder = self.interaction.encoder
        if not words or not others:
            return np.zeros((len(words), len(others)), np.float32)
        distinct = sorted({word.written for word in others})
        place = {written: at for at, written in enumerate(distinct)}
        ids = encoder.token_ids([word.written for word in words])
        maxima = self.interaction.maxima(
            np.concatenate(ids), TokenIndex.build(encoder.token_ids(distinct))
        )
        ends = np.cumsum([len(one) for one in ids])
        cosines = np.stack(
            [
                maxima[:, end - len(one) : end] @ self.interaction.weights(one)
                for one, end in zip(ids, ends, strict=True)
            ]
        )
        return np.asarray(cosines[:, [place[word.written] for word in others]], np.float32)
