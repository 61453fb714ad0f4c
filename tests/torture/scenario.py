"""The same short life of a store and its index, lived again and again with a fault further on.

``python -m tests.torture.scenario FOLDER STEP ERROR…``, with the shim preloaded: for each error
number and n = STEP, 2 * STEP … the n-th operation of a life on the disk fails so, or kills it,
until a life meets no fault. After each, what it acknowledged is held against what is there.
Prints a line of JSON for each.
"""

import json
import os
import shutil
import signal
import sys
import traceback
from collections.abc import Callable, Mapping, Sequence
from functools import partial
from itertools import count
from pathlib import Path
from typing import TypeVar

from documents.errors import StoreUnavailable
from documents.records import document_id
from documents.store.store import Store
from index.analyzer import LANGUAGES, Language
from index.errors import IndexNotSaved
from index.late_interaction import LateInteraction
from index.lexical import Group
from index.static_encoder import StaticEncoder
from rag.encoders import STATIC
from rag.live import LiveIndex
from tests.rag.fakes import FakeEncoder
from tests.torture.checker import check_store
from tests.torture.ledger import GONE, Ledger
from tests.torture.shim import Fault
from tests.torture.texts import EVERYWHERE, Version

Result = TypeVar("Result")

# What happens to each source, session by session.
_SESSIONS: tuple[tuple[tuple[str, int | None], ...], ...] = (
    (("S1", 1), ("S2", 1), ("S1", 2), ("S2", GONE), ("S3", 1)),
    (("S2", 2), ("S3", 2), ("S1", GONE), ("S1", 3)),
)
_REFUSED = 3  # exit code of a life in which something was refused, and then done
_ENDS = {0: "unharmed", _REFUSED: "refused"}


def live(folder: Path, journal: Path, interaction: LateInteraction) -> int:
    """Write, index and save through all sessions; try once more what is refused."""
    refusals = 0

    def tried(action: Callable[[], Result]) -> Result:
        nonlocal refusals
        try:
            return action()
        except (StoreUnavailable, IndexNotSaved):
            refusals += 1
            return action()

    with journal.open("w", buffering=1) as notes:
        for session in _SESSIONS:
            store = tried(partial(Store.open, folder / "sourcier.db"))
            index = tried(partial(_index, store, interaction, folder))
            for source, number in session:
                notes.write(json.dumps(["begun", source, number]) + "\n")
                tried(partial(_write, store, source, number))
                notes.write(json.dumps(["done", source, number]) + "\n")
                assert _found(index) == _rows(store)
            tried(index.save)
            index.close()
            store.close()
    return _REFUSED if refusals else 0


def check(folder: Path, journal: Path, interaction: LateInteraction) -> int:
    """Hold what is there against what was acknowledged, then the index against what is there."""
    ledger = Ledger()
    for line in journal.read_text().splitlines() if journal.exists() else ():
        kind, source, number = json.loads(line)
        if kind == "begun":
            ledger.begin(source, number)
        else:
            ledger.acknowledge(source)
    with Store.open(folder / "sourcier.db") as store:
        ledger.settle(check_store(store, fingerprint=FakeEncoder().fingerprint))
        assert _found(_index(store, interaction, folder)) == _rows(store)
    return 0


def sweep(base: Path, interaction: LateInteraction, *, error: int, step: int) -> None:
    """Live until no fault is met; raise where what was acknowledged is not there."""
    for at in count(step, step):
        folder, journal = base / f"{error}-{at}", base / f"{error}-{at}.journal"
        fault = Fault(folder, error, base / f"{error}-{at}.mark", at=at)
        ended = _in_child(partial(live, folder, journal, interaction), fault)
        assert ended in (0, _REFUSED, -signal.SIGKILL), f"{error} at {at}, {fault.fired()}"
        checked = _in_child(partial(check, folder, journal, interaction))
        assert checked == 0, f"what is there after {error} at {at}, {fault.fired()}, is wrong"
        sys.stdout.write(json.dumps([error, at, fault.fired(), _ENDS.get(ended, "killed")]) + "\n")
        shutil.rmtree(folder, ignore_errors=True)
        if fault.fired() is None:
            return


def _in_child(action: Callable[[], int], fault: Fault | None = None) -> int:
    """Return the exit code of `action` in a process of its own, 1 where it raises."""
    child = os.fork()
    if not child:
        try:
            os.environ.update(fault.armed if fault else {})
            os._exit(action())
        except BaseException:  # noqa: BLE001 - a child must never go on as its parent
            traceback.print_exc()
            os._exit(1)
    return os.waitstatus_to_exitcode(os.waitpid(child, 0)[1])


def _write(store: Store, source: str, number: int | None) -> None:
    if number is GONE:
        assert store.delete(document_id("default", source))
        return
    version = Version(source, number)
    passages = version.passages
    vectors = FakeEncoder().encode_passages([passage.text for passage in passages])
    store.put(version.document, passages, vectors, fingerprint=FakeEncoder().fingerprint)


def _index(store: Store, interaction: LateInteraction, folder: Path) -> LiveIndex:
    return LiveIndex.open(
        store=store,
        encoder=FakeEncoder(),
        interaction=interaction,
        tokens="tokens",
        folder=folder / "index",
    )


def _found(index: LiveIndex) -> set[int]:
    words: Mapping[Language, Sequence[Group]] = {key: [{EVERYWHERE: 1.0}] for key in LANGUAGES}
    return set(index.view().lexical(words, 1000, collection=1).rows.tolist())


def _rows(store: Store) -> set[int]:
    return {int(row) for entries in store.entries() for row in entries.rows}


if __name__ == "__main__":
    _interaction = LateInteraction(StaticEncoder.load(STATIC))
    for _error in map(int, sys.argv[3:]):
        sweep(Path(sys.argv[1]), _interaction, error=_error, step=int(sys.argv[2]))
