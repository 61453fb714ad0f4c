"""A sentence as what it claims: its telling words, numbers, dates and names.

These parts of a claim are its *units*; `rag.claims.claim_reading` tells which of them a sentence
of a passage covers.
"""

import re
from collections.abc import Set as AbstractSet
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from documents.models import Language, Span
from index.token_vectors import Floats
from rag.claims.dates_said import Day
from rag.claims.facts import Facts, facts_of
from rag.claims.names_said import Name
from rag.claims.number_forms import Number
from rag.claims.word_alignment import Word, WordAligner, telling_words, within

_NUMBER_WEIGHT, _DAY_WEIGHT, _NAME_WEIGHT = 1.5, 1.0, 1.2
_SPEAKER_WEIGHT = 0.6
_SPEECH_WEIGHT = 0.3
# Greetings, offers and announcements claim nothing that a document could prove.
_NO_CLAIM = re.compile(
    r"\W*(?:voici|voil[àa]|bonjour|bonsoir|merci|n[’']h[ée]sitez|j[’']esp[èe]re|bien s[ûu]r|"
    r"d[’']accord|en r[ée]sum[ée]\s*:|here (?:is|are)|hello|hi\b|thank|sure\b|of course|"
    r"i hope|let me|please|feel free|certainly|in summary\s*:)",
    re.IGNORECASE,
)
# What a model says of where it has it from is not what it says.
_BY_THE_DOCUMENTS = re.compile(
    r"\b(?:according to|based on|selon|d[’']apr[èe]s)\s(?:the|these|les|ces|l[’']|le)\s?(?:\w+\s)?"
    r"(?:documents?|passages?|sources?|textes?|texts?|articles?|extraits?|excerpts?)\b",
    re.IGNORECASE,
)
# Verbs that help others, and those that translate into anything.
_LIGHT = re.compile(
    r"(?:dev(?:r|ai)|pourr|pouv|voul|voud)\w+|doi[ts]|doivent|fai(?:re|t|ts|tes|sant)|font|"
    r"mett?re|mis|make|made|makes|making|take|takes|took|taken|get|gets|got|"
    r"come|came|go|goes|going|went"
)
# That something was said, and that it is rough, weighs little: other words may say it too.
_SAYING = re.compile(
    r"(?:dit|disent|declar|affirm|assur|estim|precis|indiqu|annonc|ajout|expliqu|soulign|say|said|"
    r"told|tell|insist|warn|announc|add|claim|state|accord|apres|rapport|report|environ|about|some|"
    r"pres|quelqu)\w{0,4}"
)


@dataclass(frozen=True)
class Claim:
    """A sentence to prove, in its language; `known` are words that are surely names."""

    text: str
    language: Language
    known: AbstractSet[str] = frozenset()

    @cached_property
    def facts(self) -> Facts:
        """The numbers, dates, names, speakers and negations."""
        return facts_of(self.text, self.language, known=self.known)

    @cached_property
    def words(self) -> tuple[Word, ...]:
        """The telling words outside of all facts."""
        facts = self.facts
        spans = [*map(_span, facts.numbers), *map(_span, facts.days), *map(_span, facts.names)]
        spans += [Span(*match.span()) for match in _BY_THE_DOCUMENTS.finditer(self.text)]
        words = telling_words(self.text, self.language)
        return tuple(
            word
            for word in words
            if not within(word, spans) and not _LIGHT.fullmatch(word.spelling)
        )

    @property
    def claims_nothing(self) -> bool:
        """Tell whether there is nothing to prove."""
        facts = self.facts
        checkable = len(facts.numbers) + len(facts.days) + len(facts.names)
        announces = self.text.rstrip().endswith(":")
        greets = checkable == 0 and _NO_CLAIM.match(self.text) is not None
        return checkable + len(self.words) == 0 or announces or greets

    def weights(self, aligner: WordAligner) -> Floats:
        """Return how much each unit counts, ``float32 (units,)``: words, then the facts."""
        words = aligner.weights(self.words)
        speech = [_SAYING.fullmatch(word.spelling) is not None for word in self.words]
        words = np.where(speech, words * _SPEECH_WEIGHT, words)
        facts = self.facts
        rest = [_NUMBER_WEIGHT] * len(facts.numbers)
        rest += [_DAY_WEIGHT] * len(facts.days)
        rest += [
            _NAME_WEIGHT
            if not any(_touch(Span(name.start, name.end), who) for who in facts.speakers)
            else _SPEAKER_WEIGHT
            for name in facts.names
        ]
        return np.concatenate([words, np.array(rest, np.float32)]).astype(np.float32)

    @cached_property
    def spans(self) -> list[Span]:
        """Where the units stand, in the order of `weights`."""
        facts = self.facts
        units: list[Word | Number | Day | Name]
        units = [*self.words, *facts.numbers, *facts.days, *facts.names]
        return [_span(unit) for unit in units]

    @property
    def statement(self) -> Floats:
        """1 for each unit that states something, 0 for names and for who is said to speak."""
        speakers, n_names = self.facts.speakers, len(self.facts.names)
        states = [not any(_touch(span, who) for who in speakers) for span in self.spans]
        if n_names:
            states[-n_names:] = [False] * n_names
        return np.array(states, np.float32)


def _span(unit: Word | Number | Day | Name) -> Span:
    return Span(unit.start, unit.end)


def _touch(one: Span, other: Span) -> bool:
    return one.start < other.end and other.start < one.end
