"""The extractive generator: one to three sentences of the documents, in readable order.

It adds no word of its own, except to announce a quote that is in the other language.
"""

from collections.abc import Sequence
from dataclasses import dataclass

from documents.models import Language
from documents.normalization import fold
from rag.evidence import Evidence
from rag.phrases import framed_quote, quoted
from rag.question import AnalysedQuestion

NAME = "extractive"
_MOST_SENTENCES = 3
_ALIKE = 0.8  # share of common words above which two sentences say the same


@dataclass(frozen=True, slots=True)
class Draft:
    """A sentence of an answer and the evidence that it quotes."""

    text: str
    evidence: Evidence


@dataclass(frozen=True, slots=True)
class ExtractiveGenerator:
    """Picks what to quote.

    `margin` is how much less likely, in log-odds, a further sentence may be than the best one.
    """

    margin: float = 1.5

    def draft(self, question: AnalysedQuestion, evidence: Sequence[Evidence]) -> list[Draft]:
        """Return the sentences of the answer, in the order they are to be read."""
        chosen = self._choose(evidence)
        ids = [one.found.hit.stored.document.id for one in chosen]
        chosen.sort(
            key=lambda one: (ids.index(one.found.hit.stored.document.id), one.sentence.start)
        )
        drafts: list[Draft] = []
        announced: str | None = None
        for one in chosen:
            document = one.found.hit.stored.document
            text = _spoken(one, question.language, announce=document.id != announced)
            drafts.append(Draft(text, one))
            announced = document.id
        return drafts

    def _choose(self, evidence: Sequence[Evidence]) -> list[Evidence]:
        chosen: list[Evidence] = []
        for one in evidence:
            if one.language != evidence[0].language:
                break
            if chosen and one.log_odds < chosen[0].log_odds - self.margin:
                break
            if not any(_alike(one.text, other.text) for other in chosen):
                chosen.append(one)
            if len(chosen) == _MOST_SENTENCES:
                break
        return chosen


def _spoken(evidence: Evidence, language: Language, *, announce: bool) -> str:
    """Return the sentence on one line; quoted, when it is in the other language.

    The quote is announced with its document, unless the quote before was from there too.
    """
    text = " ".join(evidence.text.split("\n"))
    if evidence.language == language:
        return text
    document = evidence.found.hit.stored.document
    if not announce:
        return quoted(text, language)
    return framed_quote(
        text, title=document.title, published_at=document.published_at, language=language
    )


def _alike(one: str, other: str) -> bool:
    """Tell whether two sentences share nearly all their words (wire copy, a repeated lead)."""
    first, second = set(fold(one).split()), set(fold(other).split())
    return len(first & second) >= _ALIKE * min(len(first), len(second))
