"""Citations: made by code from spans of stored text, and checked before they are shown.

The invariant of every citation: ``document.text[c.start:c.end] == c.quote``. `verified`
says that this was checked against the text as the store holds it now.
"""

from collections.abc import Sequence
from dataclasses import replace

from documents.records import StoredSpan
from rag.drafts import Quote
from rag.models import Citation


def cite(quote: Quote, *, number: int) -> Citation:
    """Return the citation of `quote`, not yet verified.

    Its page is still that on which the passage starts.
    """
    stored = quote.found.hit.stored
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
        quote=quote.text,
        start=quote.start,
        end=quote.end,
        score=quote.found.hit.score,
        verified=False,
    )


def stored_span(quote: Quote) -> StoredSpan:
    """Return where the store holds what `quote` says."""
    document = quote.found.hit.stored.document
    return StoredSpan(document.id, document.generation, quote.start, quote.end)


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
