import errno
import gc
import json
import os
import random
from collections.abc import Callable, Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path

import numpy as np
import pytest

from index import storage
from index.encoder import Vectors
from index.errors import (
    CorruptIndex,
    IncompatibleIndex,
    IndexNotSaved,
    MissingIndex,
    OutdatedIndex,
)
from index.manifest import Manifest, Origin, StoredArray
from index.segment import Additions
from index.segmented import SegmentedIndex
from index.snapshot import load, save
from index.stretches import StretchIndex
from index.view import View

ORIGIN = Origin(encoder="small", fingerprint="f00d", store="s1")
QUESTION = {"fr": [{"plan": 1.0, "projet": 0.4}], "en": [{"plan": 1.0}]}


def unit(count: int, seed: int = 0) -> Vectors:
    vectors = np.random.default_rng(seed).standard_normal((count, 8)).astype(np.float32)
    return vectors / np.linalg.norm(vectors, axis=1, keepdims=True)


def document(first: int, count: int = 20) -> Additions:
    words = [["plan", "énergie" if row % 2 else "projet"] for row in range(count)]
    languages = ["fr" if row % 3 else "en" for row in range(count)]
    rows = range(first, first + count)
    stretches = StretchIndex.build([np.full(row % 3, row, np.uint64) for row in rows])
    return Additions(
        rows, [first % 2] * count, languages, unit(count, first), words, stretches=stretches
    )


def built() -> SegmentedIndex:
    """Return an index of three segments, one of them with dead passages."""
    index = SegmentedIndex.empty(8)
    for first in (0, 100, 201):
        index.apply(add=document(first), change=first + 1)
    index.remove(102, 105)
    index.remove(107, 108)
    return index


def answers(view: View) -> list[tuple[list[int], list[float]]]:
    vector = unit(1, seed=9)[0]
    found = [
        ranking
        for collection in (0, 1)
        for ranking in (
            view.dense(vector, 50, collection=collection),
            view.lexical(QUESTION, 50, collection=collection),
        )
    ]
    return [(ranking.rows.tolist(), ranking.scores.tolist()) for ranking in found]


def spelled(view: View) -> dict[int, list[int]]:
    """The stretches of some rows."""
    rows = [215, 0, 112]
    read = view.stretches(np.array([row for row in rows if row in view]))
    return {row: read.text(at).tolist() for at, row in enumerate(r for r in rows if r in view)}


def test_a_saved_index_answers_as_before(tmp_path: Path) -> None:
    view = built().view()
    save(view, tmp_path / "new" / "folder", origin=ORIGIN)
    loaded = load(tmp_path / "new" / "folder", origin=ORIGIN).view()
    assert answers(loaded) == answers(view)
    assert (len(loaded), loaded.change) == (len(view), view.change) == (56, 202)
    assert spelled(loaded) == spelled(view) == {215: [215, 215], 0: [], 112: [112]}


def test_an_index_of_nothing_can_be_saved(tmp_path: Path) -> None:
    save(SegmentedIndex.empty(8).view(), tmp_path, origin=ORIGIN)
    view = load(tmp_path, origin=ORIGIN).view()
    assert (len(view), view.dimension) == (0, 8)


def test_a_loaded_index_can_be_changed_and_saved_again(tmp_path: Path) -> None:
    save(built().view(), tmp_path, origin=ORIGIN)
    loaded, kept = load(tmp_path, origin=ORIGIN), built()
    for index in (loaded, kept):
        index.apply(remove=[(0, 5)], add=document(400), change=401)
        index.compact()
    save(loaded.view(), tmp_path, origin=ORIGIN)
    again = load(tmp_path, origin=ORIGIN).view()
    assert answers(again) == answers(kept.view())
    assert spelled(again) == spelled(kept.view())


def test_segments_on_disk_are_not_written_again(tmp_path: Path) -> None:
    index = built()
    save(index.view(), tmp_path, origin=ORIGIN)
    before = {path.name: path.stat().st_ino for path in tmp_path.glob("*.*s")}
    index.apply(remove=[(0, 1)], add=document(300), change=301)
    save(index.view(), tmp_path, origin=ORIGIN)
    after = {path.name: path.stat().st_ino for path in tmp_path.glob("*.*s")}
    assert len(before) == 6
    assert len(after) == 8
    assert before.items() <= after.items()


def test_a_mapped_index_outlives_the_files_that_replace_it(tmp_path: Path) -> None:
    index = built()
    save(index.view(), tmp_path, origin=ORIGIN)
    view = load(tmp_path, origin=ORIGIN).view()
    expected, stretches = answers(view), spelled(view)
    index.compact()
    save(index.view(), tmp_path, origin=ORIGIN)
    assert len(list(tmp_path.iterdir())) == 3
    assert answers(view) == expected
    assert spelled(view) == stretches


def test_an_index_that_nobody_holds_holds_no_file(tmp_path: Path) -> None:
    save(built().view(), tmp_path, origin=ORIGIN)
    before = len(list(Path("/proc/self/fd").iterdir()))
    for _ in range(3):
        load(tmp_path, origin=ORIGIN)
    gc.collect()
    assert len(list(Path("/proc/self/fd").iterdir())) <= before


def test_a_file_that_became_shorter_while_it_serves_is_an_error_of_ours(tmp_path: Path) -> None:
    path = tmp_path / "words"
    path.write_bytes(np.arange(3, dtype=np.uint64).tobytes())
    reader = storage._Reader(path, StoredArray("words", "<u8", length=2, offset=8))
    assert reader.read(1, 2).tolist() == [2]

    os.truncate(path, 16)

    with pytest.raises(CorruptIndex, match="words has become shorter; rebuild"):
        reader.read(0, 2)


def test_nothing_saved_yet_is_said_so(tmp_path: Path) -> None:
    with pytest.raises(MissingIndex, match="build it"):
        load(tmp_path, origin=ORIGIN)
    with pytest.raises(MissingIndex, match="build it"):
        load(tmp_path / "absent", origin=ORIGIN)


def test_another_encoder_is_refused_and_both_are_named(tmp_path: Path) -> None:
    save(built().view(), tmp_path, origin=ORIGIN)
    other = Origin(encoder="large", fingerprint="beef", store="s1")
    with pytest.raises(IncompatibleIndex, match=r"small \(f00d\).*large \(beef\)"):
        load(tmp_path, origin=other)


def test_another_store_asks_for_a_rebuild(tmp_path: Path) -> None:
    save(built().view(), tmp_path, origin=ORIGIN)
    with pytest.raises(OutdatedIndex, match="'s1', not 's2'"):
        load(tmp_path, origin=replace(ORIGIN, store="s2"))


@pytest.mark.parametrize(
    ("change", "message"), [({"analysis": "old"}, "analysis old"), ({"format": 99}, "format 99")]
)
def test_other_rules_or_formats_ask_for_a_rebuild(
    tmp_path: Path, change: dict[str, object], message: str
) -> None:
    save(built().view(), tmp_path, origin=ORIGIN)
    path = tmp_path / "manifest.json"
    path.write_text(replace(Manifest.from_json(path.read_bytes()), **change).to_json())
    with pytest.raises(OutdatedIndex, match=message):
        load(tmp_path, origin=ORIGIN)


def test_a_manifest_edited_by_hand_is_refused(tmp_path: Path) -> None:
    save(built().view(), tmp_path, origin=ORIGIN)
    path = tmp_path / "manifest.json"
    document = json.loads(path.read_text())
    document["manifest"]["change"] = 1
    path.write_text(json.dumps(document))
    with pytest.raises(CorruptIndex, match="damaged"):
        load(tmp_path, origin=ORIGIN)


def damaged(content: bytes, number: int) -> Iterator[bytes]:
    chance = random.Random(number)
    for _ in range(60):
        offset = chance.randrange(len(content))
        flipped = bytes([content[offset] ^ (1 << chance.randrange(8))])
        yield content[:offset] + flipped + content[offset + 1 :]
    yield b""
    yield content[:-1]
    yield content + b"\0"


def test_any_damage_to_any_file_is_detected(tmp_path: Path) -> None:
    view = built().view()
    save(view, tmp_path, origin=ORIGIN)
    for number, path in enumerate(sorted(tmp_path.iterdir())):
        content = path.read_bytes()
        for wrong in damaged(content, number):
            path.write_bytes(wrong)
            with pytest.raises(CorruptIndex):
                load(tmp_path, origin=ORIGIN)
        path.unlink()
        with pytest.raises(CorruptIndex, match=r"cannot be read|no index"):
            load(tmp_path, origin=ORIGIN)
        path.write_bytes(content)


def test_a_rebuilt_index_replaces_a_damaged_one(tmp_path: Path) -> None:
    save(built().view(), tmp_path, origin=ORIGIN)
    for path in tmp_path.glob("*.vectors"):
        path.write_bytes(b"damaged")
    view = built().view()
    save(view, tmp_path, origin=ORIGIN)
    assert answers(load(tmp_path, origin=ORIGIN).view()) == answers(view)


@contextmanager
def failing(
    monkeypatch: pytest.MonkeyPatch, number: int, fail: Callable[[], None]
) -> Iterator[None]:
    """Fail at the `number`-th time that something is made durable."""
    fsync, left = os.fsync, [number]

    def counted(descriptor: int) -> None:
        left[0] -= 1
        if left[0] == 0:
            fail()
        fsync(descriptor)

    with monkeypatch.context() as patch:
        patch.setattr(os, "fsync", counted)
        yield


def full() -> None:
    raise OSError(errno.ENOSPC, "No space left on device")


def test_a_full_disk_loses_nothing_at_any_step(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = built()
    save(index.view(), tmp_path, origin=ORIGIN)
    old = answers(index.view())
    index.compact()
    index.apply(add=document(400), change=401)
    failures = 0
    for number in range(1, 100):
        try:
            with failing(monkeypatch, number, full):
                save(index.view(), tmp_path, origin=ORIGIN)
        except IndexNotSaved as error:
            failures += 1
            assert "No space left" in str(error)  # noqa: PT017 - success ends the loop
            assert answers(load(tmp_path, origin=ORIGIN).view()) in (old, answers(index.view()))
            assert not list(tmp_path.glob("*.new"))
        else:
            break
    assert failures >= 7
    assert answers(load(tmp_path, origin=ORIGIN).view()) == answers(index.view())


@pytest.mark.filterwarnings("ignore:.*multi-threaded.*fork:DeprecationWarning")
def test_being_killed_at_any_step_leaves_the_old_index_or_the_new(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    index = built()
    save(index.view(), tmp_path, origin=ORIGIN)
    old = answers(index.view())
    index.apply(add=document(400), change=401)
    index.compact()
    killed = 0
    for number in range(1, 100):
        child = os.fork()
        if not child:
            with failing(monkeypatch, number, lambda: os._exit(9)):
                save(index.view(), tmp_path, origin=ORIGIN)
            os._exit(0)
        status = os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])
        found = answers(load(tmp_path, origin=ORIGIN).view())
        if status == 0:
            break
        killed += 1
        assert status == 9
        assert found in (old, answers(index.view()))
    assert killed >= 4
    assert found == answers(index.view())


def test_a_folder_that_cannot_be_made_is_a_typed_error(tmp_path: Path) -> None:
    (tmp_path / "file").write_text("in the way")
    with pytest.raises(IndexNotSaved, match="cannot be saved"):
        save(built().view(), tmp_path / "file", origin=ORIGIN)


def test_many_may_save_and_load_at_once(tmp_path: Path) -> None:
    indexes = [built() for _ in range(3)]
    save(indexes[0].view(), tmp_path, origin=ORIGIN)
    expected = answers(indexes[0].view())

    def saves(index: SegmentedIndex) -> None:
        for _ in range(8):
            index.compact()
            save(index.view(), tmp_path, origin=ORIGIN)

    def loads(_: int) -> None:
        for _ in range(20):
            found = answers(load(tmp_path, origin=ORIGIN).view())
            assert [rows for rows, _ in found] == [rows for rows, _ in expected]

    with ThreadPoolExecutor(6) as threads:
        work = [threads.submit(saves, index) for index in indexes]
        work += [threads.submit(loads, number) for number in range(3)]
        for done in work:
            done.result()
    names = {path.suffix for path in tmp_path.iterdir()}
    assert names == {".json", ".vectors", ".arrays"}
    assert len(list(tmp_path.iterdir())) == 3
