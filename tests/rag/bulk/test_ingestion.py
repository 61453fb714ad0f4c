"""Whatever a cluster does, the store holds what it would hold without one."""

import logging
import os
import random
from collections.abc import Callable, Iterator, Sequence
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest
from typer.testing import CliRunner

from index.encoder import Vectors, read_passages
from rag.__main__ import app
from rag.bootstrap import bootstrap
from rag.bulk import ingestion
from rag.bulk.ingestion import Cluster, ingest_on
from rag.bulk.pieces import Asked, Piece, Recipe
from rag.errors import ClusterFailed
from rag.ingest import IngestReport, ingest_paths
from rag.service import Sourcier
from rag.settings import Settings
from tests.rag.bulk.cluster import CountingEncoder, Watched, contents, faithful, write_mixed

Change = Callable[[list[Piece]], list[Piece]]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[[], Sourcier]]:
    """Opens an empty service."""
    services: list[Sourcier] = []

    def opened() -> Sourcier:
        settings = Settings(data_dir=tmp_path / "data", encoder="embedded-static")
        services.append(bootstrap(settings))
        return services[-1]

    yield opened
    for service in services:
        service.close()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    """A folder of files that these tests may change."""
    write_mixed(tmp_path / "mixed")
    return tmp_path / "mixed"


@pytest.fixture(scope="module")
def unchanged(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """The same folder, which stays as it is."""
    folder = tmp_path_factory.mktemp("mixed")
    write_mixed(folder)
    return folder


@pytest.fixture(scope="module")
def plain(
    unchanged: Path, tmp_path_factory: pytest.TempPathFactory
) -> tuple[IngestReport, dict[str, object]]:
    """What comes of it without a cluster."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("plain"), encoder="embedded-static")
    with bootstrap(settings) as sourcier:
        return ingest_paths(sourcier, [unchanged]), contents(sourcier)


def ingest(sourcier: Sourcier, folder: Path, cluster: Cluster = faithful) -> IngestReport:
    return ingest_on(cluster, sourcier, [folder], collection="default")


def counted(sourcier: Sourcier) -> CountingEncoder:
    """Let `sourcier` count the texts that it encodes itself."""
    counting = CountingEncoder(sourcier.encoder)
    sourcier.library = replace(sourcier.library, encoder=lambda: counting)
    return counting


def changed(change: Change) -> Cluster:
    """Return a cluster that sends what `change` makes of the right pieces."""

    @contextmanager
    def cluster(recipe: Recipe, asked: Sequence[Asked]) -> Iterator[Iterator[Piece]]:
        with faithful(recipe, asked) as pieces:
            yield iter(change(list(pieces)))

    return cluster


def shuffled(pieces: list[Piece]) -> list[Piece]:
    random.Random(7).shuffle(pieces)
    return pieces


@pytest.mark.parametrize(
    "change",
    [
        pytest.param(lambda pieces: pieces, id="faithful"),
        pytest.param(lambda pieces: [p for p in pieces for _ in range(2)], id="twice"),
        pytest.param(lambda _: [], id="nothing"),
        pytest.param(shuffled, id="in any order"),
        pytest.param(lambda pieces: [p for p in pieces if p.first], id="first pieces only"),
        pytest.param(lambda pieces: [p for p in pieces if not p.first], id="no first pieces"),
        pytest.param(
            lambda pieces: [replace(p, keys=b"", vectors=b"") for p in pieces], id="no vectors"
        ),
        pytest.param(lambda pieces: [replace(p, keys=p.keys[::-1]) for p in pieces], id="no keys"),
        pytest.param(
            lambda pieces: [replace(p, loaded=b"", problem="no such file") for p in pieces],
            id="nothing read",
        ),
    ],
)
def test_the_store_holds_what_it_would_without_a_cluster(
    opened: Callable[[], Sourcier],
    plain: tuple[IngestReport, dict[str, object]],
    unchanged: Path,
    change: Change,
) -> None:
    bulk = opened()
    report = ingest(bulk, unchanged, changed(change))

    assert (report, contents(bulk)) == plain
    assert report.new > 100
    assert len(report.skipped) == 5


def test_this_machine_encodes_nothing_that_the_cluster_did(
    opened: Callable[[], Sourcier], folder: Path
) -> None:
    sourcier = opened()
    counting = counted(sourcier)

    assert ingest(sourcier, folder).new > 100
    assert counting.read == 0


def test_what_is_stored_as_it_is_is_not_encoded_again(
    opened: Callable[[], Sourcier], folder: Path
) -> None:
    sourcier, watched = opened(), Watched()
    first = ingest(sourcier, folder)
    (folder / "Keeper.md").write_text("# The keeper\n\nHe left the island in 1911.", "utf-8")
    with (folder / "rows.csv").open("a", encoding="utf-8") as rows:
        rows.write("\nlast,Last,The last row came in later.")

    second = ingest(sourcier, folder, watched)

    assert (second.new, second.replaced, second.unchanged) == (1, 1, first.new - 1)
    assert sum(len(piece.keys) for piece in watched.sent) == 2 * 16


def test_a_large_file_comes_in_while_its_pieces_do(
    opened: Callable[[], Sourcier], folder: Path
) -> None:
    sourcier = opened()
    stored = []

    @contextmanager
    def cluster(recipe: Recipe, asked: Sequence[Asked]) -> Iterator[Iterator[Piece]]:
        def pieces() -> Iterator[Piece]:
            with faithful(recipe, asked) as right:
                for piece in right:
                    stored.append(sourcier.status().documents)
                    yield piece

        yield pieces()

    (path,) = folder.glob("rows.csv")
    assert ingest(sourcier, path, cluster).new == 100
    assert len(stored) == 2  # 64 rows with each piece
    assert stored == sorted(set(stored))


def test_where_the_cluster_fails_what_came_before_is_stored_and_a_second_run_goes_on(
    opened: Callable[[], Sourcier],
    plain: tuple[IngestReport, dict[str, object]],
    unchanged: Path,
) -> None:
    bulk, wanted = opened(), plain[0].new

    @contextmanager
    def failing(recipe: Recipe, asked: Sequence[Asked]) -> Iterator[Iterator[Piece]]:
        def pieces() -> Iterator[Piece]:
            with faithful(recipe, asked) as right:
                yield from list(right)[:-3]
                raise ClusterFailed("all nodes are gone")

        yield pieces()

    with pytest.raises(ClusterFailed, match="all nodes are gone"):
        ingest(bulk, unchanged, failing)
    before = bulk.status().documents
    second = ingest(bulk, unchanged)

    assert 0 < before < wanted
    assert (second.new, second.unchanged) == (wanted - before, before)
    assert contents(bulk) == plain[1]


def test_vectors_of_another_encoder_than_the_one_that_serves_are_not_used(
    opened: Callable[[], Sourcier], tmp_path: Path
) -> None:
    (tmp_path / "a.txt").write_text("Le moulin tourne encore.", "utf-8")
    sourcier, watched = opened(), Watched()
    ingest(sourcier, tmp_path / "a.txt", watched)
    [text] = ["Le moulin tourne encore.\nLe moulin tourne encore."]
    fingerprint = sourcier.encoder.fingerprint

    def made(of: str) -> tuple[Vectors, bytes] | None:
        arriving = ingestion._Arriving(iter(watched.sent), fingerprint)
        arriving.file(0)
        return arriving.made(text, of)

    found, here = made(fingerprint), read_passages(sourcier.encoder, [text])
    assert found is not None
    assert np.array_equal(found[0], here.vectors[0])
    assert found[1] == here.stretches[0]
    assert made("another") is None


def test_an_encoder_that_no_node_has_is_told_once_and_this_machine_encodes(
    opened: Callable[[], Sourcier], folder: Path, caplog: pytest.LogCaptureFixture
) -> None:
    sourcier = opened()
    counting = counted(sourcier)
    asked_for = replace(ingestion._recipe(sourcier, "default"), fingerprint="gone", encoder="gone")

    with pytest.MonkeyPatch.context() as patch, caplog.at_level(logging.WARNING, "rag.bulk"):
        patch.setattr(ingestion, "_recipe", lambda *_: asked_for)
        ingest(sourcier, folder)

    [told] = [record.message for record in caplog.records if record.name.startswith("rag.bulk")]
    assert told.startswith("this machine does what the cluster could not: the encoder gone is not")
    assert counting.read > 100


def test_nodes_encode_nothing_where_a_server_does(
    opened: Callable[[], Sourcier], folder: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    sourcier, watched = opened(), Watched()
    counting = counted(sourcier)
    monkeypatch.setattr(ingestion, "RemoteEncoder", object)

    assert ingest(sourcier, folder, watched).new > 100
    assert [piece for piece in watched.sent if piece.keys] == []
    assert counting.read > 100


def test_a_file_that_is_too_large_is_not_sent(opened: Callable[[], Sourcier], folder: Path) -> None:
    sourcier, watched = opened(), Watched()
    sourcier.settings = sourcier.settings.model_copy(update={"max_upload_bytes": 1024})

    report = ingest(sourcier, folder, watched)

    reasons = {skipped.path.name: skipped.reason for skipped in report.skipped}
    assert "SOURCIER_MAX_UPLOAD_BYTES" in reasons["phare.txt"]
    assert all(not asked.path.endswith(b"phare.txt") for asked in watched.asked)


def test_a_name_that_is_no_text_is_no_obstacle(
    opened: Callable[[], Sourcier], tmp_path: Path
) -> None:
    path = Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt"))
    path.write_text("Le moulin tourne encore.", "utf-8")
    sourcier = opened()
    counting = counted(sourcier)

    assert ingest(sourcier, path).new == 1
    assert counting.read == 0


def test_no_cluster_is_asked_where_there_is_no_file(
    opened: Callable[[], Sourcier], tmp_path: Path
) -> None:
    watched = Watched()
    report = ingest(opened(), tmp_path / "nowhere", watched)

    assert watched.asked == []
    assert [skipped.reason for skipped in report.skipped] == ["there is no such file or folder"]


def test_without_the_package_the_remedy_is_named(
    folder: Path, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(ingestion, "find_spec", lambda _name: None)
    variables = {"SOURCIER_DATA_DIR": str(tmp_path / "data")}

    result = CliRunner().invoke(app, ["ingest", "--ray", str(folder)], env=variables)

    assert result.exit_code == 1
    assert result.stderr == (
        'sourcier: --ray needs the packages of the extra `ray`: pip install "ray[data]"\n'
    )
