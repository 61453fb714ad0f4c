"""Sourcier itself: everything that people, programs and the command line can ask of it.

Thread-safe; methods block, so call them from a worker thread in asynchronous code.
"""

from collections.abc import Iterator, Mapping
from collections.abc import Set as AbstractSet
from contextlib import closing
from dataclasses import replace
from datetime import date
from typing import Self

from documents.errors import DocumentTooLarge, UnknownDocument
from documents.models import DEFAULT_COLLECTION, Document, Language
from documents.records import Collection, DocumentPage, DocumentSummary, Stored
from documents.store.store import Store
from index.encoder import Encoder, problem_of
from index.errors import IndexUnavailable
from rag.events import Answered, Events
from rag.feedback import FeedbackLog, KnownAnswers
from rag.feeds.intake import Intake
from rag.following import Following
from rag.jobs.office import JobOffice
from rag.keyring import Keyring
from rag.levels import Levels, measure
from rag.library import Added, Library
from rag.models import Answer, Hit, Query, Question, Searched
from rag.pipeline import Pipeline
from rag.question import check_length
from rag.reading_ahead import ReadingAhead
from rag.reembedding import Reembedding
from rag.serving import Serving
from rag.settings import Settings
from rag.status import Status, status_of
from rag.watching import Watchers


class Sourcier:
    """The parts that `rag.bootstrap` put together, behind one door."""

    def __init__(
        self,
        *,
        settings: Settings,
        store: Store,
        serving: Serving,
        library: Library,
        reembedding: Reembedding,
        office: JobOffice,
        intake: Intake,
        answers: KnownAnswers,
    ) -> None:
        self.settings = settings
        self._store = store
        self._serving = serving
        self.library = library
        self._reembedding = reembedding
        self._reading_ahead = ReadingAhead(store, now=serving.now)
        self._following = Following(lambda: serving.now().index)
        self.feedback = FeedbackLog(store, answers)
        self.keys = Keyring(store.keys)
        self.jobs, self.background = office.desk, office.background
        self.intake, self.copies = intake, store.copies
        self.watchers = Watchers(self.feedback.remember)

    @property
    def encoder(self) -> Encoder:
        """The encoder that serves."""
        return self._serving.encoder()

    @property
    def pipeline(self) -> Pipeline:
        """What answers, by the encoder that serves."""
        return self._serving.now().pipeline

    @pipeline.setter
    def pipeline(self, pipeline: Pipeline) -> None:
        self._serving.replace(replace(self._serving.now(), pipeline=pipeline))

    def work_aside(self, *, leads: bool = True) -> None:
        """Begin what is done in the background: following; who leads encodes and reads ahead."""
        self._following.start()
        if leads:
            self._reembedding.start()
            self._reading_ahead.start()

    def ask(self, question: Question) -> Answer:
        """Answer `question` from its collection.

        Raises:
            InvalidQuestion: empty, or longer than the settings allow.
            UnknownCollection: there is none of this name.
        """
        self._check_length(question.text, *(turn.question for turn in question.history))
        answer = self.pipeline.answer(question)
        self.watchers.tell(question, answer)
        return answer

    def stream(self, question: Question) -> Events:
        """Yield what happens while `question` is answered; raises as `ask` does, at the first.

        Closed early, it stops the work.
        """
        self._check_length(question.text, *(turn.question for turn in question.history))
        with closing(self.pipeline.events(question)) as events:
            for event in events:
                if isinstance(event, Answered):
                    self.watchers.tell(question, event.answer)
                yield event

    def search(self, query: Query) -> list[Hit]:
        """Return the passages that match `query` best; raises as `ask` does."""
        return self.find(query).hits

    def find(self, query: Query) -> Searched:
        """Do as `search` does; say also what was missing for it."""
        self._check_length(query.text)
        return self.pipeline.search(query)

    def add_file(
        self,
        data: bytes,
        *,
        name: str,
        media_type: str | None = None,
        collection: str = DEFAULT_COLLECTION,
        source: str | None = None,
    ) -> Added:
        """Add what a file holds; see `Library.add_file`."""
        self._store.collection_number(collection)
        self.check_size(len(data), name=name)
        return self.library.add_file(
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
        """Add one document from its text; see `Library.add_text`."""
        self._store.collection_number(collection)
        return self.library.add_text(
            text,
            title=title,
            url=url,
            published_at=published_at,
            language=language,
            metadata=metadata,
            collection=collection,
            source=source,
        )

    def copy_document(
        self,
        document_id: str,
        *,
        collection: str,
        metadata: Mapping[str, str] | None = None,
        within: AbstractSet[str] | None = None,
    ) -> Stored:
        """Put a document into another collection too; raises as `document` and `add_text` do."""
        document = self.document(document_id, within=within)
        self._store.collection_number(collection)
        return self.library.copy(document, collection=collection, metadata=metadata)

    def document(self, document_id: str, *, within: AbstractSet[str] | None = None) -> Document:
        """Return a document with its text.

        Raises:
            UnknownDocument: there is none with this id, or not in the collections `within`.
        """
        document = self._store.document(document_id, within=within)
        if document is None:
            raise UnknownDocument(_no_document(document_id))
        return document

    def documents(
        self,
        *,
        collection: str = DEFAULT_COLLECTION,
        limit: int = 50,
        after: int | None = None,
    ) -> DocumentPage:
        """Return a page of the documents of a collection, newest first."""
        return self._store.documents(collection, limit=limit, after=after)

    def all_documents(self, collection: str = DEFAULT_COLLECTION) -> Iterator[DocumentSummary]:
        """Yield every document of a collection, newest first."""
        page = self.documents(collection=collection)
        yield from page.documents
        while page.after is not None:
            page = self.documents(collection=collection, after=page.after)
            yield from page.documents

    def delete_document(self, document_id: str, *, within: AbstractSet[str] | None = None) -> None:
        """Delete a document; the next question does not see it.

        Raises:
            UnknownDocument: there is none with this id, or not in the collections `within`.
        """
        if not self._store.delete(document_id, within=within):
            raise UnknownDocument(_no_document(document_id))

    def collections(self, *, within: AbstractSet[str] | None = None) -> list[Collection]:
        """Return all collections, or those `within`, by name."""
        return self._store.collections(within=within)

    def create_collection(self, name: str) -> bool:
        """Make the collection `name` exist; tell whether it is new."""
        return self._store.create_collection(name)

    def delete_collection(self, name: str) -> int:
        """Delete a collection with its documents; return how many there were."""
        return self._store.delete_collection(name)

    def status(self, *, within: AbstractSet[str] | None = None) -> Status:
        """Say how much there is, in these collections if given, and what made it."""
        parts = self._serving.now()
        try:
            view = parts.index.view()
        except IndexUnavailable:
            view = parts.index.seen()
        return status_of(
            self._store,
            view,
            parts.encoder,
            generator=parts.pipeline.generator.name,
            within=within,
            reembedding=self._reembedding.progress(),
        )

    def levels(self) -> Levels:
        """Measure store and index as they are."""
        parts = self._serving.now()
        return measure(self._store, parts.index, self.jobs, parts.lines.readings)

    def ready(self) -> bool:
        """Tell whether the index holds every change of the store.

        Raises:
            StoreError: the store cannot be read.
            IndexUnavailable: the engine that holds the index is away.
        """
        return self._serving.now().index.ready()

    def encoder_problem(self) -> str | None:
        """Return why the encoder gives nothing, so that words alone are searched; else None."""
        return problem_of(self._serving.encoder())

    def rebuild(self) -> int:
        """Build the index anew from the store; return how many passages it holds."""
        index = self._serving.now().index
        index.rebuild()
        index.save()
        return len(index.view())

    def check_size(self, size: int, *, name: str) -> None:
        """Refuse a file of `size` bytes that is larger than the settings allow.

        Raises:
            DocumentTooLarge: it is.
        """
        most = self.settings.max_upload_bytes
        if size > most:
            raise DocumentTooLarge(
                f"{name} has {size} bytes, more than the {most} allowed: split it, or raise "
                "SOURCIER_MAX_UPLOAD_BYTES."
            )

    def close(self) -> None:
        """Save the index if it is worth it and release the files."""
        self._following.close()
        self._reading_ahead.close()
        self._reembedding.close()
        self._serving.close()
        self._store.close()

    def __enter__(self) -> Self:
        return self

    def __exit__(self, *exception: object) -> None:
        self.close()

    def _check_length(self, *questions: str) -> None:
        check_length(*questions, most=self.settings.max_question_characters)


def _no_document(document_id: str) -> str:
    return (
        f"No document has the id {document_id!r}: GET /v1/documents, or "
        "`python -m rag documents`, lists them all."
    )
