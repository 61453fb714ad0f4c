"""Citations: made by code from spans of stored text, and checked before they are shown.

The invariant of every citation: ``document.text[c.start:c.end] == c.quote``. `verified`
says that this was checked against the text as the store holds it now.
"""

from collections.abc import Sequence
from dataclasses import replace

from documents.records import StoredSpan
from rag.evidence import Evidence
from rag.models import Citation


def cite(evidence: Evidence, *, number: int) -> Citation:
    """Return the citation of the sentence that is `evidence`, not yet verified.

    Its page is still that on which the passage starts.
    """
    stored, sentence = evidence.found.hit.stored, evidence.sentence
    passage, document = stored.passage, stored.document
    return Citation(
        number=number,
        document_id=document.id,
        passage_id=stored.id,
        title=document.title,
        url=document.url,
        published_at=document.published_at,
        language=passage.language,
        page=passage.page,
        quote=passage.text[sentence.start - passage.start : sentence.end - passage.start],
        start=sentence.start,
        end=sentence.end,
        score=evidence.found.hit.score,
        verified=False,
    )


def stored_span(citation: Citation, generation: int) -> StoredSpan:
    """Return where the store holds what `citation` quotes."""
    return StoredSpan(citation.document_id, generation, citation.start, citation.end)


def verify(
    citations: Sequence[Citation], stored: Sequence[str | None], pages: Sequence[int | None]
) -> tuple[Citation, ...]:
    """Mark each citation with whether its quote is what the store holds at its span.

    `stored` is the text that the store holds at the span of each citation, None where that is
    gone; `pages` are the pages on which the spans start.
    """
    return tuple(
        replace(citation, verified=text == citation.quote, page=page)
        for citation, text, page in zip(citations, stored, pages, strict=True)
    )
