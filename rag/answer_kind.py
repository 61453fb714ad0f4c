"""What kind of thing a question asks for, and whether a sentence holds one.

A "when" question is answered by a sentence with a date that the question did not already
name; a "who" question by one with a name. These are surface rules on purpose: they cost
microseconds, work in both languages and never decide alone (see rag/evidence.py).
"""

import re
from functools import lru_cache
from typing import Literal

from documents.normalization import fold

Kind = Literal["person", "date", "place", "number", "reason", "thing"]

# Tried in order on the folded question; the first that matches names the kind.
_QUESTION_RULES: tuple[tuple[Kind, re.Pattern[str]], ...] = (
    (
        "number",
        re.compile(
            r"\b(how (many|much|old|long|tall|far|large|big|high)|combien|"
            r"quel(le)?s? (\w+ ){0,3}(nombre|pourcentage|part|montant|taux|prix|cout|age|taille|"
            r"population|proportion|somme|quantite|hauteur|longueur|superficie|duree|budget)|"
            r"(what|which) (\w+ ){0,2}(number|percentage|share|amount|rate|price|cost|age|size|"
            r"population|proportion|sum|quantity|height|length|area|duration|budget))\b"
        ),
    ),
    (
        "date",
        re.compile(
            # At either end of a question, or before its verb: elsewhere it only sets the scene.
            r"^\W*((and|but|since|until|by|from|et|mais|depuis|jusqu a|a partir de|pour|de) )?"
            r"(when|quand)\b|\b(when|quand)\W*$|"
            r"\bwhen (was|were|is|are|did|do|does|will|has|had)\b|"
            r"\bquand (est|sont|a|ont|fut|etait)\b|"
            r"\b((what|which) (\w+ )?(year|date|day|month|century|decade|time|era)|"
            r"quel(le)?s? (\w+ ){0,2}(annee|date|jour|mois|siecle|decennie|heure|epoque|periode)|"
            r"depuis quand|since when|how long ago)\b"
        ),
    ),
    (
        "reason",
        re.compile(r"\b(why|pourquoi|for what reason|pour quelles? raisons?|what caused)\b"),
    ),
    (
        "place",
        re.compile(
            r"^(d |par |vers |jusqu )?ou\b|"
            r"\b(where|ou (se|est|sont|a|ont|fut|etait|siege|vit|va|trouve t)\b|"
            r"(what|which) (\w+ )?(city|country|place|town|state|region|continent|location)|"
            r"quel(le)?s? (\w+ ){0,2}(ville|pays|lieu|endroit|region|continent|etat|departement))"
        ),
    ),
    (
        "person",
        re.compile(
            r"\b(who|whom|whose|qui|(what|which) (\w+ )?(person|man|woman|president|minister|king|"
            r"queen|author|scientist|leader|actor|writer)|quel(le)?s? (\w+ )?(personne|homme|femme|"
            r"president|presidente|ministre|roi|reine|auteur|dirigeant|acteur|ecrivain))\b"
        ),
    ),
)

_NUMBER_WORDS = (
    r"one|two|three|four|five|six|seven|eight|nine|ten|eleven|twelve|twenty|thirty|forty|fifty|"
    r"sixty|seventy|eighty|ninety|hundred|thousand|million|billion|dozen|half|third|quarter|"
    r"deux|trois|quatre|cinq|sept|huit|neuf|dix|onze|douze|treize|quatorze|quinze|seize|vingt|"
    r"trente|quarante|cinquante|soixante|cent|cents|mille|millions|milliards?|dizaines?|"
    r"douzaines?|centaines?|milliers?|moitie|tiers|quart"
)
_NUMBER = re.compile(rf"\d+(?:[.,]\d+)*|\b(?:{_NUMBER_WORDS})\b")
_MONTHS = (
    r"january|february|march|april|may|june|july|august|september|october|november|december|"
    r"janvier|fevrier|mars|avril|mai|juin|juillet|aout|septembre|octobre|novembre|decembre"
)
_DATE = re.compile(
    rf"\b(?:1\d{{3}}|20\d{{2}})s?\b|\b(?:{_MONTHS})\b|\b\d+(?:st|nd|rd|th|e|er|eme) "
    r"(?:century|siecle)\b|"
    r"\b(?:monday|tuesday|wednesday|thursday|friday|saturday|sunday|lundi|mardi|mercredi|jeudi|"
    r"vendredi|samedi|dimanche|yesterday|today|tomorrow|hier|demain|[xvi]+e siecle)\b"
)
_REASON = re.compile(
    r"\b(because|since|due to|owing to|in order to|so that|so as to|thanks to|as a result|"
    r"therefore|to avoid|to prevent|aim(s|ed|ing)? (to|at)|parce qu|car|afin|pour|en raison|"
    r"a cause|grace a|puisqu|faute de|vise|visant|c est pourquoi|de sorte)"
)
_CAPITAL = r"(?:[A-ZÀ-ÖØ-Þ]\. ?)*(?:O[’'])?[A-ZÀ-ÖØ-Þ][\w-]+"
_NAME = re.compile(rf"(?<![.!?…:»”\"] )(?<!^)\b{_CAPITAL}(?: {_CAPITAL})*")
# A person goes by two names, or by one after a title.
_PERSON = re.compile(
    rf"\b(?:M\.|Mr\.?|Mrs\.?|Ms\.?|Mme|Mlle|Dr\.?|Pr\.?|[Pp]r[eé]sident|[Mm]inist(?:re|er)) "
    rf"{_CAPITAL}"
    r"|\b(?:[A-ZÀ-ÖØ-Þ]\. ?)+[A-ZÀ-ÖØ-Þ][\w-]+"
    rf"|\b{_CAPITAL}(?: (?:de |du |von |van |bin |al-)?{_CAPITAL})+"
)


@lru_cache(maxsize=4096)
def question_kind(question: str) -> Kind:
    """Return the kind of answer that `question` asks for."""
    folded = fold(question)
    for kind, rule in _QUESTION_RULES:
        if rule.search(folded):
            return kind
    return "thing"


def holds(kind: Kind, sentence: str, question: str) -> bool:
    """Tell whether `sentence` holds something of `kind` that `question` did not already say."""
    if kind == "thing":
        return True
    if kind == "reason":
        return _REASON.search(fold(sentence)) is not None
    return any(True for _ in candidates(kind, sentence, question))


def candidates(kind: Kind, sentence: str, question: str) -> list[str]:
    """Return what `sentence` holds of `kind`, without what stands in `question` already."""
    said = _said(kind, question)
    if kind in ("number", "date"):
        return [found for found in _pattern(kind).findall(fold(sentence)) if found not in said]
    names = [found.group() for found in _pattern(kind).finditer(sentence)]
    return [name for name in names if fold(name).split()[-1] not in said]


@lru_cache(maxsize=64)  # each question is compared with many sentences
def _said(kind: Kind, question: str) -> frozenset[str]:
    """Return what `question` says of `kind`; of names, all its words."""
    asked = fold(question)
    return frozenset(_pattern(kind).findall(asked) if kind in ("number", "date") else asked.split())


def _pattern(kind: Kind) -> re.Pattern[str]:
    return {"number": _NUMBER, "date": _DATE, "person": _PERSON}.get(kind, _NAME)
