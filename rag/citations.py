"""Citations: made by code from spans of stored text, and checked before they are shown.

The invariant of every citation: ``document.text[c.start:c.end] == c.quote``. `verified`
says that this was checked against the text as the store holds it now.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from documents.models import Document, Span
from rag.models import Citation, Hit


def cite(hit: Hit, span: Span, *, number: int, score: float) -> Citation:
    """Return the citation of `span` (in offsets of the document) of the passage of `hit`."""
    passage = hit.passage
    inside = Span(span.start - passage.start, span.end - passage.start)
    return Citation(
        number=number,
        document_id=passage.document_id,
        passage_id=passage.passage_id,
        title=passage.title,
        url=passage.url,
        published_at=passage.published_at,
        language=passage.language,
        page=passage.page,
        quote=inside.of(passage.text),
        start=span.start,
        end=span.end,
        score=score,
        verified=False,
    )


def verify(
    citations: Sequence[Citation], documents: Mapping[str, Document]
) -> tuple[Citation, ...]:
    """Return `citations`, each marked with whether its quote stands in its stored document."""
    return tuple(
        replace(citation, verified=is_verbatim(citation, documents.get(citation.document_id)))
        for citation in citations
    )


def is_verbatim(citation: Citation, document: Document | None) -> bool:
    """Tell whether `document` says exactly what `citation` quotes, where it says it does."""
    if document is None or not 0 <= citation.start < citation.end <= len(document.text):
        return False
    return document.text[citation.start : citation.end] == citation.quote
