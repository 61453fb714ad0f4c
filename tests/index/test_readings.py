from collections.abc import Iterator
from pathlib import Path
from typing import NamedTuple

import numpy as np
import pytest

from index.errors import IndexNotSaved
from index.late_interaction import TokenIndex
from index.reading import Reading
from index.readings import Readings

L_ECLUSE = ("L’écluse\n", "L’écluse s’ouvre à 6 h.", "Elle ferme à 22 h.")
THE_MILL = ("The mill\n", "The mill stopped in 1931.")


class Read(NamedTuple):
    row: int
    texts: tuple[str, ...]
    reading: Reading


def read(row: int, texts: tuple[str, ...]) -> Read:
    random = np.random.default_rng(row)
    vectors = random.normal(size=(len(texts) - 1, 4)).astype(np.float32)
    tokens = [random.integers(0, 40_000, size).astype(np.uint16) for size in range(len(texts))]
    terms = [text.casefold().rstrip(".").split() for text in ("", *texts[1:])]
    return Read(row, texts, Reading(vectors, TokenIndex.build(tokens), terms))


def same(one: Reading, other: Reading) -> bool:
    return (
        np.array_equal(one.vectors, other.vectors.astype(np.float16).astype(np.float32))
        and np.array_equal(one.tokens.starts, other.tokens.starts)
        and np.array_equal(one.tokens.items, other.tokens.items)
        and one.terms == other.terms
    )


def opened(folder: Path, fingerprint: str = "aaaaaaaaaaaaaaaa-and-more") -> Readings:
    return Readings(folder, fingerprint=fingerprint, dimension=4)


@pytest.fixture
def readings(tmp_path: Path) -> Iterator[Readings]:
    readings = opened(tmp_path)
    yield readings
    readings.close()


def test_what_was_kept_is_known_its_vectors_in_16_bits(readings: Readings) -> None:
    kept = [read(3, L_ECLUSE), read(8, THE_MILL)]
    readings.keep(kept)
    known = readings.known({3: L_ECLUSE, 8: THE_MILL, 9: THE_MILL})
    assert sorted(known) == [3, 8]
    assert readings.count() == 2
    for row, _, reading in kept:
        assert known[row].vectors.dtype == np.float32
        assert same(known[row], reading)


def test_of_another_text_nothing_is_known(readings: Readings) -> None:
    readings.keep([read(3, L_ECLUSE)])
    assert readings.known({3: THE_MILL}) == {}
    assert readings.known({3: ("".join(L_ECLUSE),)}) == {}


def test_asking_creates_nothing(readings: Readings, tmp_path: Path) -> None:
    assert readings.known({3: L_ECLUSE}) == {}
    assert readings.count() == 0
    assert list(tmp_path.iterdir()) == []


def test_what_is_forgotten_is_gone_from_the_disk(readings: Readings, tmp_path: Path) -> None:
    one = read(3, L_ECLUSE)
    readings.keep([one, read(8, THE_MILL)])
    readings.forget([3])
    assert readings.rows() == [8]
    readings.close()
    [file] = tmp_path.iterdir()
    assert one.reading.vectors.astype("<f2").tobytes() not in file.read_bytes()
    assert "l’écluse".encode() not in file.read_bytes()


def test_another_process_knows_it_too(readings: Readings, tmp_path: Path) -> None:
    readings.keep([read(3, L_ECLUSE)])
    assert opened(tmp_path).known({3: L_ECLUSE}).keys() == {3}


def test_one_at_a_time_reads_ahead(readings: Readings, tmp_path: Path) -> None:
    with readings.alone() as first, opened(tmp_path).alone() as second:
        assert (first, second) == (True, False)
    with opened(tmp_path).alone() as again:
        assert again


def test_the_files_of_other_readers_are_removed(readings: Readings, tmp_path: Path) -> None:
    other = opened(tmp_path, "bbbb")
    other.keep([read(3, L_ECLUSE)])
    other.close()
    (tmp_path / "manifest.json").touch()
    readings.keep([read(3, L_ECLUSE)])
    readings.remove_others()
    assert other.known({3: L_ECLUSE}) == {}
    assert readings.rows() == [3]
    assert (tmp_path / "manifest.json").exists()


def test_whatever_byte_flips_nothing_wrong_is_given(tmp_path: Path) -> None:
    kept = [read(row, L_ECLUSE) for row in range(4)]
    whole = opened(tmp_path)
    whole.keep(kept)
    right = whole.known({one.row: one.texts for one in kept})
    whole.close()
    [file] = tmp_path.iterdir()
    content = file.read_bytes()
    missed = 0
    for place in range(0, len(content), 61):
        flipped = bytearray(content)
        flipped[place] ^= 0xFF
        file.write_bytes(flipped)
        damaged = opened(tmp_path)
        known = damaged.known({one.row: one.texts for one in kept})
        missed += len(kept) - len(known)
        for row, reading in known.items():
            assert same(reading, right[row])
        damaged.close()
    assert missed > 0


def test_a_damaged_file_is_made_anew(tmp_path: Path) -> None:
    before = opened(tmp_path)
    before.keep([read(3, L_ECLUSE)])
    before.close()
    [file] = tmp_path.iterdir()
    file.write_bytes(b"no database" * 1000)
    after = opened(tmp_path)
    assert after.known({3: L_ECLUSE}) == {}
    assert after.rows() == []
    after.keep([read(3, L_ECLUSE)])
    assert after.rows() == [3]
    after.close()


def test_a_folder_that_cannot_be_written_is_told_with_a_remedy(tmp_path: Path) -> None:
    readings = opened(tmp_path / "nowhere")
    with pytest.raises(IndexNotSaved, match="free space"):
        readings.keep([read(3, L_ECLUSE)])
    assert readings.known({3: L_ECLUSE}) == {}
