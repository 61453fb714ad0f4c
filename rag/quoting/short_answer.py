"""The few words of a sentence that answer: a name, a date, a number with its unit, a reason.

A candidate of the kind that is asked for wins by standing near the words of the question. Where
none does clearly, there is no short answer: none is better than a wrong one.
"""

from collections.abc import Mapping
from typing import Final

from documents.models import Language, Span
from rag.question import AnalysedQuestion
from rag.quoting.answer_candidates import PAUSES, Reading, candidates, read
from rag.quoting.wanted import Wanted, wanted_of

# How near the best must be, and how many times as near as the next: chosen on half of the
# development questions (benchmarks/short_answers.py).
_SURE: Final[Mapping[Wanted, tuple[float, float]]] = {
    "person": (0.1, 1.2),
    "place": (0.1, 2.0),
    "name": (0.2, 1.2),
    "year": (0.1, 1.2),
    "date": (0.1, 1.0),
    "count": (0.3, 1.0),
}
_PAUSE: Final = 3  # words that a comma or an "and" counts as


def short_answer(question: AnalysedQuestion, sentence: str, language: Language) -> Span | None:
    """Return the span of the short answer in `sentence`, which is in `language`, or None."""
    wanted = wanted_of(question.text)
    if wanted == "nothing":
        return None
    reading = read(question, sentence, language)
    scored = sorted(
        (
            (one.fitness * _nearness(one.span, reading), one.span)
            for one in candidates(wanted, reading)
        ),
        key=lambda pair: (-pair[0], pair[1]),
    )
    least, margin = _SURE.get(wanted, (0.1, 1.0))
    if not scored or scored[0][0] < least:
        return None
    if len(scored) > 1 and scored[0][0] < margin * scored[1][0]:
        return None
    return scored[0][1]


def _nearness(span: Span, reading: Reading) -> float:
    """Return how near the words of the question stand to `span`, the nearest of each."""
    nearest: dict[int, float] = {}
    words, text = reading.words, reading.text
    first = next((i for i, word in enumerate(words) if word.end > span.start), len(words))
    after = next((i for i, word in enumerate(words) if word.start >= span.end), len(words))
    for i, word in enumerate(words):
        if not word.groups:
            continue
        if first <= i < after:
            distance = 1
        elif i < first:
            distance = first - i + _PAUSE * len(PAUSES.findall(text, word.end, span.start))
        else:
            distance = i - after + 1 + _PAUSE * len(PAUSES.findall(text, span.end, word.start))
        for group in word.groups:
            nearest[group] = max(nearest.get(group, 0.0), 1 / (2 + distance))
    return sum(nearest.values())
