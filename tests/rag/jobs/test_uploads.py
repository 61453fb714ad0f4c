"""Uploads are read piece by piece, and what came of each is told."""

from collections.abc import Iterator
from dataclasses import dataclass, field
from datetime import date

import pytest

from documents.errors import StoreUnavailable, UnknownCollection
from documents.job_records import JobItem, Spooled
from documents.store.store import Store
from rag.jobs.uploads import UploadWork, file_piece, text_piece
from rag.jobs.work import Doing, Read, Step, Task
from rag.library import Library
from tests.rag.texts import BAKERY, LIGHTHOUSE, MENU

ROWS = "id,text\na,Le moulin tourne.\nb,\nc,Le lavoir sert."


@dataclass
class FakeSpool:
    """Holds the pieces of one job; those read are taken out by the test."""

    pieces: list[Spooled]
    left: list[int] = field(default_factory=list)

    def __post_init__(self) -> None:
        self.left = list(range(len(self.pieces)))

    def pending(self, job_id: str) -> list[int]:
        assert job_id == "job_a"
        return list(self.left)

    def piece(self, job_id: str, position: int) -> Spooled:
        assert job_id == "job_a"
        piece = self.pieces[position]
        return Spooled(piece.about, piece.content, position)


def file_of(text: str, name: str) -> Spooled:
    return file_piece(text.encode(), name=name, media_type=None, source=name)


def steps_of(work: UploadWork, *, finished: frozenset[str] = frozenset()) -> Iterator[Step]:
    return work.steps(Task("job_a", "default", {}, finished))


def told(steps: Iterator[Step]) -> list[tuple[str, str]]:
    return [(step.name, step.outcome) for step in steps if isinstance(step, JobItem)]


def test_each_file_is_stored_and_told_then_no_longer_kept(library: Library) -> None:
    spool = FakeSpool([file_of(LIGHTHOUSE, "phare.txt"), file_of(BAKERY, "bakery.md")])

    steps = list(steps_of(UploadWork(library, spool)))

    assert [type(step) for step in steps] == [Doing, JobItem, Read, Doing, JobItem, Read]
    assert [step.what for step in steps if isinstance(step, Doing)] == ["phare.txt", "bakery.md"]
    assert [step.position for step in steps if isinstance(step, Read)] == [0, 1]
    items = [step for step in steps if isinstance(step, JobItem)]
    assert [item.outcome for item in items] == ["added", "added"]
    assert all(item.document_id for item in items)


def test_a_text_comes_in_with_all_that_was_said_of_it(library: Library, store: Store) -> None:
    piece = text_piece(
        LIGHTHOUSE,
        title="Le phare",
        url=None,
        published_at=date(2024, 5, 1),
        language="fr",
        metadata={"kind": "press"},
        source="« phare »",
    )

    [(name, outcome)] = told(steps_of(UploadWork(library, FakeSpool([piece]))))

    assert (name, outcome) == ("« phare »", "added")
    stored = store.find("default", "« phare »")
    assert stored is not None
    assert (stored.title, stored.published_at) == ("Le phare", date(2024, 5, 1))
    assert stored.metadata == {"kind": "press"}


def test_what_cannot_be_read_is_refused_and_the_rest_comes_in(library: Library) -> None:
    spool = FakeSpool(
        [file_of("", "vide.txt"), file_of(MENU, "menu.txt"), file_of(LIGHTHOUSE, "phare.txt")]
    )

    items = [s for s in steps_of(UploadWork(library, spool)) if isinstance(s, JobItem)]

    assert [item.outcome for item in items] == ["refused", "refused", "added"]
    assert items[0].problem is not None
    assert items[0].problem.error == "EmptyDocument"
    assert "vide.txt" in items[0].problem.detail


def test_each_row_of_a_file_is_an_item_and_counted_before_it_comes(library: Library) -> None:
    spool = FakeSpool([file_of(ROWS, "rows.csv"), file_of(LIGHTHOUSE, "phare.txt")])

    steps = list(steps_of(UploadWork(library, spool)))

    assert [step.total for step in steps if isinstance(step, Doing)] == [None, 4, None]
    assert told(iter(steps)) == [
        ("rows.csv#a", "added"),
        ("rows.csv#c", "added"),
        ("rows.csv", "refused"),
        ("phare.txt", "added"),
    ]


def test_rows_that_are_gone_from_a_newer_file_are_told_as_removed(library: Library) -> None:
    library.add_file(ROWS.encode(), name="rows.csv")
    spool = FakeSpool([file_of("id,text\na,Le moulin tourne.", "rows.csv")])

    assert told(steps_of(UploadWork(library, spool))) == [
        ("rows.csv#a", "unchanged"),
        ("rows.csv", "removed"),
    ]


def test_only_what_is_left_is_read_and_the_total_counts_all(library: Library) -> None:
    spool = FakeSpool([file_of(LIGHTHOUSE, "phare.txt"), file_of(ROWS, "rows.csv")])
    work = UploadWork(library, spool)
    whole = [step for step in steps_of(work) if isinstance(step, JobItem)]
    spool.left = [1]
    finished = frozenset(item.key for item in whole[:2])  # the file, and a row of the next

    steps = list(steps_of(work, finished=finished))

    assert [step.total for step in steps if isinstance(step, Doing)] == [None, 4]
    assert [s.key for s in steps if isinstance(s, JobItem)] == [i.key for i in whole[1:]]


def test_files_of_one_name_are_items_of_their_own(library: Library) -> None:
    spool = FakeSpool([file_of(LIGHTHOUSE, "a.txt"), file_of(BAKERY, "a.txt")])

    items = [s for s in steps_of(UploadWork(library, spool)) if isinstance(s, JobItem)]

    assert [item.outcome for item in items] == ["added", "replaced"]
    assert len({item.key for item in items}) == 2


def test_work_that_is_left_between_two_rows_keeps_those_that_came_in(
    library: Library, store: Store
) -> None:
    library.add_file(b"id,text\nz,Ancienne ligne.", name="rows.csv")
    steps = UploadWork(library, FakeSpool([file_of(ROWS, "rows.csv")])).steps(
        Task("job_a", "default", {})
    )
    while not isinstance(next(steps), JobItem):
        pass
    steps.close()  # type: ignore[attr-defined]

    kept = {document.source for document in store.documents("default").documents}
    assert kept == {"rows.csv#a", "rows.csv#z"}


@pytest.mark.parametrize("error", [StoreUnavailable("full"), UnknownCollection("gone")])
def test_what_would_fail_for_each_piece_ends_the_work(error: Exception) -> None:
    class BrokenLibrary(Library):
        def adding_file(self, *_: object, **__: object) -> Iterator[object]:  # type: ignore[override]
            raise error
            yield

    spool = FakeSpool([file_of(LIGHTHOUSE, "phare.txt")])
    library = BrokenLibrary(None, None, None, 1, 2)  # type: ignore[arg-type]

    with pytest.raises(type(error)):
        list(steps_of(UploadWork(library, spool)))
