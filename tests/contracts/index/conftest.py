"""Each index in turn, over a store, opened as often as a test likes."""

from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

from benchmarks.engine_servers import LITE, running
from index.late_interaction import LateInteraction
from index.milvus.engine import Engine
from index.static_encoder import StaticEncoder
from rag.additions import AdditionsReader
from rag.encoders import STATIC
from rag.live import LiveIndex
from rag.milvus_index import MilvusIndex
from rag.serving import Index
from tests.contracts.milvus_lite import KIND, NAMED, WORDS, needs_lite
from tests.contracts.stores import Opener, Store, opener
from tests.rag.fakes import FakeEncoder

OpenIndex = Callable[[], Index]
KINDS = (
    ("sqlite", "embedded"),
    ("postgres", "embedded"),
    pytest.param(("sqlite", "milvus"), marks=needs_lite),
)


@pytest.fixture(params=KINDS, ids="-".join)
def kinds(request: pytest.FixtureRequest) -> tuple[str, str]:
    """Which store, and which index over it."""
    pair: tuple[str, str] = request.param
    return pair


@pytest.fixture
def opened(request: pytest.FixtureRequest, kinds: tuple[str, str], tmp_path: Path) -> Opener:
    return opener(kinds[0], request, tmp_path)


@pytest.fixture(scope="session")
def interaction() -> LateInteraction:
    return LateInteraction(StaticEncoder.load(STATIC))


@pytest.fixture(scope="session")
def milvus(tmp_path_factory: pytest.TempPathFactory) -> Iterator[str]:
    """The address of a Milvus."""
    if NAMED:
        yield NAMED
    else:
        with running(LITE, tmp_path_factory.mktemp("milvus") / "data") as engine:
            yield engine.address


@pytest.fixture
def embedded_index(store: Store, interaction: LateInteraction, tmp_path: Path) -> LiveIndex:
    return LiveIndex.open(
        store=store,
        encoder=FakeEncoder(),
        interaction=interaction,
        tokens="tokens",
        folder=tmp_path / "index",
    )


@pytest.fixture
def open_index(
    request: pytest.FixtureRequest,
    kinds: tuple[str, str],
    store: Store,
    interaction: LateInteraction,
    tmp_path: Path,
) -> Iterator[OpenIndex]:
    """Opens an index over the store; what is opened again is the same one."""
    opened: list[Index] = []

    def embedded() -> Index:
        index = LiveIndex.open(
            store=store,
            encoder=FakeEncoder(),
            interaction=interaction,
            tokens="tokens",
            folder=tmp_path / "opened",
        )
        opened.append(index)
        return index

    def in_milvus() -> Index:
        index = MilvusIndex(
            reader=AdditionsReader(store, FakeEncoder(), interaction),
            builds=store.builds,
            engine=Engine(request.getfixturevalue("milvus"), timeout_seconds=20),
            tokens="tokens",
            kind=KIND,
            words=WORDS,
        )
        opened.append(index)
        return index

    yield embedded if kinds[1] == "embedded" else in_milvus
    for index in opened:
        index.close()


@pytest.fixture
def index(open_index: OpenIndex) -> Index:
    return open_index()
