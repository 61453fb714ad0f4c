"""What an earlier version wrote opens in this one; what a later one wrote is left alone."""

import gzip
import sqlite3
from collections.abc import Iterator
from contextlib import closing
from dataclasses import replace
from pathlib import Path
from typing import Any

import pytest

from documents.errors import IncompatibleStore
from documents.records import document_id
from documents.store.schema import MIGRATIONS
from documents.store.store import Store
from index.late_interaction import LateInteraction
from index.manifest import Manifest
from rag.bootstrap import bootstrap
from rag.live import LiveIndex
from rag.settings import Settings
from tests.fixtures.stores.make import FOLDER, KEY, TEXTS, name_of
from tests.rag.fakes import FakeEncoder

VERSIONS = range(1, len(MIGRATIONS) + 1)
WITH_FEEDBACK, WITH_KEYS = 2, 3


@pytest.fixture(params=VERSIONS, ids=lambda version: f"v{version}")
def version(request: pytest.FixtureRequest) -> int:
    return int(request.param)


@pytest.fixture
def path(version: int, tmp_path: Path) -> Path:
    """A store as the program of that version left it."""
    path = tmp_path / "sourcier.db"
    path.write_bytes(gzip.decompress(name_of(version).read_bytes()))
    return path


@pytest.fixture
def store(path: Path) -> Iterator[Store]:
    with Store.open(path) as store:
        yield store


def opened(store: Store, interaction: LateInteraction, folder: Path) -> LiveIndex:
    return LiveIndex.open(
        store=store,
        encoder=FakeEncoder(),
        interaction=interaction,
        tokens="tokens",
        folder=folder,
    )


def found(index: LiveIndex, term: str) -> int:
    return len(index.view().lexical({"fr": [{term: 1.0}], "en": [{term: 1.0}]}, 9, collection=1))


def schema_of(path: Path) -> list[tuple[str, ...]]:
    with closing(sqlite3.connect(path)) as connection:
        return connection.execute(
            "SELECT type, name, tbl_name, ifnull(sql, '') FROM sqlite_master ORDER BY type, name"
        ).fetchall()


def test_a_store_of_every_version_is_kept() -> None:
    missing = [name_of(version).name for version in VERSIONS if not name_of(version).exists()]

    assert missing == [], "run: python -m tests.fixtures.stores.make"
    assert len(list(FOLDER.glob("*.gz"))) == len(VERSIONS), "a migration was taken back"


def test_all_documents_of_an_older_store_are_there(store: Store) -> None:
    assert [collection.name for collection in store.collections()] == ["default", "presse"]
    assert store.sources("presse", prefix="").keys() == {"phare.txt"}
    assert store.sources("default", prefix="").keys() == TEXTS.keys()
    for source, (language, title, prose) in TEXTS.items():
        document = store.document(document_id("default", source))
        assert document is not None
        assert document.text == f"{title}\n\n{prose} (final)"
        assert (document.title, document.language) == (title, language)
        assert document.text[document.headings[0].start : document.headings[0].end] == title
        assert str(document.published_at) == "2025-07-26"
        assert document.metadata == {"rubrique": "été"}
        assert document.added_at is not None


def test_all_passages_of_an_older_store_can_be_quoted_and_found(
    store: Store, interaction: LateInteraction, tmp_path: Path
) -> None:
    for source in TEXTS:
        summary = store.find("default", source)
        assert summary is not None
        document = store.document(summary.id)
        assert document is not None
        for ordinal in range(summary.passages):
            held = store.passage(f"{summary.id}.{summary.generation}.{ordinal}")
            assert held is not None
            assert document.text[held.passage.start : held.passage.end] == held.passage.text
    index = opened(store, interaction, tmp_path / "index")
    assert len(index.view()) == store.counts().passages == 6
    assert index.view().change == store.last_change() == 7
    assert found(index, "phar") == 2
    assert found(index, "bakeri") == 2


def test_what_else_an_older_store_keeps_is_there(store: Store, version: int) -> None:
    opinions, keys = store.feedback("default"), store.keys.all()

    assert [opinion.comment for opinion in opinions] == ["Précis."] * (version >= WITH_FEEDBACK)
    assert [key.id for key in keys] == [KEY] * (version >= WITH_KEYS)


def test_an_older_store_takes_new_documents(store: Store) -> None:
    before = store.last_change()
    document = store.document(document_id("default", "phare.txt"))
    assert document is not None
    held = store.passage(f"{document.id}.{document.generation}.0")
    assert held is not None
    vectors = FakeEncoder().encode_passages([held.passage.text])

    put = store.put(
        replace(document, source="new.txt"), [held.passage], vectors, fingerprint="fake-1"
    )

    assert put.status == "new"
    assert put.document.generation == store.last_change() == before + 1


def test_an_older_store_becomes_what_a_new_one_is(path: Path, tmp_path: Path) -> None:
    Store.open(path).close()
    Store.open(tmp_path / "new.db").close()

    assert schema_of(path) == schema_of(tmp_path / "new.db")


def test_a_folder_of_a_newer_version_is_refused_and_left_as_it_is(tmp_path: Path) -> None:
    settings = Settings(data_dir=tmp_path, encoder="embedded-static")
    with bootstrap(settings) as sourcier:
        sourcier.add_text("Le vieux moulin tourne encore.", source="moulin.txt")
        sourcier.rebuild()
    with closing(sqlite3.connect(settings.database)) as connection:
        connection.execute(f"PRAGMA user_version = {len(MIGRATIONS) + 1}")
    before = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}

    with pytest.raises(IncompatibleStore, match="newer Sourcier; update this one"):
        bootstrap(settings)

    after = {file: file.read_bytes() for file in tmp_path.rglob("*") if file.is_file()}
    assert after == before


@pytest.mark.parametrize("change", [{"format": 0}, {"format": 99}, {"analysis": "of old"}])
def test_an_index_of_another_version_is_built_anew(
    interaction: LateInteraction, tmp_path: Path, change: dict[str, Any]
) -> None:
    path, folder = tmp_path / "sourcier.db", tmp_path / "index"
    path.write_bytes(gzip.decompress(name_of(1).read_bytes()))
    with Store.open(path) as store:
        opened(store, interaction, folder).save()
        manifest = Manifest.from_json((folder / "manifest.json").read_bytes())
        (folder / "manifest.json").write_text(replace(manifest, **change).to_json())

        index = opened(store, interaction, folder)
        assert index.seen().change == 0
        assert found(index, "phar") == 2
        index.save()
        assert opened(store, interaction, folder).seen().change == 7
