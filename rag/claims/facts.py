"""What can be checked of a sentence: its numbers, dates, names, speakers and negations."""

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import lru_cache

from documents.models import Language, Span
from rag.claims.dates_said import Day, days_said
from rag.claims.exonyms import known_things
from rag.claims.names_said import Name, names_said, possible_names
from rag.claims.number_forms import Number
from rag.claims.numbers_said import numbers_said
from rag.claims.polarity import Negation, assents, negations, ways
from rag.claims.speakers import speakers_said

# The number of an item of a list, and the marks that point at passages: "[2]", "[1, 3]".
_MARK = re.compile(r"^\s*\d{1,2}[.)](?=\s)|\[\d{1,2}(?:\s?[,;-]\s?\d{1,2})*\]")


@dataclass(frozen=True, slots=True)
class Facts:
    """The facts of one sentence; all offsets are of that sentence.

    `things` are keys of known things that it names, with or without a capital.
    """

    numbers: tuple[Number, ...]
    days: tuple[Day, ...]
    names: tuple[Name, ...]
    things: frozenset[str]
    speakers: tuple[Span, ...]
    negations: tuple[Negation, ...]
    assents: tuple[Span, ...]
    ways: frozenset[tuple[int, bool]]


def facts_of(text: str, language: Language, *, known: AbstractSet[str] = frozenset()) -> Facts:
    """Return the facts of `text`; `known` are folded words that are surely names."""
    return _facts_of(text, language, frozenset(known & possible_names(text)))


@lru_cache(maxsize=4096)
def _facts_of(text: str, language: Language, known: frozenset[str]) -> Facts:
    days = days_said(text, language)
    dated = tuple(Span(day.start, day.end) for day in days)
    marks = tuple(Span(*match.span()) for match in _MARK.finditer(text))
    return Facts(
        numbers=tuple(numbers_said(text, language, but=(*dated, *marks))),
        days=tuple(days),
        names=tuple(names_said(text, language, known=known, but=dated)),
        things=frozenset(key for _, key in known_things(text)),
        speakers=tuple(speakers_said(text, language)),
        negations=tuple(negations(text, language)),
        assents=tuple(assents(text, language)),
        ways=ways(text, language),
    )
