"""What a sentence of a passage says of a claim, unit by unit, in the same language or across.

For words it is a matter of degree; a number, a date or a name is said or is not. A number
counts only where it is a number of the same thing.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from datetime import date

import numpy as np

from documents.models import Language
from index.token_vectors import Floats
from rag.claims.claim import Claim
from rag.claims.dates_said import Day, supports
from rag.claims.facts import Facts, facts_of
from rag.claims.names_said import Name, spelt_alike
from rag.claims.number_forms import Number
from rag.claims.numbers_said import same
from rag.claims.word_alignment import Word, WordAligner, telling_words

_NEAR = 3  # words on either side of a number that say what is counted
_COUNTED_ALIKE, _COUNTED_SURELY = 0.5, 0.7
_RARE, _RARE_ALIKE = 3, 0.2  # a number of three digits is seldom another by chance
_ABOUT_THE_SAME = 0.5  # mean likeness from which a sentence speaks of the same things
_NAME_ALIKE = 0.99


@dataclass(frozen=True, slots=True, eq=False)
class Reading:
    """A sentence of a passage, read for one claim.

    `alike` says how alike each word of the claim (telling words, names included) is to each
    word of the sentence, ``float32 (claim words, words)``.
    """

    text: str
    language: Language
    published: date | None
    facts: Facts
    words: tuple[Word, ...]
    alike: Floats


def read(
    claim: Claim,
    texts: Sequence[tuple[str, Language, date | None]],
    aligner: WordAligner,
) -> list[Reading]:
    """Return each text (its language, the day its document was published) read for `claim`."""
    said = telling_words(claim.text, claim.language)
    listed = [(telling_words(text, language), language) for text, language, _ in texts]
    return [
        Reading(
            text, language, published, facts_of(text, language, known=claim.known), words, alike
        )
        for (text, language, published), (words, _), alike in zip(
            texts, listed, aligner.alike(said, claim.language, listed), strict=True
        )
    ]


def covered(claim: Claim, reading: Reading) -> Floats:
    """Return how far `reading` covers each unit of `claim`, ``float32 (units,)`` in [0, 1]."""
    best = reading.alike.max(axis=1, initial=0)
    place = {word: at for at, word in enumerate(telling_words(claim.text, claim.language))}
    facts = claim.facts
    return np.array(
        [
            *(best[place[word]] for word in claim.words),
            *(says_number(claim, number, reading) for number in facts.numbers),
            *(says_day(day, reading) for day in facts.days),
            *(says_name(claim, name, reading) for name in facts.names),
        ],
        np.float32,
    )


def says_number(claim: Claim, number: Number, reading: Reading) -> bool:
    """Tell whether `reading` gives the same number of the same thing."""
    places = _places(number, reading)
    if not places or _counts_another(claim, number, reading):
        return False
    said = telling_words(claim.text, claim.language)
    around = _around(number.start, number.end, said)
    needed = _COUNTED_ALIKE if len(number.digits) < _RARE else _RARE_ALIKE
    for start, end, unit in places:
        there = _around(start, end, reading.words)
        if not around or not there or (unit == number.unit and unit and len(number.digits) > 1):
            return True
        if reading.alike[np.ix_(around, there)].max() >= needed:
            return True
    best = reading.alike.max(axis=1, initial=0)
    return len(best) > 0 and best.mean() >= _ABOUT_THE_SAME


def _counts_another(claim: Claim, number: Number, reading: Reading) -> bool:
    """Tell whether what the claim counts is in `reading` what another number counts.

    "58 dead and 7 injured" is not « sept morts et cinquante-huit blessés ».
    """
    counted = _next(number.end, telling_words(claim.text, claim.language))
    numbers = [other for other in reading.facts.numbers if other.unit == number.unit]
    if counted is None or len(numbers) < 2:
        return False
    alike: list[tuple[float, bool]] = [
        (float(reading.alike[counted, word]), same(number, other))
        for other in numbers
        if (word := _next(other.end, reading.words)) is not None
    ]
    own = max((likeness for likeness, equal in alike if equal), default=1.0)
    others = max((likeness for likeness, equal in alike if not equal), default=0.0)
    return others >= _COUNTED_SURELY and own < _COUNTED_ALIKE


def _next(end: int, words: Sequence[Word]) -> int | None:
    return next((at for at, word in enumerate(words) if 0 <= word.start - end <= 2), None)


def _places(number: Number, reading: Reading) -> list[tuple[int, int, str]]:
    """Return where `reading` says the value of `number`, whatever it counts, and its unit."""
    facts = reading.facts
    places = [(one.start, one.end, one.unit) for one in facts.numbers if same(number, one)]
    if not number.unit:
        places += [
            (one.start, one.end, "")
            for one in facts.numbers
            if one.unit == "clock" and number.value in (one.value // 60, one.value % 60)
        ]
    if number.unit in ("", "ordinal"):
        places += [
            (day.start, day.end, "") for day in facts.days if number.value in (day.year, day.day)
        ]
    if number.unit == "clock":
        hour, minute = divmod(int(number.value), 60)
        values = {int(one.value): one for one in facts.numbers if not one.unit}
        if hour in values and (not minute or minute in values):
            places.append((values[hour].start, values[hour].end, ""))
    return places


def _around(start: int, end: int, words: Sequence[Word]) -> list[int]:
    before = [at for at, word in enumerate(words) if word.end <= start]
    inside = [at for at, word in enumerate(words) if start < word.end and word.start < end]
    after = [at for at, word in enumerate(words) if word.start >= end]
    return [*before[-_NEAR:], *inside, *after[:_NEAR]]


def says_day(day: Day, reading: Reading) -> bool:
    """Tell whether `reading` says the date, or its year as a number."""
    if supports(day, reading.facts.days, reading.published):
        return True
    alone = day.month is None and day.weekday is None
    return alone and any(number.value == day.year for number in reading.facts.numbers)


def says_name(claim: Claim, name: Name, reading: Reading) -> bool:
    """Tell whether `reading` says the whole name."""
    if name.key is not None:
        return name.key in reading.facts.things
    said = telling_words(claim.text, claim.language)
    missing = [
        spelling for spelling in name.words if not _says_spelling(spelling, name, said, reading)
    ]
    if not missing:
        return True
    # Who is called by both names here may be called by the last one there.
    last = name.words[-1]
    return last not in missing and any(other.words == (last,) for other in reading.facts.names)


def _says_spelling(spelling: str, name: Name, said: Sequence[Word], reading: Reading) -> bool:
    if any(spelt_alike(spelling, other) for other in _spellings(reading)):
        return True
    parts = [
        at
        for at, word in enumerate(said)
        if name.start <= word.start < name.end and word.spelling in spelling
    ]
    return bool(parts) and all(reading.alike[at].max(initial=0) >= _NAME_ALIKE for at in parts)


def _spellings(reading: Reading) -> list[str]:
    words = [word.spelling for word in reading.words]
    return words + [spelling for name in reading.facts.names for spelling in name.words]
