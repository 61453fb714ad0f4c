"""Lists a page at a time, as OpenAI's clients turn the pages: `after` the id of the last one."""

from typing import Annotated, Generic, Literal, TypeVar

from fastapi import Query

from api.schemas.wire import Wire
from rag.granted import GrantedSourcier
from rag.vocabulary import DocumentSummary

Item = TypeVar("Item")

Limit = Annotated[int, Query(ge=1, le=100, description="How many at most.")]
After = Annotated[str | None, Query(description="The id of the last one of the page before.")]


class Page(Wire, Generic[Item]):
    """A page, newest first."""

    object: Literal["list"] = "list"
    data: list[Item]
    first_id: str | None
    last_id: str | None
    has_more: bool


class Deleted(Wire):
    """What is gone."""

    id: str
    object: str
    deleted: Literal[True] = True


def page_of(items: list[tuple[str, Item]], *, has_more: bool) -> Page[Item]:
    """Return a page of `items`, each with its id."""
    return Page(
        data=[item for _, item in items],
        first_id=items[0][0] if items else None,
        last_id=items[-1][0] if items else None,
        has_more=has_more,
    )


def summaries(
    sourcier: GrantedSourcier, collection: str, *, limit: int, after: str | None
) -> tuple[tuple[DocumentSummary, ...], bool]:
    """Return documents of `collection`, older than the one of the id `after`, and if more follow.

    Raises:
        UnknownCollection, UnknownDocument: there is none of this name, or of this id.
    """
    generation = None if after is None else sourcier.document(after).generation
    page = sourcier.documents(collection=collection, limit=limit, after=generation)
    return page.documents, page.after is not None
