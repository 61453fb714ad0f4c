"""Every byte of a saved index may flip: each flip is noticed, and the index is built anew.

``python -m tests.torture.flips --flips 1000 --seed 1`` prints how many there were in each file.
"""

import argparse
import logging
import random
import shutil
import sys
import tempfile
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path

from documents.store.store import Store
from index.errors import CorruptIndex
from index.late_interaction import LateInteraction
from index.manifest import Origin
from index.ranking import Ranking
from index.snapshot import load
from index.static_encoder import StaticEncoder
from rag.encoders import STATIC
from rag.live import LiveIndex
from tests.torture.texts import Version

_DOCUMENTS = 40
_PROBES = ("station", "canal hydrologues", "metres at marker 3", "campagne 7", "S11")


class Derived:
    """A store, and the index in `folder` that was derived from it and saved."""

    def __init__(self, store: Store, folder: Path) -> None:
        self._store = store
        self.folder = folder
        self._encoder = StaticEncoder.load(STATIC)
        self._interaction = LateInteraction(self._encoder)
        self._origin = Origin(
            self._encoder.name,
            self._encoder.fingerprint,
            f"{store.identity()}.{self._encoder.fingerprint}",
        )

    @classmethod
    def filled(cls, store: Store, folder: Path, *, first: int = 0) -> "Derived":
        """Fill `store`, and save an index of two segments with passages that are gone.

        `first` is the number of the first version.
        """
        derived = cls(store, folder)
        index = derived.opened()
        for number in range(_DOCUMENTS):
            derived._put(Version(f"S{number}", first + number))
            if number == _DOCUMENTS // 2:
                index.save()
        derived._put(Version("S1", first + 100))
        derived._put(Version("S30", first + 100))
        index.view()
        index._snapshots.save(index._index, count=0)
        index.retire()
        return derived

    @property
    def files(self) -> list[Path]:
        """All files of the index."""
        return sorted(self.folder.iterdir())

    def opened(self) -> LiveIndex:
        """Open the index as the service does."""
        return LiveIndex.open(
            store=self._store,
            encoder=self._encoder,
            interaction=self._interaction,
            tokens=self._encoder.fingerprint,
            folder=self.folder,
        )

    def is_trusted(self) -> bool:
        """Tell whether what is saved is taken for whole."""
        try:
            load(self.folder, origin=self._origin)
        except CorruptIndex:
            return False
        return True

    def found(self) -> list[list[tuple[int, float]]]:
        """Return the ten best passages for each probe, by meaning and by words, as it opens."""
        index = self.opened()
        view = index.view()
        index.retire()  # else it would be made one segment, and saved
        found: list[Ranking] = []
        for probe in _PROBES:
            [vector] = self._encoder.encode_questions([probe])
            found.append(view.dense(vector, 10, collection=1))
            words = [{word: 1.0} for word in probe.lower().split()]
            found.append(view.lexical({"fr": words, "en": words}, 10, collection=1))
        return [[(row, round(score, 4)) for row, score in _pairs(one)] for one in found]

    def _put(self, version: Version) -> None:
        vectors = self._encoder.encode_passages([p.text for p in version.passages])
        fingerprint = self._encoder.fingerprint
        self._store.put(version.document, version.passages, vectors, fingerprint=fingerprint)


def _pairs(ranking: Ranking) -> Iterator[tuple[int, float]]:
    return zip(ranking.rows.tolist(), ranking.scores.tolist(), strict=True)


def flipped(derived: Derived, *, flips: int, seed: int) -> Counter[str]:
    """Flip bytes one at a time; return how many flips each kind of file had.

    Raises:
        AssertionError: one was not noticed, or what was built anew finds something else.
    """
    expected, chance = derived.found(), random.Random(seed)
    counted: Counter[str] = Counter()
    for _ in range(flips):
        path = chance.choice(derived.files)
        content = path.read_bytes()
        offset, mask = chance.randrange(len(content)), chance.randrange(1, 256)
        altered = bytearray(content)
        altered[offset] ^= mask
        with replaced(path, bytes(altered)):
            assert not derived.is_trusted(), f"{path.name}: byte {offset} ^ {mask} is not noticed"
            assert derived.found() == expected, f"{path.name}: byte {offset} ^ {mask}"
        counted[path.suffix] += 1
    return counted


@contextmanager
def replaced(path: Path, content: bytes) -> Iterator[None]:
    """Put other content in the place of a file, under a name that nobody has mapped."""
    kept = path.with_name(path.name + ".kept")
    path.rename(kept)
    path.write_bytes(content)
    try:
        yield
    finally:
        kept.replace(path)


def main() -> None:
    """Flip as the command line asks for, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--flips", type=int, default=1000)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    logging.disable(logging.WARNING)  # each flip is warned of, as it should be
    folder = Path(tempfile.mkdtemp())
    with Store.open(folder / "sourcier.db") as store:
        derived = Derived.filled(store, folder / "index")
        counted = flipped(derived, flips=options.flips, seed=options.seed)
    shutil.rmtree(folder)
    files = ", ".join(f"{count} in {kind}" for kind, count in sorted(counted.items()))
    sys.stdout.write(f"{counted.total()} of {options.flips} flips noticed: {files}\n")


if __name__ == "__main__":
    main()
