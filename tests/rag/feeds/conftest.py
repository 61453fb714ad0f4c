"""A site on this machine, and a library that may fetch from it."""

from collections.abc import Callable, Iterator, Sequence
from dataclasses import replace
from itertools import count
from pathlib import Path

import pytest

from documents.feeds.address_guard import AddressGuard
from documents.feeds.allowed_hosts import AllowedHosts
from documents.feeds.fetched import FetchLimits
from documents.feeds.fetching import Fetcher
from documents.feeds.guarded_transport import GuardedTransport
from documents.feeds.polite_fetching import PoliteFetcher
from documents.job_records import JobItem
from rag.bootstrap import bootstrap
from rag.feeds.gathering import Gathering
from rag.jobs.work import Task
from rag.service import Sourcier
from rag.settings import Settings
from tests.documents.feeds.web_server import WebServer, serving

NUMBERS = count()
LOOPBACK = ("127.0.0.0/8",)


@pytest.fixture(scope="module")
def sourcier(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sourcier]:
    folder: Path = tmp_path_factory.mktemp("data")
    with bootstrap(Settings(data_dir=folder, encoder="embedded-static")) as sourcier:
        yield sourcier


@pytest.fixture
def collection(sourcier: Sourcier) -> str:
    """A collection that nobody else uses."""
    name = f"presse{next(NUMBERS)}"
    sourcier.create_collection(name)
    return name


@pytest.fixture
def web() -> Iterator[WebServer]:
    with serving({}) as server:
        yield server


@pytest.fixture
def gathering(sourcier: Sourcier, web: WebServer) -> Gathering:
    """What fetches from `web` alone, without pauses."""
    fetcher = Fetcher(
        GuardedTransport(AddressGuard.allowing(LOOPBACK)),
        AllowedHosts.parse([f"*:{web.port}"]),
        FetchLimits(seconds=5),
    )
    return replace(sourcier.intake.gathering, visit=lambda: PoliteFetcher(fetcher, pause=0.0))


@pytest.fixture
def gather(gathering: Gathering, web: WebServer, collection: str) -> Callable[..., list[JobItem]]:
    """Return what comes of an address, item by item."""

    def gather(path: str, *, finished: Sequence[str] = (), **request: object) -> list[JobItem]:
        asked = {"address": f"{web.url}{path}", **request}
        task = Task("job", collection, asked, frozenset(finished))
        return [step for step in gathering.steps(task) if isinstance(step, JobItem)]

    return gather
