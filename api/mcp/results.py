"""What the tools return: its schema is declared to clients, its JSON is sent twice.

Addresses are absolute, for a model has no page that a path could lean on; a document without an
address of its own is given that of its stored text.
"""

from datetime import date
from typing import Self
from urllib.parse import urljoin

from pydantic import Field

from api.schemas.ask import Citation, Sentence
from api.schemas.wire import CODE_POINTS, Wire, text_url
from rag import models as domain
from rag.vocabulary import Document, Language

# What a model can take in at once; a longer document is read on from `start`.
LONGEST_TEXT = 100_000


class Asked(Wire):
    """An answer with its proofs, or a refusal: then nothing is cited."""

    answered: bool = Field(description="False when the documents do not answer the question.")
    answer: str = Field(description="Plain text in `language`.")
    language: Language
    degraded: domain.Degraded | None = Field(
        description="Why the answer is less than it could be; `untranslated` quotes the other "
        "language as it stands."
    )
    confidence: float = Field(description="0 to 1: how likely it is that the documents answer.")
    sentences: list[Sentence]
    citations: list[Citation] = Field(description="The exact quotes that prove the sentences.")

    @classmethod
    def from_domain(cls, answer: domain.Answer, *, address: str) -> Self:
        """Return the result for `answer` of the service at `address`."""
        return cls(
            answered=answer.answered,
            answer=answer.text,
            language=answer.language,
            degraded=answer.degraded,
            confidence=answer.confidence,
            sentences=[Sentence.from_domain(sentence) for sentence in answer.sentences],
            citations=[_absolute(citation, address) for citation in answer.citations],
        )


class Found(Wire):
    """A passage that was found."""

    id: str = Field(description="The passage's id: `fetch` takes it.")
    title: str = Field(description="The document's.")
    url: str
    text: str = Field(description="Exactly the document's stored text from `start` to `end`.")
    document_id: str = Field(description="The document's id: `fetch` takes it as well.")
    start: int = Field(description=f"Where the passage starts in the document. {CODE_POINTS}")
    end: int = Field(description="Where it ends, excluded.")
    language: Language
    published_at: date | None
    page: int | None

    @classmethod
    def from_domain(cls, hit: domain.Hit, *, address: str) -> Self:
        """Return the result for `hit` of the service at `address`."""
        passage, document = hit.stored.passage, hit.stored.document
        return cls(
            id=hit.stored.id,
            title=document.title,
            url=document.url or urljoin(address, text_url(document.id)),
            text=passage.text,
            document_id=document.id,
            start=passage.start,
            end=passage.end,
            language=passage.language,
            published_at=document.published_at,
            page=passage.page,
        )


class Searched(Wire):
    """The passages that were found, best first."""

    results: list[Found]


class Fetched(Wire):
    """A document, or the part of a long one that begins at `metadata.start`."""

    id: str = Field(description="The document's id.")
    title: str
    text: str
    url: str
    metadata: dict[str, str | int] = Field(
        description="`collection`, `language`, `published_at`; `start` and `end` of `text` in the "
        "document and how many `characters` that has; what the document was added with."
    )

    @classmethod
    def from_domain(cls, document: Document, *, start: int, address: str) -> Self:
        """Return the result for `document`, from `start` on."""
        start = min(start, len(document.text))
        text = document.text[start : start + LONGEST_TEXT]
        published = document.published_at
        return cls(
            id=document.id,
            title=document.title,
            text=text,
            url=document.url or urljoin(address, text_url(document.id)),
            metadata={
                **document.metadata,
                **({"published_at": published.isoformat()} if published else {}),
                "collection": document.collection,
                "language": document.language,
                "start": start,
                "end": start + len(text),
                "characters": len(document.text),
            },
        )


def _absolute(citation: domain.Citation, address: str) -> Citation:
    plain = Citation.from_domain(citation)
    text = urljoin(address, plain.text_url)
    return plain.model_copy(update={"url": plain.url or text, "text_url": text})
