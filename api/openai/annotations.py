"""Citations as OpenAI's clients know them: a stretch of the answer, a title and an address.

Offsets are half-open and count Unicode code points, as everywhere here; OpenAI's own wording
has the end included.
"""

from collections.abc import Iterator, Mapping, Sequence

from pydantic import Field

from api.schemas.wire import Wire, text_url
from rag.models import AnswerSentence, Citation


class UrlCitation(Wire):
    """A sentence of the answer, and where its source can be read."""

    start_index: int = Field(description="Where the sentence starts, in Unicode code points.")
    end_index: int = Field(description="Where it ends, excluded.")
    title: str
    url: str = Field(description="Of the document, or else of its stored text here.")


def cited(
    sentences: Sequence[AnswerSentence], citations: Sequence[Citation]
) -> Iterator[tuple[AnswerSentence, list[Citation]]]:
    """Yield each sentence with the citations that prove it."""
    numbered: Mapping[int, Citation] = {citation.number: citation for citation in citations}
    for sentence in sentences:
        yield sentence, [numbered[number] for number in sentence.citations]


def url_citation(sentence: AnswerSentence, citation: Citation, *, base_url: str) -> UrlCitation:
    """Return the annotation of `sentence`; `base_url` is that of this service, with its slash."""
    own = base_url.removesuffix("/") + text_url(citation.document_id)
    return UrlCitation(
        start_index=sentence.start,
        end_index=sentence.end,
        title=citation.title,
        url=citation.url or own,
    )
