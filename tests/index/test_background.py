"""Merges that go on while passages come and go: nothing is lost, nothing comes back."""

import errno
import logging
from collections.abc import Callable
from pathlib import Path
from threading import Event

import numpy as np
import pytest

from index import merging
from index.background import BackgroundMerges
from index.encoder import Vectors
from index.segmented import SegmentedIndex
from index.space import Space, Stopped
from index.view import View


def unit(count: int, seed: int = 0) -> Vectors:
    vectors = np.random.default_rng(seed).standard_normal((count, 8)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def rows(view: View) -> list[int]:
    by_meaning = view.dense(unit(1)[0], 10_000, collection=0)
    by_words = view.lexical({"fr": [{"plan": 1.0}]}, 10_000, collection=0)
    assert sorted(by_meaning.rows) == sorted(by_words.rows)
    return sorted(by_meaning.rows.tolist())


def add(index: SegmentedIndex, start: int, count: int) -> None:
    index.add(
        range(start, start + count), [0] * count, ["fr"] * count, unit(count), [["plan"]] * count
    )


@pytest.fixture
def crowded(monkeypatch: pytest.MonkeyPatch) -> SegmentedIndex:
    """Nine segments that are too large to be merged at once."""
    monkeypatch.setattr(merging, "AT_ONCE", 4)
    index = SegmentedIndex.empty(8)
    for number in range(9):
        add(index, 10 * number, 5)
    assert index.view().segment_count == 9
    return index


class Meanwhile(Space):
    """Does something in the middle of a merge, once."""

    def __init__(self, work: Callable[[], None]) -> None:
        super().__init__()
        self._work: Callable[[], None] | None = work

    def go_on(self) -> None:
        work, self._work = self._work, None
        if work is not None:
            work()


def test_what_goes_and_comes_during_a_merge_is_gone_and_there_after_it(
    crowded: SegmentedIndex,
) -> None:
    before = rows(crowded.view())
    seen: list[list[int]] = []

    def change() -> None:
        crowded.remove(0, 5)  # a whole segment
        crowded.remove(12, 14)
        add(crowded, 200, 5)
        crowded.remove(201, 202)
        add(crowded, 12, 1)  # a row that comes back at once
        seen.append(rows(crowded.view()))

    assert crowded.merge_due(Meanwhile(change))

    expected = sorted({*before, *range(200, 205)} - {*range(5), 13, 201})
    assert seen == [expected]
    assert rows(crowded.view()) == expected
    assert crowded.view().segment_count <= 3


def test_a_question_keeps_its_view_through_a_merge(crowded: SegmentedIndex) -> None:
    view = crowded.view()
    expected = rows(view)
    crowded.merge_due(Meanwhile(lambda: crowded.remove(0, 1000)))
    assert rows(view) == expected
    assert rows(crowded.view()) == []


def test_merging_all_is_no_different(crowded: SegmentedIndex) -> None:
    crowded.compact(Meanwhile(lambda: crowded.remove(40, 42)))
    assert len(rows(crowded.view())) == 43
    assert [live.dead for live in crowded.view().segments] == [2]


@pytest.mark.parametrize("error", [Stopped(), OSError(errno.ENOSPC, "no room")])
def test_a_merge_that_is_given_up_changes_nothing(
    crowded: SegmentedIndex, error: Exception
) -> None:
    def fail() -> None:
        raise error

    before = rows(crowded.view())
    with pytest.raises(type(error)):
        crowded.merge_due(Meanwhile(fail))
    assert rows(crowded.view()) == before
    assert crowded.merge_due()
    assert rows(crowded.view()) == before
    assert crowded.view().segment_count == 1


def test_what_is_due_is_merged_aside(crowded: SegmentedIndex, tmp_path: Path) -> None:
    before, merges = rows(crowded.view()), BackgroundMerges(tmp_path)
    merges.wake(crowded)
    assert merges._thread is not None
    merges._thread.join()
    assert crowded.view().segment_count == 1
    assert rows(crowded.view()) == before


def test_whoever_adds_faster_than_is_merged_waits(crowded: SegmentedIndex, tmp_path: Path) -> None:
    merges, most = BackgroundMerges(tmp_path), 0
    for number in range(60):
        add(crowded, 1000 + 10 * number, 5)
        merges.wake(crowded)
        most = max(most, crowded.view().segment_count)
    merges.close()
    assert most <= 18
    assert len(rows(crowded.view())) == 45 + 300


def test_after_a_quiet_while_all_is_one_segment(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.background._QUIET_SECONDS", 0.05)
    index, merges, told = SegmentedIndex.empty(8), BackgroundMerges(tmp_path), Event()
    for number in range(3):
        add(index, 200 * number, 150)
        merges.wake(index, tidied=told.set)
    assert index.view().segment_count == 3
    before = rows(index.view())
    assert told.wait(60)
    assert index.view().segment_count == 1
    assert rows(index.view()) == before
    merges.close()


def test_an_index_that_takes_the_place_of_another_is_tidied_instead(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.background._QUIET_SECONDS", 0.5)
    old, new = SegmentedIndex.empty(8), SegmentedIndex.empty(8)
    merges, told = BackgroundMerges(tmp_path), Event()
    for index in (old, new):
        for number in range(3):
            add(index, 200 * number, 150)
        merges.wake(index, tidied=told.set)
    assert told.wait(60)
    merges.close()
    assert (old.view().segment_count, new.view().segment_count) == (3, 1)


def test_who_closes_it_does_not_wait_for_a_quiet_while(tmp_path: Path) -> None:
    index, merges = SegmentedIndex.empty(8), BackgroundMerges(tmp_path)
    for number in range(2):
        add(index, 200 * number, 150)
    merges.wake(index, tidied=lambda: pytest.fail("it was not quiet"))
    merges.close()
    assert index.view().segment_count == 2


def test_nothing_is_merged_once_it_is_closed(crowded: SegmentedIndex, tmp_path: Path) -> None:
    merges = BackgroundMerges(tmp_path)
    merges.close()
    merges.wake(crowded)
    merges.compact(crowded)
    assert crowded.view().segment_count == 9


def test_without_room_merging_is_put_off(
    crowded: SegmentedIndex,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    caplog: pytest.LogCaptureFixture,
) -> None:
    def no_room(*_: object) -> None:
        raise OSError(errno.ENOSPC, "no room")

    monkeypatch.setattr("index.space._SMALL", 0)
    monkeypatch.setattr("os.posix_fallocate", no_room)
    caplog.set_level(logging.WARNING)
    BackgroundMerges(tmp_path).compact(crowded)
    assert "put off" in caplog.text
    assert len(rows(crowded.view())) == 45


def test_large_arrays_are_files_without_a_name(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.space._SMALL", 100)
    array = Space(tmp_path / "index").empty((50, 8), np.float32)
    array[:] = 1
    assert array.shape == (50, 8)
    assert not isinstance(array.base, np.ndarray) or array.base.base is not None
    assert list((tmp_path / "index").iterdir()) == []
    assert Space(tmp_path / "none").empty((3,), np.int32).shape == (3,)
    assert not (tmp_path / "none").exists()


def test_a_merge_in_files_gives_what_one_in_memory_does(
    crowded: SegmentedIndex, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr("index.space._SMALL", 0)
    before = rows(crowded.view())
    crowded.compact(Space(tmp_path))
    assert rows(crowded.view()) == before
