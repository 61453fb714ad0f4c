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
from itertools import chain

from documents.models import Language
from index.analyzer import terms
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
        r"little\b|hardly|barely|rarely|seldom|un(?!der|til|i[tvqf]|cle)\w{4}|inab|incap|insuf|independ|imposs|immun|"
        r"\w+less\b|free of|miss(?:es|ed|ing)\b|stop|lost?\b|loss|oppos|against|illegal|non-)",
        re.IGNORECASE,
    ),
    "fr": re.compile(
        r"\b(?:sauf\b|hormis|except|plut[oô]t qu|au lieu|[ée]vit|seul|uniquement|peu\b|"
        r"rarement|gu[èe]re|inapt|incap|insuf|ind[ée]pend|imposs|immun|perd|contre\b|oppos|ill[ée]gal|non\b)",
        re.IGNORECASE,
    ),
}


@dataclass(frozen=True, slots=True)
class Stance:
    """What a question takes for given.

    `sides` of opposites, none where it compares two; `turned`: words turned round by a prefix, each
    with the term of the question that it is made of; `denied`, by language: the terms of the
    question, if it asks for what is not so.
    """

    language: Language
    sides: AbstractSet[Side]
    turned: Mapping[str, str]
    denied: Mapping[Language, AbstractSet[str]]


def stance_of(question: AnalysedQuestion) -> Stance:
    """Return what `question` takes for given."""
    language = question.language
    meant = {name: set(chain.from_iterable(groups)) for name, groups in question.groups.items()}
    said = meant[language]
    taken = sides(said, language)
    return Stance(
        language,
        frozenset() if any(one.excludes(other) for one in taken for other in taken) else taken,
        {turned: term for term in said for turned in _turned(term, language) if turned not in said},
        meant if any(not one.is_verb for one in negations(question.text, language)) else {},
    )


def is_opposed(stance: Stance, sentence: str, said: Sequence[str], language: Language) -> bool:
    """Tell whether `sentence`, of the terms `said`, tells the opposite of what `stance` takes."""
    return (
        _excludes(said, language, stance.sides)
        or (language == stance.language and _turns_round(said, stance.turned))
        or (bool(stance.denied) and not _denies(sentence, language, stance.denied[language]))
    )


def _excludes(said: Sequence[str], language: Language, asked: AbstractSet[Side]) -> bool:
    if not asked:
        return False
    told = sides(said, language)
    return any(one not in told and any(one.excludes(other) for other in told) for one in asked)


def _turns_round(said: Sequence[str], turned: Mapping[str, str]) -> bool:
    if turned.keys().isdisjoint(said):
        return False
    return any(turned[term] not in said for term in said if term in turned)


def _denies(sentence: str, language: Language, asked: AbstractSet[str]) -> bool:
    """Tell whether `sentence` denies a term that is `asked` about, or leaves something out."""
    if _LEAVES_OUT[language].search(sentence):
        return True
    denied = [terms(one.scope.of(sentence), language) for one in negations(sentence, language)]
    return any(not part or not asked.isdisjoint(part) for part in denied)


def _turned(term: str, language: Language) -> list[str]:
    """Return `term` with each prefix that turns a word round, and without the one it has."""
    if len(term) < _LEAST:
        return []
    prefixes = _PREFIXES[language]
    bare = [term.removeprefix(prefix) for prefix in prefixes if term.startswith(prefix)]
    return [prefix + term for prefix in prefixes] + [one for one in bare if len(one) >= _LEAST]
