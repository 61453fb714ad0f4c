"""A follow-up that a language model put into other words: whether it still is what was asked.

The model may have invented, answered, obeyed what stands in the conversation, or dropped the one
word that mattered. Surface rules tell; where they err, they err by refusing, and the question
that code completed is taken.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Self

from documents.language import is_in
from documents.models import Language
from documents.normalization import fold
from documents.sentences import sentence_spans
from index.analyzer import terms
from index.tokenizer import tokens
from rag.answer_kind import question_kind
from rag.claims.exonyms import known_things
from rag.claims.facts import facts_of
from rag.conversation.follow_ups import standalone
from rag.models import Turn
from rag.question import Translator

_LONGEST = 300  # characters
_ENOUGH = 0.5  # of the telling words
_VERB_FIRST = re.compile(r"[^\W\d_]+-(?:t-)?(?:ils?|elles?|on|ce|je|tu|nous|vous)\b")


@dataclass(frozen=True, slots=True)
class FollowUp:
    """A question that leans on `history`, oldest first; `completed` is what the rules make of it.

    Both are in `language`.
    """

    text: str
    completed: str
    history: Sequence[Turn]
    language: Language


def is_faithful(wording: str, asked: FollowUp, translator: Translator) -> bool:
    """Tell whether `wording`, plain text, may be searched for and shown instead of `asked`.

    It is one question in the same language, which needs no history and repeats none, about what
    the rules see too. Each name, number and date in it was said, and none of `asked` is lost.
    """
    return (
        _is_one_question(wording, asked.language)
        and standalone(wording, asked.history, language=asked.language) is None
        and fold(wording) not in {fold(turn.question) for turn in asked.history}
        and question_kind(asked.text) in ("thing", question_kind(wording))
        and _says_what_was_said(wording, asked, translator)
    )


def _is_one_question(wording: str, language: Language) -> bool:
    return (
        len(wording) <= _LONGEST
        and wording.endswith("?")
        and len(sentence_spans(wording)) == 1
        and is_in(wording, language)
    )


def _says_what_was_said(wording: str, asked: FollowUp, translator: Translator) -> bool:
    turns = [part for turn in asked.history for part in (turn.question, turn.answer)]
    everything = "\n".join([*turns, asked.text, asked.completed])
    said = _Said.by(everything, asked.language, translator)
    again = _Said.by(wording, asked.language, translator)
    telling, before = (terms(text, asked.language) for text in (wording, asked.text))
    return (
        said.names_all_of(wording)
        and said.share(telling) >= _ENOUGH
        and again.names_all_of(asked.text)
        and again.share(before) >= _ENOUGH
        and _Said.by(asked.completed, asked.language, translator).share(telling) > 0
    )


def _facts(question: str, language: Language) -> list[str]:
    """Return the terms of `question` that name, count or date something, known things apart."""
    for span, _ in reversed(known_things(question)):
        question = question[: span.start] + question[span.end :]
    facts = facts_of(question, language)
    counted = [question[one.start : one.end] for one in facts.numbers]
    dated = [question[day.start : day.end] for day in facts.days]
    words = tokens(question)
    if _VERB_FIRST.match(question):
        words = words[1:]
    marked = [word for word in words if any(map(_is_mark, word))]
    return terms(" ".join([*marked, *counted, *dated]), language)


def _is_mark(character: str) -> bool:
    return character.isupper() or character.isdigit()


@dataclass(frozen=True, slots=True)
class _Said:
    """The terms of a text that may mix both languages, and the known things that it names."""

    language: Language
    own: frozenset[str]
    foreign: frozenset[str]
    things: frozenset[str]
    translator: Translator

    @classmethod
    def by(cls, text: str, language: Language, translator: Translator) -> Self:
        other: Language = "en" if language == "fr" else "fr"
        things = frozenset(key for _, key in known_things(text))
        own, foreign = (frozenset(terms(text, spoken)) for spoken in (language, other))
        return cls(language, own, foreign, things, translator)

    def names_all_of(self, question: str) -> bool:
        """Tell whether each name, number and date of `question` is said, in either language."""
        things = {key for _, key in known_things(question)}
        return self.things >= things and all(map(self._has, _facts(question, self.language)))

    def share(self, asked: Sequence[str]) -> float:
        """Return the share of the terms `asked` that are said; 1 of none."""
        return sum(map(self._has, asked)) / len(asked) if asked else 1.0

    def _has(self, term: str) -> bool:
        translations = self.translator.translate(term, source=self.language)
        return term in self.own or any(other in self.foreign for other, _ in translations)
