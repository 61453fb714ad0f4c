"""All the ways by which documents come in by themselves, as the settings allow them."""

from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from threading import Event, Thread
from typing import Self

from documents.feeds.address import Address
from documents.feeds.address_guard import AddressGuard
from documents.feeds.allowed_hosts import AllowedHosts
from documents.feeds.folder import WatchedFolder
from documents.store.store import Store
from rag.feeds.folder_feed import FolderFeed
from rag.feeds.gathering import Gathering, Visit
from rag.feeds.watch import keep_watching, log_item
from rag.library import Library
from rag.settings import Settings


@dataclass(frozen=True, slots=True)
class Intake:
    """`gathering` fetches; `folder` watches."""

    gathering: Gathering
    _guard: AddressGuard
    _hosts: AllowedHosts
    _settings: Settings
    _store: Store
    _library: Library

    @classmethod
    def open(cls, settings: Settings, store: Store, library: Library, guard: AddressGuard) -> Self:
        """Put everything together; `guard` says which machines may be asked."""
        hosts = AllowedHosts.parse(settings.fetch_hosts or ())

        def visit() -> Visit:
            return _visit(settings, guard, hosts)

        gathering = Gathering(library, store.fetches, visit)
        return cls(gathering, guard, hosts, settings, store, library)

    def check(self, address: str) -> Address:
        """Return what `address` writes, if it may be fetched; where it leads is seen later.

        Raises:
            ForbiddenAddress: it is no address of the web, or the number of a private one.
            HostNotAllowed: the settings do not let it be fetched.
        """
        parsed = Address.parse(address)
        self._hosts.check(parsed)
        self._guard.check_number(parsed.host)
        return parsed

    def folder(self, folder: Path, *, collection: str, removes: bool) -> FolderFeed:
        """Return `folder` as a feed of a collection, which is made if there is none."""
        self._store.create_collection(collection)
        watched = WatchedFolder(folder)
        return FolderFeed(
            self._library, self._store.fetches, self._store, watched, collection, removes
        )

    @contextmanager
    def watching(self, *, seconds: float) -> Iterator[None]:
        """Watch the folder of the settings, if they name one, for the length of a `with` block.

        What is in the middle of a file at its end is waited for, `seconds` at most.
        """
        settings = self._settings
        if settings.watch is None:
            yield
            return
        feed = self.folder(
            settings.watch, collection=settings.watch_collection, removes=settings.watch_removes
        )
        stopping = Event()
        thread = Thread(target=keep_watching, args=(feed, stopping, log_item), daemon=True)
        thread.start()
        try:
            yield
        finally:
            stopping.set()
            thread.join(seconds)


def _visit(settings: Settings, guard: AddressGuard, hosts: AllowedHosts) -> Visit:
    # An HTTP client takes a while to import, and most services fetch nothing.
    from documents.feeds.fetched import FetchLimits  # noqa: PLC0415
    from documents.feeds.fetching import Fetcher  # noqa: PLC0415
    from documents.feeds.guarded_transport import GuardedTransport  # noqa: PLC0415
    from documents.feeds.polite_fetching import PoliteFetcher  # noqa: PLC0415

    limits = FetchLimits(settings.max_upload_bytes, settings.fetch_timeout_seconds)
    return PoliteFetcher(Fetcher(GuardedTransport(guard), hosts, limits))
