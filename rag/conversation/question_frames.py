"""The asking words of a question, apart from the rest: "How many | people live in Canada".

They are what a follow-up changes ("Why?"), and what must be in the language of the follow-up
when the rest is borrowed from a question in the other one.
"""

import re
from dataclasses import dataclass

from documents.models import Language

_IS_FR = r"(?:est|sont|était|étaient|sera|seront|fut|furent)"
_IS_EN = r"(?:is|are|was|were|will be)"
_ADVERBS = (
    r"depuis quand|jusqu['’]à quand|quand|d['’]où|où|pourquoi|comment|"
    r"since when|until when|when|where|why|"
    r"how(?! (?:many|much|old|tall|long|far|big|large|high|deep))"
)
_NOUN_QUESTIONS = (
    rf"qu['’]est-ce que c['’]est que|qu['’]est-ce qu(?:e |['’])|c['’]est quoi|"
    rf"quel(?:le)?s? {_IS_FR}|qui {_IS_FR}|what(?:['’]s| {_IS_EN})|who(?:['’]s| {_IS_EN})"
)
_OTHERS = (
    r"combien d(?:e |['’])|combien|(?:de |à |en |dans |pour |avec |par |sur )?"
    r"(?:quel(?:le)?s?|qui est-ce qui|qui|quoi)|que|qu['’]|how (?:many|much)|"
    r"how (?:old|tall|long|far|big|large|high|deep)|"
    r"(?:in |at |on |by |for |with |to |from |of )?(?:which|what|whom|who|whose)"
)
_FRAME = re.compile(
    rf"\s*(?:(?P<noun>{_NOUN_QUESTIONS})|(?P<adverb>{_ADVERBS})|(?P<other>{_OTHERS}))"
    r"(?:(?<=['’ ])|(?![\w'’]))\s*",
    re.IGNORECASE,
)
_DO = re.compile(r"(?:did|does|do|is|are|was|were|has|have)\s+", re.IGNORECASE)
_TRANSLATED: dict[Language, tuple[tuple[re.Pattern[str], str], ...]] = {
    "en": tuple(
        (re.compile(pattern, re.IGNORECASE), english)
        for pattern, english in (
            (r"qu['’]est-ce|c['’]est quoi", "What is"),
            (rf"quel(?:le)?s {_IS_FR}", "What are"),
            (r"quel(?:le)? (?:était|fut)", "What was"),
            (rf"quel(?:le)? {_IS_FR}", "What is"),
            (rf"qui {_IS_FR}", "Who is"),
            (r"combien d", "How many"),
            (r"combien", "How much"),
            (r"depuis quand", "Since when"),
            (r"quand", "When"),
            (r"(?:d['’])?où", "Where"),
            (r"pourquoi", "Why"),
            (r"comment", "How"),
            (r"(?:\w+ )?quel", "Which"),
            (r"(?:\w+ )?qui", "Who"),
            (r"(?:\w+ )?qu", "What"),
        )
    ),
    "fr": tuple(
        (re.compile(pattern, re.IGNORECASE), french)
        for pattern, french in (
            (r"what (?:are|were)", "Quels sont"),
            (r"what (?:was)", "Quel était"),
            (r"what(?:['’]s| is| will)", "Quel est"),
            (r"who(?:['’]s| )", "Qui est"),
            (r"how many", "Combien de"),
            (r"how much", "Combien"),
            (r"how old", "Quel âge"),
            (r"how (?:tall|high)", "Quelle hauteur"),
            (r"how long", "Combien de temps"),
            (r"how \w+", "Combien"),
            (r"since when", "Depuis quand"),
            (r"when", "Quand"),
            (r"where", "Où"),
            (r"why", "Pourquoi"),
            (r"how", "Comment"),
            (r"(?:\w+ )?who", "Qui"),
            (r"(?:\w+ )?(?:which|what)", "Quel"),
        )
    ),
}


@dataclass(frozen=True, slots=True)
class Framed:
    """A question without its final mark, as the asking words `frame` and the rest, `core`.

    `sort`: "adverb" (when, pourquoi), "noun" (what is, qui est), "other" (who, combien de) or
    "none" (a question for yes or no, or search words; its frame is empty).
    """

    frame: str
    core: str
    sort: str


def framed(question: str) -> Framed:
    """Return `question` taken apart."""
    question = unmarked(question)
    match = _FRAME.match(question)
    if match is None or match.end() == 0:
        return Framed("", question, "none")
    return Framed(match.group().strip(), question[match.end() :], match.lastgroup or "other")


def unmarked(question: str) -> str:
    """Return `question` without white space around it and without its final mark."""
    return question.strip().rstrip("?!.… \u00a0\u202f")


def marked(question: str, language: Language) -> str:
    """Return `question` with the question mark as `language` sets it, first letter a capital."""
    question = question.strip()
    mark = "\u00a0?" if language == "fr" else "?"
    return question[:1].upper() + question[1:] + mark


def translated(question: str, language: Language) -> str:
    """Return `question` with its asking words in `language`; the rest stays as it is."""
    parts = framed(question)
    if language == "fr" and parts.frame.lower() == "what" and _DO.match(parts.core):
        return f"Que {without_do(parts.core)}"
    for pattern, words in _TRANSLATED[language]:
        if parts.frame and pattern.match(parts.frame):
            core = (
                parts.core if language == "en" or parts.sort == "noun" else without_do(parts.core)
            )
            return f"{words} {core}"
    return unmarked(question)


def without_do(core: str) -> str:
    """Return `core` without the English auxiliary that it starts with."""
    return _DO.sub("", core, count=1) if _DO.match(core) else core
