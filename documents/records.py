"""What a store hands out: value objects over documents, passages and changes.

Words: a *change* is one committed step of the store (a document put or deleted); its number
only grows. The number of the change that wrote a document is the document's `generation`. A
*row* is the integer of one passage; rows are never reused, and the passages of one
generation have contiguous rows.
"""

import hashlib
import re
from collections.abc import Mapping, Sequence
from collections.abc import Set as AbstractSet
from dataclasses import dataclass, field
from datetime import date, datetime
from typing import Literal, Protocol

import numpy as np
from numpy.typing import NDArray

from documents.conditions import Condition
from documents.models import Document, Language, Passage

Role = Literal["ask", "write", "admin"]
ROLES: tuple[Role, ...] = ("ask", "write", "admin")  # each may do what those before it may

_PASSAGE_ID = re.compile(r"(doc_[0-9a-f]{16})\.([1-9][0-9]{0,17})\.([0-9]{1,9})", re.ASCII)


def document_id(collection: str, source: str) -> str:
    """Return the id of the document that `source` has, or would have, in `collection`."""
    name = f"{collection}\0{source}".encode("utf-8", "surrogatepass")
    return "doc_" + hashlib.blake2b(name, digest_size=8).hexdigest()


def parse_passage_id(passage_id: str) -> tuple[str, int, int] | None:
    """Return the document id, generation and ordinal in `passage_id`, None if it is malformed."""
    found = _PASSAGE_ID.fullmatch(passage_id)
    return (found[1], int(found[2]), int(found[3])) if found else None


@dataclass(frozen=True, slots=True)
class Collection:
    """A named set of documents; `number` stands for it in indexes and is never reused."""

    number: int
    name: str
    created_at: datetime
    documents: int
    passages: int


@dataclass(frozen=True, slots=True)
class Stored:
    """The outcome of a put: the document with the id, generation and time the store gave it.

    `copies` are the ids of documents of the collection whose text is nearly the same.
    """

    document: Document
    status: Literal["new", "replaced", "unchanged"]
    copies: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class DocumentSummary:
    """A stored document without its text; `characters` and `passages` are counts."""

    id: str
    collection: str
    source: str
    title: str
    language: Language
    url: str | None
    published_at: date | None
    added_at: datetime
    generation: int
    sha256: str
    fingerprint: str
    characters: int
    passages: int
    metadata: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class DocumentPage:
    """One page of a listing; `after` asks for the next one, None where this is the last."""

    documents: tuple[DocumentSummary, ...]
    after: int | None


@dataclass(frozen=True, slots=True)
class StoredPassage:
    """A passage with its place in the store; its text is cut from the document's stored text."""

    row: int
    ordinal: int
    passage: Passage
    document: DocumentSummary

    @property
    def id(self) -> str:
        """The public `passage_id`: document, generation and ordinal."""
        return f"{self.document.id}.{self.document.generation}.{self.ordinal}"


@dataclass(frozen=True, slots=True)
class StoredSpan:
    """A span of one generation of a document, to read its stored text back."""

    document_id: str
    generation: int
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class QuotedSpan:
    """Words that an answer quoted: `text` stood there in the generation that the passage is of."""

    document_id: str
    passage_id: str
    language: Language
    text: str
    start: int
    end: int


@dataclass(frozen=True, slots=True)
class Feedback:
    """What somebody thought of an answer, and the answer; without `quotes` it was a refusal.

    `standalone_question` is what the question meant in its conversation, where that was needed.
    The store gives `given_at`.
    """

    answer_id: str
    collection: str
    question: str
    language: Language
    answer: str
    quotes: tuple[QuotedSpan, ...]
    helpful: bool
    comment: str | None = None
    standalone_question: str | None = None
    given_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Key:
    """What a caller's key is checked against and what it opens; the key itself is not kept.

    `collections` None stands for all. `digest` is of the key's secret, with `salt`.
    """

    id: str
    name: str
    role: Role
    collections: AbstractSet[str] | None
    salt: bytes = field(repr=False)
    digest: bytes = field(repr=False)
    created_at: datetime
    expires_at: datetime | None = None
    revoked_at: datetime | None = None


@dataclass(frozen=True, slots=True)
class Filters:
    """Conditions on passages, all of which must hold; the default lets every passage through.

    `language` is the passage's own. `published_from` and `published_to` are inclusive; a
    document without a date lies in no range. `metadata` asks for equal values, `condition` for
    more than that.
    """

    language: Language | None = None
    published_from: date | None = None
    published_to: date | None = None
    document_ids: AbstractSet[str] | None = None
    metadata: Mapping[str, str] = field(default_factory=dict)
    condition: Condition | None = None


@dataclass(frozen=True, slots=True)
class StoredEncoder:
    """An encoder that vectors are stored of; `name` loads it, empty where it is not known.

    `probe` is what one behind a server is known by again, empty where nothing is needed.
    """

    fingerprint: str
    name: str
    dimension: int
    probe: bytes = b""


@dataclass(frozen=True, slots=True)
class Change:
    """One step of the store's history: the rows that came and the rows that went.

    `collection` is the collection's number. Either range may be empty.
    """

    number: int
    document_id: str
    collection: int
    added: range
    removed: range


@dataclass(frozen=True, slots=True, eq=False)
class Entries:
    """Live passages in the order of their rows, as a lexical index wants them.

    `rows` is ``int64 (n,)``, `collections` holds collection numbers, ``int32 (n,)``; the
    tuples have n items each.
    """

    rows: NDArray[np.int64]
    collections: NDArray[np.int32]
    languages: tuple[Language, ...]
    titles: tuple[str, ...]
    heading_paths: tuple[tuple[str, ...], ...]
    texts: tuple[str, ...]


@dataclass(frozen=True, slots=True, eq=False)
class VectorEntries:
    """Vectors of live passages in the order of their rows, as a vector index wants them.

    `rows` is ``int64 (n,)``, `collections` ``int32 (n,)``, `vectors` ``float32 (n, dim)``;
    `stretches` are bytes for each, empty where its encoder made none.
    """

    rows: NDArray[np.int64]
    collections: NDArray[np.int32]
    vectors: NDArray[np.float32]
    stretches: Sequence[bytes]


class Encodings(Protocol):
    """What an encoder made of n passages: ``float32 (n, dim)``, and bytes that only it reads."""

    @property
    def vectors(self) -> NDArray[np.float32]: ...

    @property
    def stretches(self) -> Sequence[bytes]: ...


@dataclass(frozen=True, slots=True)
class Counts:
    """How much the store holds."""

    collections: int
    documents: int
    passages: int
