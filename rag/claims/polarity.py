"""Which words of a text are denied: « ne … pas », "never", « sans », and verbs such as "refuse".

Each negation has a scope, the few telling words after it up to the next clause; a verb of
refusal is in its own scope. Two negations over one word cancel out: "did not rule out". « ne …
que » and "not only" deny nothing.
"""

import re
from collections.abc import Iterator
from dataclasses import dataclass, replace

from documents.models import Language, Span

_I = re.IGNORECASE
_NEGATIONS: dict[Language, re.Pattern[str]] = {
    "fr": re.compile(
        r"(?<!\w)(?:n[’']|ne\s)(?P<ne>(?:[\w’'-]+\s){0,4}?)"
        r"(?:pas|plus(?!\squ)|jamais|rien|personne|gu[èe]re|point|ni|aucune?|nulle part)(?!\w)"
        r"|(?<!\w)(?:aucune?|(?:personne|rien|jamais)(?=\sn(?:e\s|[’']))"
        r"|rien(?=\sde\s)|sans(?!\s(?:doute|cesse))|faute(?=\sd)|manque\w*|p[ée]nurie|absence)(?!\w)",
        _I,
    ),
    "en": re.compile(
        r"(?<!\w)(?:not|never|cannot|without|nor|neither|no longer|no one|nobody|nothing|none|no"
        r"|\w+n[’']t|lack\w*|shortage|absence)(?!\w)(?!\s(?:only|least|doubt|just|one\sof))",
        _I,
    ),
}
_REFUSALS: dict[Language, re.Pattern[str]] = {
    "fr": re.compile(
        r"(?<!\w)(?:refus\w*|rejet(?:er?|te|te[sz]?|te?nt|é\w*|ai\w*|ant|èrent)|nie(?:nt|r)?|ni(?:é|ait)"
        r"\w*|d[ée]ment(?:i\w*|ent)?|exclu(?:s|t|e|es|re|ait|ent|ant)?|interdi\w*|emp[êe]ch\w*|"
        r"d[ée]clin(?:e|é|er|ent|ait)\w*|renonc\w*|contest\w*|échou\w*|refoul\w*|priv[ée]\w*(?=\sd)|annul\w*)(?!\w)",
        _I,
    ),
    "en": re.compile(
        r"(?<!\w)(?:refus(?:e|es|ed|ing|al)|reject\w*|den(?:y|ies|ied|ying|ial)|declin(?:e|es|ed|ing)"
        r"(?=\sto)|rul(?:e|es|ed|ing)\sout|exclud\w*|turn(?:s|ed|ing)?\sdown|fail(?:s|ed)?\sto|"
        r"forb\w+|prevent\w*|prohibit\w*|cancel\w*|depriv\w*|disput(?:e|es|ed)|dismiss(?:ed|es)?(?=\sthe\s))"
        r"(?!\w)",
        _I,
    ),
}
_ASSENTS: dict[Language, re.Pattern[str]] = {
    "fr": re.compile(
        r"(?<!\w)(?:accept\w+|approuv\w+|adopt(?:é|e|er|ent)\w*|autoris\w+|confirm\w+|admet\w*|"
        r"admis\w*|reconna\w+|reconnu\w*|consent\w*|s[’']engag\w+|promis|promet\w*)(?!\w)",
        _I,
    ),
    "en": re.compile(
        r"(?<!\w)(?:accept\w*|approv\w+|adopt(?:s|ed)?|allow\w*|authori[sz]\w+|confirm\w*|"
        r"admit\w*|agree[sd]?|acknowledg\w+|consent\w*|promis\w+|pledg\w+|vow\w*)(?!\w)",
        _I,
    ),
}
# Verbs and words that go one way or the other: (up, down) and so on, in both languages.
_WAYS: tuple[tuple[re.Pattern[str], re.Pattern[str]], ...] = tuple(
    (re.compile(rf"(?<!\w)(?:{one})", _I), re.compile(rf"(?<!\w)(?:{other})", _I))
    for one, other in (
        (
            r"augment|hauss|progress[ée]|grimp|bondi|ris(?:e|es|en|ing)\b|rose\b|increas|grew|grow",
            r"baiss|diminu|recul|chut[ée]|fall|fell\b|drop|decreas|shr[aiu]nk|lower(?:ed|ing)\b",
        ),
        (r"r?ouvr|r?ouvert|(?:re)?open", r"ferm[ée]|fermer|clos(?:e|es|ed|ing|ure)\b|shut"),
        (r"gagn|remport|won\b|win(?:s|ner|ning)?\b", r"perd[ure]|lost\b|los(?:e|es|ing)\b"),
        (
            r"plus d[e’']|more than\b|over (?=\d)",
            r"moins d[e’']|(?:less|fewer) than\b|under (?=\d)",
        ),
        (r"favorabl|souti|support|in favou?r", r"oppos|hostil|contre l[ea’']|against\b"),
    )
)
# "Can no longer lose" says that it did lose.
_MODAL = re.compile(
    r"(?:n[’']|ne\s)(?:\w+\s)?(?:peu[xt]|peuvent|pouvons|pouvez|pouvait|pouvaient)\splus"
    r"|can(?:not)?\s(?:no|any)\slonger|could\sno\slonger",
    _I,
)
_NOT_ONLY = re.compile(r"non\s+seulement|pas\s+(?:que|seulement)(?=.*\bmais\b)", _I)
_WITHOUT = re.compile(r"sans|without", _I)
_NONE = re.compile(r"aucune?|any", _I)
_NEAR = 2  # words between two negations that cancel out
_BORDER = re.compile(
    r"[,;:.!?…«»“”\"()]|(?<!\w)(?:mais|but|while|whereas|tandis que|alors que|although|bien que|"
    r"avant|before|jusqu|until|despite|malgré|because|since|parce|car|puisqu|quand|when|lorsqu|if)(?!\w)",
    _I,
)


@dataclass(frozen=True, slots=True)
class Negation:
    """A negation at ``text[start:end]`` and the stretch that it denies.

    The stretch begins at the negation itself where that is a verb, and after it elsewhere.
    """

    start: int
    end: int
    scope: Span
    is_verb: bool = False


def negations(text: str, language: Language) -> list[Negation]:
    """Return the negations of `text` from left to right; two over the same words are none."""
    kept: list[Negation] = []
    for one in sorted(_found(text, language), key=lambda found: (found.start, -found.end)):
        last = kept[-1] if kept else None
        if last and one.start < last.scope.end and last.start <= one.start:
            between = text[max(last.end, last.scope.start) : one.start].split()
            if one.is_verb and not last.is_verb and len(between) <= _NEAR:
                kept.pop()  # "did not rule out"
                continue
            twice = last.is_verb or _WITHOUT.match(text, last.start)
            if twice and _NONE.match(text, one.start):
                continue  # « sans aucune », "denied any": said twice, meant once
            kept[-1] = replace(last, scope=Span(last.scope.start, max(one.start, last.end)))
        kept.append(one)
    return kept


def assents(text: str, language: Language) -> list[Span]:
    """Return where `text` says that somebody agreed, confirmed or admitted, undenied."""
    denied = [one.scope for one in negations(text, language)]
    found = [Span(*match.span()) for match in _ASSENTS[language].finditer(text)]
    return [
        span for span in found if not any(span.start < d.end and d.start < span.end for d in denied)
    ]


def ways(text: str, language: Language) -> frozenset[tuple[int, bool]]:
    """Return which way `text` goes in each pair of opposites that it speaks of.

    The number of the pair, and true for its first half; what is denied goes the other way.
    """
    denied = [one.scope for one in negations(text, language)]
    return frozenset(
        (pair, (half == 0) != any(match.start() < d.end and d.start < match.end() for d in denied))
        for pair, halves in enumerate(_WAYS)
        for half, pattern in enumerate(halves)
        for match in pattern.finditer(text)
    )


def _found(text: str, language: Language) -> Iterator[Negation]:
    waived = [match.span() for pattern in (_MODAL, _NOT_ONLY) for match in pattern.finditer(text)]
    for match in _NEGATIONS[language].finditer(text):
        start, end = match.span()
        if any(start < last and first < end for first, last in waived):
            continue
        inside = match.groupdict().get("ne")
        begin = match.start("ne") if inside else end
        yield Negation(start, end, Span(begin, _clause_end(text, end)))
    for match in _REFUSALS[language].finditer(text):
        scope = Span(match.start(), _clause_end(text, match.end()))
        yield Negation(*match.span(), scope, is_verb=True)


def _clause_end(text: str, start: int) -> int:
    border = _BORDER.search(text, start)
    return border.start() if border else len(text)
