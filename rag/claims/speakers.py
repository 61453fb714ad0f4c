"""Who is said to have said something: « selon X », "X said", « a déclaré X », "according to X".

Surface rules: a speaker stands after « selon » or "according to", before a verb of saying, or
after one that follows a quotation mark or a comma.
"""

import re

from documents.models import Language, Span

_I = re.IGNORECASE
_FR_VERB = (
    r"(?:d[ée]clar|dit(?!\w)|disent|affirm|assur|estim|pr[ée]cis|indiqu|pr[ée]v(?:ient|enu|iennent)|"
    r"annonc|ajout|expliqu|soulign|not(?:e|ent|é)(?!\w)|[ée]cri|confi|reconna|admet|admis|regrett|"
    r"d[ée]plor|r[ée]pond|lanc(?:e|é)|insist|rappel|prom(?:et|is)|jug(?:e|é)(?!\w)|souti|avert|"
    r"d[ée]nonc|f[ée]licit|conclu|demand|observ|pens(?:e|ent)(?!\w)|impute|attribue|critiqu)\w*"
)
_EN_VERB = (
    r"(?:said|says|say|told|tells|insist(?:s|ed)?|warn(?:s|ed)?|announced|announces|add(?:s|ed)|"
    r"claim(?:s|ed)|writes?|wrote|explain(?:s|ed)|argue[sd]|believe[sd]?|thinks?|assert(?:s|ed)|"
    r"answer(?:s|ed)|repl(?:ies|ied)|note[sd]|promise[sd]|admit(?:s|ted)|acknowledge[sd]|"
    r"welcome[sd]|blame[sd]|complain(?:s|ed)|stress(?:es|ed)|fears?|den(?:y|ies|ied)|confirm(?:s|ed)|"
    r"called|calls|estimate[sd]?|report(?:s|ed)|ask(?:s|ed)|expects?)(?!\w)"
)
_WHO = r"(?P<who>[^,;:.!?«»“”\"()]{2,90})"
_BEFORE = r"(?P<who>[^;:!?«»“”\"]{2,110}?)"
_PATTERNS: dict[Language, tuple[re.Pattern[str], ...]] = {
    "fr": (
        re.compile(rf"(?<!\w)(?:selon|d[’']apr[èe]s|de l[’']avis d[eu])\s{_WHO}", _I),
        re.compile(rf"^\W*Pour\s(?=(?:l[eaux’']|[A-ZÀ-Ý])){_WHO}(?=,)"),
        re.compile(
            rf"[,»”\"]\s?(?:(?:l[’'])?a\s|ont\s|avait\s|s[’']est\s)?{_FR_VERB}\s"
            rf"(?!que\s|qu[’'])(?=l[ea’']|leurs?\s|s[ao]n?\s|une?\s|[A-ZÀ-Ý]|M\.){_WHO}"
        ),
        re.compile(
            rf"^\W*{_BEFORE},?\s(?:a\s|ont\s|avait\s|s[’']est\s|n[’']a\s(?:pas\s)?|ne\s|n[’']|se\s)?"
            rf"{_FR_VERB}(?!\w)"
        ),
    ),
    "en": (
        re.compile(rf"\baccording to\s{_WHO}", _I),
        re.compile(rf"[,”\"]\s?(?:said|says|warned|warns|insisted|added|wrote|told)\s{_WHO}"),
        re.compile(rf"[,”\"]\s(?P<who>[^,;:.!?«»“”\"()]{{2,60}}?)\s{_EN_VERB}"),
        re.compile(rf"^\W*{_BEFORE},?\s(?:has\s|had\s|have\s|did\snot\s)?{_EN_VERB}"),
    ),
}
_VERB_BEFORE: dict[Language, re.Pattern[str]] = {
    "fr": re.compile(r"\s(?:que|qui|est|sont|va|ont|a|sera|seront)(?:\s|$)"),
    "en": re.compile(r"\s(?:that|who|is|are|will|has|was|were)(?:\s|$)"),
}


def speakers_said(text: str, language: Language) -> list[Span]:
    """Return where `text` says who speaks, from left to right; pronouns are left out."""
    spans: list[Span] = []
    for pattern in _PATTERNS[language]:
        for match in pattern.finditer(text):
            span = Span(*match.span("who"))
            clear = not _VERB_BEFORE[language].search(span.of(text))
            if clear and not any(span.start < o.end and o.start < span.end for o in spans):
                spans.append(span)
    return sorted(spans)
