"""What a folder holds comes in, and goes where that is wished, whatever happens to its files."""

from collections.abc import Callable, Iterator
from dataclasses import replace
from pathlib import Path
from threading import Event

import pytest

from documents.errors import UnknownCollection
from documents.feeds.folder import WatchedFolder
from documents.job_records import JobItem, JobProblem
from rag.feeds.folder_feed import FolderFeed
from rag.feeds.watch import keep_watching, log_item
from rag.service import Sourcier

LIGHTHOUSE = "Le phare de Kerbrat a été bâti en 1887 par trois maçons du port.\n"
MILL = "The mill of Oakley was built in 1903 by two carpenters of the village.\n"


class Clock:
    now = 0.0

    def __call__(self) -> float:
        return self.now


@pytest.fixture
def clock() -> Clock:
    return Clock()


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    folder = tmp_path / "presse"
    folder.mkdir()
    return folder


@pytest.fixture
def feed(sourcier: Sourcier, folder: Path, clock: Clock, collection: str) -> FolderFeed:
    feed = sourcier.intake.folder(folder, collection=collection, removes=True)
    feed.watched = WatchedFolder(folder, quiet=2.0, clock=clock)
    return feed


@pytest.fixture
def look(feed: FolderFeed, clock: Clock) -> Callable[[], list[tuple[str, str]]]:
    """Let time pass, look, and return what came of which file."""

    def look() -> list[tuple[str, str]]:
        list(feed.look())  # sees what is there now
        clock.now += 3.0
        return [(item.outcome, Path(item.name).name) for item in feed.look()]

    return look


Look = Callable[[], list[tuple[str, str]]]


def test_files_come_in_when_they_stand_still(
    look: Look, folder: Path, sourcier: Sourcier, collection: str
) -> None:
    (folder / "sous").mkdir()
    (folder / "phare.txt").write_text(LIGHTHOUSE)
    (folder / "sous" / "moulin.md").write_text(MILL)

    assert sorted(look()) == [("added", "moulin.md"), ("added", "phare.txt")]
    assert look() == []
    sources = {one.source for one in sourcier.all_documents(collection)}
    assert sources == {
        (folder / "phare.txt").resolve().as_posix(),
        (folder / "sous" / "moulin.md").resolve().as_posix(),
    }


def test_a_half_written_file_is_not_read(feed: FolderFeed, folder: Path, clock: Clock) -> None:
    with (folder / "phare.txt").open("w") as file:
        for part in LIGHTHOUSE.split():
            file.write(f"{part} ")
            file.flush()
            assert list(feed.look()) == []
            clock.now += 1.0
    assert list(feed.look()) == []
    clock.now += 3.0
    assert [item.outcome for item in feed.look()] == ["added"]


def test_a_changed_file_replaces_its_document(look: Look, folder: Path) -> None:
    path = folder / "phare.txt"
    path.write_text(LIGHTHOUSE)
    look()
    path.write_text(MILL)

    assert look() == [("replaced", "phare.txt")]


def test_a_file_that_is_gone_takes_its_document_along(
    look: Look, folder: Path, sourcier: Sourcier, collection: str
) -> None:
    for name, text in (("phare.txt", LIGHTHOUSE), ("moulin.txt", MILL)):
        (folder / name).write_text(text)
    look()
    (folder / "phare.txt").unlink()

    assert look() == [("removed", "phare.txt")]
    assert [one.source for one in sourcier.all_documents(collection)] == [
        (folder / "moulin.txt").resolve().as_posix()
    ]


def test_a_file_that_is_gone_leaves_its_document_where_nothing_is_to_be_removed(
    feed: FolderFeed, look: Look, folder: Path
) -> None:
    feed.removes = False
    for name, text in (("phare.txt", LIGHTHOUSE), ("moulin.txt", MILL)):
        (folder / name).write_text(text)
    look()
    (folder / "phare.txt").unlink()

    assert look() == []


def test_an_empty_folder_removes_nothing(
    look: Look, folder: Path, sourcier: Sourcier, collection: str
) -> None:
    (folder / "phare.txt").write_text(LIGHTHOUSE)
    look()
    (folder / "phare.txt").unlink()

    assert look() == []
    assert len(list(sourcier.all_documents(collection))) == 1


def test_a_file_that_is_replaced_in_passing_is_not_gone(
    feed: FolderFeed, look: Look, folder: Path
) -> None:
    for name, text in (("phare.txt", LIGHTHOUSE), ("moulin.txt", MILL)):
        (folder / name).write_text(text)
    look()
    (folder / "phare.txt").unlink()
    assert list(feed.look()) == []
    (folder / "phare.txt").write_text(LIGHTHOUSE)

    assert look() == [("unchanged", "phare.txt")]


def test_what_went_while_nobody_looked_is_removed_at_the_next_start(
    feed: FolderFeed, look: Look, folder: Path, clock: Clock
) -> None:
    for name, text in (("phare.txt", LIGHTHOUSE), ("moulin.txt", MILL)):
        (folder / name).write_text(text)
    look()
    (folder / "phare.txt").unlink()
    later = replace(feed, watched=WatchedFolder(folder, quiet=2.0, clock=clock), _taken={})

    list(later.look())
    assert [item.outcome for item in later.look()] == ["removed"]


def test_what_was_taken_in_before_is_not_read_again_after_a_restart(
    feed: FolderFeed, look: Look, folder: Path, clock: Clock
) -> None:
    (folder / "phare.txt").write_text(LIGHTHOUSE)
    look()
    later = replace(feed, watched=WatchedFolder(folder, quiet=2.0, clock=clock), _taken={})

    list(later.look())
    clock.now += 3.0
    assert list(later.look()) == []


def test_the_rows_of_a_table_go_with_their_file(look: Look, folder: Path) -> None:
    (folder / "phare.txt").write_text(LIGHTHOUSE)
    table = folder / "n°1#textes.csv"
    table.write_text(f"id,title,text\n1,Phare,{LIGHTHOUSE.strip()}\n2,Mill,{MILL.strip()}\n")
    assert len(look()) == 3
    assert look() == []
    table.unlink()

    assert [outcome for outcome, _ in look()] == ["removed", "removed"]


def test_what_came_from_elsewhere_is_not_removed(
    look: Look, folder: Path, sourcier: Sourcier, collection: str
) -> None:
    beside = folder.parent / "presse-locale.txt"
    sourcier.add_text(LIGHTHOUSE, source=beside.as_posix(), collection=collection)
    hidden = folder / ".brouillon.txt"
    hidden.write_text(MILL)
    sourcier.add_text(MILL, source=hidden.resolve().as_posix(), collection=collection)
    for name in ("phare.txt", "moulin.txt"):
        (folder / name).write_text(LIGHTHOUSE)
    look()
    (folder / "phare.txt").unlink()

    assert look() == [("removed", "phare.txt")]
    assert len(list(sourcier.all_documents(collection))) == 3


def test_a_file_that_cannot_be_read_is_refused_once(
    feed: FolderFeed, folder: Path, clock: Clock
) -> None:
    (folder / "image.png").write_bytes(b"\x89PNG\r\n\x1a\n" + b"\0" * 64)
    list(feed.look())
    clock.now += 3.0
    [item] = feed.look()

    assert item.problem is not None
    assert item.problem.error == "UnsupportedFormat"
    assert list(feed.look()) == []


def test_a_file_that_is_too_large_is_not_even_read(
    feed: FolderFeed, folder: Path, clock: Clock
) -> None:
    limits = replace(feed.library.limits, file_bytes=10)
    feed.library = replace(feed.library, limits=limits)
    (folder / "phare.txt").write_text(LIGHTHOUSE)
    list(feed.look())
    clock.now += 3.0
    [item] = feed.look()

    assert item.problem is not None
    assert item.problem.error == "DocumentTooLarge"


# Looking again and again


class Feed:
    """A feed that plays what it is given, then stops whoever looks."""

    def __init__(self, stopping: Event, *looks: list[JobItem] | Exception) -> None:
        self._stopping = stopping
        self._looks = list(looks)

    def look(self) -> Iterator[JobItem]:
        if not self._looks:
            self._stopping.set()
            return
        played = self._looks.pop(0)
        if isinstance(played, Exception):
            raise played
        yield from played


ITEM = JobItem("a", "a.txt", "added", "doc_1")


def test_trouble_is_told_once_and_the_next_look_goes_on(caplog: pytest.LogCaptureFixture) -> None:
    stopping, told = Event(), list[JobItem]()
    gone, missing = FileNotFoundError(2, "No such file"), UnknownCollection.named("presse")
    feed = Feed(stopping, gone, gone, [ITEM], missing, [ITEM])

    keep_watching(feed, stopping, told.append, every=0)

    assert told == [ITEM, ITEM]
    assert len(caplog.records) == 2


def test_it_stops_between_two_files() -> None:
    stopping, told = Event(), list[JobItem]()

    def tell(item: JobItem) -> None:
        told.append(item)
        stopping.set()

    keep_watching(Feed(stopping, [ITEM, ITEM]), stopping, tell, every=0)

    assert told == [ITEM]


def test_the_log_tells_what_came_of_a_file(caplog: pytest.LogCaptureFixture) -> None:
    caplog.set_level("INFO")
    log_item(ITEM)
    problem = JobProblem("EmptyDocument", "b.txt is empty")
    log_item(JobItem("b", "b.txt", "refused", problem=problem))

    assert [record.levelname for record in caplog.records] == ["INFO", "WARNING"]
    assert "b.txt is empty" in caplog.text
