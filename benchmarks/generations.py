"""Documents whose every sentence tells its generation, and what may be seen of them when.

Each document is known by a name, each of its generations by a mark, and both stand in every
sentence. Whoever sees two marks of one document saw a part of each generation; whoever sees one
that was replaced or deleted before the question was asked saw a phantom.
"""

import re
import time
from collections.abc import Iterable
from dataclasses import dataclass, field
from threading import Lock

_SENTENCES = 5  # of fifteen words
_SAID = re.compile(r"À (Ker\w+), selon la cote (\d+),")
_PLACES = ("le hangar", "la digue", "le quai", "la grève", "le môle", "la jetée", "le bassin")
_DEEDS = ("abrite des filets", "longe le chenal", "borde la rade", "domine les roches")


def name_of(number: int) -> str:
    """Return the name that document `number` has, and no other."""
    syllables = ("ba", "de", "fi", "go", "lu", "ma", "ne", "pi", "ro", "su")
    return "Ker" + "".join(syllables[int(digit)] for digit in f"{number:03}")


def text_of(number: int, mark: int) -> str:
    """Return the text of one generation of document `number`."""
    name = name_of(number)
    sentences = (
        f"À {name}, selon la cote {mark}, {_PLACES[(mark + i) % 7]} {_DEEDS[i % 4]} sur "
        f"{10 + i} mètres de pierre."
        for i in range(_SENTENCES)
    )
    return f"Le port de {name}\n\n" + " ".join(sentences)


def question_of(number: int) -> str:
    """Return a question that document `number` answers, whatever its generation."""
    return f"Quelle est la cote de {name_of(number)} ?"


@dataclass(slots=True)
class _Life:
    """A mark, None where there is no document; when it was asked for, and said to be done."""

    mark: int | None
    begun: float
    acknowledged: float = float("inf")


@dataclass(slots=True)
class Ledger:
    """What was stored when, by document number; one writer each, any number of readers."""

    _lives: dict[int, list[_Life]] = field(default_factory=dict)
    _lock: Lock = field(default_factory=Lock)

    def begin(self, number: int, mark: int | None) -> None:
        """Note that document `number` is about to get `mark`, or to be deleted."""
        with self._lock:
            self._lives.setdefault(number, []).append(_Life(mark, time.monotonic()))

    def acknowledge(self, number: int) -> None:
        """Note that what was begun last was said to be done."""
        self._lives[number][-1].acknowledged = time.monotonic()

    def visible(self, number: int, start: float, end: float) -> set[int | None]:
        """Return what a question between these moments may see; None stands for no document.

        That is the last generation that was acknowledged before it, and all begun since.
        """
        with self._lock:
            lives = list(self._lives.get(number, ()))
        settled = [place for place, life in enumerate(lives) if life.acknowledged <= start]
        if not settled:
            return {None, *(life.mark for life in lives if life.begun <= end)}
        return {life.mark for life in lives[settled[-1] :] if life.begun <= end}

    def faults(self, asked: int, seen: Iterable[str], start: float, end: float) -> list[str]:
        """Return what is wrong with the texts that a question about document `asked` saw.

        That document must be among them if there was one all the while.
        """
        marks: dict[str, set[int]] = {}
        for text in seen:
            for name, mark in _SAID.findall(text):
                marks.setdefault(name, set()).add(int(mark))
        numbers = {name_of(number): number for number in list(self._lives)}
        found = []
        for name, each in marks.items():
            allowed = self.visible(numbers[name], start, end)
            if len(each) > 1:
                found.append(f"mixed: {name} has the marks {sorted(each)}")
            elif not each <= allowed:
                found.append(f"phantom: {name} has the mark {each}, not one of {allowed}")
        if name_of(asked) not in marks and None not in self.visible(asked, start, end):
            found.append(f"missing: {name_of(asked)} was there all the while")
        return found
