"""What every participant can do, and how it is told to: JSON lines over stdin and stdout.

A participant runs in a process and an environment of its own, so nothing is imported here
but the standard library and NumPy. It tells the time of each operation itself, and what of it
the processor worked: the pipe does not count, and a busy neighbour only in the former.
"""

import json
import os
import re
import sys
import time
from collections.abc import Callable, Sequence
from functools import partial
from pathlib import Path
from typing import Any, Protocol

import numpy as np
from numpy.typing import NDArray

Pair = tuple[str, str]  # id and text of a passage
Vectors = NDArray[np.float32]
TOP = 10


class Participant(Protocol):
    """A store of passages that encodes by itself; ten passages with their text are a result."""

    def fill(self, passages: Sequence[Pair], vectors: Vectors) -> None:
        """Make the store anew from passages and ``float32 (n, d)`` of them, durably."""
        ...

    def open(self) -> None:
        """Load the encoder and what `fill` left."""
        ...

    def search(self, question: str) -> list[Pair]:
        """Return the ten nearest passages, nearest first."""
        ...

    def add(self, passages: Sequence[Pair]) -> None:
        """Encode and add passages; the next search sees them."""
        ...

    def delete(self, known_as: str) -> None:
        """Delete a passage; the next search does not see it."""
        ...

    def save(self) -> None:
        """Make what was added and deleted durable, where that is not done at once."""
        ...


def timed(work: Callable[[], object]) -> dict[str, float]:
    """Return how long `work` takes, and how long the processor works for it, all threads."""
    started, worked = time.perf_counter(), time.process_time()
    work()
    cpu = time.process_time() - worked
    return {"ms": (time.perf_counter() - started) * 1000, "cpu_ms": cpu * 1000}


def milliseconds(work: Callable[[], object]) -> float:
    """Return how long `work` takes."""
    return timed(work)["ms"]


def memory_mib() -> float:
    """Return the resident memory of this process."""
    status = Path("/proc/self/status").read_text(encoding="ascii")
    found = re.search(r"^VmRSS:\s+(\d+) kB$", status, re.MULTILINE)
    assert found  # noqa: S101 - Linux has it
    return int(found[1]) / 1024


def model_folder() -> str:
    """Return the folder of the encoder that all share."""
    return os.environ["PEERS_MODEL"]


def read_filling(folder: Path, vectors: str) -> tuple[list[Pair], Vectors]:
    """Return the passages to fill a store with, and their vectors by the encoder so called."""
    with (folder / "passages.jsonl").open(encoding="utf-8") as lines:
        passages = [(row["id"], row["text"]) for row in map(json.loads, lines)]
    return passages, np.load(folder / f"{vectors}.npy")


class Worker:
    """Does what the lines on stdin say; a method of this class for each word."""

    def __init__(self, participant: Participant) -> None:
        self._participant = participant

    def fill(self, *, folder: str, vectors: str) -> dict[str, Any]:
        """Fill the store with what `folder` holds."""
        passages, made = read_filling(Path(folder), vectors)
        return {"ms": milliseconds(lambda: self._participant.fill(passages, made))}

    def open(self) -> dict[str, Any]:
        """Load."""
        return {"ms": milliseconds(self._participant.open)}

    def search(self, *, questions: Sequence[str]) -> dict[str, Any]:
        """Answer questions one by one."""
        spent, found = [], []
        for question in questions:
            hits: list[Pair] = []
            spent.append(timed(partial(self._search, question, into=hits)))
            found.append([known_as for known_as, _ in hits])
        return {key: [one[key] for one in spent] for key in ("ms", "cpu_ms")} | {"found": found}

    def _search(self, question: str, *, into: list[Pair]) -> None:
        into += self._participant.search(question)

    def add(self, *, passages: Sequence[Pair]) -> dict[str, Any]:
        """Add passages in one go, durably."""

        def both() -> None:
            self._participant.add([(known_as, text) for known_as, text in passages])
            self._participant.save()

        return timed(both)

    def one(self, *, passage: Pair) -> dict[str, Any]:
        """Add a passage, look whether it is found, delete it, look again."""
        known_as, text = passage
        add = timed(lambda: self._participant.add([(known_as, text)]))
        add_save = milliseconds(self._participant.save)
        visible = known_as in dict(self._participant.search(text))
        delete = milliseconds(lambda: self._participant.delete(known_as))
        delete_save = milliseconds(self._participant.save)
        gone = known_as not in dict(self._participant.search(text))
        return {
            "add": add["ms"],
            "add_cpu": add["cpu_ms"],
            "add_save": add_save,
            "visible": visible,
            "delete": delete,
            "delete_save": delete_save,
            "gone": gone,
        }

    def memory(self) -> dict[str, Any]:
        """Tell the resident memory."""
        return {"mib": memory_mib()}


def serve(participant: Participant) -> None:
    """Do what stdin says, a line after the other, until it ends."""
    replies = os.fdopen(os.dup(sys.stdout.fileno()), "w", encoding="utf-8")
    os.dup2(sys.stderr.fileno(), sys.stdout.fileno())  # what libraries print is no reply
    worker = Worker(participant)
    for line in sys.stdin:
        order = json.loads(line)
        reply = getattr(worker, order.pop("do"))(**order)
        print(json.dumps(reply), file=replies, flush=True)
