"""Find the date on which a text was published; read dates in French, English and ISO form.

A date in the body of an article is not its publication date. `find_date` accepts a line at
the head or the tail of the text that is a date and nothing else of weight ("Mercredi 30
Avril 2025", "Paris, le 30 avril 2025", "AFP | 30 April 2025"), or that marks its date
("Publié: 26.04.2025 à 11:20 heures", "Last updated on April 30, 2025").

Numeric dates are read day first, as in Europe, unless only month first gives a date.
"""

import re
import unicodedata
from collections.abc import Iterator, Sequence
from datetime import date
from enum import IntEnum

_HEAD_LINES = 30
_TAIL_LINES = 15
_LONGEST_LINE = 200
_EDGE_CHARACTERS = 10_000

_MONTHS: dict[str, int] = {
    spelling: number
    for number, spellings in enumerate(
        (
            "janvier january janv jan", "fevrier february fevr fev feb", "mars march mar",
            "avril april avr apr", "mai may", "juin june jun", "juillet july juil jul",
            "aout august aug", "septembre september sept sep", "octobre october oct",
            "novembre november nov", "decembre december dec",
        ),
        start=1,
    )
    for spelling in spellings.split()
}  # fmt: skip
_MONTH = rf"(?P<name>{'|'.join(_MONTHS)})\b\.?"
_DATES = tuple(
    re.compile(rf"(?<![\w.,/-])(?:{pattern})(?!\d|[/.-]\d)", re.IGNORECASE)
    for pattern in (
        r"(?P<year>\d{4})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<day>\d{1,2})",
        r"(?P<day>\d{1,2})(?P<mark>[-/.])(?P<month>\d{1,2})(?P=mark)(?P<year>\d{4}|\d{2})",
        rf"(?P<day>\d{{1,2}})(?:er|st|nd|rd|th)?[ -](?:de |of )?{_MONTH},?[ -](?P<year>\d{{4}})",
        rf"{_MONTH} (?P<day>\d{{1,2}})(?:st|nd|rd|th)?,? (?P<year>\d{{4}})",
    )
)
_COMPACT = re.compile(r"(?:D:)?(?P<year>\d{4})(?P<month>\d\d)(?P<day>\d\d)(?:T?\d{2,6})?(?:\D.*)?")

# What may stand around a date in a line of its own; texts are plain (see _plain).
_WEEKDAY = (
    r"(?i:(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|monday|tuesday|wednesday"
    r"|thursday|friday|saturday|sunday|lun|mer|jeu|ven|sam|dim|mon|tue|wed|thu|fri|sat|sun)\b\.?,?)"
)
_CLOCK = (
    r"(?i:\d{1,2}(?::\d\d(?::\d\d(?:\.\d+)?)?| ?h ?(?:\d\d)?|\.\d\d)?"
    r"(?: ?heures?\b| ?[ap]\.?m\b\.?)?"
    r"(?: ?(?:z\b|\(?heure de [a-z-]+\)?|[a-z]{3,4}\b))?(?: ?[+-]\d{1,2}:?(?:\d\d)?)?)"
)
_TIME = rf"(?:T|,? ?(?i:a |at |@ ?|vers )?){_CLOCK}"
_PLACE = r"[A-Z][\w'’.-]*(?: [A-Z][\w'’.-]*){0,2}"
_BYLINE = r"(?i:par|by) [^.!?|]{2,60}"
_LEAD_IN = rf"(?i:(?:le|on|du|the)\b ?)?(?:{_WEEKDAY} ?)?(?i:(?:le|the)\b ?)?"
_BEFORE = re.compile(rf"(?:{_PLACE}, )?{_LEAD_IN}")
_AFTER = re.compile(rf"(?:{_TIME})?(?: ?\([^()]{{1,30}}\))?(?:,? {_BYLINE})?[ ,.;:]*")
_MARKED_AFTER = re.compile(rf"{_AFTER.pattern}(?:[A-Z0-9(][^.!?]{{0,60}})?")
_PUBLISHED = (
    r"(?:first |originally )?(?:publiee?|published|posted|postee?|parue?|mis en ligne|diffusee?"
    r"|date de (?:publication|parution)|publication date|date published|date|edition|release date)"
)
_UPDATED = (
    r"(?:derniere (?:mise a jour|modification)|mise? a jour|actualisee?|modifiee?|date updated"
    r"|(?:last )?(?:updated|modified|revised))"
)
_MARKED_BEFORE = re.compile(
    rf"(?:{_BYLINE}?[ ,]+)?(?i:(?P<published>{_PUBLISHED})|(?P<updated>{_UPDATED}))\b"
    rf"[ :]*{_LEAD_IN}"
)
_SEPARATOR = re.compile(
    rf" ?[|•·] ?| [–—/-] |;|(?:[,.(]| et| and)? (?=\(?(?:{_UPDATED})\b)", re.IGNORECASE
)
_LIGHT = re.compile(
    rf"\W*|{_TIME}|{_BYLINE}|[A-Z]{{2,}}(?: [A-Z]+){{0,2}}"
    r"|.*\b(?i:lecture|read|reading|min|mins)\b.*|(?:[A-Z][\w'’.-]*,? ?){1,3}"
)
_AGENCY_LEAD = re.compile(r"[^()\n]{6,80} ?\([A-Z][\w /&-]{1,20}\)(?=\s*[-–—])")
_DIGITS_OF_A_DATE = re.compile(r"\d{4}|\d[./-]\d")
_ACCENTS = re.compile("[\u0300-\u036f]")


class _Mark(IntEnum):
    """How a line says that its date is the publication's; the lowest is the surest."""

    PUBLISHED = 0
    BARE = 1
    UPDATED = 2


def parse_date(value: str) -> date | None:
    """Return the date that a short string holds (metadata, a column, front matter), or None."""
    text = _plain(value[:100])
    if compact := _COMPACT.fullmatch(text):
        return _date_of(compact)
    return next((day for day, _, _ in _dates_in(text)), None)


def find_date(text: str, *, metadata: Sequence[str | None] = ()) -> date | None:
    """Return the publication date: the first readable one of `metadata`, else the text's own."""
    for value in metadata:
        if value and (day := parse_date(value)):
            return day
    head = [line for line in text[:_EDGE_CHARACTERS].split("\n") if line.strip()][:_HEAD_LINES]
    if found := sorted(_marked_dates(head), key=lambda pair: pair[0]):
        return found[0][1]
    tail = [line for line in text[-_EDGE_CHARACTERS:].split("\n") if line.strip()][-_TAIL_LINES:]
    found = sorted(_marked_dates(tail), key=lambda pair: pair[0])
    # Bare dates at the end may belong to a list of other articles; one alone does not.
    if found and (found[0][0] is not _Mark.BARE or len({day for _, day in found}) == 1):
        return found[0][1]
    return None


def is_dateline(line: str) -> bool:
    """Tell whether `line` is nothing but a publication date, with or without its mark."""
    return next(_marked_dates([line]), None) is not None


def _plain(text: str) -> str:
    """Strip accents and superscripts, and make every white space one space."""
    return " ".join(_ACCENTS.sub("", unicodedata.normalize("NFKD", text)).split())


def _marked_dates(lines: Sequence[str]) -> Iterator[tuple[_Mark, date]]:
    for line in lines:
        agency = _AGENCY_LEAD.match(line)
        if agency:  # "PARIS, 30 avril 2025 (AFP) - " and then the article itself
            segments = [_plain(agency[0])]
        elif len(line) <= _LONGEST_LINE and _DIGITS_OF_A_DATE.search(line):
            segments = _SEPARATOR.split(_plain(line))
        else:
            continue
        for segment in segments:
            day, mark = _date_of_segment(segment)
            if (
                day
                and mark is not None
                and (mark is not _Mark.BARE or _are_light(segments, segment))
            ):
                yield mark, day


def _date_of_segment(segment: str) -> tuple[date | None, _Mark | None]:
    for day, start, end in _dates_in(segment):
        before, after = segment[:start], segment[end:]
        if _BEFORE.fullmatch(before) and _AFTER.fullmatch(after):
            return day, _Mark.BARE
        marked = _MARKED_BEFORE.fullmatch(before)
        if marked and _MARKED_AFTER.fullmatch(after):
            return day, _Mark.PUBLISHED if marked["published"] else _Mark.UPDATED
        return None, None
    return None, None


def _are_light(segments: Sequence[str], but: str) -> bool:
    """Tell whether all segments but one are bylines, times, agencies or other trifles."""
    return all(
        segment is but or _LIGHT.fullmatch(segment) or _date_of_segment(segment)[0]
        for segment in segments
    )


def _dates_in(text: str) -> Iterator[tuple[date, int, int]]:
    """Yield each date with its ``[start, end)`` in `text`, from left to right."""
    matches = [match for pattern in _DATES for match in pattern.finditer(text)]
    for match in sorted(matches, key=lambda match: (match.start(), -match.end())):
        if day := _date_of(match):
            yield day, match.start(), match.end()


def _date_of(match: re.Match[str]) -> date | None:
    groups = match.groupdict()
    year, day = int(groups["year"]), int(groups["day"])
    name = groups.get("name")
    month = _MONTHS[name.lower()] if name else int(groups["month"])
    if year < 100:
        year += 2000
    if month > 12 and groups.get("mark"):
        month, day = day, month
    try:
        return date(year, month, day) if 1800 <= year <= 2200 else None
    except ValueError:
        return None
