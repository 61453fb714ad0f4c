"""One thing put in the place of another of its kind: "Germany" for "France" in a question."""

import re
from collections.abc import Sequence
from dataclasses import dataclass

from documents.models import Language
from documents.normalization import fold
from rag.conversation.contractions import contracted
from rag.conversation.mentions import FUNCTION_WORDS, Mention, MentionKind, mentions
from rag.conversation.question_frames import marked, translated, unmarked
from rag.conversation.referents import Topic

_THAT_OF = re.compile(
    r"(?:celui|celle|ceux|celles|that|those|the one|the ones) (?=d|of|in)", re.IGNORECASE
)
_COUNTED = re.compile(
    r"(?P<asked>combien d(?:e |['’])|how many )(?P<what>[^\W\d_]+)", re.IGNORECASE
)
_PARTS = re.compile(
    r"(?P<lead>(?:pour|for|en|in|au|aux|à|dans|at|on|from|depuis|since|chez|de|du|des|of|d['’]|"
    r"with|avec|sur|by|par|contre|against|about)(?= |(?<=['’])) ?)?"
    r"(?P<article>(?:les|le|la|the|une|un|an|a) |l['’])?(?P<core>.+)",
    re.IGNORECASE | re.DOTALL,
)
_OF = frozenset({"de", "du", "des", "d'", "of"})
_THERE = frozenset({"en", "au", "aux", "à", "dans", "in", "at"})
# What a thing can take the place of, the likeliest kind first.
_LIKE: dict[MentionKind, tuple[MentionKind, ...]] = {
    "date": ("date",),
    "number": ("number",),
    "place": ("place", "name"),
    "person": ("person", "name", "place"),
    "name": ("name", "person", "place"),
    "noun": ("noun",),
}


@dataclass(frozen=True, slots=True)
class _Piece:
    """A fragment taken apart: "pour", "l’", "Espagne"; `lead` is lower case."""

    text: str
    lead: str
    article: str
    core: str

    @property
    def bare(self) -> str:
        return f"{self.article}{self.core}"


def replaced(fragment: str, topic: Topic, language: Language) -> str:
    """Return the question of `topic` with `fragment` in the place of what is of its kind."""
    question = unmarked(topic.question)
    that_of = _THAT_OF.match(fragment)
    piece = _taken_apart(fragment[that_of.end() :] if that_of else fragment)
    named = mentions(question, topic.language)
    if that_of is None or _kind(piece, language) == "date":
        target = _target(piece, _kind(piece, language), named)
    else:  # "Et celui de l'électricité ?"
        target = next((mention for mention in named if mention.lead in _OF), None)
    counted = _COUNTED.match(question)
    if counted and piece.text[-1] in "sx" and (target is None or target.kind == "noun"):
        new = _counting(counted, piece.core) + question[counted.end() :]
    elif target is None:
        new = f"{question} {piece.text}" if piece.lead else f"{question} ({piece.text})"
    else:
        new = _exchanged(question, target, piece, topic.language)
    if topic.language != language:
        new = translated(new, language)
    return marked(new, language)


def _taken_apart(fragment: str) -> _Piece:
    first = fold(fragment).split()[:1]
    if first and first[0] in FUNCTION_WORDS:
        fragment = fragment[0].lower() + fragment[1:]
    match = _PARTS.fullmatch(fragment)
    if match is None:
        return _Piece(fragment, "", "", fragment)
    lead = (match["lead"] or "").strip().lower().replace("’", "'")
    return _Piece(fragment, lead, match["article"] or "", match["core"])


def _kind(piece: _Piece, language: Language) -> MentionKind:
    found = mentions(f"… {piece.text}", language)
    if found:
        return found[0].kind
    return "name" if piece.text[:1].isupper() else "noun"


def _target(piece: _Piece, kind: MentionKind, named: Sequence[Mention]) -> Mention | None:
    """Return what the piece takes the place of: of names the last, of nouns the first."""
    for wanted in _LIKE[kind]:
        fitting = [mention for mention in named if mention.kind == wanted]
        if kind == "noun" and piece.lead:
            fitting = [mention for mention in fitting if mention.lead == piece.lead]
        if wanted != "place" and kind == "place" and piece.lead:
            fitting = []  # "in Germany" tells where, it is no new "Renault"
        if fitting:
            return fitting[0] if kind == "noun" else fitting[-1]
    return None


def _exchanged(question: str, target: Mention, piece: _Piece, spoken: Language) -> str:
    before = question[: target.start]
    if target.lead and before.rstrip().lower().replace("’", "'").endswith(target.lead):
        before = before.rstrip()[: -len(target.lead)]
        new = before + _led(target, piece, spoken)
    else:
        new = before + piece.bare
    after = question[target.end :]
    if " " in piece.text:  # "50 Go" for the 10 of "10 Go"
        after = after.removeprefix(f" {piece.text.rpartition(' ')[2]}")
    return new + after


def _led(target: Mention, piece: _Piece, spoken: Language) -> str:
    """Return the piece with the preposition that the place of `target` needs."""
    if target.lead in _OF and piece.lead not in _OF:
        return f"of {piece.bare}" if target.lead == "of" else contracted("de", piece.bare)
    if piece.lead and piece.lead not in ("pour", "for"):
        return piece.text
    if target.lead in _THERE and spoken == "fr":
        if piece.article.strip().lower().replace("’", "'") in ("la", "l'"):
            return f"en {piece.core}"
        return contracted("à", piece.bare)
    return f"{target.lead} {piece.bare}"


def _counting(counted: re.Match[str], what: str) -> str:
    """Return "combien de blessés" for "combien d'habitants" and "blessés"."""
    if counted["asked"].lower().startswith("how"):
        return f"{counted['asked']}{what}"
    return f"{counted['asked'][:7]} {contracted('de', what)}"
