"""Bring in what stands at a web address: a page, or what a sitemap or a feed lists.

One step after the other, as a kind of job (`rag.jobs.work.Work`). Each address is asked for
only what is newer than last time; what is not there any more stays stored.
"""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

from documents.errors import DocumentError, SiteUnavailable, StoreError, UnknownCollection
from documents.feeds.address import Address
from documents.feeds.fetched import Fetched, Validators
from documents.feeds.listing import Link, is_listing, read_listing
from documents.job_records import JobItem, JobProblem
from documents.records import Stored
from documents.store.fetches import Fetch
from rag.feeds.fetched import read_fetched
from rag.feeds.links import links_of
from rag.jobs.work import Doing, Step, Task, item_of
from rag.library import Library

FETCH = "fetch"
Kind = Literal["page", "sitemap", "feed"]
KINDS: tuple[Kind, ...] = ("page", "sitemap", "feed")
MOST = 1000  # documents of one list

_FAILURES_IN_A_ROW = 5  # then the site is left alone


class Fetches(Protocol):
    """Remembers the last fetch of each address of a collection."""

    def find(self, collection: str, address: str) -> Fetch | None: ...

    def put(self, collection: str, fetch: Fetch) -> None: ...


class Visit(Protocol):
    """Fetches from some sites as they wish; see `documents.feeds.polite_fetching`."""

    def fetch(self, address: Address, *, known: Validators = ...) -> Fetched | None: ...

    def sitemaps(self, address: Address) -> Sequence[Address]: ...


@dataclass(frozen=True, slots=True)
class Gathering:
    """Brings documents from the web into `library`; `visit` begins a visit to some sites.

    The `request` of a task has `address`, and may have `kind` and `most` (documents).
    """

    library: Library
    fetches: Fetches
    visit: Callable[[], Visit]

    def steps(self, task: Task) -> Iterator[Step]:
        """Fetch the address of the task, and what it lists; a list that fails fails the task.

        Raises:
            FetchError: the address cannot be fetched, or five in a row that it lists.
            UnreadableDocument: it is said to be a list, and is none.
        """
        visit, kind = self.visit(), task.request.get("kind")
        address = Address.parse(task.request["address"])
        if kind == "sitemap" and address.target == "/":
            address, *_ = visit.sitemaps(address)
        yield Doing(str(address))
        known = self.fetches.find(task.collection, str(address))
        fetched = visit.fetch(address, known=_validators(known))
        if fetched is None:
            document_id = known.document_id if known else None
            yield JobItem(str(address), str(address), "unchanged", document_id)
        elif kind in ("sitemap", "feed") or (kind is None and _lists(fetched)):
            yield from self._listed(task, visit, address, fetched)
        else:
            yield from self._items(task.collection, address, fetched, Link(str(address)))

    def _listed(
        self, task: Task, visit: Visit, address: Address, fetched: Fetched
    ) -> Iterator[Step]:
        """Yield what comes of each link; remember the list only if nothing of it was left."""
        listing = read_listing(fetched.data, address=fetched.address)
        most = min(int(task.request.get("most") or MOST), MOST)
        links = list(links_of(listing, fetched.address, fetch=visit.fetch, most=most + 1))
        whole, links = len(links) <= most and not listing.sitemaps, links[:most]
        failures = 0
        for link in links:
            if link.address in task.finished:
                continue
            yield Doing(link.address, total=len(links))
            try:
                for item in self._linked(task.collection, visit, link):
                    whole = whole and item.outcome != "refused"
                    yield item
                failures = 0
            except SiteUnavailable as error:
                whole, failures = False, failures + 1
                yield _refused(link.address, error)
                if failures == _FAILURES_IN_A_ROW:
                    raise
        if whole:
            self._remember(task.collection, address, fetched, None)

    def _linked(self, collection: str, visit: Visit, link: Link) -> Iterator[JobItem]:
        """Yield what comes of one link; what is wrong with it alone is an item too.

        Raises:
            SiteUnavailable: it may be wrong with the next one as well.
        """
        try:
            address = Address.parse(link.address)
            known = self.fetches.find(collection, str(address))
            if known is not None and _is_older(link, known):
                yield JobItem(link.address, link.address, "unchanged", known.document_id)
                return
            fetched = visit.fetch(address, known=_validators(known))
            if fetched is None:
                assert known is not None  # noqa: S101 - it was asked with what is known
                self.fetches.put(collection, known)
                yield JobItem(link.address, link.address, "unchanged", known.document_id)
            else:
                yield from self._items(collection, address, fetched, link)
        except (SiteUnavailable, StoreError, UnknownCollection):
            raise
        except DocumentError as error:
            yield _refused(link.address, error)

    def _items(
        self, collection: str, address: Address, fetched: Fetched, link: Link
    ) -> Iterator[JobItem]:
        """Yield each document that was fetched, once it is stored; a table holds several."""
        loaded, source = read_fetched(fetched, link, limits=self.library.limits)
        first = None
        for step in self.library.adding(loaded, collection=collection, source=source):
            if isinstance(step, Stored):
                own = step.document.source.removeprefix(source)
                first = first or step.document.id
                yield item_of(link.address + own, step.document.source, step)
        for number, error in enumerate(loaded.problems):
            yield JobItem(
                f"{link.address}!{number}", source, "refused", problem=JobProblem.of(error)
            )
        self._remember(collection, address, fetched, first)

    def _remember(
        self, collection: str, address: Address, fetched: Fetched, document_id: str | None
    ) -> None:
        etag, modified = fetched.validators.etag, fetched.validators.last_modified
        self.fetches.put(collection, Fetch(str(address), document_id, etag, modified))


def _validators(known: Fetch | None) -> Validators:
    return Validators(known.etag, known.last_modified) if known else Validators()


def _is_older(link: Link, known: Fetch) -> bool:
    """Tell whether what is linked was last changed before it was last fetched."""
    if known.document_id is None or known.fetched_at is None or link.modified_at is None:
        return False
    return link.modified_at < known.fetched_at


def _lists(fetched: Fetched) -> bool:
    return is_listing(fetched.data, fetched.media_type)


def _refused(address: str, error: DocumentError) -> JobItem:
    return JobItem(address, address, "refused", problem=JobProblem.of(error))
