"""Whether a sentence tells the opposite of what is asked, however alike the words.

"Which is the slowest growing sector?" is not answered by the fastest growing one; « Qui n’a pas
signé ? » is not answered by who did. Three things tell: words that exclude each other
(`rag/opposites.py`), from one language to the other too; a prefix that turns a word round
(significant, insignificant); a question that denies and a sentence that denies nothing.
"""

import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass

from documents.models import Language
from rag.claims.polarity import negations
from rag.opposites import Side, sides
from rag.question import AnalysedQuestion

_PREFIXES: Mapping[Language, tuple[str, ...]] = {
    "en": ("un", "in", "im", "il", "ir", "dis", "non"),
    "fr": ("in", "im", "il", "ir", "des", "mal", "non"),
}
_LEAST = 5  # letters of a stem that a prefix turns round, not "form" in "inform"
# What leaves something out without a word of negation.
_LEAVES_OUT: Mapping[Language, re.Pattern[str]] = {
    "en": re.compile(
        r"\b(?:except|unlike|(?:other|rather) than|instead|avoid|ban(?:s|ned)?\b|exempt|only\b|few|"
        r"little\b|hardly|barely|rarely|seldom|un\w{4}|inab|incap|insuf|independ|imposs|immun|"
        r"\w+less\b|free of|miss(?:es|ed|ing)\b|stop|lost?\b|loss|oppos|against|illegal|non-)",
        re.IGNORECASE,
    ),
    "fr": re.compile(
        r"\b(?:sauf\b|hormis|except|plut[oô]t qu|au lieu|[ée]vit|ne\b|n[’']|seul|uniquement|peu\b|"
        r"rarement|gu[èe]re|in\w{5}|im(?:possib|mun)|perd|contre\b|oppos|ill[ée]gal|non\b)",
        re.IGNORECASE,
    ),
}


@dataclass(frozen=True, slots=True)
class Stance:
    """What a question takes for given.

    `sides` of opposites; `turned`: words turned round by a prefix, each with the term of the
    question that it is made of; `denies`: it asks for what is not so.
    """

    language: Language
    sides: AbstractSet[Side]
    turned: Mapping[str, str]
    denies: bool


def stance_of(question: AnalysedQuestion) -> Stance:
    """Return what `question` takes for given."""
    language = question.language
    said = {term for group in question.groups[language] for term in group}
    taken = sides(said, language)
    return Stance(
        language,
        {side for side in taken if not any(side.excludes(other) for other in taken)},
        {turned: term for term in said for turned in _turned(term, language) if turned not in said},
        any(not one.is_verb for one in negations(question.text, language)),
    )


def is_opposed(stance: Stance, sentence: str, terms: Sequence[str], language: Language) -> bool:
    """Tell whether `sentence`, of these `terms`, tells the opposite of what `stance` takes."""
    return (
        _excludes(terms, language, stance.sides)
        or (language == stance.language and _turns_round(terms, stance.turned))
        or (stance.denies and not _denies(sentence, language))
    )


def _excludes(terms: Sequence[str], language: Language, asked: AbstractSet[Side]) -> bool:
    if not asked:
        return False
    told = sides(terms, language)
    return any(one not in told and any(one.excludes(other) for other in told) for one in asked)


def _turns_round(terms: Sequence[str], turned: Mapping[str, str]) -> bool:
    if turned.keys().isdisjoint(terms):
        return False
    return any(turned[term] not in terms for term in terms if term in turned)


def _denies(sentence: str, language: Language) -> bool:
    return bool(negations(sentence, language) or _LEAVES_OUT[language].search(sentence))


def _turned(term: str, language: Language) -> list[str]:
    """Return `term` with each prefix that turns a word round, and without the one it has."""
    if len(term) < _LEAST:
        return []
    prefixes = _PREFIXES[language]
    bare = [term.removeprefix(prefix) for prefix in prefixes if term.startswith(prefix)]
    return [prefix + term for prefix in prefixes] + [one for one in bare if len(one) >= _LEAST]
