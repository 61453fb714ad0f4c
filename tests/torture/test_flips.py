"""A saved index that is not what was written is not trusted; the store makes a new one."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from documents.store.store import Store
from tests.torture.flips import Derived, flipped, replaced


@pytest.fixture(scope="module")
def derived(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Derived]:
    folder = tmp_path_factory.mktemp("flips")
    with Store.open(folder / "sourcier.db") as store:
        yield Derived.filled(store, folder / "index")


def test_what_is_saved_is_trusted_as_long_as_nobody_touches_it(derived: Derived) -> None:
    assert derived.is_trusted()
    assert {path.suffix for path in derived.files} == {".json", ".arrays", ".vectors"}
    assert len(derived.files) >= 5
    assert all(ranking for ranking in derived.found())


def test_a_byte_that_flips_anywhere_is_noticed_and_the_index_built_anew(derived: Derived) -> None:
    assert flipped(derived, flips=50, seed=1).total() == 50


@pytest.mark.parametrize("keep", [0, 1, 0.5, -1], ids=["none", "a byte", "half", "all but one"])
def test_a_file_cut_short_is_noticed(derived: Derived, keep: float) -> None:
    expected = derived.found()
    for path in derived.files:
        content = path.read_bytes()
        cut = content[: int(len(content) * keep) if 0 < keep < 1 else int(keep)]
        with replaced(path, cut):
            assert not derived.is_trusted(), path.name
            assert derived.found() == expected


def test_a_file_that_is_gone_is_noticed(derived: Derived) -> None:
    expected = derived.found()
    for path in derived.files:
        with replaced(path, b""):
            path.unlink()
            assert not derived.is_trusted(), path.name
            assert derived.found() == expected
            path.touch()


def test_the_files_of_another_index_are_noticed(derived: Derived, tmp_path: Path) -> None:
    expected = derived.found()
    with Store.open(tmp_path / "sourcier.db") as store:
        other = Derived.filled(store, tmp_path / "index", first=500)
    for suffix in (".json", ".arrays", ".vectors"):
        mine = next(path for path in derived.files if path.suffix == suffix)
        theirs = next(path for path in other.files if path.suffix == suffix)
        with replaced(mine, theirs.read_bytes()):
            assert not derived.is_trusted(), suffix
            assert derived.found() == expected


def test_the_whole_index_of_another_store_is_not_used(derived: Derived, tmp_path: Path) -> None:
    expected, folder = derived.found(), derived.folder
    with Store.open(tmp_path / "sourcier.db") as store:
        other = Derived.filled(store, tmp_path / "index")
    derived.folder = other.folder
    assert not derived.is_trusted()
    assert derived.found() == expected
    derived.folder = folder
