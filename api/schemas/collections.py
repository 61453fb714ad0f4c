"""``/v1/collections``: named sets of documents that are searched apart."""

from datetime import datetime
from typing import Self

from pydantic import Field

from api.schemas.wire import COLLECTION_PATTERN, Body, Wire
from rag import vocabulary as domain


class CollectionBody(Body):
    """The collection to make."""

    name: str = Field(
        description="1 to 64 of the letters a-z and A-Z, the digits, `_` and `-`.",
        pattern=COLLECTION_PATTERN,
        examples=["presse", "reports-2025"],
    )


class Collection(Wire):
    """A collection, and how much it holds."""

    name: str
    created_at: datetime
    documents: int
    passages: int

    @classmethod
    def from_domain(cls, collection: domain.Collection) -> Self:
        """Return the wire form of `collection`."""
        return cls(
            name=collection.name,
            created_at=collection.created_at,
            documents=collection.documents,
            passages=collection.passages,
        )


class CollectionList(Wire):
    """All collections."""

    collections: list[Collection]
