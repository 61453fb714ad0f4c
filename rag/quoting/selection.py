"""Which sentences answer: the best, and what adds to it without being much less likely.

A question that asks for a list ("Which countries …") takes more of them, from several documents,
and goes further down for those that hold what is asked for.
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Final

from rag.answer_kind import Kind, holds
from rag.evidence import Evidence
from rag.question import AnalysedQuestion
from rag.quoting.quotable import is_quotable
from rag.quoting.repetition import adds_nothing, say_the_same
from rag.quoting.wanted import Wanted, asks_for_several, wanted_of

_MOST = 3  # sentences; a list has as many where nothing more is named
_MOST_OF_A_LIST = 5
_MOST_OF_ONE_DOCUMENT = 3  # sentences of a list
_WIDER = 2.0  # times the margin, for what a list lacks
_PASSAGE_BEHIND = 3.0  # log-odds that its passage may be less relevant
_AS_COVERED = 0.85  # share of what the best covers that such a sentence must cover
# What is listed by name.
_NAMED: Final[Mapping[Wanted, Kind]] = {"person": "person", "place": "place", "name": "place"}


def quotable(
    question: AnalysedQuestion, evidence: Sequence[Evidence], *, margin: float
) -> list[Evidence]:
    """Return the sentences fit to be quoted that `select` may choose from; `evidence` is ranked.

    They are in the language of the best of them, and not much less likely.
    """
    fit: list[Evidence] = []
    margin *= _WIDER if asks_for_several(question.text) else 1
    for one in evidence:
        if fit and (one.language != fit[0].language or not _is_near(one, fit[0], margin)):
            continue
        if not one.sentence.heading and is_quotable(one.text):
            fit.append(one)
    return fit


def select(
    question: AnalysedQuestion, evidence: Sequence[Evidence], *, margin: float
) -> list[Evidence]:
    """Return the sentences to say, best first; `evidence` is quotable, best first."""
    chosen: list[Evidence] = []
    if asks_for_several(question.text):
        named = (one for one in evidence if _belongs_to_list(question, one, evidence[0], margin))
        _add(chosen, [*evidence[:1], *named], most=_MOST_OF_A_LIST, of_one=_MOST_OF_ONE_DOCUMENT)
    _add(chosen, (one for one in evidence if _is_near(one, evidence[0], margin)), most=_MOST)
    return sorted(chosen, key=lambda one: -one.log_odds)


def _add(
    chosen: list[Evidence], evidence: Iterable[Evidence], *, most: int, of_one: int | None = None
) -> None:
    """Add to `chosen` what says something new, up to `most` in all and `of_one` a document."""
    for one in evidence:
        if len(chosen) >= most:
            return
        document = one.found.hit.stored.document.id
        beside = sum(other.found.hit.stored.document.id == document for other in chosen)
        if beside != of_one and not any(_is_said(one, other) for other in chosen):
            chosen.append(one)


def _is_near(one: Evidence, best: Evidence, margin: float) -> bool:
    return one.log_odds >= best.log_odds - margin


def _belongs_to_list(
    question: AnalysedQuestion, one: Evidence, best: Evidence, margin: float
) -> bool:
    """Tell whether a sentence speaks of the same as the best, and names what is asked for.

    What names it may be less likely; where no names are asked for ("the risks"), it may not.
    """
    if one.measures["tokens"] < _AS_COVERED * best.measures["tokens"]:
        return False
    if one.found.log_odds < best.found.log_odds - _PASSAGE_BEHIND:
        return False
    kind = _NAMED.get(wanted_of(question.text))
    if kind is None:
        return _is_near(one, best, margin)
    return _is_near(one, best, _WIDER * margin) and holds(kind, one.text, question.text)


def _is_said(one: Evidence, other: Evidence) -> bool:
    return say_the_same(one.text, other.text) or adds_nothing(one.text, other.text)
