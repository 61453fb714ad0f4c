"""What a pronoun asks of the thing that it stands for."""

import re
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal

from documents.normalization import fold

Want = Literal["person", "thing", "place", "any", "all"]
Form = Literal["f", "m", "plural", ""]

_PERSON_CUES = re.compile(
    r"\b(?:née?s?|mort[es]*|meurt|mari[ée]+s?|âge|ans|enfants?|père|mère|épous\w+|étudi\w+|"
    r"démissionn\w+|born|die[ds]?|old|resign\w*|married|marry|wife|husband|studied|study)\b",
    re.IGNORECASE,
)
_THING_CUES = re.compile(
    r"\b(?:coût\w*|mesure\w*|pèse|fermé?e?s?|construite?s?|créée?s?|fondée?s?|adoptée?s?|"
    r"conti(?:ent|ennent|endra)|prévoit|interdit|permet|appliqu\w+|vigueur|inaugurée?s?|"
    r"votée?s?|lancée?s?|cost\w*|built|launched|adopted|published)\b",
    re.IGNORECASE,
)


@dataclass(frozen=True, slots=True)
class Anaphor:
    """A pronoun at ``[start, end)``; `want` and `form` say what it can stand for.

    "all" wants everything that was asked: "Is that true?" `write` gives what to put in its place
    for a referent; None, that it follows the question in brackets.
    """

    start: int
    end: int
    want: Want
    form: Form = ""
    write: Callable[[str], str | None] | None = None


def person_or(want: Want, text: str) -> Want:
    """Return what the verbs of `text` say of its pronoun, `want` where they say nothing."""
    if _PERSON_CUES.search(text):
        return "person"
    return "thing" if _THING_CUES.search(text) else want


def named_again(noun: str) -> Callable[[str], str | None]:
    """Return what writes "la loi Pacte" for "cette loi", but leaves "ce texte" alone."""
    return lambda name: name if fold(noun) in fold(name).split() else None
