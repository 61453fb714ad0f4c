"""The store in PostgreSQL beside the one in SQLite: the same work, in turns, in one run.

``python -m benchmarks.postgres`` starts a server of its own on this machine, which waits for the
disk as SQLite does. Another machine adds its network to each round trip; how many there are
is counted as well.
"""

import argparse
import itertools
import json
import os
import statistics
import tempfile
import time
from collections.abc import Callable, Coroutine, Iterator
from contextlib import ExitStack, contextmanager
from pathlib import Path
from typing import Any
from unittest.mock import patch

from benchmarks.made_up import fill
from benchmarks.postgres_server import running
from documents.store.postgres_connection import PostgresConnection
from rag.bootstrap import bootstrap
from rag.ingest import SAMPLE_FOLDER
from rag.models import Mode, Query, Question
from rag.service import Sourcier
from rag.settings import Settings

RESULTS = Path(__file__).parent / "results" / "postgres.json"

GOLDEN = sorted(Path("tests/golden").glob("questions.*.jsonl"))
MODES: tuple[Mode, ...] = ("hybrid", "dense", "lexical")
_QUESTIONS = 60
_ADDED = 40
_GLANCES = 500
_TEXT = "Le port numéro {} fut ouvert en {}. Il abrite {} bateaux de pêche et une criée."

Pair = dict[str, float]


def main() -> None:
    """Measure both, and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--passages", type=int, default=5000, help="of made-up documents")
    parser.add_argument("--out", type=Path, default=RESULTS)
    asked = parser.parse_args()
    with ExitStack() as stack:
        folder = Path(stack.enter_context(tempfile.TemporaryDirectory()))
        server = stack.enter_context(running(durable=True))
        settings = {
            "sqlite": Settings(data_dir=folder / "sqlite"),
            "postgres": Settings.model_validate(
                {"data_dir": folder / "postgres", "store": server.new_url()}
            ),
        }
        services = {name: stack.enter_context(bootstrap(each)) for name, each in settings.items()}
        figures = measure(services, asked.passages)
    figures["load"] = os.getloadavg()[0]
    asked.out.write_text(json.dumps(figures, indent=1) + "\n")
    print(json.dumps(figures, indent=1))


def measure(services: dict[str, Sourcier], passages: int) -> dict[str, object]:
    """Return each figure for both stores."""
    stores = {name: each._store for name, each in services.items()}  # noqa: SLF001
    filled = timed(lambda name: fill(stores[name], services[name].encoder, passages=passages), 1)
    indexed = timed(lambda name: services[name].status(), 1)
    numbers = itertools.count()

    def add(name: str) -> None:
        number = next(numbers) // 2
        services[name].add_text(_TEXT.format(number, 1800 + number, 7 * number), source=f"{number}")

    added = timed(add, _ADDED)
    glances = timed(lambda name: stores[name].last_change(), _GLANCES)
    asks, searches = iter_questions("fut ouvert"), iter_questions("abrite des bateaux")
    for service in services.values():  # the first question loads what all need
        service.ask(Question("Qui a fondé la criée ?"))
    searched = timed(
        lambda name: services[name].search(Query(next(searches), top_k=10)), _QUESTIONS
    )
    with counted() as trips:
        answered = timed(lambda name: services[name].ask(Question(next(asks))), _QUESTIONS)
    return {
        "passages": passages,
        "fill_passages_a_second": {name: passages / (ms / 1000) for name, ms in filled.items()},
        "index_built_seconds": {name: ms / 1000 for name, ms in indexed.items()},
        "add_one_ms": added,
        "last_change_ms": glances,
        "search_ms": searched,
        "answer_ms": answered,
        "round_trips_of_an_answer": len(trips) / _QUESTIONS,
        "compared": compared(services),
    }


def compared(services: dict[str, Sourcier]) -> dict[str, float]:
    """Return how far hits, scores and answers over both stores are the same, on the sample."""
    for path in sorted(SAMPLE_FOLDER.rglob("*.*")):
        for service in services.values():
            service.add_file(path.read_bytes(), name=path.name)
    questions = [json.loads(line)["question"] for file in GOLDEN for line in file.open()]
    both, hits, apart, answers = 0, 0, 0.0, 0
    for question, mode in itertools.product(questions, MODES):
        one, other = [
            service.search(Query(question, top_k=10, mode=mode)) for service in services.values()
        ]
        both += len({hit.stored.id for hit in one} & {hit.stored.id for hit in other})
        hits += max(len(one), len(other))
        apart = max([apart] + [abs(a.score - b.score) for a, b in zip(one, other, strict=False)])
    for question in questions:
        one_text, other_text = [s.ask(Question(question)).text for s in services.values()]
        answers += one_text == other_text
    return {
        "questions": len(questions),
        "overlap_at_10": both / hits,
        "largest_difference_of_a_score": apart,
        "the_same_answer": answers / len(questions),
    }


def timed(work: Callable[[str], object], times: int) -> Pair:
    """Return the median of `work` for each store, in milliseconds; they take turns."""
    taken: dict[str, list[float]] = {"sqlite": [], "postgres": []}
    for _ in range(times):
        for name, each in taken.items():
            start = time.perf_counter()
            work(name)
            each.append(1000 * (time.perf_counter() - start))
    return {name: statistics.median(each) for name, each in taken.items()}


def iter_questions(said: str) -> Iterator[str]:
    """Yield questions that were not asked before, each twice: once for each store."""
    for number in itertools.count():
        for _ in range(2):
            yield f"Quand le port numéro {number % _ADDED} {said}, demande {number} ?"


@contextmanager
def counted() -> Iterator[list[str]]:
    """Note each time that a server is asked in a `with` block."""
    asked: list[str] = []
    wait = PostgresConnection._wait  # noqa: SLF001

    def noted(self: PostgresConnection, answer: Coroutine[Any, Any, Any]) -> object:
        asked.append(str(answer))
        return wait(self, answer)

    with patch.object(PostgresConnection, "_wait", noted):
        yield asked


if __name__ == "__main__":
    main()
