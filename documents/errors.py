"""What can go wrong with documents.

DocumentError
├── UnsupportedFormat     the bytes are of a kind no loader reads
├── UnreadableDocument    the right kind, but damaged, locked, empty or too costly to read
│   ├── EmptyDocument
│   ├── ProtectedDocument
│   └── DocumentTooLarge
├── InvalidRecord         a row of a CSV or JSON Lines file lacks its text
├── InvalidDocument       passages or vectors that do not belong to their document
│   └── UnstorableText    text that cannot be written as UTF-8
├── InvalidCollectionName
├── UnknownCollection
├── UnknownDocument
└── StoreError            the store itself: newer schema, damage, disk full
    ├── IncompatibleStore
    ├── CorruptStore
    └── StoreUnavailable
"""

from typing import Self


class DocumentError(Exception):
    """Root of all errors of this package; its message names the remedy."""


class UnsupportedFormat(DocumentError):
    """The bytes are of a kind that no loader reads."""


class UnreadableDocument(DocumentError):
    """The kind is known, but the content cannot be read."""


class EmptyDocument(UnreadableDocument):
    """There is no text in it."""


class ProtectedDocument(UnreadableDocument):
    """A password is needed to read it."""


class DocumentTooLarge(UnreadableDocument):
    """Reading it would take more memory, time or space than allowed."""


class InvalidRecord(UnreadableDocument):
    """A row of a CSV or JSON Lines file cannot become a document.

    `key` is what tells the row from others, as in `Extraction`; None where it is not known.
    """

    def __init__(self, message: str, *, key: str | None = None) -> None:
        super().__init__(message)
        self.key = key


class InvalidDocument(DocumentError):
    """Passages or vectors contradict the document that they are stored with."""


class UnstorableText(InvalidDocument):
    """A text holds characters that cannot be written as UTF-8 (lone surrogates)."""


class InvalidCollectionName(DocumentError):
    """A collection cannot have this name."""


class UnknownCollection(DocumentError):
    """No collection has this name."""

    @classmethod
    def named(cls, name: str) -> Self:
        """Return the error for `name`: one text, whoever finds it missing."""
        return cls(f"there is no collection {name!r}; create it first")


class UnknownDocument(DocumentError):
    """No document has this id."""


class StoreError(DocumentError):
    """The store itself cannot do what was asked."""


class IncompatibleStore(StoreError):
    """The store was written by a newer version, or is not a Sourcier store."""


class CorruptStore(StoreError):
    """The store's file is damaged."""


class StoreUnavailable(StoreError):
    """The store cannot be read or written now (locked, disk full, I/O error)."""
