"""Who « Il » is: what a sentence needs beside it to be understood alone.

A sentence whose subject is only a pronoun leans on the one before. Where that one stands right
before and is short, both are quoted; else, where one name only can be meant, it is set in
brackets after the pronoun. Impersonal sentences (« Il faut », "It is clear that") lean on
nothing, and where it is not sure who is meant nothing is added.
"""

import re
from dataclasses import dataclass
from typing import Final, Literal

from documents.models import Language, Passage, Sentence
from documents.normalization import fold
from rag.quoting.expressions import Name, names
from rag.quoting.quotable import is_quotable

Reference = Literal["he", "she", "they", "it", "that"]

_SHORT = 30  # words of a sentence that is brought along
_BACK = 3  # sentences looked back at for a name
_LEAD_IN: Final = r"[«“\"\s]*(?:(?P<start>[^,.;:«“\"()]{2,45}), (?:[«“\"]\s?)?)?"
_PRONOUNS: Final[dict[Language, re.Pattern[str]]] = {
    "fr": re.compile(
        _LEAD_IN + r"(?P<pronoun>(?P<he>il|ce dernier|celui-ci)"
        r"|(?P<she>elle|cette dernière|celle-ci)"
        r"|(?P<they>ils|elles|ces derniers|ces dernières|ceux-ci|celles-ci)"
        r"|(?P<that>cela|ceci|ce(?= (?:n['’])?(?:est|sont|sera|fut|était))|"
        r"c(?=['’](?:est|était)\b)))(?![\w-])",
        re.IGNORECASE,
    ),
    "en": re.compile(
        _LEAD_IN + r"(?P<pronoun>(?P<he>he)|(?P<she>she)|(?P<it>it)"
        r"|(?P<they>they|these(?= (?:are|were|have|include|will))|the former|the latter)"
        r"|(?P<that>(?:this|that)(?= (?:is|was|means|meant|has|had|will|would|makes|made|led|"
        r"includes|represents|follows|came|comes)\b)))\b",
        re.IGNORECASE,
    ),
}
_REFERENCES: Final[tuple[Reference, ...]] = ("he", "she", "they", "it", "that")
# What follows a pronoun that stands for nothing.
_IMPERSONAL: Final[dict[Language, re.Pattern[str]]] = {
    "fr": re.compile(
        r"\s(?:n['’]|ne |s['’]en |en |y )?(?:\w+ )?(?:y (?:a|avait|aura|aurait|eut)|faut|fallait|"
        r"faudra|faudrait|fallut|fallu|s['’]agi\w*|pleu\w+|neig\w+|suffi\w*|convien\w+|convenait|"
        r"import\w+|arriv\w+ qu\w*|se (?:peut|pourrait)|en (?:va|est)|(?:vaut|vaudrait) mieux|"
        r"paraît qu\w*|semble qu\w*|semblerait|reste (?:à|d|que|encore|des?)|existe|existait|"
        r"manque|faisait|fait (?:beau|froid|chaud|nuit|jour)|est (?:\d+|une|midi|minuit))\b"
        r"|\s(?:n['’]|ne |lui |nous |leur )?(?:est|était|sera|serait|fut|semble|paraît|devient|"
        r"a été|reste)(?: pas| donc| aussi| très| également| encore| désormais)*"
        r" [«“\"]?\s?[\w-]+(?:é|ent|ant|ible|able|al|el|ain|ai|air|ile|eux|if|aire|ire|sûr)"
        r"\s?[»”\"]?(?: \w+)? (?:qu['’e]|de |d['’])",
        re.IGNORECASE,
    ),
    "en": re.compile(
        r" (?:is|was|will be|would be|may be|might be|has been|seems|seemed|appears|appeared|"
        r"remains|became|becomes)(?: not| also| still| now| very| too| quite| more| most| only)*"
        r" [\w-]+(?: \w+)? (?:that|to|for|who|whether|if|when|why|how)\b"
        r"| (?:rain\w*|snow\w*|turn(?:s|ed) out|follows that|takes|took|seems|appears|"
        r"happen(?:s|ed) that|does not matter|goes without)\b"
        r"| (?:is|was) (?:said|believed|thought|estimated|expected|known|reported|hoped|argued)\b"
        r"|['’]s \w+ (?:that|to)\b| (?:is|was) (?:in|on|at|during|only|not until)\b.* that\b"
        r"| (?:is|was) (?:raining|snowing|late|early|dark|cold|hot|noon|midnight|\d)",
        re.IGNORECASE,
    ),
}
_SAYS: Final = re.compile(
    r"\b(?:ajout|déclar|affirm|expliqu|précis|soulign|assur|estim|racont|confi|indiqu|annonc|répond|"
    r"appel|promis|salu|dénonc)\w*|\b(?:a dit|dit|said|says|added|told|explained|warned|announced|"
    r"argued|promised|wrote|recalled)\b"
)
_MASCULINE: Final = re.compile(
    r"\b(?:M\.|Mr\b|le |un |roi\b|king\b|président\b|directeur\b|lord\b|sir\b|prince\b|duc\b|"
    r"comte\b|empereur\b|maire |général\b|his\b)",
    re.IGNORECASE,
)
_FEMININE: Final = re.compile(
    r"\b(?:Mme\b|Mlle\b|Mrs\b|Ms\b|la |une |reine\b|queen\b|présidente\b|directrice\b|lady\b|"
    r"princesse\b|princess\b|duchesse\b|comtesse\b|impératrice\b|her\b)",
    re.IGNORECASE,
)
_PLURAL: Final = re.compile(r"\b(?:les|des|ces|the two|both)\s$", re.IGNORECASE)
_ARTICLE: Final = re.compile(r"\b(?:le|la|l['’]|les|des|du|au|the|of|de|d['’])\s?$", re.IGNORECASE)
_MANY: Final = re.compile(
    r"\b(?:les|des|ces|ses|leurs|plusieurs|deux|trois|quatre|et|and|two|three|four|several|many|"
    r"both|these|those|people|\w{3,}s)\b",
    re.IGNORECASE,
)
# In French a thing is « il » or « elle » too: a noun of that gender, by what stands before it.
_NOUN: Final[dict[str, re.Pattern[str]]] = {
    "he": re.compile(r"\b(?:le|un|ce|cet|son|au|du)\s\w|\bl['’]", re.IGNORECASE),
    "she": re.compile(r"\b(?:la|une|cette|sa)\s\w|\bl['’]", re.IGNORECASE),
}
_TITLE_ONLY: Final = re.compile(
    r"[«“\"\s]*(?:(?:Le|La|L['’]|The|Our|Notre|Son|Sa|M\.|Mme|Mr\.?|Mrs\.?|Ms\.?|Dr\.?)"
    r"(?:(?:\s|(?<=['’]))(?!(?:est|était|fut|sera|a|is|was|were|had|has|de|du|des|of|à|par|by|in|en)\b)"
    r"[\w'’-]++){0,5}\s)?"
)


@dataclass(frozen=True, slots=True)
class Antecedent:
    """The sentence that says who is meant.

    With a `name`, that name belongs in brackets at `at`, an offset within the sentence that
    needs it; without one, the sentence is to be read right before.
    """

    sentence: Sentence
    name: str | None = None
    at: int = 0


@dataclass(frozen=True, slots=True)
class _Pronoun:
    """A pronoun that is a subject; `end` is where it ends; `speaks` if what it does is to say."""

    reference: Reference
    end: int
    speaks: bool


def antecedent_of(passage: Passage, sentence: Sentence) -> Antecedent | None:
    """Return what `sentence`, one of `passage`, needs to be understood alone; None if unsure."""
    pronoun = _pronoun(_text(passage, sentence), passage.language)
    if pronoun is None or sentence not in passage.sentences:
        return None
    number = passage.sentences.index(sentence)
    before = passage.sentences[max(0, number - _BACK) : number]
    if not before or before[-1].heading:
        return None
    if _can_come_along(passage, before[-1], pronoun):
        return Antecedent(before[-1])
    return _bracketed(passage, before, pronoun)


def _text(passage: Passage, sentence: Sentence) -> str:
    return passage.text[sentence.start - passage.start : sentence.end - passage.start]


def _pronoun(text: str, language: Language) -> _Pronoun | None:
    """Return the pronoun that is the subject of `text`, None where it names who or what."""
    match = _PRONOUNS[language].match(text)
    if match is None or _IMPERSONAL[language].match(text, match.end("pronoun")):
        return None
    start = match["start"]
    if start and names(f"— {start}"):
        return None  # « Pour Anne Le Goff, il … » says whom it speaks of
    if not (match["pronoun"][0].isupper() or start):
        return None
    reference = next(one for one in _REFERENCES if match.groupdict().get(one))
    speaks = _SAYS.search(text, match.end("pronoun"), match.end("pronoun") + 30)
    return _Pronoun(reference, match.end("pronoun"), speaks is not None)


def _can_come_along(passage: Passage, before: Sentence, pronoun: _Pronoun) -> bool:
    """Tell whether the sentence right before says who is meant and is short enough."""
    text = _text(passage, before)
    if len(text.split()) > _SHORT or not is_quotable(text):
        return False
    if _PRONOUNS[passage.language].match(text):
        return False  # it says itself not whom or what it speaks of
    return _says_whom(text, pronoun, passage.language)


def _says_whom(text: str, pronoun: _Pronoun, language: Language) -> bool:
    """Tell whether `text` has a person or a thing that the pronoun can stand for."""
    if pronoun.reference == "they":
        return _MANY.search(text) is not None
    if pronoun.reference in ("it", "that") or _persons(text, pronoun):
        return True
    if pronoun.speaks or language == "en":
        return False
    return _NOUN[pronoun.reference].search(text) is not None


def _bracketed(
    passage: Passage, before: tuple[Sentence, ...], pronoun: _Pronoun
) -> Antecedent | None:
    """Return the one person who can be meant, as named nearest before the pronoun."""
    if pronoun.reference not in ("he", "she"):
        return None
    for back, sentence in enumerate(reversed(before)):
        text = _text(passage, sentence)
        if sentence.heading or (back and not pronoun.speaks):
            return None
        if found := _persons(text, pronoun):
            said = {fold(one.span.of(text)) for one in found}
            if _is_subject(found[0], text) and (len(said) == 1 or pronoun.speaks):
                return Antecedent(sentence, found[0].span.of(text), pronoun.end)
            return None
        if _pronoun(text, passage.language) is None or names(text):
            return None  # it speaks of something else, or may
    return None


def _persons(text: str, pronoun: _Pronoun) -> list[Name]:
    """Return the names in `text` that the pronoun can mean, as a person."""
    return [one for one in names(text) if _is_person(one, text) and _agrees(one, text, pronoun)]


def _is_person(name: Name, text: str) -> bool:
    if name.institution:
        return False
    before = text[max(0, name.span.start - 12) : name.span.start]
    return name.titled or (name.words > 1 and not _ARTICLE.search(before))


def _agrees(name: Name, text: str, pronoun: _Pronoun) -> bool:
    """Tell whether the title before the name, or its first word, allows the pronoun's gender."""
    if _PLURAL.search(text[: name.span.start]):
        return False
    near = [*text[: name.span.start].split()[-2:], name.span.of(text).split()[0]]
    said = f"{' '.join(near)} "
    other = {"he": _FEMININE, "she": _MASCULINE}.get(pronoun.reference)
    return other is None or not other.search(said)


def _is_subject(name: Name, text: str) -> bool:
    """Tell whether the name opens the sentence, with no more than its title before it."""
    return _TITLE_ONLY.fullmatch(text[: name.span.start]) is not None


def with_bracket(text: str, antecedent: Antecedent) -> str:
    """Return `text` with the name in brackets after its pronoun."""
    if antecedent.name is None:
        return text
    return f"{text[: antecedent.at]} [{antecedent.name}]{text[antecedent.at :]}"
