"""Numbers that have forms of their own: times of day, shares of a whole, centuries."""

import re
from collections.abc import Iterator
from dataclasses import dataclass
from fractions import Fraction

from documents.models import Language
from index.tokenizer import fold
from rag.claims.number_words import read_number

_S = "[ \u00a0\u202f\u2009]"
_CLOCK = (
    re.compile(rf"(?<![\w.,:])(?P<hour>[0-2]?\d){_S}?(?:h|H)(?!\w){_S}?(?P<minute>[0-5]\d(?!\d))?"),
    re.compile(r"(?<![\w.,:])(?P<hour>[0-2]?\d)h(?P<minute>[0-5]\d)(?!\d)"),
    re.compile(rf"(?<![\w.,:])(?P<hour>[0-2]?\d){_S}heures{_S}(?P<minute>[0-5]\d)(?!\d)"),
    re.compile(rf"(?<=[àÀ]{_S})(?P<hour>[0-2]?\d){_S}heures\b(?!{_S}\d)"),
    re.compile(
        rf"(?<![\w.,:])(?P<hour>[0-2]?\d)(?:[:.](?P<minute>[0-5]\d))?{_S}?(?P<half>[ap])\.?m\b\.?",
        re.IGNORECASE,
    ),
    re.compile(r"(?<![\w.,:])(?P<hour>[0-2]?\d):(?P<minute>[0-5]\d)(?![\d:])"),
)
_SHARES: tuple[tuple[re.Pattern[str], Fraction], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE), Fraction(100) * share)
    for pattern, share in (
        (r"\b(?:trois quarts|three[ -]quarters)\b", Fraction(3, 4)),
        (r"\b(?:un quart|le quart|(?:a|one)[ -]quarter)\b(?! d['’]heure)", Fraction(1, 4)),
        (r"\b(?:deux tiers|two[ -]thirds)\b", Fraction(2, 3)),
        (r"\b(?:un tiers|le tiers|(?:a|one)[ -]third)\b", Fraction(1, 3)),
        (r"\b(?:un|a|one)[ -](?:cinqui[èe]me|fifth)\b", Fraction(1, 5)),
        (r"\b(?:un|a|one)[ -](?:dixi[èe]me|tenth)\b", Fraction(1, 10)),
        (
            (
                r"\b(?:moiti[ée]|divis\w+ par deux|halved|divided by two)\b"
                r"|(?<!first )(?<!second )(?<!last )(?<!latter )(?<!and a )\bhalf\b"
                r"(?=\W*$|[,.;:]|\s(?:of|the|a|an|its|their|his|her|our|all|what|as)\b(?!\s(?:year|time|"
                r"season|match)))|(?<=by )half\b|(?<=in )half\b|(?<=than )half\b"
            ),
            Fraction(1, 2),
        ),
    )
)
_WORD_OR_FIGURES = r"(\d{1,3}|[^\W\d_]+(?:-[^\W\d_]+)?)"
_ONE_IN = re.compile(
    rf"\b(?P<part>\d{{1,2}}|[^\W\d_]+)(?:{_S}(?!sur\b|in\b|out\b)[^\W\d_]+){{0,2}}?"
    rf"{_S}(?P<link>sur|in|out{_S}of){_S}{_WORD_OR_FIGURES}",
    re.IGNORECASE,
)
_ROMAN = re.compile(rf"\b(?P<numeral>[XVI]{{2,5}})e(?={_S}si[èe]cle)")
_NUMERALS = {"I": 1, "V": 5, "X": 10}


@dataclass(frozen=True, slots=True)
class Number:
    """A value at ``text[start:end]``; `unit` is one of % € $ £ ordinal clock, or empty.

    The value of a clock time is its minutes since midnight. `about`: said to be rough. `scale`
    is the "million" in the value.
    """

    value: Fraction
    unit: str
    start: int
    end: int
    about: bool = False
    scale: int = 1

    @property
    def digits(self) -> str:
        """The digits that tell: those of the value, without a decimal mark."""
        return f"{float(self.value):.6f}".rstrip("0").replace(".", "").lstrip("0")

    def __str__(self) -> str:
        """Return the value with its unit; a time as ``15:30``."""
        if self.unit == "clock":
            return f"{int(self.value) // 60}:{int(self.value) % 60:02}"
        whole = self.value.denominator == 1
        shown = str(self.value) if whole else f"{float(self.value):.6g}"
        return shown + (self.unit if self.unit != "ordinal" else "")


def clock_times(text: str) -> Iterator[Number]:
    """Yield the times of day in `text`."""
    for pattern in _CLOCK:
        for match in pattern.finditer(text):
            said = match.groupdict()
            hour, minute = int(said["hour"]), int(said.get("minute") or 0)
            if half := said.get("half"):
                hour = hour % 12 + (12 if half in "pP" else 0)
            if hour <= 24:
                yield Number(Fraction(hour * 60 + minute), "clock", *match.span())


def shares(text: str, language: Language) -> Iterator[Number]:
    """Yield the shares in `text`, in percent: "a third", « un élève sur quatre »."""
    for pattern, percent in _SHARES:
        for match in pattern.finditer(text):
            yield Number(percent, "%", *match.span())
    for match in _ONE_IN.finditer(text):
        part, whole = _small(match["part"], language), _small(match[3], language)
        if part and whole and part < whole <= 100 and (match["link"] != "in" or part == 1):
            yield Number(Fraction(100 * part, whole), "%", *match.span())


def centuries(text: str) -> Iterator[Number]:
    """Yield the centuries in `text` that bear Roman numerals."""
    for match in _ROMAN.finditer(text):
        values = [_NUMERALS[letter] for letter in match["numeral"]]
        signed = [-a if a < b else a for a, b in zip(values, [*values[1:], 0], strict=True)]
        yield Number(Fraction(sum(signed)), "ordinal", *match.span())


def _small(written: str, language: Language) -> int | None:
    if written.isdigit():
        return int(written)
    word = fold(written)
    if word in ("un", "une", "one"):
        return 1
    read = read_number([fold(part) for part in written.split("-")], language)
    return read.value if read else None
