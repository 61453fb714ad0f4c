"""Whether the numbers that a question says stand where its answer would.

« Quel séisme de magnitude 8,7 ? » is not answered by one of 8.0, nor "What happened on March 22?"
by what did on the 29th. A year is a number here; one asked in figures may be said in words.
"""

import re
from collections.abc import Iterable
from fractions import Fraction

from documents.models import Language
from rag.claims.numbers_said import numbers_said

# Smaller ones are said in other ways too: World War I, both, the latter, « ses trois frères ».
_LEAST = 4
_FIGURES = re.compile(r"\d+(?:[.,]\d+)?")  # in "c1180", "6.7+", "B-265"


def numbers_asked(question: str, language: Language) -> frozenset[Fraction]:
    """Return the numbers that `question` says in figures, from four on."""
    return frozenset(
        number.value
        for number in numbers_said(question, language)
        if number.value >= _LEAST and question[number.start].isdigit()
    )


def numbers_missing(
    asked: Iterable[Fraction], text: str, language: Language
) -> frozenset[Fraction]:
    """Return which of the numbers `asked` stand nowhere in `text`."""
    missing = frozenset(asked)
    if not missing:
        return missing
    said = {number.value for number in numbers_said(text, language)}
    said |= {Fraction(figures.replace(",", ".")) for figures in _FIGURES.findall(text)}
    said |= {value % 100 for value in said if 1000 <= value < 2100}  # « les années 80 »
    return missing - said
