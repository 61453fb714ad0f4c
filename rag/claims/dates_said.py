"""Dates that a text says, whole or in part: « 26 juillet », "July 2025", 26/07/2025, « lundi ».

A date supports another where they agree on all that the other says; what it leaves open (the
year, above all) is filled in from the date on which its document was published.
"""

import re
from collections.abc import Iterator, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta

from documents.models import Language
from index.tokenizer import fold

_MONTHS = {
    name: number
    for number, names in enumerate(
        (
            "janvier january janv jan", "fevrier february fevr feb", "mars march", "avril april",
            "mai may", "juin june", "juillet july juil", "aout august aug",
            "septembre september sept", "octobre october oct", "novembre november nov",
            "decembre december dec",
        ),
        start=1,
    )
    for name in names.split()
}  # fmt: skip
_WEEKDAYS = {
    name: number
    for number, names in enumerate(
        (
            "lundi monday", "mardi tuesday", "mercredi wednesday", "jeudi thursday",
            "vendredi friday", "samedi saturday", "dimanche sunday",
        )
    )
    for name in names.split()
}  # fmt: skip
_FR_MONTH = (
    r"(?P<month>janvier|janv\.|f[ée]vrier|f[ée]vr\.|mars|avril|mai|juin|juillet|juil\.|ao[uû]t|"
    r"septembre|sept\.|octobre|oct\.|novembre|nov\.|d[ée]cembre|d[ée]c\.)(?!\w)"
)
_EN_MONTH = (
    r"(?P<month>January|Jan\.|February|Feb\.|March|April|May|June|July|August|Aug\.|"
    r"September|Sept\.|October|Oct\.|November|Nov\.|December|Dec\.)(?!\w)"
)
_S = r"[ \u00a0\u202f]"
_DAY = r"(?<![\d.,])(?P<day>[0-3]?\d)(?:er|st|nd|rd|th)?"
_RANGE = rf"(?:(?P<from>(?<![\d.,])[0-3]?\d)(?:er|st|nd|rd|th)?{_S}?(?:au|et|to|and|[-–—]){_S}?)?"
_YEAR = r"(?P<year>1\d{3}|20\d\d|21\d\d)(?![\d])"
_PATTERNS: dict[Language, tuple[re.Pattern[str], ...]] = {
    "fr": (re.compile(rf"{_RANGE}{_DAY}{_S}{_FR_MONTH}(?:{_S}{_YEAR})?", re.IGNORECASE),),
    "en": (
        re.compile(rf"{_RANGE}{_DAY}{_S}(?:of{_S})?{_EN_MONTH}(?:,?{_S}{_YEAR})?"),
        re.compile(
            rf"{_EN_MONTH}{_S}{_RANGE}(?P<day>[0-3]?\d)(?:st|nd|rd|th)?(?![\d.,]*\d)"
            rf"(?:,?{_S}{_YEAR})?"
        ),
    ),
}
_NUMERIC = (
    re.compile(r"(?<![\d/.-])(?P<year>\d{4})-(?P<month>\d\d)-(?P<day>\d\d)(?![\d/-])"),
    re.compile(
        r"(?<![\d/.-])(?P<day>\d{1,2})(?P<mark>[/.-])(?P<month>\d{1,2})(?P=mark)"
        r"(?P<year>\d{4})(?![\d/-])"
    ),
)
_MONTH_ALONE: dict[Language, re.Pattern[str]] = {
    "fr": re.compile(rf"(?<!\w){_FR_MONTH}(?:{_S}{_YEAR})?", re.IGNORECASE),
    # "may" and "march" are verbs too, and "May" opens questions.
    "en": re.compile(
        r"(?<!\w)(?:(?P<month>January|February|April|June|July|August|September|October|"
        rf"November|December)(?!\w)|(?<=\w[ \u00a0])(?P<also>May|March)(?!\w))(?:,?{_S}{_YEAR})?"
    ),
}
_WEEKDAY = re.compile(rf"(?<!\w)(?P<weekday>{'|'.join(_WEEKDAYS)})s?(?!\w)", re.IGNORECASE)
_BETWEEN = re.compile(rf",?{_S}?(?:le{_S}|the{_S})?")
_DECADE = re.compile(r"(?<!\w)ann[ée]es[ \u00a0](?P<short>\d0)(?!\d)", re.IGNORECASE)
_BARE_YEAR = re.compile(
    r"(?<![\w.,$€£+-])(?P<year>1[5-9]\d\d|20\d\d|21\d\d)(?:s(?!\w))?"
    r"(?![\w%€$£]|[.,]\d|[ \u00a0\u202f](?:[%€$£]|euros?|dollars?|million|milliard|billion|\d{3}))"
)


@dataclass(frozen=True, slots=True)
class Day:
    """What is said of a date; None is what is not said. `weekday`: Monday is 0.

    It stands at ``text[start:end]``.
    """

    start: int
    end: int
    year: int | None = None
    month: int | None = None
    day: int | None = None
    weekday: int | None = None

    def __str__(self) -> str:
        """Return the parts that are said, as ``2025-07-26``, ``07-26``, ``2025`` or a weekday."""
        parts = [f"{part:02}" for part in (self.year, self.month, self.day) if part is not None]
        if not parts and self.weekday is not None:
            return next(name for name, number in _WEEKDAYS.items() if number == self.weekday)
        return "-".join(parts)


def days_said(text: str, language: Language) -> list[Day]:
    """Return the dates in `text` from left to right; none overlaps another."""
    taken: list[_Days] = []
    for found in _all(text, language):
        if not any(found.start < other.end and other.start < found.end for other in taken):
            taken.append(found)
    days = sorted((part for one in taken for part in _ends(one)), key=lambda one: one.start)
    return _with_weekdays(text, days)


def _with_weekdays(text: str, days: Sequence[Day]) -> list[Day]:
    """Join a weekday with the date that follows it: « samedi 18 octobre » is one date."""
    joined: list[Day] = []
    for one in days:
        last = joined[-1] if joined else None
        may_join = last and last.day is None and last.weekday is not None and one.day is not None
        if last and may_join and _BETWEEN.fullmatch(text, last.end, one.start):
            joined[-1] = replace(one, start=last.start, weekday=last.weekday)
        else:
            joined.append(one)
    return joined


@dataclass(frozen=True, slots=True)
class _Days:
    """A day, or the last of a range that begins on day `first` of the same month."""

    start: int
    end: int
    last: Day
    first: int | None = None


def _ends(found: _Days) -> list[Day]:
    if found.first is None:
        return [found.last]
    return [replace(found.last, day=found.first), found.last]


def _all(text: str, language: Language) -> Iterator[_Days]:
    patterns = (*_NUMERIC, *_PATTERNS[language])
    for pattern in (*patterns, _MONTH_ALONE[language], _DECADE, _BARE_YEAR, _WEEKDAY):
        for match in pattern.finditer(text):
            if found := _day_of(match):
                yield found


def _day_of(match: re.Match[str]) -> _Days | None:
    said = match.groupdict()
    start, end = match.span()
    if weekday := said.get("weekday"):
        return _Days(start, end, Day(start, end, weekday=_WEEKDAYS[weekday.lower()]))
    if short := said.get("short"):
        return _Days(start, end, Day(start, end, year=1900 + int(short)))
    written = said.get("month") or said.get("also")
    month = None
    if written:
        month = int(written) if written.isdigit() else _MONTHS[fold(written)]
    year = int(said["year"]) if said.get("year") else None
    day = int(said["day"]) if said.get("day") else None
    if (month is not None and not 1 <= month <= 12) or (day is not None and not 1 <= day <= 31):
        return None
    first = int(said["from"]) if said.get("from") else None
    return _Days(start, end, Day(start, end, year, month, day), first)


def supports(said: Day, evidence: Sequence[Day], published: date | None) -> bool:
    """Tell whether one of `evidence` agrees with all that `said` says.

    A weekday also agrees with the date on which it fell in the week around `published`.
    """
    return any(_agrees(said, one) for one in _filled(evidence, published))


def _filled(evidence: Sequence[Day], published: date | None) -> Iterator[Day]:
    for one in evidence:
        yield one
        if one.weekday is not None and one.day is None and published:
            for distance in range(-6, 7):
                day = published + timedelta(days=distance)
                if day.weekday() == one.weekday:
                    yield whole_day(day)
        elif one.month is not None and one.year is None and published:
            for year in (published.year - 1, published.year, published.year + 1):
                # A year near the publication is meant.
                if _near(year, one.month, published):
                    yield _dated(replace(one, year=year))
        else:
            yield _dated(one)


def _near(year: int, month: int, published: date) -> bool:
    return abs((year - published.year) * 12 + month - published.month) <= 8


def whole_day(day: date) -> Day:
    """Return `day` as if a text said all of it."""
    return Day(0, 0, day.year, day.month, day.day, day.weekday())


def _dated(one: Day) -> Day:
    """Return `one` with the weekday that it fell on, where it is whole."""
    if one.year is None or one.month is None or one.day is None:
        return one
    try:
        return replace(one, weekday=date(one.year, one.month, one.day).weekday())
    except ValueError:
        return one


def _agrees(said: Day, one: Day) -> bool:
    return all(
        wanted is None or wanted == given
        for wanted, given in (
            (said.year, one.year),
            (said.month, one.month),
            (said.day, one.day),
            (said.weekday, one.weekday),
        )
    )
