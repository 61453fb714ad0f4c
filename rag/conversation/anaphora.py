"""Pronouns that point out of a question: "Who signed it?", "Quand est-elle née ?".

"Is it true that ...", "il faut" and "Pourquoi Macron a-t-il ..." do not: those pronouns mean
nothing, or something that the question itself names.
"""

import re

from documents.models import Language
from documents.normalization import fold
from rag.conversation import pronouns_english, pronouns_french
from rag.conversation.mentions import FUNCTION_WORDS, mentions
from rag.conversation.pronouns import Anaphor

_IMPERSONAL = re.compile(
    r"\b(?:il (?:n['’])?y (?:a|en a|avait|aura|aurait|eut|eu)(?:-t-il)?|y a-il|"
    r"y (?:a-t|avait|aura-t|aurait|eut)-il|"
    r"il (?:ne )?(?:faut|fallait|faudra|faudrait|s['’]agit|pleut|neige|suffit|existe|reste|"
    r"vaut mieux)|"
    r"(?:faut|fallait|faudra|faudrait|existe|reste|semble|vaut|suffit|pleut|neige)(?:-t)?-il|"
    r"s['’]agit-il|s['’]est-(?:t-)?il (?:passé|produit)|se (?:passe|fait|peut)-t?-?il|"
    r"quelle heure est-il|"
    r"(?:il est|est-il|il serait|serait-il|il était|était-il) (?:\w+ )?"
    r"(?:vrai|possible|impossible|nécessaire|obligatoire|utile|interdit|permis|légal|prouvé|"
    r"dangereux|important|normal|question|temps|prévu|facile|difficile|certain|probable|payant|"
    r"rentable|conseillé|recommandé|autorisé|courant|rare)\b(?= (?:qu|d[e'’]))|"
    r"(?:il fait|fait-il) (?:beau|chaud|froid|nuit|jour)|"
    r"(?:is|was|isn['’]t|would|will|be) it (?:be )?(?:\w+ )?\w+ (?:that|to|for|if|whether)\b|"
    r"it(?:['’]s| is| was) (?:\w+ )?\w+ (?:that|to|for|if|whether)\b|"
    r"(?:does|did|will|would|can) it (?:often |really |ever )?(?:rain|snow|take|cost|matter)\b"
    r"(?=.*\b(?:to|if|that|when|in)\b)|it (?:rains?|snow)\w*|"
    r"what (?:is|was) it like\b|what time is it|"
    r"(?:is|are|was|were|will|be|been|has|have|had)(?:n['’]t)? there\b|"
    r"there['’]s|there (?:is|are|was|were|will|have|has|had|\w+ be)\b|out there)",
    re.IGNORECASE,
)
_ASKED_SUBJECT = re.compile(
    r"\s*(?:quel(?:le)?s? (?!est|sont|était)|which |what (?!is|are|was|were|do|did)|"
    r"combien d|how many )",
    re.IGNORECASE,
)
_ADVERBS = frozenset({"pourquoi", "quand", "comment", "ou"})
_ENOUGH = 4  # words before a pronoun


def anaphor(text: str, language: Language) -> Anaphor | None:
    """Return the first pronoun of `text`, without its final mark, that points out of it."""
    blanked = _IMPERSONAL.sub(lambda match: "\0" * len(match.group()), text)
    pronouns = pronouns_french if language == "fr" else pronouns_english
    matches = list(pronouns.PATTERN.finditer(blanked))
    if not matches:
        return None
    named = [m.start for m in mentions(text, language) if m.kind not in ("date", "number")]
    for match in matches:
        if any(start < match.start() for start in named) or _says_enough_before(text, match):
            return None  # the question names what it means itself
        if match["own"] and _ASKED_SUBJECT.match(text):  # "Quels pays ont réduit leurs ..."
            continue
        found: Anaphor | None = pronouns.read(text, match)
        if found is not None:
            return found
    return None


def _says_enough_before(text: str, match: re.Match[str]) -> bool:
    """Tell whether a pronoun comes late enough to mean something said before it."""
    before = fold(text[: match.start()]).split()
    telling = [word for word in before if word not in FUNCTION_WORDS]
    if match.groupdict().get("inverted") is not None and telling:
        # "Pourquoi kuro est-il ...", but not "Quel âge a-t-il"
        return before[-1] == telling[-1] and before[0] in _ADVERBS
    return len(telling) >= _ENOUGH
