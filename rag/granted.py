"""Sourcier as one caller sees it: each method first holds what is asked against the grant.

Whoever serves several callers goes through here and nowhere else; what is not here, callers
cannot reach.
"""

from collections.abc import Mapping
from datetime import date

from documents.job_records import Job
from documents.models import DEFAULT_COLLECTION, Document, Language
from documents.records import Collection, DocumentPage, Stored
from index.encoder import Encoder
from rag.access import Grant
from rag.errors import NotAllowed
from rag.events import Events
from rag.feeds.gathering import FETCH, MOST, Kind
from rag.jobs.granted import GrantedJobs
from rag.levels import Levels
from rag.library import Added
from rag.models import Answer, Hit, Query, Question, Searched
from rag.service import Sourcier
from rag.settings import Settings
from rag.status import Status


class GrantedSourcier:
    """What the holder of `grant` may ask of `sourcier`, whose methods these are.

    They also raise NotAllowed where the grant's role is too low. What lies in collections that
    it does not hold in is unknown, as what never was.
    """

    def __init__(self, sourcier: Sourcier, grant: Grant) -> None:
        self._sourcier = sourcier
        self.grant = grant

    @property
    def settings(self) -> Settings:
        """The settings of the service."""
        return self._sourcier.settings

    @property
    def encoder(self) -> Encoder:
        """The encoder, which knows nothing of what is stored."""
        return self._sourcier.encoder

    @property
    def jobs(self) -> GrantedJobs:
        """The jobs of collections that the grant may write to."""
        return GrantedJobs(self._sourcier.jobs, self.grant)

    def ask(self, question: Question) -> Answer:
        """Answer `question` from its collection."""
        self.grant.require("ask", question.collection)
        return self._sourcier.ask(question)

    def stream(self, question: Question) -> Events:
        """Return what happens while `question` is answered; refuses before the first event."""
        self.grant.require("ask", question.collection)
        return self._sourcier.stream(question)

    def search(self, query: Query) -> list[Hit]:
        """Return the passages that match `query` best."""
        self.grant.require("ask", query.collection)
        return self._sourcier.search(query)

    def find(self, query: Query) -> Searched:
        """Return them, and what was missing for it."""
        self.grant.require("ask", query.collection)
        return self._sourcier.find(query)

    def give_feedback(self, answer_id: str, *, helpful: bool, comment: str | None = None) -> None:
        """Keep what somebody thinks of a recent answer from a collection of the grant."""
        self.grant.require("ask")
        self._sourcier.feedback.give(
            answer_id, helpful=helpful, comment=comment, within=self.grant.collections
        )

    def add_file(
        self,
        data: bytes,
        *,
        name: str,
        media_type: str | None = None,
        collection: str = DEFAULT_COLLECTION,
        source: str | None = None,
    ) -> Added:
        """Add what a file holds."""
        self.grant.require("write", collection)
        return self._sourcier.add_file(
            data, name=name, media_type=media_type, collection=collection, source=source
        )

    def add_text(
        self,
        text: str,
        *,
        title: str | None = None,
        url: str | None = None,
        published_at: date | None = None,
        language: Language | None = None,
        metadata: Mapping[str, str] | None = None,
        collection: str = DEFAULT_COLLECTION,
        source: str | None = None,
    ) -> Stored:
        """Add one document from its text."""
        self.grant.require("write", collection)
        return self._sourcier.add_text(
            text,
            title=title,
            url=url,
            published_at=published_at,
            language=language,
            metadata=metadata,
            collection=collection,
            source=source,
        )

    def fetch(
        self,
        address: str,
        *,
        kind: Kind | None = None,
        most: int = MOST,
        collection: str = DEFAULT_COLLECTION,
        webhook: str | None = None,
    ) -> Job:
        """Take a job that fetches what stands at `address` (`rag.feeds.gathering`).

        Raises:
            ForbiddenAddress, HostNotAllowed: it will not be fetched.
            TooManyJobs, InvalidWebhook: as `JobDesk.submit`.
        """
        self.grant.require("write", collection)
        asked = str(self._sourcier.intake.check(address))
        request = {"address": asked, "kind": kind, "most": most}
        return self._sourcier.jobs.submit(
            FETCH, collection=collection, request=request, webhook=webhook
        )

    def copy_document(
        self, document_id: str, *, collection: str, metadata: Mapping[str, str] | None = None
    ) -> Stored:
        """Put a document that the grant sees into another collection too, with more metadata."""
        self.grant.require("write", collection)
        return self._sourcier.copy_document(
            document_id,
            collection=collection,
            metadata=metadata,
            within=self.grant.collections,
        )

    def document(self, document_id: str) -> Document:
        """Return a document with its text."""
        self.grant.require("ask")
        return self._sourcier.document(document_id, within=self.grant.collections)

    def copies(self, document_id: str) -> tuple[str, ...]:
        """Return the ids of the documents of its collection that are copies of a document."""
        self.grant.require("ask")
        return self._sourcier.copies.of(document_id, within=self.grant.collections)

    def documents(
        self, *, collection: str = DEFAULT_COLLECTION, limit: int = 50, after: int | None = None
    ) -> DocumentPage:
        """Return a page of the documents of a collection, newest first."""
        self.grant.require("ask", collection)
        return self._sourcier.documents(collection=collection, limit=limit, after=after)

    def delete_document(self, document_id: str) -> None:
        """Delete a document."""
        self.grant.require("write")
        self._sourcier.delete_document(document_id, within=self.grant.collections)

    def collections(self) -> list[Collection]:
        """Return the collections that the grant holds in, by name."""
        self.grant.require("ask")
        return self._sourcier.collections(within=self.grant.collections)

    def create_collection(self, name: str) -> bool:
        """Make the collection `name` exist; tell whether it is new.

        Raises:
            NotAllowed: the grant does not hold in it, whether or not it exists.
        """
        self.grant.require("admin")
        if not self.grant.sees(name):
            raise NotAllowed(
                f"This key may make the collections that it is limited to, not {name!r}: ask "
                "whoever runs the service for a key that names it."
            )
        return self._sourcier.create_collection(name)

    def delete_collection(self, name: str) -> int:
        """Delete a collection with its documents; return how many there were."""
        self.grant.require("admin", name)
        return self._sourcier.delete_collection(name)

    def status(self) -> Status:
        """Say what made the index and how much of it the grant holds in."""
        self.grant.require("ask")
        return self._sourcier.status(within=self.grant.collections)

    def levels(self) -> Levels:
        """Measure store and index as they are.

        Raises:
            NotAllowed: the grant does not hold in all collections, which are measured together.
        """
        self.grant.require("admin")
        if self.grant.collections is not None:
            raise NotAllowed("This tells of all collections, and this key is limited to some.")
        return self._sourcier.levels()

    def ready(self) -> bool:
        """Tell whether the index holds every change of the store."""
        return self._sourcier.ready()
