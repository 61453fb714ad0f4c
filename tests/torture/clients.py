"""Clients who write and ask without rest until the service dies under them."""

import random
from collections.abc import Callable
from concurrent.futures import ThreadPoolExecutor
from contextlib import suppress
from threading import Event

import httpx2

from documents.records import document_id
from tests.torture.ledger import GONE, Ledger
from tests.torture.services import Service, client_of
from tests.torture.texts import Version

WRITERS, SOURCES = 3, 7  # of each writer
_ASKERS = 2
_DELETIONS = 0.25

Action = Callable[[random.Random, int, httpx2.Client], None]


class Crowd:
    """Writers, each with sources of its own, and askers; all notes go into the ledger."""

    def __init__(self, ledger: Ledger, seed: int) -> None:
        self._ledger = ledger
        self._chances = [random.Random(f"{seed} {n}") for n in range(WRITERS + _ASKERS)]
        self._versions = random.Random(seed).randrange(1000)

    def run(self, service: Service, until: Callable[[], object]) -> None:
        """Let all work while `until` runs and until the service is dead.

        Raises:
            AssertionError: something that was answered was wrong.
        """
        stopped = Event()

        def work(action: Action, number: int) -> None:
            with suppress(httpx2.TransportError), client_of(service) as http:
                while not stopped.is_set():
                    action(self._chances[number], number, http)

        with ThreadPoolExecutor(WRITERS + _ASKERS) as crowd:
            working = [crowd.submit(work, self._write, n) for n in range(WRITERS)]
            working += [crowd.submit(work, self._ask, WRITERS + n) for n in range(_ASKERS)]
            try:
                until()
            finally:
                stopped.set()
        for done in working:
            done.result()

    def _write(self, chance: random.Random, number: int, http: httpx2.Client) -> None:
        source = f"S{number}{chance.randrange(SOURCES)}"
        before = self._ledger.settled.get(source, GONE)
        if before is not GONE and chance.random() < _DELETIONS:
            self._ledger.begin(source, GONE)
            path = f"/v1/documents/{document_id('default', source)}"
            assert http.delete(path).status_code == 204
        else:
            self._versions += 1
            version = Version(source, self._versions)
            self._ledger.begin(source, version.number)
            assert _put(http, version, as_file=chance.random() < 0.5).status_code == 201
        self._ledger.acknowledge(source)

    def _ask(self, chance: random.Random, _: int, http: httpx2.Client) -> None:
        source = f"S{chance.randrange(WRITERS)}{chance.randrange(SOURCES)}"
        answer = http.post("/v1/ask", json={"question": Version(source, 0).question(2)})
        assert answer.status_code == 200, answer.text
        generations: dict[str, str] = {}
        for citation in answer.json()["citations"]:
            document, generation, _ = citation["passage_id"].split(".")
            assert generations.setdefault(document, generation) == generation, answer.text


def _put(http: httpx2.Client, version: Version, *, as_file: bool) -> httpx2.Response:
    if not as_file:
        body = {"text": version.text, "title": version.source, "source": version.source}
        return http.post("/v1/documents", json=body)
    content = version.text.encode()
    return http.post("/v1/documents", files={"file": (f"{version.source}", content, "text/plain")})
