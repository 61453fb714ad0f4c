"""English pronouns in a question: where they stand and what they can stand for."""

import re

from rag.conversation.mentions import FUNCTION_WORDS
from rag.conversation.pronouns import Anaphor, Form, Want, named_again

_TIMES = "year|month|week|day|morning|century|decade|time"
PATTERN = re.compile(
    r"\b(?:(?P<word>he|she|him|herself|himself|they|them|it|itself|there)"
    r"|(?P<own>his|its|their)(?= \w)|(?P<her>her)"
    rf"|(?P<this>this|these|those)(?: (?!{_TIMES})(?P<noun>[a-z]\w+))?"
    # "that" after these words is no conjunction
    r"|(?:(?<=for )|(?<=of )|(?<=in )|(?<=to )|(?<=about )|(?<=against )|(?<=by )|(?<=with )"
    r"|(?<=is )|(?<=was )|(?<=does )|(?<=did )|(?<=has )|(?<=are )|(?<=will )|(?<=can )|^)"
    rf"(?P<that>that)(?: (?!{_TIMES})(?P<thing>[a-z]\w+)|(?= *$))"
    r"|(?P<then>then|next|afterwards?|since|before)(?= *$))\b",
    re.IGNORECASE,
)
_VERBS = frozenset({
    "affect", "apply", "change", "changed", "cost", "costs", "happen", "happened", "important",
    "legal", "matter", "mean", "means", "possible", "true", "work", "works",
    "is", "was", "are", "were", "do", "does", "did",
})  # fmt: skip
_WANTED: dict[str, Want] = {
    "it": "thing", "itself": "thing", "its": "thing", "they": "any", "them": "any",
    "their": "any", "there": "place",
}  # fmt: skip
_FORMS: dict[str, Form] = {
    "she": "f", "her": "f", "herself": "f", "he": "m", "him": "m", "himself": "m", "his": "m",
    "they": "plural", "them": "plural", "their": "plural",
}  # fmt: skip


def read(text: str, match: re.Match[str]) -> Anaphor | None:
    """Return what the pronoun of `match` asks for, None where it points at nothing."""
    start, end = match.span()
    if match["this"] or match["that"]:
        return _demonstrative(text, match)
    if match["then"]:
        return Anaphor(start, end, "any")
    word = match.group().lower()
    want, form = _WANTED.get(word, "person"), _FORMS.get(word, "")
    if word == "there":
        return Anaphor(start, end, want, form, lambda name: f"in {name}")
    owns = match["own"] or (match["her"] and re.match(r" [a-z]", text[end:]))
    return Anaphor(start, end, want, form, _possessive if owns else str)


def _demonstrative(text: str, match: re.Match[str]) -> Anaphor | None:
    start, end = match.span()
    noun = match["noun"] or match["thing"]
    if noun is None and text[end:].strip():  # "at this time"
        return None
    if noun is None or noun in _VERBS:
        return Anaphor(start, end, "all")
    if noun in FUNCTION_WORDS:  # "those with ..."
        return None
    return Anaphor(start, end, "any", "", named_again(noun))


def _possessive(name: str) -> str:
    return f"{name}’s"
