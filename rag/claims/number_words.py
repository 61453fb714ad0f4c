"""Numbers written in words: « quatre-vingt-dix », "two hundred and six", « une vingtaine ».

Words are given folded (no case, no accents). A run of number words is read from left to
right: small values are added, hundreds and thousands multiply what stands before them.
"""

from collections.abc import Mapping, Sequence
from dataclasses import dataclass

from documents.models import Language

_SMALL: Mapping[Language, Mapping[str, int]] = {
    "fr": {
        "zero": 0, "un": 1, "une": 1, "deux": 2, "trois": 3, "quatre": 4, "cinq": 5, "six": 6,
        "sept": 7, "huit": 8, "neuf": 9, "dix": 10, "onze": 11, "douze": 12, "treize": 13,
        "quatorze": 14, "quinze": 15, "seize": 16, "vingt": 20, "vingts": 20, "trente": 30,
        "quarante": 40, "cinquante": 50, "soixante": 60, "septante": 70, "huitante": 80,
        "octante": 80, "nonante": 90,
    },
    "en": {
        "zero": 0, "one": 1, "two": 2, "three": 3, "four": 4, "five": 5, "six": 6, "seven": 7,
        "eight": 8, "nine": 9, "ten": 10, "eleven": 11, "twelve": 12, "thirteen": 13,
        "fourteen": 14, "fifteen": 15, "sixteen": 16, "seventeen": 17, "eighteen": 18,
        "nineteen": 19, "twenty": 20, "thirty": 30, "forty": 40, "fifty": 50, "sixty": 60,
        "seventy": 70, "eighty": 80, "ninety": 90,
    },
}  # fmt: skip
_HUNDRED: Mapping[Language, tuple[str, ...]] = {"fr": ("cent", "cents"), "en": ("hundred",)}
# What multiplies all that stands before it. A French billion is a million millions.
MULTIPLIERS: Mapping[Language, Mapping[str, int]] = {
    "fr": {
        "mille": 10**3, "million": 10**6, "millions": 10**6, "milliard": 10**9,
        "milliards": 10**9, "billion": 10**12, "billions": 10**12,
    },
    "en": {
        "thousand": 10**3, "million": 10**6, "millions": 10**6, "billion": 10**9,
        "billions": 10**9, "bn": 10**9, "trillion": 10**12, "trillions": 10**12,
    },
}  # fmt: skip
# About so many; these too multiply: « deux douzaines ».
COLLECTIVES: Mapping[Language, Mapping[str, int]] = {
    "fr": {
        "dizaine": 10, "douzaine": 12, "quinzaine": 15, "vingtaine": 20, "trentaine": 30,
        "quarantaine": 40, "cinquantaine": 50, "soixantaine": 60, "centaine": 100, "millier": 1000,
    },
    "en": {"dozen": 12, "score": 20},
}  # fmt: skip
_ARTICLES: Mapping[Language, tuple[str, ...]] = {"fr": ("un", "une"), "en": ("one", "a", "an")}
_AND: Mapping[Language, str] = {"fr": "et", "en": "and"}
# Third and above: "first" and "second" are said of too many things.
ORDINALS: Mapping[Language, Mapping[str, int]] = {
    "fr": {
        "troisieme": 3, "quatrieme": 4, "cinquieme": 5, "sixieme": 6, "septieme": 7,
        "huitieme": 8, "neuvieme": 9, "dixieme": 10, "onzieme": 11, "douzieme": 12,
        "vingtieme": 20, "trentieme": 30, "cinquantieme": 50, "centieme": 100,
    },
    "en": {
        "third": 3, "fourth": 4, "fifth": 5, "sixth": 6, "seventh": 7, "eighth": 8, "ninth": 9,
        "tenth": 10, "eleventh": 11, "twelfth": 12, "twentieth": 20, "thirtieth": 30,
        "fiftieth": 50, "hundredth": 100,
    },
}  # fmt: skip
_TWENTY_SAID_FOUR_TIMES = 4


@dataclass(frozen=True, slots=True)
class Counted:
    """The value of the first `words` words; `about` where the word itself says "roughly"."""

    value: int
    words: int
    about: bool = False


def is_number_word(word: str, language: Language) -> bool:
    """Tell whether a folded word may begin a number."""
    return (
        word in _SMALL[language]
        or word in _HUNDRED[language]
        or word in MULTIPLIERS[language]
        or word in COLLECTIVES[language]
        or (language == "en" and word in _ARTICLES["en"])
    )


def read_number(words: Sequence[str], language: Language) -> Counted | None:
    """Return the number that `words`, folded, begin with; None where there is none.

    An article alone is none, nor is a plural without a count ("millions", « milliers »).
    """
    total = current = used = 0
    about = counted = multiplied = False
    for at, word in enumerate(words):
        small = _SMALL[language].get(word)
        if at == 0 and word in _ARTICLES[language]:
            current = 1
        elif small is not None and _joins(current, small, language, started=counted or at > 0):
            is_eighty = small == 20 and current % 100 == _TWENTY_SAID_FOUR_TIMES
            current = current - 4 + 80 if is_eighty else current + small
            counted = True
        elif word in _HUNDRED[language] and current < 100:
            current = max(current, 1) * 100
            counted = True
        elif (times := MULTIPLIERS[language].get(word)) and (current or at == 0):
            if at == 0 and word != "mille":
                return None
            total, current = total + max(current, 1) * times, 0
            counted = multiplied = True
        elif (times := COLLECTIVES[language].get(word.removesuffix("s"))) and current:
            total, current, about = total + current * times, 0, word != "dozen"
            counted, used = True, at + 1
            break
        elif word == _AND[language] and counted and _goes_on(words[at + 1 :], current, language):
            continue
        else:
            break
        used = at + 1
    value = total + current
    if not counted or (value <= 1 and not multiplied and used <= 1):
        return None
    return Counted(value, used, about)


def _joins(current: int, small: int, language: Language, *, started: bool) -> bool:
    """Tell whether `small` may follow what was read: "twenty five" may, "two three" may not."""
    if not started or current == 0:
        return True
    rest = current % 100
    if rest == 0:
        return True
    if language == "fr":
        if small == 20 and rest == _TWENTY_SAID_FOUR_TIMES:
            return True
        if rest in (60, 80):
            return small < 20
        if rest in (10, 70, 90):
            return 7 <= small <= 9
    return rest % 10 == 0 and rest >= 20 and small < 10


def _goes_on(words: Sequence[str], current: int, language: Language) -> bool:
    """Tell whether "and" stands inside a number: "two hundred and six", « vingt et un »."""
    small = _SMALL[language].get(words[0]) if words else None
    if small is None:
        return False
    if language == "fr":
        return small in (1, 11) and 20 <= current % 100 <= 70
    return current >= 100 and current % 100 == 0
