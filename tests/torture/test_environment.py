"""The service works where it is not expected: any locale, umask, clock, root, few files."""

import os
import re
import signal
import stat
import subprocess
import sys
import time
from collections import Counter
from collections.abc import Iterator, Mapping
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from pathlib import Path

import httpx2
import pytest

from documents.store.store import Store
from rag.bootstrap import bootstrap
from rag.settings import Settings
from tests.torture.services import ROOT
from tests.torture.shim import MISSING, Shim

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(sys.platform != "linux", reason="made for Linux"),
]

TEXT = "Le phare de l’île fut allumé le 12 mai 1887. Sa tour mesure 47 mètres."
QUESTION = {"question": "Quand le phare de l’île fut-il allumé ?"}
YEAR = 365 * 24 * 3600
GREETING = re.compile(r"Sourcier listens on (http://\S+)")


@contextmanager
def started(
    data: Path,
    environment: Mapping[str, str] | None = None,
    *,
    first: str = ":",
    before: tuple[str, ...] = (),
) -> Iterator[httpx2.Client]:
    """Start ``python -m api`` in the environment, after the command `first`.

    At the end it must leave in order, without a word of a failure.
    """
    log = data.parent / "service.log"
    kept = {name: v for name, v in os.environ.items() if not name.startswith("SOURCIER_")}
    settings = {
        "SOURCIER_DATA_DIR": str(data),
        "SOURCIER_PORT": "0",
        "SOURCIER_ENCODER": "embedded-static",
    }
    command = [*before, "sh", "-c", f'{first} && exec "$@"', "sh"]
    with (
        log.open("w") as said,
        subprocess.Popen(
            [*command, sys.executable, "-m", "api"],
            cwd=ROOT,
            env={**kept, **settings, **(environment or {})},
            stderr=said,
        ) as process,
    ):
        try:
            deadline = time.monotonic() + 60
            while not (found := GREETING.search(log.read_text(errors="replace"))):
                assert process.poll() is None, log.read_text(errors="replace")
                assert time.monotonic() < deadline
                time.sleep(0.02)
            with httpx2.Client(base_url=found[1], timeout=60, verify=False) as http:
                yield http
            process.send_signal(signal.SIGTERM)
            assert process.wait(timeout=60) == 0
        finally:
            process.kill()
    assert "Traceback" not in log.read_text(errors="replace")


def assert_it_works(http: httpx2.Client, name: str = "phare.txt") -> None:
    """Add a document, ask for what it says, and read it back."""
    added = http.post("/v1/documents", files={"file": (name, TEXT.encode())})
    assert added.status_code == 201, added.text
    assert added.json()["source"] == name
    stored = http.get(added.json()["text_url"]).text
    answer = http.post("/v1/ask", json=QUESTION).raise_for_status().json()
    assert answer["answered"]
    assert "1887" in answer["answer"]
    for citation in answer["citations"]:
        assert stored[citation["start"] : citation["end"]] == citation["quote"]


def test_without_a_locale_far_away_and_with_files_for_nobody_else(tmp_path: Path) -> None:
    bare: Mapping[str, str] = {
        "LC_ALL": "POSIX",
        "PYTHONCOERCECLOCALE": "0",
        "PYTHONUTF8": "0",
        "TZ": "Pacific/Kiritimati",
    }
    with started(tmp_path / "données", bare, first="umask 077") as http:
        assert_it_works(http, "L’été à Évian.txt")
        listed = http.get("/v1/documents").json()["documents"]

    assert [document["added_at"][-1] for document in listed] == ["Z"]  # not the local time
    for path in (tmp_path / "données").rglob("*"):
        assert stat.S_IMODE(path.stat().st_mode) & 0o077 == 0, path.name


def test_with_a_root_that_cannot_be_written_to(tmp_path: Path) -> None:
    data, spool = tmp_path / "data", tmp_path / "data" / "tmp"
    spool.mkdir(parents=True)
    mounts = f"mount --bind '{data}' '{data}' && mount -o remount,bind,ro /"
    before = ("unshare", "--mount")
    tried = [*before, "sh", "-c", f"{mounts} && ! touch '{tmp_path}/made' && touch '{data}/made'"]
    if subprocess.run(tried, capture_output=True, check=False).returncode:
        pytest.skip("mounting is left to root")
    with started(data, {"TMPDIR": str(spool)}, first=mounts, before=before) as http:
        assert_it_works(http)


def test_with_few_files_that_may_be_open(tmp_path: Path) -> None:
    with started(tmp_path / "data", first="ulimit -n 64") as http:
        assert_it_works(http)
        url = str(http.base_url)

        def ask(_: int) -> str:
            try:
                with httpx2.Client(base_url=url, timeout=60, verify=False) as one:
                    return str(one.post("/v1/ask", json=QUESTION).status_code)
            except httpx2.TransportError:
                return "turned away"

        with ThreadPoolExecutor(80) as crowd:
            ended = Counter(crowd.map(ask, range(160)))
        assert ended.keys() <= {"200", "503", "turned away"}
        assert ended["200"] > 0
        assert_it_works(http, "moulin.txt")


@pytest.mark.skipif(MISSING is not None, reason=MISSING or "")
def test_with_a_clock_that_was_set_back(tmp_path: Path) -> None:
    data = tmp_path / "data"
    with bootstrap(Settings(data_dir=data, encoder="embedded-static")) as sourcier:
        sourcier.add_text("Le moulin tourne encore.", source="moulin.txt")
        sourcier.add_text("Une première version du texte.", source="phare.txt")
    earlier = {**Shim.compiled(tmp_path).preloaded, "FAULT_CLOCK": str(-YEAR)}

    with started(data, earlier) as http:
        assert_it_works(http, "phare.txt")
        assert_it_works(http, "tour.txt")

    with Store.open(data / "sourcier.db") as store:
        listed = store.documents("default").documents
    assert [document.source for document in listed] == ["tour.txt", "phare.txt", "moulin.txt"]
    assert (listed[2].added_at - listed[0].added_at).days in (364, 365)  # what the clock said
    assert [document.generation for document in listed] == [4, 3, 1]
