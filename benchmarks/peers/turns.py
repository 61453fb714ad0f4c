"""Participants measured in turns, so that whatever else the machine does hits them alike.

Each function returns, by the name of the participant, what it told, as plain JSON.
"""

import statistics
from collections.abc import Iterator, Sequence
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any

from benchmarks.peers.children import Child, cold_start, running
from benchmarks.peers.participants import Contender
from benchmarks.peers.texts import Text

Told = dict[str, Any]
_WARM = 10  # questions asked before any counts
_SLOW_MS = 2000.0  # of such a participant one document after the other is tried less often
_FEW = 4


@contextmanager
def opened(
    contenders: Sequence[Contender], folder: Path, *, threads: int, on_copies: bool = False
) -> Iterator[dict[str, Child]]:
    """Start all of them and let each load what it stored, or a copy that it may change."""
    with ExitStack() as stack:
        children = {
            one.name: stack.enter_context(running(one, folder, threads=threads, on_copy=on_copies))
            for one in contenders
        }
        for child in children.values():
            child.do("open")
        yield children


def rotated(names: Sequence[str], turn: int) -> list[str]:
    """Return `names`, begun with another one each turn."""
    start = turn % len(names)
    return [*names[start:], *names[:start]]


def fill(contenders: Sequence[Contender], folder: Path, *, threads: int) -> Told:
    """Fill each store that is not there yet; milliseconds, encoding not among them."""
    told = {}
    for one in contenders:
        done = folder / "stores" / f"{one.folder}.filled"
        if not done.exists():
            with running(one, folder, threads=threads) as child:
                reply = child.do("fill", folder=str(folder), vectors=one.vectors)
            done.write_text(str(reply["ms"]), encoding="ascii")
        told[one.name] = float(done.read_text(encoding="ascii"))
    return told


def ask(
    contenders: Sequence[Contender],
    folder: Path,
    questions: Sequence[str],
    *,
    threads: int,
    block: int = 20,
) -> Told:
    """Ask all the same questions, a block each in turns; memory after that."""
    with opened(contenders, folder, threads=threads) as children:
        told: Told = {name: {"ms": [], "cpu_ms": [], "found": []} for name in children}
        for child in children.values():
            child.do("search", questions=questions[-_WARM:])
        for turn, start in enumerate(range(0, len(questions) - _WARM, block)):
            asked = questions[start : min(start + block, len(questions) - _WARM)]
            for name in rotated(list(children), turn):
                reply = children[name].do("search", questions=asked)
                for key, values in reply.items():
                    told[name][key] += values
        for name, child in children.items():
            told[name]["mib"] = child.do("memory")["mib"]
        return told


def add_many(
    contenders: Sequence[Contender],
    folder: Path,
    passages: Sequence[Text],
    *,
    threads: int,
    rounds: int = 3,
) -> Told:
    """Let all encode and add the same new passages, some in one go, in turns."""
    each = len(passages) // rounds
    with opened(contenders, folder, threads=threads, on_copies=True) as children:
        told: Told = {name: [] for name in children}
        for turn in range(rounds):
            chosen = passages[turn * each : (turn + 1) * each]
            pairs = [(one.id, one.text) for one in chosen]
            for name in rotated(list(children), turn):
                told[name].append({**children[name].do("add", passages=pairs), "passages": each})
        return told


def one_by_one(
    contenders: Sequence[Contender], folder: Path, passages: Sequence[Text], *, threads: int
) -> Told:
    """Let all add one passage, find it, delete it, miss it; and so for each passage."""
    with opened(contenders, folder, threads=threads, on_copies=True) as children:
        told: Told = {name: [] for name in children}
        for turn, text in enumerate(passages):
            for name in rotated(list(children), turn):
                if turn >= _FEW and _whole(told[name]) > _SLOW_MS:
                    continue
                told[name].append(children[name].do("one", passage=(text.id, text.text)))
        return told


def _whole(told: Sequence[Told]) -> float:
    parts = ("add", "add_save", "delete", "delete_save")
    return float(statistics.median(sum(one[part] for part in parts) for one in told))


def start(
    contenders: Sequence[Contender],
    folder: Path,
    questions: Sequence[str],
    *,
    threads: int,
    rounds: int = 5,
) -> Told:
    """Start each anew, in turns: seconds to the first answer."""
    told: Told = {one.name: [] for one in contenders}
    for turn in range(rounds):
        for one in contenders:
            told[one.name].append(cold_start(one, folder, questions[turn], threads=threads))
    return told
