"""``/v1/documents``: what comes in, and what is said about what is stored."""

from collections.abc import Sequence
from datetime import date, datetime
from typing import Annotated, Any, Self

from pydantic import Field

from api.schemas.wire import Body, Day, Wire, text_url
from rag import vocabulary as domain
from rag.library import Added
from rag.vocabulary import DEFAULT_COLLECTION, DocumentSummary, Language, Stored

Webhook = Annotated[
    str | None,
    Field(
        description="Only for a job: the https address that is told when it is over.",
        min_length=1,
        max_length=2000,
    ),
]


class TextBody(Body):
    """A document sent as text; what is not said about it is found in the text where it can be."""

    text: str = Field(description="The document's text.", min_length=1)
    title: str | None = Field(None, min_length=1, max_length=500)
    url: str | None = Field(
        None,
        description="Where the document was published, http or https.",
        pattern=r'^[hH][tT][tT][pP][sS]?://[^\s"<>]+$',
        max_length=2000,
    )
    published_at: Day | None = None
    language: Language | None = Field(None, description="Detected where it is not said.")
    metadata: dict[str, str] = Field(
        default_factory=dict, description="Anything to filter on later.", max_length=100
    )
    collection: str = DEFAULT_COLLECTION
    source: str | None = Field(
        None,
        description="What makes it the same document when it comes again; new text under the "
        "same source replaces the old. Its url, or else its content, where it is not said.",
        min_length=1,
        max_length=2000,
    )
    webhook: Webhook = None

    def about(self) -> dict[str, Any]:
        """Return the text and what is said of it, as the domain takes them."""
        return {name: value for name, value in self if name != "webhook"}


class UploadForm(Body):
    """The form fields beside an uploaded file."""

    collection: str = DEFAULT_COLLECTION
    source: str | None = Field(
        None,
        description="As for a text; the file's name where it is not said.",
        min_length=1,
        max_length=2000,
    )
    webhook: Webhook = None


class Document(Wire):
    """A stored document, without its text."""

    id: str = Field(examples=["doc_3f2a9c0d11e84b57"])
    collection: str
    source: str = Field(description="A file's name, a url …: the same source, the same document.")
    title: str
    language: Language
    url: str | None
    text_url: str = Field(
        description="Path of the stored text, which all offsets index.",
        examples=["/v1/documents/doc_3f2a9c0d11e84b57/text"],
    )
    published_at: date | None
    added_at: datetime | None
    generation: int = Field(description="Grows each time the document's text is replaced.")
    characters: int = Field(description="Length of the stored text in Unicode code points.")
    sha256: str = Field(description="Of the stored text in UTF-8.")
    metadata: dict[str, str]

    @classmethod
    def from_domain(cls, document: domain.Document) -> Self:
        """Return the wire form of `document`."""
        return cls(
            id=document.id,
            collection=document.collection,
            source=document.source,
            title=document.title,
            language=document.language,
            url=document.url,
            text_url=text_url(document.id),
            published_at=document.published_at,
            added_at=document.added_at,
            generation=document.generation,
            characters=len(document.text),
            sha256=document.sha256,
            metadata=dict(document.metadata),
        )

    @classmethod
    def from_summary(cls, summary: DocumentSummary) -> Self:
        """Return the wire form of `summary`."""
        return cls(
            id=summary.id,
            collection=summary.collection,
            source=summary.source,
            title=summary.title,
            language=summary.language,
            url=summary.url,
            text_url=text_url(summary.id),
            published_at=summary.published_at,
            added_at=summary.added_at,
            generation=summary.generation,
            characters=summary.characters,
            sha256=summary.sha256,
            metadata=dict(summary.metadata),
        )


class DescribedDocument(Document):
    """A stored document, and what is nearly the same."""

    copies: list[str] = Field(
        description="Ids of documents of its collection whose text is nearly the same, such as "
        "wire copy that several papers printed; the nearest first."
    )

    @classmethod
    def of(cls, document: domain.Document, copies: Sequence[str]) -> Self:
        """Return the wire form of `document` beside its `copies`."""
        return cls(**dict(Document.from_domain(document)), copies=list(copies))


class AddedDocument(DescribedDocument):
    """A document as it is stored now, and what adding it changed."""

    unchanged: bool = Field(description="The same content was stored already; nothing changed.")
    replaced: bool = Field(description="It took the place of other text of the same source.")

    @classmethod
    def from_stored(cls, stored: Stored) -> Self:
        """Return the wire form of `stored`."""
        return cls(
            **dict(DescribedDocument.of(stored.document, stored.copies)),
            unchanged=stored.status == "unchanged",
            replaced=stored.status == "replaced",
        )


class Rejected(Wire):
    """A row of a CSV or JSON Lines file that could not become a document."""

    detail: str


class AddedDocuments(Wire):
    """What came of a file that holds a document a row."""

    documents: list[AddedDocument]
    problems: list[Rejected]
    removed: int = Field(description="Documents of an earlier version of the file that are gone.")

    @classmethod
    def from_domain(cls, added: Added) -> Self:
        """Return the wire form of `added`."""
        return cls(
            documents=[AddedDocument.from_stored(stored) for stored in added.documents],
            problems=[Rejected(detail=str(problem)) for problem in added.problems],
            removed=added.removed,
        )


class DocumentList(Wire):
    """One page of the stored documents."""

    documents: list[Document]
    next: str | None = Field(description="Give it as `after` for the next page; null at the end.")


class DocumentText(Wire):
    """The stored text of one generation of a document."""

    document_id: str
    generation: int
    text: str
