"""Numbers that a text says, in figures or in words, as one value whatever their spelling.

« 1 200 », "1,200" and « mille deux cents » are 1200; « 3,5 milliards » is "3.5 billion"; "a
half", « la moitié » and "one in two" are 50 %; "3:30 p.m." is « 15 h 30 ». Years and other
parts of dates are no numbers here (see `rag.claims.dates_said`).
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import replace
from fractions import Fraction
from itertools import zip_longest

from documents.models import Language, Span
from index.tokenizer import fold
from index.tokenizer import number as one_spelling
from rag.claims.number_forms import Number, centuries, clock_times, shares
from rag.claims.number_words import COLLECTIVES, MULTIPLIERS, ORDINALS, is_number_word, read_number

_S = "[ \u00a0\u202f\u2009]"
_GROUPED = "|".join(rf"[1-9]\d{{0,2}}(?:{mark}\d{{3}})+(?!\d)" for mark in (_S, ",", r"\.", "['’]"))
_FIGURES = rf"(?:(?:{_GROUPED})(?:[.,]\d+)?|\d+(?:[.,]\d+)?)"
_TOKEN = re.compile(rf"(?<![\w.,])(?P<figures>{_FIGURES})(?!\d)|(?P<word>[^\W\d_]+)")
_NEXT_WORD = re.compile(rf"(?:{_S}|-)([^\W\d_]+)")
_NEXT_MULTIPLIER = re.compile(rf"{_S}?(?P<word>[^\W\d_]+)")
_SHORT_MULTIPLIERS = {"k": 10**3, "m": 10**6, "md": 10**9, "mds": 10**9, "bn": 10**9, "b": 10**9}

_MONEY = (
    ("€", re.compile(rf"(?:{_S}|-)?(?:€|(?:d['’]|of{_S})?euros?\b|EUR\b)", re.IGNORECASE)),
    ("$", re.compile(rf"(?:{_S}|-)?(?:\$|(?:de{_S})?dollars?\b|USD\b)", re.IGNORECASE)),
    ("£", re.compile(rf"(?:{_S}|-)?(?:£|(?:de{_S})?livres\b|pounds?\b|GBP\b)", re.IGNORECASE)),
    ("%", re.compile(rf"{_S}?(?:%|per{_S}?cent\b|pour{_S}cent\b)", re.IGNORECASE)),
    ("ordinal", re.compile(r"(?:e|er|re|[èe]me|st|nd|rd|th)(?!\w)")),
)
_SYMBOL_BEFORE = re.compile(r"([$€£])[ \u00a0\u202f]?$")
_AND_A_HALF = re.compile(
    rf"(?:{_S}(?:ans?|heures?|mois|millions?|milliards?|fois|points?|jours?))?{_S}et{_S}demie?\b"
    rf"|{_S}and{_S}a{_S}half\b",
    re.IGNORECASE,
)
_ABOUT = re.compile(
    r"(?:environ|pr[èe]s de|quelques?|autour de|aux alentours de|approximativement|presque|about|"
    r"nearly|around|approximately|some|roughly|almost|close to)\s+[€$£]?$",
    re.IGNORECASE,
)
_TO = re.compile(rf"{_S}?(?:à|et|ou|to|and|or|[-–]){_S}?[€$£]?")
_LONGEST_RANGE = 1000
_ROUGHLY = Fraction(1, 20)  # how far "about" reaches


def numbers_said(text: str, language: Language, *, but: Sequence[Span] = ()) -> list[Number]:
    """Return the numbers in `text` from left to right, except where they touch spans of `but`."""
    taken = [*but]
    numbers: list[Number] = []
    marked = (*clock_times(text), *shares(text, language), *centuries(text))
    for found in (*marked, *_plain(text, language, but)):
        span = Span(found.start, found.end)
        if not any(span.start < other.end and other.start < span.end for other in taken):
            taken.append(span)
            numbers.append(found)
    numbers.sort(key=lambda one: one.start)
    return [_as_next(text, one, following) for one, following in zip_longest(numbers, numbers[1:])]


def _as_next(text: str, number: Number, following: Number | None) -> Number:
    """Return `number` with the million and the unit that a range says once: "3 to 5 million"."""
    if (
        following is None
        or number.unit
        or number.scale > 1
        or number.value >= _LONGEST_RANGE
        or not _TO.fullmatch(text, number.end, following.start)
        or following.unit in ("clock", "ordinal")
    ):
        return number
    scale = following.scale
    return replace(number, value=number.value * scale, scale=scale, unit=following.unit)


def _plain(text: str, language: Language, but: Sequence[Span]) -> Iterator[Number]:
    """Yield numbers in figures and in words; a run of words is read once."""
    read_to = 0
    for match in _TOKEN.finditer(text):
        if match.start() < read_to or any(
            match.start() < span.end and span.start < match.end() for span in but
        ):
            continue
        found = (
            _in_figures(text, match, language)
            if match["figures"]
            else _in_words(text, match, language)
        )
        if found:
            read_to = found.end
            yield found


def _in_figures(text: str, match: re.Match[str], language: Language) -> Number | None:
    figures = match["figures"]
    value = Fraction(one_spelling(figures) or figures)
    end, scale = match.end(), 1
    while following := _NEXT_MULTIPLIER.match(text, end):
        times = _times(text, match.start(), following, language)
        if times is None:
            break
        value, end, scale = value * times, following.end(), scale * times
    if text[end : end + 1].isalpha() and not _MONEY[-1][1].match(text, end):
        return None  # "3D", "4x4": a name
    return _finished(text, Number(value, "", match.start(), end, scale=scale))


def _times(text: str, start: int, following: re.Match[str], language: Language) -> int | None:
    """Return what the word after a number in figures multiplies it by; None: nothing."""
    word = fold(following["word"])
    if times := MULTIPLIERS[language].get(word):
        return times
    if word != "score" and (times := COLLECTIVES[language].get(word.removesuffix("s"))):
        return times
    # Short forms need money beside them: "£3m", but "3 m" is a length.
    after = text[following.end() : following.end() + 2].strip(" \u00a0\u202f")
    is_money = _SYMBOL_BEFORE.search(text[max(0, start - 2) : start]) or after.startswith("€")
    return _SHORT_MULTIPLIERS.get(word) if is_money else None


def _in_words(text: str, match: re.Match[str], language: Language) -> Number | None:
    word = fold(match["word"])
    if ordinal := ORDINALS[language].get(word):
        return Number(Fraction(ordinal), "ordinal", *match.span())
    if not is_number_word(word, language):
        return None
    words, ends = [word], [match.end()]
    while following := _NEXT_WORD.match(text, ends[-1]):
        words.append(fold(following[1]))
        ends.append(following.end())
        if len(words) > 12:
            break
    read = read_number(words, language)
    if read is None:
        return None
    number = Number(Fraction(read.value), "", match.start(), ends[read.words - 1], read.about)
    return _finished(text, number)


def _finished(text: str, number: Number) -> Number:
    """Return `number` with the half, the unit and the "about" that stand around it."""
    half = _AND_A_HALF.match(text, number.end)
    value, end = number.value, number.end
    if half:
        scale = 10**6 if "million" in half[0] else 10**9 if "milliard" in half[0] else 1
        value, end = (value + Fraction(1, 2)) * scale, half.end()
    before = _SYMBOL_BEFORE.search(text[max(0, number.start - 2) : number.start])
    unit = before[1] if before else ""
    if not unit:
        for name, pattern in _MONEY:
            if following := pattern.match(text, end):
                unit, end = name, following.end()
                break
    about = number.about or _ABOUT.search(text[max(0, number.start - 30) : number.start])
    return replace(number, value=value, unit=unit, end=end, about=bool(about))


def same(said: Number, other: Number) -> bool:
    """Tell whether `other` bears out `said`: the same value, and no other unit.

    A value that is said to be rough may be five per cent off.
    """
    if said.unit and other.unit and said.unit != other.unit:
        return False
    if said.about and said.unit != "clock":
        return abs(said.value - other.value) <= _ROUGHLY * abs(other.value)
    return said.value == other.value
