"""A question made ready for search: its language, what it asks for, its words in both languages.

Each word of the question becomes one *group* of weighted terms a passage language: the
word's own term where the passage is in the question's language, its likely translations
where it is in the other one. A group counts as one word when passages are scored
(probabilistic structured queries [1]), so a word with five translations weighs no more than
a name with none.

[1] Darwish and Oard, Probabilistic structured query methods, SIGIR 2003,
    https://doi.org/10.1145/860435.860497
"""

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Protocol

from documents.language import detect_question
from documents.models import LANGUAGES, Language
from documents.normalization import normalize
from index.analyzer import terms
from index.tokenizer import tokens
from rag.answer_kind import Kind, question_kind
from rag.errors import InvalidQuestion

Group = Mapping[str, float]

# A word that the lexicon translates may still stand as it is in the other language (names,
# cognates); one that it does not know surely does.
_SAME_WORD_BESIDE_TRANSLATIONS = 1.0


class Translator(Protocol):
    """Knows the likely translations of an index term."""

    def translate(self, term: str, *, source: Language) -> tuple[tuple[str, float], ...]: ...


@dataclass(frozen=True, slots=True)
class AnalysedQuestion:
    """A question with its language, its kind and its groups for passages of each language."""

    text: str
    language: Language
    kind: Kind
    groups: Mapping[Language, tuple[Group, ...]]


def analyse(
    text: str, *, translator: Translator, language: Language | None = None
) -> AnalysedQuestion:
    """Return `text`, normalised, made ready for search; `language` overrides what is detected.

    Raises:
        InvalidQuestion: `text` has no letter and no digit.
    """
    text = normalize(text).strip()
    if not any(character.isalnum() for character in text):
        raise InvalidQuestion("The question is empty: ask with at least one word.")
    spoken = language or detect_question(text)
    other: Language = "en" if spoken == "fr" else "fr"
    groups: dict[Language, list[Group]] = {name: [] for name in LANGUAGES}
    for token in dict.fromkeys(tokens(text)):
        own = terms(token, spoken)
        groups[spoken] += [{term: 1.0} for term in own]
        if own:
            groups[other] += _foreign_groups(token, own, spoken, other, translator)
    return AnalysedQuestion(
        text=text,
        language=spoken,
        kind=question_kind(text),
        groups={name: tuple(_distinct(found)) for name, found in groups.items()},
    )


def _foreign_groups(
    token: str, own: list[str], spoken: Language, other: Language, translator: Translator
) -> list[Group]:
    """Return a group a term of `token`: its translations, and the word as it stands."""
    groups: list[Group] = []
    as_it_stands = terms(token, other)
    for position, term in enumerate(own):
        group = dict(translator.translate(term, source=spoken))
        if position < len(as_it_stands):
            same = as_it_stands[position]
            weight = _SAME_WORD_BESIDE_TRANSLATIONS if group else 1.0
            group[same] = max(group.get(same, 0.0), weight)
        if group:
            groups.append(group)
    return groups


def _distinct(groups: list[Group]) -> list[Group]:
    return [group for position, group in enumerate(groups) if group not in groups[:position]]


def check_length(*texts: str, most: int) -> None:
    """Refuse questions of more than `most` characters.

    Raises:
        InvalidQuestion: one of them is longer.
    """
    longest = max(map(len, texts))
    if longest > most:
        raise InvalidQuestion(
            f"The question has {longest} characters, more than the {most} allowed: "
            "shorten it, or raise SOURCIER_MAX_QUESTION_CHARACTERS."
        )
