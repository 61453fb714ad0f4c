"""A `Sourcier` made by hand, which remembers what it was asked."""

import hashlib
from collections.abc import Callable, Mapping
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field, replace
from datetime import UTC, date, datetime
from threading import Event
from typing import Any

from documents.errors import InvalidRecord, UnknownCollection, UnknownDocument
from documents.models import Document, Passage, Sentence
from documents.records import (
    Collection,
    DocumentPage,
    DocumentSummary,
    Feedback,
    Stored,
    StoredPassage,
)
from rag.errors import InvalidQuestion
from rag.events import Answered, Events, PassagesFound, SentenceProved
from rag.feedback import FeedbackLog
from rag.levels import Levels
from rag.library import Added
from rag.models import Answer, AnswerSentence, Citation, Hit, Query, Question, Searched, ShortAnswer
from rag.settings import Settings
from rag.status import Status
from rag.watching import Watchers

TEXT = "Œuvre 🎈 : la tour a été bâtie en 1889. Elle mesure 330 m."
QUOTE = "la tour a été bâtie en 1889."
SECOND = "Elle mesure 330 m."
ANSWER_ID = "ans_" + "0a" * 16
NOW = datetime(2025, 8, 1, 9, 30, tzinfo=UTC)


def make_document(**changes: object) -> Document:
    document = Document(
        id="doc_00000000000000aa",
        collection="default",
        source="tour.txt",
        title="La tour",
        language="fr",
        text=TEXT,
        sha256=hashlib.sha256(TEXT.encode()).hexdigest(),
        published_at=date(2025, 7, 28),
        added_at=NOW,
        generation=1,
    )
    return replace(document, **changes)  # type: ignore[arg-type]


def summarize(document: Document) -> DocumentSummary:
    return DocumentSummary(
        id=document.id,
        collection=document.collection,
        source=document.source,
        title=document.title,
        language=document.language,
        url=document.url,
        published_at=document.published_at,
        added_at=NOW,
        generation=document.generation,
        sha256=document.sha256,
        fingerprint="f" * 8,
        characters=len(document.text),
        passages=1,
        metadata=document.metadata,
    )


def hit_of(document: Document) -> Hit:
    text = document.text
    passage = Passage(
        start=0, end=len(text), text=text, language="fr", sentences=(Sentence(0, len(text)),)
    )
    stored = StoredPassage(row=1, ordinal=0, passage=passage, document=summarize(document))
    return Hit(stored, score=1.0000000000000002, dense_rank=1, lexical_rank=None)


def cite(number: int, quote: str) -> Citation:
    document = make_document()
    start = document.text.index(quote)
    return Citation(
        number=number,
        document_id=document.id,
        passage_id=f"{document.id}.1.0",
        title=document.title,
        url=None,
        published_at=document.published_at,
        language="fr",
        page=None,
        quote=quote,
        start=start,
        end=start + len(quote),
        score=0.9,
        verified=True,
    )


def make_answer(question: Question) -> Answer:
    text = f"{QUOTE} {SECOND}"
    built = TEXT.index("1889")
    return Answer(
        id=ANSWER_ID,
        question=question.text,
        language=question.language or "fr",
        answered=True,
        text=text,
        degraded=None,
        confidence=0.9,
        sentences=(
            AnswerSentence(QUOTE, 0, len(QUOTE), (1,)),
            AnswerSentence(SECOND, len(QUOTE) + 1, len(text), (1, 2), "partly"),
        ),
        citations=(cite(1, QUOTE), cite(2, SECOND)),
        passages=(hit_of(make_document()),),
        encoder="fake",
        generator="extractive",
        timings={"total": 1.5},
        short_answer=ShortAnswer("1889", 1, built, built + 4),
        standalone_question="Quand la tour a-t-elle été bâtie ?" if question.history else None,
    )


@dataclass
class FakeFeedbackStore:
    """Keeps feedback in a list; what it quotes is never gone."""

    kept: list[Feedback] = field(default_factory=list)

    def put_feedback(self, feedback: Feedback) -> None:
        self.kept.append(feedback)

    def feedback(self, collection: str) -> list[Feedback]:
        return [each for each in self.kept if each.collection == collection]


@dataclass
class FakeCopies:
    """Knows the copies that it was given, by document."""

    known: dict[str, tuple[str, ...]] = field(default_factory=dict)

    def of(self, document_id: str, *, within: AbstractSet[str] | None = None) -> tuple[str, ...]:
        assert within is None or within
        return self.known.get(document_id, ())


@dataclass
class FakeSourcier:
    """Knows documents by id; remembers what it was asked; raises `failure` where one is set."""

    settings: Settings = field(default_factory=Settings)
    stored: dict[str, Document] = field(default_factory=dict)
    names: list[str] = field(default_factory=lambda: ["default"])
    failure: Exception | None = None
    built: bool = True
    problem: str | None = None
    calls: list[Any] = field(default_factory=list)
    between: Callable[[], None] = lambda: None
    closed: Event = field(default_factory=Event)
    kept: FakeFeedbackStore = field(default_factory=FakeFeedbackStore)

    def __post_init__(self) -> None:
        self.feedback = FeedbackLog(self.kept)
        self.watchers = Watchers(self.feedback.remember)
        self.copies = FakeCopies()

    def _called(self, *what: object) -> None:
        self.calls.append(what[0] if len(what) == 1 else what)
        if self.failure is not None:
            raise self.failure

    def ask(self, question: Question) -> Answer:
        self._called(question)
        if not question.text.strip():
            raise InvalidQuestion("The question is empty: ask with at least one word.")
        answer = make_answer(question)
        self.watchers.tell(question, answer)
        return answer

    def stream(self, question: Question) -> Events:
        """Tell of the answer; `between` runs after each event, and may raise."""
        answer = self.ask(question)
        try:
            yield PassagesFound(answer.language, answer.standalone_question, answer.passages)
            self.between()
            for number, sentence in enumerate(answer.sentences):
                space = " " if number else ""
                cited = answer.citations[number : number + 1]
                yield SentenceProved(space + sentence.text, sentence, cited)
                self.between()
            yield Answered(answer)
        finally:
            self.closed.set()

    def search(self, query: Query) -> list[Hit]:
        return self.find(query).hits

    def find(self, query: Query) -> Searched:
        self._called(query)
        return Searched([hit_of(make_document())], "encoder_unavailable" if self.problem else None)

    def add_text(self, text: str, **about: object) -> Stored:
        self._called(text, about)
        source = about.get("source") or "text"
        return self._store(make_document(text=text, source=source, title=about["title"] or "T"))

    def add_file(self, data: bytes, **about: object) -> Added:
        self._called(data, about)
        source = about["source"]
        if not about["name"].endswith(".csv"):
            return Added((self._store(make_document(text=data.decode(), source=source)),))
        rows = data.decode().splitlines()
        good = [row for row in rows if row]
        stored = [
            self._store(make_document(id=f"doc_{n:016x}", text=row, source=f"{source}#{n}"))
            for n, row in enumerate(good)
        ]
        problems = [InvalidRecord("A row has no text.")] * (len(rows) - len(good))
        return Added(tuple(stored), tuple(problems))

    def _store(self, document: Document) -> Stored:
        known = self.stored.get(document.id)
        self.stored[document.id] = document
        if known is None:
            return Stored(document, "new")
        return Stored(document, "unchanged" if known.text == document.text else "replaced")

    def document(self, document_id: str, *, within: AbstractSet[str] | None = None) -> Document:
        self._called(document_id)
        found = self.stored.get(document_id)
        if found is None or (within is not None and found.collection not in within):
            raise UnknownDocument(f"There is no document {document_id!r}.")
        return self.stored[document_id]

    def documents(self, *, collection: str, limit: int, after: int | None) -> DocumentPage:
        self._called(collection, limit, after)
        if collection not in self.names:
            raise UnknownCollection(f"There is no collection {collection!r}.")
        found = [summarize(document) for document in self.stored.values()]
        first = after or 0
        more = len(found) > first + limit
        return DocumentPage(tuple(found[first : first + limit]), first + limit if more else None)

    def delete_document(self, document_id: str, *, within: AbstractSet[str] | None = None) -> None:
        self.document(document_id, within=within)
        del self.stored[document_id]

    def collections(self, *, within: AbstractSet[str] | None = None) -> list[Collection]:
        self._called("collections")
        names = [name for name in self.names if within is None or name in within]
        return [Collection(n, name, NOW, 0, 0) for n, name in enumerate(names)]

    def create_collection(self, name: str) -> bool:
        self._called(name)
        if name in self.names:
            return False
        self.names.append(name)
        return True

    def delete_collection(self, name: str) -> None:
        self._called(name)
        if name not in self.names:
            raise UnknownCollection(f"There is no collection {name!r}.")
        self.names.remove(name)

    def status(self, **_: object) -> Status:
        versions: Mapping[str, str] = {"python": "3.11"}
        return Status(
            version="0.1.0",
            encoder="fake",
            fingerprint="ffffffff",
            dimension=8,
            generator="extractive",
            collections=1,
            documents=len(self.stored),
            passages=len(self.stored),
            change=1,
            index={"rows": 1},
            versions=versions,
        )

    def levels(self) -> Levels:
        self._called("levels")
        count = len(self.stored)
        return Levels(1, count, count, count, count, 1, lag=0, database_bytes=4096)

    def encoder_problem(self) -> str | None:
        return self.problem

    def ready(self) -> bool:
        self._called("ready")
        return self.built
