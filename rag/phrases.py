"""What Sourcier itself says, in both languages; everything else is quoted from documents."""

from collections.abc import Mapping
from datetime import date
from typing import NamedTuple

from documents.models import Language


class Phrases(NamedTuple):
    """The fixed wording of one language; French has its no-break spaces."""

    refusal: str
    empty_collection: str
    framed: str
    framed_dated: str
    quote: str
    months: tuple[str, ...]
    first_of_month: str


PHRASES: Mapping[Language, Phrases] = {
    "fr": Phrases(
        refusal="Les documents ne permettent pas de répondre à cette question.",
        empty_collection="Cette collection ne contient encore aucun document.",
        framed="D’après « {title} » (en anglais) : {quote}",
        framed_dated="D’après « {title} » ({date}, en anglais) : {quote}",
        quote="« {text} »",
        months=(
            "janvier", "février", "mars", "avril", "mai", "juin", "juillet", "août",
            "septembre", "octobre", "novembre", "décembre",
        ),
        first_of_month="1er",
    ),
    "en": Phrases(
        refusal="The documents do not answer this question.",
        empty_collection="This collection holds no document yet.",
        framed="According to “{title}” (in French): {quote}",
        framed_dated="According to “{title}” ({date}, in French): {quote}",
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
