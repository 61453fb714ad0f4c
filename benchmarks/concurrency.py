"""Questions asked by many threads while documents are replaced and deleted.

``python -m benchmarks.concurrency --questions 50000`` asks two services on the same data folder,
as two processes would be, while two threads write through either; the index is built anew and
saved now and then, and in the middle the encoder is changed. Each answer is held against what
was stored at the time (benchmarks/generations.py). It prints counts, and fails on any fault.
"""

import argparse
import faulthandler
import json
import random
import sys
import tempfile
import time
import traceback
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from contextlib import ExitStack, contextmanager
from dataclasses import dataclass, field
from functools import partial
from itertools import count
from pathlib import Path
from threading import Event, Lock, Thread

from benchmarks.generations import Ledger, name_of, question_of, text_of
from documents.records import Filters
from rag.bootstrap import bootstrap
from rag.models import Query, Question
from rag.service import Sourcier
from rag.settings import Settings

_DOCUMENTS = 24
_READERS = 4
_PAUSE_SECONDS = 0.004  # between two changes of a writer
_LONG_PAUSE_SECONDS = 0.3  # while the encoder changes, which must read faster than they write
_TOP_K = 8
_ENOUGH_FAULTS = 10  # to know that something is broken


@dataclass(slots=True)
class Outcome:
    """What was asked and changed, and the faults that were found."""

    questions: int = 0
    answered: int = 0
    changes: int = 0
    rebuilds: int = 0
    encoders: Counter[str] = field(default_factory=Counter)
    faults: list[str] = field(default_factory=list)
    _lock: Lock = field(default_factory=Lock)

    def take(self, *, answered: bool, encoder: str | None, faults: Iterable[str]) -> int:
        """Count one question; return how many there were."""
        with self._lock:
            self.questions += 1
            self.answered += answered
            if encoder:
                self.encoders[encoder] += 1
            self.faults += faults
            return self.questions

    def fail(self, fault: str) -> None:
        """Note what went wrong besides an answer."""
        with self._lock:
            self.faults.append(fault)


@dataclass(frozen=True, slots=True)
class _Campaign:
    """What all threads share."""

    questions: int
    outcome: Outcome = field(default_factory=Outcome)
    ledger: Ledger = field(default_factory=Ledger)
    over: Event = field(default_factory=Event)
    changing: Event = field(default_factory=Event)

    def read(self, sourcier: Sourcier, seed: int) -> None:
        """Ask and search in turns, about any document."""
        chance = random.Random(seed)
        for turn in count():
            if self.over.is_set():
                return
            number = chance.randrange(_DOCUMENTS)
            start = time.monotonic()
            if turn % 2:
                answer = sourcier.ask(Question(question_of(number), top_k=_TOP_K))
                answered, encoder = answer.answered, answer.encoder
                hits = answer.passages
                seen = [citation.quote for citation in answer.citations]
            else:
                filters = Filters(language="fr") if turn % 4 else Filters()
                hits = tuple(sourcier.search(Query(name_of(number), filters=filters, top_k=_TOP_K)))
                answered, encoder, seen = True, None, []
            end = time.monotonic()
            seen += [hit.stored.passage.text for hit in hits]
            found = self.ledger.faults(number, seen, start, end)
            if not answered and None not in self.ledger.visible(number, start, end):
                found.append(f"refused: {name_of(number)} was there all the while")
            asked = self.outcome.take(answered=answered, encoder=encoder, faults=found)
            if asked >= self.questions or len(self.outcome.faults) >= _ENOUGH_FAULTS:
                self.over.set()

    def write(self, sourcier: Sourcier, mine: range) -> None:
        """Replace, delete and add the documents of `mine`."""
        chance = random.Random(mine.start)
        marks = count(1000 * mine.start + 1)
        there = dict.fromkeys(mine, "")
        while not self.over.wait(_LONG_PAUSE_SECONDS if self.changing.is_set() else _PAUSE_SECONDS):
            number = chance.choice(mine)
            if there[number] and chance.random() < 0.2:
                self.ledger.begin(number, None)
                sourcier.delete_document(there[number])
                there[number] = ""
            else:
                mark = next(marks)
                self.ledger.begin(number, mark)
                stored = sourcier.add_text(text_of(number, mark), source=f"port-{number}")
                there[number] = stored.document.id
            self.ledger.acknowledge(number)
            self.outcome.changes += 1

    def rebuild(self, sourcier: Sourcier) -> None:
        """Build the index anew, merge and save it now and then."""
        while not self.over.wait(1):
            sourcier.rebuild()
            self.outcome.rebuilds += 1

    def change_encoder(self, sourcier: Sourcier) -> None:
        """Let the encoder of the settings take over when a third of the questions are asked."""
        while self.outcome.questions < self.questions // 3:
            if self.over.wait(0.05):
                return
        self.changing.set()
        sourcier.work_aside()
        while sourcier.status().reembedding and not self.over.wait(0.05):
            pass
        self.changing.clear()


def run(folder: Path, *, questions: int, change_encoder: bool = True) -> Outcome:
    """Do all this with a store in `folder`."""
    campaign = _Campaign(questions)
    before = Settings(
        data_dir=folder, encoder="embedded-static", passage_min_words=15, passage_max_words=40
    )
    with bootstrap(before) as sourcier:
        for number in range(_DOCUMENTS):
            sourcier.add_text(text_of(number, 1), source=f"port-{number}")
            campaign.ledger.begin(number, 1)
            campaign.ledger.acknowledge(number)
    with ExitStack() as stack:
        after = before.model_copy(update={"encoder": "embedded"}) if change_encoder else before
        one, other = (stack.enter_context(bootstrap(settings)) for settings in (after, before))
        work = [
            partial(campaign.write, one, range(0, _DOCUMENTS, 2)),
            partial(campaign.write, other, range(1, _DOCUMENTS, 2)),
            partial(campaign.rebuild, one),
        ]
        if change_encoder:
            work.append(partial(campaign.change_encoder, one))
        work += [partial(campaign.read, (one, other)[seed % 2], seed) for seed in range(_READERS)]
        with _running(work, campaign):
            campaign.over.wait()
    return campaign.outcome


@contextmanager
def _running(work: Iterable[Callable[[], None]], campaign: _Campaign) -> Iterator[None]:
    """Run all of `work` in threads; whatever one of them raises is a fault, and ends it all."""

    def watched(act: Callable[[], None]) -> None:
        try:
            act()
        except BaseException:
            campaign.outcome.fail(f"error: {traceback.format_exc()}")
            raise
        finally:
            if sys.exc_info()[0]:
                campaign.over.set()

    threads = [Thread(target=watched, args=(act,)) for act in work]
    for thread in threads:
        thread.start()
    try:
        yield
    finally:
        campaign.over.set()
        for thread in threads:
            thread.join()


def main() -> int:
    """Read the options, do it, print what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--questions", type=int, default=50_000)
    options = parser.parse_args()
    faulthandler.enable()
    start = time.monotonic()
    with tempfile.TemporaryDirectory() as folder:
        outcome = run(Path(folder), questions=options.questions)
    kinds = Counter(fault.split(":")[0] for fault in outcome.faults)
    print(
        json.dumps(
            {
                "seconds": round(time.monotonic() - start),
                "questions": outcome.questions,
                "answered": outcome.answered,
                "changes": outcome.changes,
                "rebuilds": outcome.rebuilds,
                "answers by encoder": outcome.encoders,
                "faults": kinds,
            }
        )
    )
    for fault in outcome.faults[:10]:
        print(fault, file=sys.stderr)
    return 1 if outcome.faults else 0


if __name__ == "__main__":
    sys.exit(main())
