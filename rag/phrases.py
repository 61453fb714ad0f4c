"""What Sourcier itself says, in both languages; everything else is quoted from documents."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from documents.models import Language


class Phrases(NamedTuple):
    """The fixed wording of one language; French has its no-break spaces."""

    framed: str
    framed_dated: str
    as_of: str
    as_told: str
    quote: str
    months: tuple[str, ...]
    first_of_month: str


PHRASES: Mapping[Language, Phrases] = {
    "fr": Phrases(
        framed="D’après « {title} » (en anglais) : {quote}",
        framed_dated="D’après « {title} » ({date}, en anglais) : {quote}",
        as_of="Au {date} (« {title} ») : {text}",
        as_told="D’après « {title} » : {text}",
        quote="« {text} »",
        months=(
            "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août",
            "septembre", "octobre", "novembre", "décembre",
        ),
        first_of_month="1er",
    ),
    "en": Phrases(
        framed="According to “{title}” (in French): {quote}",
        framed_dated="According to “{title}” ({date}, in French): {quote}",
        as_of="As of {date} (“{title}”): {text}",
        as_told="According to “{title}”: {text}",
        quote="“{text}”",
        months=(
            "January", "February", "March", "April", "May", "June", "July", "August",
            "September", "October", "November", "December",
        ),
        first_of_month="1",
    ),
}  # fmt: skip


def spoken_date(day: date, language: Language) -> str:
    """Return `day` as people write it: ``26 juillet 2025``, ``26 July 2025``."""
    phrases = PHRASES[language]
    number = phrases.first_of_month if day.day == 1 else str(day.day)
    return f"{number} {phrases.months[day.month - 1]} {day.year}"


def quoted(text: str, language: Language) -> str:
    """Return `text` between the quotation marks of `language`."""
    return PHRASES[language].quote.format(text=text)


def framed_quote(quote: str, *, title: str, published_at: date | None, language: Language) -> str:
    """Return `quote`, which is in the other language, announced in `language`."""
    phrases = PHRASES[language]
    marked = quoted(quote, language)
    if published_at is None:
        return phrases.framed.format(title=title, quote=marked)
    day = spoken_date(published_at, language)
    return phrases.framed_dated.format(title=title, date=day, quote=marked)


def dated_statement(text: str, *, title: str, published_at: date | None, language: Language) -> str:
    """Return `text`, in `language`, led in by what says it and when: others say otherwise."""
    phrases = PHRASES[language]
    if published_at is None:
        return phrases.as_told.format(title=title, text=text)
    return phrases.as_of.format(date=spoken_date(published_at, language), title=title, text=text)
