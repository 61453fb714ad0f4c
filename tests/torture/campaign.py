"""Rounds of load, each ended by a death of its own, and what is there after it.

``python -m tests.torture.campaign --kills 200 --seed 1``. One seed draws every choice; how
threads and the kernel interleave them differs from run to run.
"""

import argparse
import random
import signal
import sqlite3
import sys
import tempfile
import time
from collections import Counter
from collections.abc import Iterator
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path

import httpx2

from documents.store.store import Store
from index.static_encoder import StaticEncoder
from rag.encoders import STATIC
from tests.torture.checker import check_service, check_store
from tests.torture.clients import Crowd
from tests.torture.ledger import Ledger
from tests.torture.services import Launcher, Service, ServiceDied, client_of
from tests.torture.shim import KILL, Fault, Shim

_MOST_CHANGES, _MORE_SECONDS = 12, 0.05
_MOST_OPERATIONS = 800
# Enough passages for an index to be worth saving when the service leaves.
_LARGE = " ".join(f"Le carnet numéro {n} du canal a été relu à midi." for n in range(2200))


@dataclass(slots=True)
class Report:
    """What happened: deaths by their kind, acknowledged changes, the slowest start."""

    deaths: Counter[str] = field(default_factory=Counter)
    acknowledged: int = 0
    slowest_start: float = 0.0


class Campaign:
    """One data folder, one ledger, death after death."""

    def __init__(self, launcher: Launcher, folder: Path, seed: int) -> None:
        self._launcher = launcher
        self._folder = folder
        self._data = folder / "data"
        self._chance = random.Random(seed)
        self._ledger = Ledger()
        self._crowd = Crowd(self._ledger, seed)
        self._fingerprint = StaticEncoder.load(STATIC).fingerprint
        self._rounds = 0
        self._saving = 0  # the operation of a save that is to be the last
        self.report = Report()

    def run(self, kills: int) -> Report:
        """Let the service die `kills` times, by each kind of death in turn.

        Raises:
            AssertionError: something acknowledged was lost, or something else is wrong.
        """
        deaths = (self._at_a_moment, self._at_an_operation, self._while_saving)
        while self.report.deaths.total() < kills:
            self._rounds += 1
            deaths[self._rounds % len(deaths)]()
        with sqlite3.connect(self._data / "sourcier.db") as connection:
            assert connection.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
            assert connection.execute("PRAGMA foreign_key_check").fetchall() == []
        connection.close()
        self.report.acknowledged = self._ledger.acknowledged
        return self.report

    def _at_a_moment(self) -> None:
        service = self._checked(self._launcher.start(self._data))

        def kill() -> None:
            self._ledger.wait_for(self._chance.randint(0, _MOST_CHANGES))
            time.sleep(self._chance.uniform(0, _MORE_SECONDS))
            service.kill()

        self._crowd.run(service, until=kill)
        self.report.deaths["at a moment"] += 1

    def _at_an_operation(self) -> None:
        """Die at the n-th operation, whichever it is; early ones are as likely as late ones."""
        number = int(_MOST_OPERATIONS ** self._chance.random())
        fault = self._fault(self._data, at=number)
        with self._met(fault):
            service = self._checked(self._launcher.start(self._data, fault.armed))
            self._crowd.run(service, until=service.wait)
        assert fault.fired(), f"operation {number} never came"
        self.report.deaths[f"at {fault.fired()}"] += 1

    def _while_saving(self) -> None:
        """Die at the next operation on the index: mostly in the save that ends a service."""
        self._saving += 1
        fault = self._fault(self._data / "index", at=self._saving)
        with self._met(fault):
            service = self._checked(self._launcher.start(self._data, fault.armed))
            with client_of(service) as http:
                http.post("/v1/collections", json={"name": "large"}).raise_for_status()
                text = f"{self._rounds} {_LARGE}"
                body = {"text": text, "source": "large", "collection": "large"}
                http.post("/v1/documents", json=body).raise_for_status()
            self._crowd.run(service, until=service.stop)
        if fault.fired():
            self.report.deaths[f"saving, at {fault.fired()}"] += 1
        else:
            self._saving = 0  # the save went through: begin again with its first operation

    @contextmanager
    def _met(self, fault: Fault) -> Iterator[None]:
        """Let the service die of `fault` at any time, and of nothing else."""
        code = -signal.SIGKILL
        try:
            yield
        except ServiceDied as died:
            code = died.code
        except httpx2.TransportError:
            code = self._launcher.bury()
        else:
            return
        assert (code, fault.fired() is not None) == (-signal.SIGKILL, True)

    def _fault(self, under: Path, *, at: int) -> Fault:
        return Fault(under, KILL, self._folder / f"mark-{self._rounds}", at=at)

    def _checked(self, service: Service) -> Service:
        """Hold what a service has against the ledger."""
        self.report.slowest_start = max(self.report.slowest_start, service.seconds)
        with client_of(service) as http:
            found = check_service(http)
        with Store.open(self._data / "sourcier.db") as store:
            assert check_store(store, fingerprint=self._fingerprint) == found
        self._ledger.settle(found)
        return service


def torture(folder: Path, *, kills: int, seed: int) -> Report:
    """Run a campaign in `folder`, which should be empty."""
    shim = Shim.compiled(folder)
    with Launcher(folder, preloaded=shim.preloaded) as launcher:
        campaign = Campaign(launcher, folder, seed)
        report = campaign.run(kills)
        service = launcher.start(folder / "data")
        campaign._checked(service)
        return report


def main() -> None:
    """Run the campaign that the command line asks for, and say what came of it."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--kills", type=int, default=200)
    parser.add_argument("--seed", type=int, default=1)
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as folder:
        report = torture(Path(folder), kills=options.kills, seed=options.seed)
    for death, times in sorted(report.deaths.items()):
        sys.stdout.write(f"{times:4}  {death}\n")
    sys.stdout.write(
        f"{report.deaths.total()} deaths, {report.acknowledged} acknowledged changes: none lost, "
        f"none back, nothing half, nothing twice; slowest start {report.slowest_start:.2f} s\n"
    )


if __name__ == "__main__":
    main()
