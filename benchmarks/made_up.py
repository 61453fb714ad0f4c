"""Passages of invented words in French and English, as many as a measurement of size needs.

Half of the words are the language's function words, the others are drawn by Zipf's law from a
vocabulary of syllables, so that indexes have about the shape that real text gives them. Vectors
are random: what is measured is work, not meaning.
"""

from collections.abc import Iterator
from random import Random

import numpy as np

from documents.models import LANGUAGES, Document, Language, Passage, Sentence
from documents.store.store import Store
from index import english, french
from index.encoder import Encoder

_FUNCTION_WORDS = {"fr": sorted(french.STOP_WORDS), "en": sorted(english.STOP_WORDS)}
_SYLLABLES = {
    "fr": "ba bré ci cha dé dou é fa gou i lan lou mé nou oi pé ra rou sé tra vou eau ier elle",
    "en": "an bo bri ck dow er fi gre ha ing ke low mer nor ow per rin sha tle und ver wick",
}
_VOCABULARY = 60_000
_WORDS = (60, 160)  # of a passage
_PASSAGES = 10  # of a document
_AHEAD = 4096  # words drawn at a time


def fill(store: Store, encoder: Encoder, *, passages: int, seed: int = 0) -> None:
    """Put documents of ten passages each into `store`, as if `encoder` had encoded them.

    Another seed makes other documents.
    """
    chance, numbers = Random(seed), np.random.default_rng(seed)
    words = {language: drawn_words(language, chance) for language in LANGUAGES}
    for number in range(-(-passages // _PASSAGES)):
        language = LANGUAGES[number % 2]
        texts = [_text(words[language], chance) for _ in range(_PASSAGES)]
        vectors = numbers.standard_normal((_PASSAGES, encoder.dimension), np.float32)
        vectors /= np.linalg.norm(vectors, axis=1, keepdims=True)
        store.put(
            _document(f"made-up-{seed}-{number}", language, "\n\n".join(texts)),
            list(_passages(texts, language)),
            vectors,
            fingerprint=encoder.fingerprint,
        )


def drawn_words(language: Language, chance: Random) -> Iterator[str]:
    """Yield words for ever."""
    syllables = _SYLLABLES[language].split()
    coin = Random(language)  # the words of a language are the same in all documents
    rare = ["".join(coin.choices(syllables, k=coin.randint(2, 5))) for _ in range(_VOCABULARY)]
    weights = [1 / rank for rank in range(1, _VOCABULARY + 1)]
    common = _FUNCTION_WORDS[language]
    while True:
        for pair in zip(
            chance.choices(common, k=_AHEAD), chance.choices(rare, weights, k=_AHEAD), strict=True
        ):
            yield from pair


def _text(words: Iterator[str], chance: Random) -> str:
    """Return sentences of about twenty words."""
    sentences, left = [], chance.randint(*_WORDS)
    while left > 0:
        length = min(left, chance.randint(12, 28))
        sentences.append(" ".join(next(words) for _ in range(length)).capitalize() + ".")
        left -= length
    return " ".join(sentences)


def _passages(texts: list[str], language: Language) -> Iterator[Passage]:
    start = 0
    for text in texts:
        end = start + len(text)
        yield Passage(start, end, text, language, (Sentence(start, end),))
        start = end + 2


def _document(source: str, language: Language, text: str) -> Document:
    return Document("", "default", source, source.replace("-", " "), language, text, source)
