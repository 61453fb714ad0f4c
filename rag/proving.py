"""From drafts to an answer: quotes compared with the stored text, sentences laid out, numbered.

A quote that the store does not hold word for word is dropped, and with it a sentence that it
was the only one to prove.
"""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace
from typing import Protocol

from documents.records import StoredSpan
from rag.citations import cite, stored_span, verify
from rag.drafts import Draft, Quote
from rag.events import SentenceProved
from rag.models import AnswerSentence, Citation, ShortAnswer


class SpanStore(Protocol):
    """Gives stored text back, so that a quote can be checked, and the page it is on."""

    def spans(self, spans: Sequence[StoredSpan]) -> list[str | None]: ...

    def pages(self, spans: Sequence[StoredSpan]) -> list[int | None]: ...


@dataclass(slots=True)
class Proof:
    """The answer as far as it is proved; citations are numbered from 1, each quote once.

    `outdated` says that a quote was lost because its document was replaced or deleted meanwhile.
    """

    store: SpanStore
    text: str = ""
    sentences: list[AnswerSentence] = field(default_factory=list)
    citations: list[Citation] = field(default_factory=list)
    short_answer: ShortAnswer | None = None
    outdated: bool = False

    def add(self, draft: Draft) -> SentenceProved | None:
        """Return what `draft` adds to the answer, None where the store bears nothing of it out.

        A sentence that is flagged as unsupported needs no quote.
        """
        verified = self._verified(draft.quotes)
        if not verified and draft.support != "unsupported":
            return None
        known = len(self.citations)
        numbers = [self._number(citation) for citation in verified]
        space = " " if self.text else ""
        start = len(self.text) + len(space)
        self.text += space + draft.text
        sentence = AnswerSentence(
            draft.text, start, len(self.text), tuple(dict.fromkeys(numbers)), draft.support
        )
        self.sentences.append(sentence)
        self._shorten(draft, verified, numbers)
        return SentenceProved(space + draft.text, sentence, tuple(self.citations[known:]))

    def _verified(self, quotes: Sequence[Quote]) -> list[Citation]:
        spans = [stored_span(quote) for quote in quotes]
        cited = [cite(quote, number=0) for quote in quotes]
        stored = self.store.spans(spans)
        self.outdated |= None in stored
        checked = verify(cited, stored, self.store.pages(spans))
        return [citation for citation in checked if citation.verified]

    def _number(self, citation: Citation) -> int:
        for known in self.citations:
            if (known.passage_id, known.start, known.end) == (
                citation.passage_id,
                citation.start,
                citation.end,
            ):
                return known.number
        self.citations.append(replace(citation, number=len(self.citations) + 1))
        return len(self.citations)

    def _shorten(self, draft: Draft, verified: Sequence[Citation], numbers: Sequence[int]) -> None:
        """Keep the short answer of the first sentence that has one, if its quote is verified."""
        if self.short_answer or not draft.short or not verified:
            return
        citation, span = verified[0], draft.short
        if citation.quote != draft.quotes[0].text:
            return
        text = citation.quote[span.start - citation.start : span.end - citation.start]
        self.short_answer = ShortAnswer(text, numbers[0], span.start, span.end)
