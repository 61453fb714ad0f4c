"""Texts made to be found: they repeat a question word for word.

A statement has the words of a question in an order of its own and without the question word;
what has them as they were asked was written for the question (docs/security.md).
"""

import re
from collections.abc import Iterable, Sequence
from typing import Final

from documents.normalization import fold

_WORD: Final = re.compile(r"\w+")
_QUESTION_WORD: Final = re.compile(
    r"who|whom|whose|what|which|when|where|why|how|qui|que|qu|quoi|quels?|quelles?|quand|ou|"
    r"comment|combien|pourquoi|lequel|laquelle|lesquels|lesquelles"
)
_LEAST_WORDS = 4  # of a question: fewer stand in their order by chance
_LEFT_OUT = 8  # of so many words one may be missing
_SPREAD = 1.5  # times the words of the question over which its repetition may be spread


def words(text: str) -> list[str]:
    """Return the words of `text`, folded, as the other functions take them."""
    return _WORD.findall(fold(text))


def repeats(asked: Sequence[str], said: Sequence[str]) -> bool:
    """Tell whether `said` has the words `asked` in their order, the question word among them."""
    asking = next((word for word in asked if _QUESTION_WORD.fullmatch(word)), None)
    least = len(asked) - len(asked) // _LEFT_OUT
    known = set(said)
    if asking is None or len(asked) < _LEAST_WORDS or sum(w in known for w in asked) < least:
        return False
    width, starts = int(_SPREAD * len(asked)), set(asked[: len(asked) - least + 1])
    windows = (said[at : at + width] for at, word in enumerate(said) if word in starts)
    return any(asking in window and _in_order(asked, window) >= least for window in windows)


def _in_order(asked: Sequence[str], said: Iterable[str]) -> int:
    """Return how many of the words `asked` stand in `said` in the same order."""
    longest = [0] * (len(asked) + 1)  # common to the first i words and what was read of `said`
    for word in said:
        before = 0
        for i, one in enumerate(asked, start=1):
            above = longest[i]
            longest[i] = before + 1 if one == word else max(above, longest[i - 1])
            before = above
    return longest[-1]
