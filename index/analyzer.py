"""Text to index terms, in French and in English.

One tokenizer serves both languages, so that a name, a number or an acronym yields the same
token in each; stop words and stems differ. Terms are folded (case, accents, œ) *before* they
are stemmed, so that ``energie`` and ``énergie`` always give the same term.

Stems: Snowball [1], by PyStemmer.

[1] M. F. Porter, Snowball: a language for stemming algorithms, https://snowballstem.org
"""

import re
from collections.abc import Callable
from functools import cache
from hashlib import blake2b
from itertools import chain
from threading import Lock
from typing import Literal

from index import english, french
from index.remembered import Remembered
from index.tokenizer import bare, fold, initials, number, stretches, tokens

Language = Literal["fr", "en"]
LANGUAGES: tuple[Language, Language] = ("fr", "en")

# Raise it whenever a rule of the analysis changes: stored lexical indexes are then rebuilt.
_RULES_VERSION = 1

_LONGEST_TERM = 64

# 1er, 2e, 20th, 1990s: the number alone.
_ORDINAL = re.compile(r"0*(\d+)(?:e|er|re|ere|eme|emes|nd|nde|rd|st|th|s)?")


def terms(text: str, language: Language) -> list[str]:
    """Return the index terms of `text`, in order, repeated as often as they occur."""
    return _analyzer(language).terms(text)


def fingerprint() -> str:
    """Return a hash that changes with everything that can change a term."""
    import Stemmer  # noqa: PLC0415 - only who analyses text pays for it

    digest = blake2b(f"{_RULES_VERSION} {Stemmer.version()}".encode(), digest_size=8)
    for words in (french.STOP_WORDS, french.ACRONYMS, english.STOP_WORDS, english.ACRONYMS):
        digest.update(" ".join(sorted(words)).encode() + b"\0")
    return digest.hexdigest()


class Analyzer:
    """Turns text of one language into terms; safe to share between threads."""

    def __init__(
        self,
        *,
        stop_words: frozenset[str],
        acronyms: frozenset[str],
        stem: Callable[[str], str],
    ) -> None:
        self._acronyms = acronyms
        self._stop_words = stop_words | {fold(word) for word in stop_words}
        self._stem = stem
        self._lock = Lock()  # a Snowball stemmer serves one thread at a time
        self._of_token = Remembered(self._term)
        self._of_stretch = Remembered(self._terms)

    def terms(self, text: str) -> list[str]:
        """Return the terms of `text`, in order, repeated as often as they occur."""
        return list(chain.from_iterable(map(self._of_stretch.__getitem__, stretches(text))))

    def _terms(self, text: str) -> tuple[str, ...]:
        return tuple(term for term in map(self._of_token.__getitem__, tokens(text)) if term)

    def _term(self, token: str) -> str:
        """Return the term of one token, or an empty string for a word without meaning."""
        fixed = number(token) or initials(token)
        if fixed:
            return fixed[:_LONGEST_TERM]
        word = bare(token)
        folded = fold(word)[:_LONGEST_TERM]
        ordinal = _ORDINAL.fullmatch(folded)
        if ordinal:
            return ordinal[1]
        if word not in self._acronyms and self._is_stop_word(word.casefold(), folded):
            return ""
        with self._lock:
            return self._stem(folded)

    def _is_stop_word(self, word: str, folded: str) -> bool:
        # "maïs" is no stop word though "mais" is; "don't" is one, as "dont" is.
        return word in self._stop_words or (not word.isalpha() and folded in self._stop_words)


@cache
def _analyzer(language: Language) -> Analyzer:
    import Stemmer  # noqa: PLC0415 - only who analyses text pays for it

    if language == "fr":
        stem = Stemmer.Stemmer("french", 0).stemWord
        return Analyzer(
            stop_words=french.STOP_WORDS,
            acronyms=french.ACRONYMS,
            stem=lambda word: stem(french.prepare(word)),
        )
    return Analyzer(
        stop_words=english.STOP_WORDS,
        acronyms=english.ACRONYMS,
        stem=Stemmer.Stemmer("english", 0).stemWord,
    )
