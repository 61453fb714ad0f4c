"""What these tests share: the shipped models, read once, and a small bilingual corpus."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from documents.limits import Limits
from documents.store.store import Store
from index.late_interaction import LateInteraction
from index.static_encoder import StaticEncoder
from rag.bootstrap import bootstrap
from rag.encoders import STATIC
from rag.library import Library
from rag.service import Sourcier
from rag.settings import Settings
from tests.rag.fakes import FakeEncoder
from tests.rag.texts import CORPUS


@pytest.fixture(scope="session")
def static() -> StaticEncoder:
    return StaticEncoder.load(STATIC)


@pytest.fixture(scope="session")
def interaction(static: StaticEncoder) -> LateInteraction:
    return LateInteraction(static)


@pytest.fixture(scope="session")
def sourcier(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sourcier]:
    """The corpus in the default collection, and the French half of it in "half"; only read."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"), encoder="embedded-static")
    with bootstrap(settings) as sourcier:
        sourcier.create_collection("half")
        sourcier.create_collection("empty")
        for name, text in CORPUS.items():
            about = {"kind": "trade"} if name == "bakery.md" else {"kind": "building"}
            sourcier.add_text(text, source=name, metadata=about)
            if name in ("phare.txt", "mediatheque.txt"):
                sourcier.add_text(text, source=name, collection="half")
        yield sourcier


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(tmp_path / "sourcier.db") as store:
        yield store


@pytest.fixture
def encoder() -> FakeEncoder:
    return FakeEncoder()


@pytest.fixture
def library(store: Store, encoder: FakeEncoder) -> Library:
    return Library(
        store=store, encoder=lambda: encoder, limits=Limits(), min_words=60, max_words=180
    )
