"""What can go wrong with documents.

DocumentError
├── UnsupportedFormat     the bytes are of a kind no loader reads
├── UnreadableDocument    the right kind, but damaged, locked, empty or too costly to read
│   ├── EmptyDocument
│   ├── ProtectedDocument
│   ├── ScannedDocument
│   └── DocumentTooLarge
├── InvalidRecord         a row of a CSV or JSON Lines file lacks its text
├── InvalidDocument       passages or vectors that do not belong to their document
│   └── UnstorableText    text that cannot be written as UTF-8
├── InvalidCollectionName
├── UnknownCollection
├── UnknownDocument
├── UnknownJob
├── TooManyJobs           a collection has as many unfinished jobs as are kept
├── JobGivenUp            processes died at a job, so it is not tried again
├── FetchError            what stands at a web address could not be taken
│   ├── HostNotAllowed    the settings allow no fetching, or not from this host
│   ├── ForbiddenAddress  no address of the web, or one of a private network
│   ├── DisallowedByRobots
│   └── SiteUnavailable   the site does not answer, is ill, or asks to be left alone
└── StoreError            the store itself: newer schema, damage, disk full
    ├── IncompatibleStore
    ├── CorruptStore
    ├── StoreUnavailable
    └── EncoderReplaced   the vectors to store are of an encoder that does not serve
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


class ScannedDocument(UnreadableDocument):
    """Its pages are pictures of text, which was not recognised."""


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


class UnknownJob(DocumentError):
    """No job has this id."""

    @classmethod
    def named(cls, job_id: str) -> Self:
        """Return the error for `job_id`: one text, whoever finds it missing."""
        return cls(f"No job has the id {job_id!r}: GET /v1/jobs lists them.")


class TooManyJobs(DocumentError):
    """A collection has as many unfinished jobs as are kept at a time."""


class JobGivenUp(DocumentError):
    """A job is not tried again: each time, the process that was at it died."""


class FetchError(DocumentError):
    """What stands at a web address could not be taken: it is gone, too slow, no document.

    `status` is what the server answered; None where it did not.
    """

    def __init__(self, message: str, *, status: int | None = None) -> None:
        super().__init__(message)
        self.status = status


class HostNotAllowed(FetchError):
    """The settings let nothing be fetched, or nothing from this host and port."""


class ForbiddenAddress(FetchError):
    """The address is none of the web, hides something, or leads into a private network."""


class DisallowedByRobots(FetchError):
    """The site's robots.txt keeps programs away from this address, or could not be read."""


class SiteUnavailable(FetchError):
    """The site does not answer, answers that it cannot, or asks to be left alone: try later."""


class StoreError(DocumentError):
    """The store itself cannot do what was asked."""


class IncompatibleStore(StoreError):
    """The store was written by a newer version, or is not a Sourcier store."""


class CorruptStore(StoreError):
    """The store's file is damaged."""


class StoreUnavailable(StoreError):
    """The store cannot be read or written now (locked, disk full, I/O error)."""


class EncoderReplaced(StoreError):
    """Vectors came from another encoder than the one that serves: encode again and try again."""
