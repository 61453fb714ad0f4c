"""Is a text French or English? Made for questions of three words as much as for pages.

A linear model over letters: each word adds the weights of its pieces (runs of two to four
letters with the word's borders, and the whole word); above zero is French. The weights are
tenths of log-odds, learned by ``training/train_language.py``, and fit in 12 kB. Words with a
capital inside a sentence do not count: "Who is Emmanuel Macron?" is an English question.

Invariant: the same text gives the same answer, and a text without evidence (names, numbers,
another script) gives the caller's `default`.
"""

import re
import unicodedata
from collections.abc import Iterator
from functools import cache, lru_cache
from pathlib import Path

from documents.models import Language

WEIGHTS_PATH = Path(__file__).with_name("language_weights.tsv")

# A word keeps its elision mark: "l'" and "qu'" are French, "'s" starts no word.
_WORD = re.compile(r"[^\W\d_]+'?")
_LATIN = 0.5  # share of its letters that a text in French or English has at least
_QUOTED = re.compile(r"«[^«»]*»|“[^“”]*”|\"[^\"]*\"")
_SHORTEST_PIECE, _LONGEST_PIECE = 2, 4
_LONGEST_WORD = 24
_SAMPLE = 2000  # characters: enough to be sure, and a bound on the work for a long text
_CLEAR = 5  # tenths of log-odds: less is no evidence
# First words that start no name: before names, or alone, they are all that shows the language.
_TELLING: dict[str, Language] = {
    **dict.fromkeys(("et", "ou", "où", "pour", "avec", "chez", "depuis", "vers", "sans"), "fr"),
    **dict.fromkeys(("lequel", "laquelle", "lesquels", "lesquelles"), "fr"),
    **dict.fromkeys(("and", "or", "in", "for", "with", "from", "about", "at", "since"), "en"),
}
_PARTICLES = frozenset({"von", "van", "der", "den", "bin", "ben", "ibn", "al", "el"})


def detect(text: str, *, default: Language = "fr") -> Language:
    """Return the language of running text, judged on samples of its start and its middle."""
    weight = evidence(text[:_SAMPLE])
    if len(text) > _SAMPLE * 2:  # a page may start with a menu in the other language
        middle = len(text) // 2
        weight += evidence(text[middle : middle + _SAMPLE])
    return _decide(weight, default, clear=_CLEAR)


def detect_question(question: str, *, default: Language = "fr") -> Language:
    """Return the language of a question or of a few search words; names give `default`."""
    question = question[:_SAMPLE]
    words = [word for word in counted_words(question) if word not in _PARTICLES]
    if len(words) > 1 or _is_lower(question):
        return _decide(sum(map(_weight, words)), default, clear=_CLEAR)
    first = _WORD.search(question)
    if first is not None and first.group().istitle() and first.group().lower() in _TELLING:
        return _TELLING[first.group().lower()]
    # Only the first word counts: names, or a question typed in Title Case or CAPITALS. Names
    # look like one language or the other too, so more must speak for it than for other words.
    clear = min(80, 8 + 30 * len(re.findall(r"\w+", question)))
    return _decide(evidence(question.lower()), default, clear=clear)


def is_in(text: str, language: Language) -> bool:
    """Tell whether nothing clear speaks against `text`, a sentence, being in `language`.

    What stands between « », “ ” or straight quotation marks may be in any language, unless it is
    all there is. A text that is mostly in another script is in neither.
    """
    told = _QUOTED.sub(" ", text)
    if not any(map(str.isalpha, told)):
        told = text
    return _is_mostly_latin(told) and detect_question(told, default=language) == language


def evidence(text: str) -> int:
    """Return how clearly `text` is French (> 0) or English (< 0), in tenths of log-odds."""
    return sum(map(_weight, counted_words(text)))


def counted_words(text: str) -> list[str]:
    """Return the words of `text` that may show its language, in lower case."""
    words = _WORD.findall(text.replace("’", "'"))
    return [word.lower() for word in words[:1]] + [
        word.lower() for word in words[1:] if not word[0].isupper()
    ]


def pieces(word: str) -> Iterator[str]:
    """Yield the features of a word: its runs of letters, with spaces as its borders."""
    padded = f" {word[:_LONGEST_WORD]} "
    for size in range(_SHORTEST_PIECE, _LONGEST_PIECE + 1):
        for start in range(len(padded) - size + 1):
            yield padded[start : start + size]
    if len(padded) > _LONGEST_PIECE:
        yield padded


def _is_mostly_latin(text: str) -> bool:
    letters = [character for character in text if character.isalpha()]
    latin = sum(unicodedata.name(letter, "").startswith("LATIN") for letter in letters)
    return latin >= _LATIN * len(letters)


def _is_lower(text: str) -> bool:
    first = _WORD.search(text)
    return first is not None and first.group()[0].islower()


def _decide(weight: int, default: Language, *, clear: int) -> Language:
    if abs(weight) < clear:
        return default
    return "fr" if weight > 0 else "en"


@lru_cache(maxsize=1 << 15)
def _weight(word: str) -> int:
    weights = _weights()
    return sum(weights.get(piece, 0) for piece in pieces(word))


@cache
def _weights() -> dict[str, int]:
    lines = WEIGHTS_PATH.read_text(encoding="utf-8").splitlines()
    rows = (line.split("\t") for line in lines if not line.startswith("#"))
    return {piece.replace("_", " "): int(weight) for piece, weight in rows}
