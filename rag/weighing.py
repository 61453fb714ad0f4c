"""Evidence weighed so that no document takes an answer by being loud.

Loud are several documents at once that repeat the question as it was asked, or that each say
all of it: few statements do, planted texts must. They are believed where nothing else answers.
Where something does, it is said first, and after it what they say, with their titles. One document
that has the very question is a page of questions and answers, and speaks as any other.
"""

from collections.abc import Callable, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, replace
from typing import Protocol

from rag.close_reading import Ranker
from rag.evidence import Evidence
from rag.question import AnalysedQuestion
from rag.retrieval import Found
from rag.stuffing import repeats, words

_WHOLE = 0.9  # of the question's tokens
_COVERING = 0.65  # of them, which no passage lacks that repeats the question but for a word
# Words of a question and documents that say all of it: together so many, and at least so many
# of each, met 5 of 1,318 questions of which nobody had planted the answer.
_TOGETHER, _LEAST_WORDS, _LEAST_DOCUMENTS = 6, 3, 2
_SURE = 0.5  # confidence from which others answer well enough to be said first
_BEHIND = 1.0  # log-odds that the loud are put behind: near enough to be said after all


class Judge(Protocol):
    """Tells how likely the best evidence answers."""

    def confidence(self, question: AnalysedQuestion, evidence: Sequence[Evidence]) -> float: ...


@dataclass(frozen=True, slots=True)
class Weighed:
    """The sentences that may answer, best first, how likely they do, and their passages."""

    evidence: Sequence[Evidence]
    confidence: float
    found: Sequence[Found]


@dataclass(frozen=True, slots=True)
class Weighing:
    """Ranks the sentences of what was found with `ranker`, and asks `judge` whether they answer."""

    ranker: Ranker
    judge: Judge

    def weigh(
        self,
        question: AnalysedQuestion,
        found: Sequence[Found],
        *,
        further: Callable[[], Sequence[Found]],
    ) -> Weighed:
        """Return what answers `question`: what is loud comes after what is not.

        Where something is, `further` gives more than was `found`, the best first.
        """
        everything = self._ranked(question, found)
        if not _repeating(question, found) and not _crowd(question, everything.evidence):
            return everything
        everything = replace(everything, found=further())
        made = _repeating(question, everything.found)
        made = made if len(made) >= _LEAST_DOCUMENTS else frozenset()
        weighed = self._put_behind(question, everything, made) or everything
        rest = [one for one in weighed.evidence if _document(one.found) not in made]
        if crowd := _crowd(question, rest):
            return self._put_behind(question, everything, made | crowd) or weighed
        return weighed

    def _ranked(self, question: AnalysedQuestion, found: Sequence[Found]) -> Weighed:
        evidence = self.ranker.rank(question, found)
        return Weighed(evidence, self.judge.confidence(question, evidence), found)

    def _put_behind(
        self, question: AnalysedQuestion, weighed: Weighed, loud: AbstractSet[str]
    ) -> Weighed | None:
        """Return `weighed` with the `loud` documents behind others; None where none answers."""
        if not loud:
            return None
        others = self._ranked(question, [f for f in weighed.found if _document(f) not in loud])
        if others.confidence < _SURE:
            return None
        asked, most = words(question.text), others.evidence[0].log_odds - _BEHIND
        behind = [
            replace(one, log_odds=min(one.log_odds, most))
            for one in weighed.evidence
            if _document(one.found) in loud and not repeats(asked, words(one.text))
        ]
        last = [one for one in weighed.found if _document(one) in loud]
        return Weighed([*others.evidence, *behind], others.confidence, [*others.found, *last])


def _crowd(question: AnalysedQuestion, evidence: Sequence[Evidence]) -> AbstractSet[str]:
    """Return the documents that say all of the question, where they are too many."""
    asked = max(map(len, question.groups.values()))
    whole = {_document(one.found) for one in evidence if one.measures["tokens"] >= _WHOLE}
    many = len(whole) >= max(_LEAST_DOCUMENTS, _TOGETHER - asked)
    return whole if many and asked >= _LEAST_WORDS else frozenset()


def _repeating(question: AnalysedQuestion, found: Sequence[Found]) -> AbstractSet[str]:
    """Return the documents whose passages have the question as it was asked."""
    asked = words(question.text)
    return {
        _document(one)
        for one in found
        if one.measures["tokens"] >= _COVERING and repeats(asked, words(_all_of(one)))
    }


def _all_of(found: Found) -> str:
    """Return a passage under its title and headings."""
    stored = found.hit.stored
    passage = stored.passage
    return "\n".join([stored.document.title, *passage.heading_path, passage.text])


def _document(found: Found) -> str:
    return found.hit.stored.document.id
