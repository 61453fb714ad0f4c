"""Citations: made by code from spans of stored text, and checked before they are shown.

The invariant of every citation: ``document.text[c.start:c.end] == c.quote``. `verified`
says that this was checked against the text as the store holds it now.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace

from documents.records import StoredSpan
from rag.evidence import Evidence
from rag.models import Citation


def cite(evidence: Evidence, *, number: int) -> Citation:
    """Return the citation of the sentence that is `evidence`, not yet verified."""
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


def verify(citations: Sequence[Citation], stored: Mapping[int, str | None]) -> tuple[Citation, ...]:
    """Mark each citation with whether its quote is what the store holds at its span.

    `stored` maps a citation's number to the stored text there, None where that is gone.
    """
    return tuple(
        replace(citation, verified=stored.get(citation.number) == citation.quote)
        for citation in citations
    )
