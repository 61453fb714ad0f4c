"""When a model says that it has no answer: by the word agreed on, or in words of its own."""

import re

from documents.normalization import fold

# NO_ANSWER, **no answer**, PAS_DE_RÉPONSE: a model translates and decorates what it is told.
_AGREED = re.compile(
    r"\bNO[_ -]?ANSWER\b|\b(?:AUCUNE|SANS|PAS[_ -]DE)[_ -]R[ÉE]PONSE\b"
    r"|(?i:\bno_answer\b|\b(?:aucune|sans|pas_de)_r[ée]ponse\b)"
    r"|(?i:\A\W*(?:(?:réponse|answer|response)\W+)?"
    r"(?:no[_ -]?answer|(?:aucune|sans|pas[_ -]de)[_ -]r[ée]ponse)\W*\Z)"
)
# Over folded text: « Les passages ne permettent pas de répondre », "I cannot answer".
_SOURCES = (
    r"(?:passages?|documents?|extraits?|sources?|contexte?|textes?|texts?|informations?|elements?"
    r"|excerpts?|articles?)"
)
_REFUSAL = re.compile(
    rf"\b{_SOURCES}\b.{{0,60}}\b(?:ne|n|do not|does not|don t|doesn t|did not|cannot|can t)\b"
    r".{0,30}\b(?:repond\w*|permet\w*|contien\w*|mention\w*|fourni\w*|precis\w*|indiqu\w*"
    r"|answer|contain|provide|say|state|specify|include|give|disent|dit)\b"
    rf"|\b(?:no|aucune?|not enough|insufficient|pas d|pas assez d|insuffisant\w*)\b.{{0,30}}"
    rf"\b{_SOURCES}\b"
    r"|\b(?:i can ?not|i can t|i am unable to|i m unable to|i do not know|i don t know"
    r"|unable to)\b"
    r"|\bje (?:ne (?:peux|sais|suis|puis|trouve|dispose)|n ai)\b"
    r"|\bil (?:n est pas |est im)possible de repondre\b"
    r"|\b(?:desole|sorry|i apologi[sz]e|je m excuse)\b"
)


def declines(prose: str) -> bool:
    """Tell whether the word that was agreed on stands in `prose`, as it is or translated."""
    return _AGREED.search(prose) is not None


def sounds_like_refusal(sentence: str) -> bool:
    """Tell whether `sentence` seems to say that there is no answer."""
    return _REFUSAL.search(fold(sentence)) is not None
