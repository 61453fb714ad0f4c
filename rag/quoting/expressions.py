"""Dates, quantities and names in a sentence: where each begins and ends.

The expressions are whole: « 26 juillet 2025 » and not « 2025 », « 1,8 million d’euros » and not
« 1,8 », "Margaret Oakley" and not "Oakley". Surface rules for French and English at once.
"""

import re
from dataclasses import dataclass
from typing import Final

from documents.models import Span
from documents.normalization import fold
from index.english import STOP_WORDS as ENGLISH_STOP_WORDS
from index.french import STOP_WORDS as FRENCH_STOP_WORDS

_S = "[ \u00a0\u202f\u2009]"
_MONTH = (
    "(?:janvier|f[ée]vrier|mars|avril|mai|juin|juillet|ao[uû]t|septembre|octobre|novembre|"
    "d[ée]cembre|January|February|March|April|May|June|July|August|September|October|November|"
    "December)"
)
_WEEKDAY = (
    "(?:lundi|mardi|mercredi|jeudi|vendredi|samedi|dimanche|Monday|Tuesday|Wednesday|Thursday|"
    "Friday|Saturday|Sunday)"
)
_YEAR = r"(?<![\d.,$€£/-])(?:1\d{3}|20\d{2})(?![\d/]|[.,]\d)"
_DAY = r"(?<![\d.,/-])\d{1,2}(?:er|st|nd|rd|th)?"
_ERA = rf"(?:{_S}(?:av(?:ant|\.)?{_S}?J\.?-?C\.?|BCE?\b|AD\b|CE\b))?"
# « au début du XXe siècle », "the late 1990s", « l’été 1996 »: part of the date.
_PART = (
    rf"(?i:\b(?:(?:(?:au )?début|(?:au )?milieu|(?:à la )?fin|(?:le )?courant|(?:à l[’'])?été|"
    rf"(?:à l[’'])?automne|(?:au )?printemps|hiver|"
    rf"(?:la )?(?:première|seconde|deuxième) moitié){_S}(?:d[eu]s? )?(?:l[ae] |années )?|"
    rf"(?:the )?(?:early|late|mid|spring|summer|autumn|fall|winter|(?:first|second) half|"
    rf"beginning|middle|end)[ -](?:of )?(?:the )?))?"
)
# The most specific first: a date with its day, a month with its year, a year, a century.
_DATES: Final = re.compile(
    rf"{_PART}(?:(?P<day>(?:{_WEEKDAY}{_S})?{_DAY}{_S}(?:of |de )?{_MONTH}\b(?:,?{_S}{_YEAR})?"
    rf"|\b{_MONTH}{_S}\d{{1,2}}(?:st|nd|rd|th)?\b(?!{_S}?%)(?:,?{_S}{_YEAR})?"
    rf"|\b\d{{4}}-\d\d-\d\d\b|\b\d{{1,2}}/\d{{1,2}}/\d{{4}}\b)"
    rf"|(?P<month>\b{_MONTH},?{_S}{_YEAR})"
    rf"|(?P<year>(?:\bles? ann[ée]es |\bthe (?=\d{{3}}0s))?{_YEAR}s?"
    rf"(?:{_S}?[–-]{_S}?(?:{_YEAR}|\d\d\b)|(?<=entre \d{{4}}) et {_YEAR}|(?<=between \d{{4}}) and "
    rf"{_YEAR}|(?<=[Dd]e \d{{4}}) à {_YEAR}|(?<=rom \d{{4}}) to {_YEAR})?{_ERA})"
    rf"|(?P<century>\b(?:[XVI]+(?:er?|ème)|\d{{1,2}}(?:st|nd|rd|th|e|ème)|[a-z]{{3,}}th|first|second|"
    rf"third){_S}(?:si[èe]cles?|[Cc]entur(?:y|ies)){_ERA}))"
    rf"|(?P<loose>\b{_WEEKDAY}\b|\b(?!May\b|March\b|mars\b|mai\b){_MONTH}\b)"
)
# How much a date says; the loosest first.
_DETAIL: Final = {"loose": 0, "century": 1, "year": 2, "month": 3, "day": 4}

_DIGITS = rf"\d{{1,3}}(?:(?:{_S}|,|\.)\d{{3}})+(?!\d)(?:[.,]\d+)?|\d+(?:[.,]\d+)?"
_WORD_NUMBER = (
    r"(?:one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|thirteen|fourteen|fifteen|"
    r"sixteen|seventeen|eighteen|nineteen|twenty|thirty|forty|fifty|sixty|seventy|eighty|ninety|"
    r"hundreds?|thousands?|dozens?|half|"
    r"deux|trois|quatre|cinq|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingts?|"
    r"trente|quarante|cinquante|soixante|cents?|mille|dizaines?|douzaine|vingtaine|trentaine|"
    r"quarantaine|cinquantaine|soixantaine|centaines?|milliers?|moitié|tiers)"
)
_SCALE = rf"(?:{_S}(?:millions?|milliards?|billions?|trillions?|thousand|hundred|mille))"
_UNITS: Final = {
    "money": r"(?:€|\$|£|(?:d[e’'] ?)?(?:euros?|dollars?|francs?|livres?|pounds?|yuans?|yens?|"
    r"roubles?|US\$)\b)",
    "share": r"(?:%|pour cents?\b|percent\b|per cent\b|percentage points\b)",
    "time": r"(?:secondes?|minutes?|heures?|jours?|semaines?|mois|ans?|années?|siècles?|seconds?|"
    r"hours?|days?|weeks?|months?|years?|decades?|centuries|décennies|h|min|s)\b",
    "length": r"(?:km2|km²|km|m2|m²|mètres?(?: carrés?)?|kilomètres?(?: carrés?)?|hectares?|"
    r"ha|m|cm|mm|milles?|metres?|meters?|kilometres?|kilometers?|square (?:miles|kilometres|"
    r"kilometers|metres|feet)|miles?|feet|foot|ft|inch(?:es)?|acres?|centimètres?)(?![\w’'])",
    "weight": r"(?:kg|g|tonnes?|tons?|kilos?|kilogrammes?|grammes?|pounds|lb)\b",
    "degree": r"(?:°C?|degrés?|degrees?|km/h|mph|GW|MW|kW|GWh|TWh)",
}
_QUANTITIES: Final = re.compile(
    rf"(?:(?<![\w.,])(?P<sign>US\$|[$€£]){_S}?)?"
    rf"(?:(?<![\w.,/-])(?:{_DIGITS})(?!/|-?\w*\d)|"
    rf"\b{_WORD_NUMBER}(?:[- ](?:et |and )?{_WORD_NUMBER})*\b|"
    rf"\b(?:quelques|several|plusieurs)(?={_SCALE}))"
    rf"{_SCALE}?(?:[{_S[1:-1]}-]?(?:"
    + "|".join(f"(?P<{unit}>{pattern})" for unit, pattern in _UNITS.items())
    + "))?",
    re.IGNORECASE,
)

# What often opens a sentence, and has its capital from there.
_OPENING = """
according after afin ainsi alors although apres aujourd aussi avant before bientot cependant despite
during enfin even first hier however initialement later like lors meanwhile parfois pendant plus
premier puis selon several since souvent then therefore today toujours toutefois unlike until when
where whereas while yesterday demain
"""
_COMMON: Final = FRENCH_STOP_WORDS | ENGLISH_STOP_WORDS | frozenset(_OPENING.split())
_CAPITAL = r"(?:[A-ZÀ-ÖØ-Þ][\w&’'-]*[\w]|[A-ZÀ-ÖØ-Þ]\.(?:[A-Z]\.)*|[A-ZÀ-ÖØ-Þ])"
_ELIDED = r"(?:[DLdl][’'])"
_JOINT = rf"(?:d[eu]s?|la|le|von|van|der|den|bin|ibn|el|al|of|of the|de la|de l[’']|&|y){_S}"
_NAMES: Final = re.compile(
    rf"(?<![\w’'-]){_ELIDED}?(?P<name>{_CAPITAL}(?:{_S}(?:{_JOINT})?(?:{_ELIDED})?(?:{_CAPITAL}|"
    rf"(?<=[a-z] )\d{{1,3}}\b|[IVX]+(?:er|e|re)?\b))*)"
)
_INSTITUTION: Final = re.compile(
    r"\b(?:universit\w+|company|compan\w+|bank|banque|minist[èe]re|ministry|parliament|parlement|"
    r"group\w*|council|conseil|commission|union|agency|agence|association|organi[sz]ation|party|"
    r"parti|team|club|institut\w*|academy|académie|palace|palais|office|hall|school|école|street|rue|avenue|road|city|ville|bridge|pont|"
    r"tower|tour|international|national|opera|opéra|challenge|league|ligue|republic|république|"
    r"states?|museum|musée|river|mount|mont|lake|lac|north|south|east|west|new|saint|act|"
    r"fc|ac|inc|corp|ltd|prize|prix|cup|coupe|war|guerre|festival|sommet|summit)\b",
    re.IGNORECASE,
)
_STEP = re.compile(r"[^\s'’-]+[\s'’-]*")
_OWNER = re.compile(r"[’']s$")
_TITLE_REACH = 40  # characters
_LED = re.compile(r"(?:[DLCJSNMdlcjsnm]|[Qq]u)[’']")
_NO_NAME = re.compile(r"(?:ing|ed|ly|ment|ée?s?|ant|s)$")
_TITLE_WITHIN = re.compile(
    r"(?:M\.|MM\.|Mr\.?|Mrs\.?|Ms\.?|Mme|Mlle|Dr\.?|President|Minister|King|Queen|Pope|Sir|Lord)\s"
)
_OPENERS = re.compile(r"[\s«»“\"(—–-]*")
_TITLE = re.compile(
    r"(?:\b(?:M\.|MM\.|Mr\.?|Mrs\.?|Ms\.?|Mme|Mlle|Dr\.?|Pr\.?|roi|reine|king|queen|pape|pope|"
    r"pr[eé]sidente?|ministre|minister|chancell?[eo]r|directeur|directrice|general|général|colonel|"
    r"director|senator|prince|princesse|princess|comte|duc|duke|empereur|emperor|saint|sainte|"
    r"ing[eé]nieur|author|auteur|maire|mayor)(?: (?!de|des|du|of)\w+)?,?)\s$",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Date:
    """A date; `detail` is how much it says, from 0 (a weekday) to 4 (a day of a year)."""

    span: Span
    detail: int


@dataclass(frozen=True, slots=True)
class Quantity:
    """A number with its unit; `unit` is its kind (money, share, time …), None without one."""

    span: Span
    unit: str | None


@dataclass(frozen=True, slots=True)
class Name:
    """A run of capitalised words, `words` of them.

    `titled`: after a title such as M. or king; `first`: it opens the sentence; `institution`:
    a word of it, or its capitals, say that it is no person.
    """

    span: Span
    words: int
    titled: bool
    first: bool
    institution: bool


def dates(text: str) -> list[Date]:
    """Return the dates in `text`, in order."""
    found = []
    for match in _DATES.finditer(text):
        kind = match.lastgroup or "loose"
        found.append(Date(Span(*match.span()), _DETAIL[kind]))
    return found


def quantities(text: str) -> list[Quantity]:
    """Return the quantities in `text`, in order, without those that are part of a date."""
    taken = [one.span for one in dates(text) if one.detail != 2]
    found = []
    for match in _QUANTITIES.finditer(text):
        span = Span(*match.span())
        if any(_overlap(span, one) for one in taken):
            continue
        unit = "money" if match["sign"] else next((u for u in _UNITS if match[u]), None)
        found.append(Quantity(span, unit))
    return found


def names(text: str) -> list[Name]:
    """Return the names in `text`, in order; none begins with a word such as "The" or « Selon ».

    The first word of the sentence has its capital from there: alone it is a name only where it
    does not look like an adverb or a participle.
    """
    opening = _OPENERS.match(text)
    begin = opening.end() if opening else 0
    taken = [one.span for one in dates(text)]
    found = []
    for match in _NAMES.finditer(text):
        span = _without_opening(text, Span(*match.span("name")))
        said = span.of(text)
        first = span.start <= begin
        if not said or not said[0].isupper() or any(_overlap(span, one) for one in taken):
            continue
        if first and " " not in said and _NO_NAME.search(said):
            continue
        before = text[max(0, span.start - _TITLE_REACH) : span.start]
        found.append(
            Name(
                span,
                words=len(said.split()),
                titled=bool(_TITLE.search(before) or _TITLE_WITHIN.match(said)),
                first=first,
                institution=said.isupper() or bool(_INSTITUTION.search(said)),
            )
        )
    return found


def _overlap(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end


def _without_opening(text: str, span: Span) -> Span:
    """Return the name in `span` without "The" or « D’ » before it and "'s" behind it."""
    start, end = span.start, span.end
    while start < end and fold(text[start:end]).partition(" ")[0] in _COMMON:
        step = _STEP.match(text, start, end)
        start = step.end() if step else end
    if led := _LED.match(text, start, end):
        start = led.end()
    return Span(start, end - 2 if _OWNER.search(text[start:end]) else end)
