"""Follow-ups without a verb: "Et en 2026 ?", "What about Germany?", "Why?", "Tell me more".

What they leave out is in the question before: a fragment takes the place of what is of its kind
there, an asking word that of the old asking words.
"""

import re

from documents.models import Language
from documents.normalization import fold
from rag.conversation.mentions import FUNCTION_WORDS
from rag.conversation.question_frames import framed, marked, translated, unmarked, without_do
from rag.conversation.referents import Topic, answering_name
from rag.conversation.replacement import replaced

_LONGEST = 8  # words of a fragment
_MORE = re.compile(
    r"(?:(?:et |and )?(?:can|could) you |please |peux-tu |pouvez-vous |pourriez-vous )?"
    r"(?:(?:tell|give|show) me more|(?:some |any |give me )?more (?:details?|information|info)|"
    r"(?:please )?(?:elaborate|explain|go on|continue|expand)|what else|and then|anything else|"
    r"(?:un peu )?plus (?:de|d['’]) ?(?:détails?|details?|informations?|précisions?|infos?)|"
    r"(?:dis|dites|parle|parlez)[- ](?:m['’]en|moi|m en|nous[- ]en)(?: en)? (?:plus|davantage)|"
    r"(?:tu peux |vous pouvez )?(?:préciser?|précisez|développer?|développez|détaille[rz]?|"
    r"explique[rz]?|continue[rz]?)|en savoir plus|quoi d['’]autre|et encore|et ensuite|"
    r"(?:donne|donnez)[- ]moi plus de détails|je veux (?:en )?savoir plus)"
    r"(?: please| on that| on this| about it| about that| about this| s['’]il (?:te|vous) plaît|"
    r" svp| là-dessus| à ce sujet| sur ce sujet)?",
    re.IGNORECASE,
)
_LEAD = re.compile(
    r"(?:(?:et|and|but|mais|or|ou|alors|puis|so)\b,? ?)?(?:(?:what|how) about|what of|as for|"
    r"(?:the )?same (?:question |thing )?(?:for|with|in)|"
    r"(?:qu['’]en est-il|quid)(?= )(?: pour| de(?= l))?|"
    r"(?:la )?même (?:question|chose) (?:pour|avec|en)|pareil pour|idem pour|quant à|concernant)\s*"
    r"|(?:et|and|but|mais|alors)\b,? *(?:alors |then |si on parle de )?",
    re.IGNORECASE,
)
_BARE = re.compile(
    r"(?:(?:et|and|but|mais|so|alors)\b,? )?"
    r"(?P<asked>(?:(?:de|depuis|par|avec|à|pour|en|contre|jusqu['’]à|dans|"
    r"chez|sur|by|since|with|for|in|on|at|until|to|from|against|d['’]) ?)?"
    r"(?:pourquoi|quand|comment|combien|où|qui|quoi|lequel|laquelle|lesquels|lesquelles|"
    r"why|when|how|how much|how many|where|who|whom|which one|which ones|"
    r"quel(?:le)?s? [\w-]+|which [\w-]+|what [\w-]+|how (?:old|long|far|tall|big|often|come)|"
    r"combien d(?:e |['’])[\w-]+|how many [\w-]+))"
    r"(?P<extra> (?:pas|not|exactement|exactly|précisément|ça|so|that|cela|else|d['’]autre|donc))?",
    re.IGNORECASE,
)
_WHICH = frozenset({"laquelle", "lequel", "lesquelles", "lesquels", "which"})
_PREPOSITIONS = frozenset({
    "a", "about", "after", "against", "apres", "at", "au", "aux", "avant", "avec", "before", "by",
    "chez", "contre", "dans", "depuis", "during", "en", "for", "from", "in",
    "on", "par", "pour", "since", "sur", "until", "with",
})  # fmt: skip
_CLAUSE = frozenset({
    "are", "can", "combien", "comment", "did", "do", "does", "elle", "elles", "est", "had", "has",
    "have", "he", "how", "i", "if", "il", "ils", "is", "it", "je", "nous", "on", "ont", "pourquoi",
    "qu", "quand", "que", "quel", "quelle", "quelles", "quels", "qui", "quoi", "she", "si", "sont",
    "they", "tu", "vous", "was", "we", "were", "what", "when", "where", "which", "who", "whose",
    "why", "will", "you",
})  # fmt: skip


def completed(text: str, topic: Topic, language: Language) -> str | None:
    """Return the whole question that the fragment `text` stands for, None if it is no fragment."""
    text = unmarked(text)
    if _MORE.fullmatch(text):
        return _more(topic, language)
    bare = _BARE.fullmatch(text)
    if bare is not None:
        return _asked_again(bare["asked"], bare["extra"] or "", topic, language)
    piece = fragment(text)
    return None if piece is None else replaced(piece, topic, language)


def is_fragment(text: str) -> bool:
    """Tell whether `text`, without its final mark, can only go on with what was said."""
    return bool(_MORE.fullmatch(text) or _BARE.fullmatch(text)) or fragment(text) is not None


def fragment(text: str) -> str | None:
    """Return what `text` names without a verb, None where it is more or less than that."""
    lead = _LEAD.match(text)
    piece = text[lead.end() :].strip() if lead else text
    words = fold(piece).split()
    if not words or len(words) > _LONGEST or set(words[:3]) & _CLAUSE:
        return None
    if any(word in _CLAUSE - {"a"} for word in words) or "-t-" in piece:
        return None
    if lead is None and (words[0] not in _PREPOSITIONS or len(words) > 4):
        return None
    return piece


def _more(topic: Topic, language: Language) -> str:
    question = unmarked(topic.question)
    if topic.language == language:
        return marked(question, language)
    return marked(translated(question, language), language)


def _asked_again(asked: str, extra: str, topic: Topic, language: Language) -> str:
    """Return the question of `topic` with other asking words."""
    parts = framed(topic.question)
    core = parts.core
    colon = "\u00a0:" if language == "fr" else ":"
    if parts.sort in ("adverb", "none"):
        core = _joined(core, topic.language, language, parts.frame)
        separator = ", " if extra.strip() in ("pas", "not") else " "
        if fold(asked).partition(" ")[0] in _WHICH:
            separator = f"{colon} "
    elif parts.frame.lower() in ("qui", "who") and (name := answering_name(topic)):
        core = f"{name} {core}"
        separator = " " if framed(asked).sort == "adverb" else f"{colon} "
    else:
        separator = f"{colon} "
    return marked(f"{asked}{extra}{separator}{core}", language)


def _joined(core: str, spoken: Language, language: Language, frame: str) -> str:
    """Return `core` ready to follow an asking word."""
    if spoken == "en" and language == "fr":
        return without_do(core)
    first, _, rest = core.partition(" ")
    if not frame and fold(first.replace("’", "'").split("'")[0]) in FUNCTION_WORDS:
        return f"{first[:1].lower()}{first[1:]} {rest}"
    return core
