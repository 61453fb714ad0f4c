import os
from collections.abc import Iterable, Sequence
from pathlib import Path

import pytest

from documents.errors import StoreUnavailable, UnknownCollection, UnsupportedFormat
from documents.models import Document
from documents.records import Stored
from rag.ingest import SAMPLE_FOLDER, IngestReport, ingest_paths
from rag.library import Added
from rag.service import Sourcier


class FakeSourcier:
    """Takes text files, and remembers under which source."""

    def __init__(self) -> None:
        self.sources: list[str] = []
        self.failure: Exception | None = None

    def check_size(self, size: int, *, name: str) -> None:
        assert size >= 0
        assert name

    def add_file(self, data: bytes, *, name: str, collection: str, source: str) -> Added:
        if self.failure:
            raise self.failure
        if not name.endswith((".txt", ".md")):
            raise UnsupportedFormat(f"{name} is of no known format")
        status = "unchanged" if source in self.sources else "new"
        self.sources.append(source)
        document = Document("d", collection, source, name, "fr", data.decode(), "")
        return Added((Stored(document, status),))


@pytest.fixture
def sourcier() -> FakeSourcier:
    return FakeSourcier()


def ingest(sourcier: FakeSourcier, *paths: Path) -> IngestReport:
    as_sourcier: Sourcier = sourcier  # type: ignore[assignment]
    return ingest_paths(as_sourcier, paths)


def reasons(report: IngestReport) -> dict[str, str]:
    return {skipped.path.name: skipped.reason for skipped in report.skipped}


def write(folder: Path, *names: str) -> None:
    for name in names:
        path = folder / name
        path.parent.mkdir(parents=True, exist_ok=True)
        path.write_text("Un texte.")


def test_folders_are_read_to_their_depth_in_a_stable_order(
    sourcier: FakeSourcier, tmp_path: Path
) -> None:
    write(tmp_path, "b.txt", "a/z.txt", "a/b/c.txt")

    assert ingest(sourcier, tmp_path).new == 3
    names = [Path(source).relative_to(tmp_path).as_posix() for source in sourcier.sources]
    assert names == ["a/b/c.txt", "a/z.txt", "b.txt"]


def test_hidden_files_are_left_out_unless_they_are_named(
    sourcier: FakeSourcier, tmp_path: Path
) -> None:
    write(tmp_path, ".hidden.txt", ".git/a.txt", "seen.txt")

    assert ingest(sourcier, tmp_path).new == 1
    assert ingest(sourcier, tmp_path / ".hidden.txt").new == 1


def test_a_file_that_no_loader_reads_is_skipped_with_the_reason_and_the_rest_goes_on(
    sourcier: FakeSourcier, tmp_path: Path
) -> None:
    write(tmp_path, "README.png", "z.txt")
    report = ingest(sourcier, tmp_path, tmp_path / "nowhere")

    assert report.new == 1
    assert reasons(report) == {
        "nowhere": "there is no such file or folder",
        "README.png": "README.png is of no known format",
    }


def test_the_same_file_named_twice_is_read_once(sourcier: FakeSourcier, tmp_path: Path) -> None:
    write(tmp_path, "a.txt")
    report = ingest(sourcier, tmp_path, tmp_path / "a.txt")

    assert (report.new, report.unchanged) == (1, 0)


def test_links_that_lead_in_circles_or_nowhere_do_no_harm(
    sourcier: FakeSourcier, tmp_path: Path
) -> None:
    write(tmp_path, "a.txt")
    (tmp_path / "circle").symlink_to(tmp_path)
    (tmp_path / "gone").symlink_to(tmp_path / "missing")
    report = ingest(sourcier, tmp_path)

    assert report.new == 1
    assert reasons(report) == {"gone": "there is no such file or folder"}


def test_what_is_no_file_is_skipped(sourcier: FakeSourcier, tmp_path: Path) -> None:
    os.mkfifo(tmp_path / "pipe")

    assert reasons(ingest(sourcier, tmp_path / "pipe")) == {
        "pipe": "it is neither a file nor a folder"
    }


def test_a_name_that_is_no_text_is_no_obstacle(sourcier: FakeSourcier, tmp_path: Path) -> None:
    Path(os.fsdecode(os.fsencode(tmp_path) + b"/caf\xe9.txt")).write_text("Un texte.")

    assert ingest(sourcier, tmp_path).new == 1


@pytest.mark.parametrize(
    "failure", [UnknownCollection("there is no collection"), StoreUnavailable("disk full")]
)
def test_what_would_fail_for_every_file_ends_it(
    sourcier: FakeSourcier, tmp_path: Path, failure: Exception
) -> None:
    write(tmp_path, "a.txt", "b.txt")
    sourcier.failure = failure

    with pytest.raises(type(failure), match=str(failure)):
        ingest(sourcier, tmp_path)


def test_a_file_keeps_its_name_wherever_one_stands(
    sourcier: FakeSourcier, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    write(tmp_path, "a/b.txt")
    monkeypatch.chdir(tmp_path / "a")

    ingest(sourcier, Path("b.txt"))
    ingest(sourcier, tmp_path / "a" / "b.txt")

    assert sourcier.sources == [(tmp_path / "a" / "b.txt").resolve().as_posix()] * 2


def test_the_sample_has_the_same_sources_on_every_machine(sourcier: FakeSourcier) -> None:
    path = next(SAMPLE_FOLDER.glob("fr/*.md"))
    ingest(sourcier, path)

    assert sourcier.sources == [f"sample/fr/{path.name}"]


def test_each_file_goes_by(sourcier: FakeSourcier, tmp_path: Path) -> None:
    write(tmp_path, "a.txt", "b.txt")
    seen: list[str] = []

    def watch(paths: Sequence[Path]) -> Iterable[Path]:
        for path in paths:
            seen.append(path.name)
            yield path

    ingest_paths(sourcier, [tmp_path], progress=watch)  # type: ignore[arg-type]

    assert seen == ["a.txt", "b.txt"]
