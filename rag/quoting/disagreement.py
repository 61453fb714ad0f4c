"""Sources that contradict each other: two numbers, or two dates, for one fact.

Said only where it is sure: sentences of different documents that say the same words of the
question, are about equally likely to answer, and give values that can be compared and differ.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date
from typing import Final

from documents.normalization import fold
from index.analyzer import terms
from rag.claims.number_forms import Number
from rag.claims.numbers_said import numbers_said, same
from rag.evidence import Evidence
from rag.question import AnalysedQuestion
from rag.quoting.short_answer import short_answer
from rag.quoting.wanted import asks_for_several, wanted_of

_COMPARABLE: Final = frozenset(
    {"count", "money", "share", "time", "length", "weight", "degree", "date", "year"}
)
_AS_LIKELY = 1.0  # log-odds apart
_LEAST_WORDS = 2  # words of the question that both must say
_MOST = 3  # values that are shown
_NO_AMOUNT: Final = frozenset({"ordinal", "clock"})
_LINKS: Final = frozenset({"d", "de", "of"})
_WORD: Final = re.compile(r"\w+")
_LETTERS: Final = re.compile(r"[^\W\d_]+")


@dataclass(frozen=True, slots=True)
class _Value:
    """What one sentence gives: a number and what it counts, or the words and figures of a date.

    `groups` are the words of the question that the sentence says.
    """

    unit: str
    groups: frozenset[int]
    date: frozenset[str] = frozenset()
    number: Number | None = None


def disagreeing(question: AnalysedQuestion, evidence: Sequence[Evidence]) -> list[Evidence]:
    """Return the sentences that answer with different values, newest first; [] where none do."""
    wanted = wanted_of(question.text)
    if wanted not in _COMPARABLE or not evidence or asks_for_several(question.text):
        return []
    dated = wanted in ("date", "year")
    first = evidence[0]
    value = _value(question, first, dated=dated)
    if value is None or len(value.groups) < _LEAST_WORDS:
        return []
    found = {first.found.hit.stored.document.id: (first, value)}
    for other in evidence[1:]:
        document = other.found.hit.stored.document.id
        if document in found or other.language != first.language:
            continue
        if first.log_odds - other.log_odds > _AS_LIKELY:
            continue
        told = _value(question, other, dated=dated)
        if told and all(_differ(told, known) for _, known in found.values()):
            found[document] = (other, told)
    if len(found) < 2:
        return []
    shown = [one for one, _ in list(found.values())[:_MOST]]
    return sorted(shown, key=_published, reverse=True)


def _differ(one: _Value, other: _Value) -> bool:
    """Tell whether two values answer the same words and neither is the other, or a part of it."""
    if one.unit != other.unit or one.groups != other.groups:
        return False
    if one.number and other.number:
        return not (same(one.number, other.number) or same(other.number, one.number))
    return not (one.date <= other.date or other.date <= one.date)


def _value(question: AnalysedQuestion, evidence: Evidence, *, dated: bool) -> _Value | None:
    language = evidence.language
    span = short_answer(question, evidence.text, language)
    if span is None:
        return None
    said = set(terms(evidence.text, language))
    groups = frozenset(
        n for n, group in enumerate(question.groups[language]) if not said.isdisjoint(group)
    )
    text = span.of(evidence.text)
    if dated:
        return _Value("date", groups, date=frozenset(_WORD.findall(fold(text))))
    numbers = [one for one in numbers_said(text, language) if one.unit not in _NO_AMOUNT]
    if not numbers:
        return None
    return _Value(_unit(text, numbers[0]), groups, number=numbers[0])


def _unit(text: str, number: Number) -> str:
    """Return what a number counts: its sign, or else the words that stand with it."""
    if number.unit:
        return number.unit
    words = _LETTERS.findall(fold(f"{text[: number.start]} {text[number.end :]}"))
    return " ".join(word.removesuffix("s") for word in words if word not in _LINKS)


def _published(one: Evidence) -> date:
    return one.found.hit.stored.document.published_at or date.min
