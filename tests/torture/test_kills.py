"""A service killed at any moment loses nothing that it acknowledged, and leaves no half.

`make torture` does the same two hundred times, and at every operation instead of some.
"""

import errno
import json
import os
import subprocess
import sys
from pathlib import Path

import pytest

from tests.torture.campaign import torture
from tests.torture.services import ROOT
from tests.torture.shim import KILL, MISSING, Shim

KILLS = int(os.environ.get("KILLS", "25"))
SEED = int(os.environ.get("SEED", "1"))
# Of the operations of a scenario, about 450: each in the long run, every 61st here.
STEP = int(os.environ.get("STEP", "61"))

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(MISSING is not None, reason=MISSING or ""),
]


def test_what_a_service_acknowledged_survives_its_deaths(tmp_path: Path) -> None:
    report = torture(tmp_path, kills=KILLS, seed=SEED)

    assert report.deaths.total() >= KILLS
    assert report.acknowledged >= KILLS


def test_a_fault_at_any_operation_on_the_disk_is_survived(tmp_path: Path) -> None:
    shim = Shim.compiled(tmp_path)
    ends = {KILL: "killed", errno.ENOSPC: "refused", errno.EIO: "refused"}
    lives = subprocess.run(
        [sys.executable, "-m", "tests.torture.scenario", tmp_path, *map(str, (STEP, *ends))],
        cwd=ROOT,
        env={**os.environ, **shim.preloaded, "TOKENIZERS_PARALLELISM": "false"},
        capture_output=True,
        text=True,
        check=False,
    )

    assert lives.returncode == 0, lives.stderr
    reports = [json.loads(line) for line in lives.stdout.splitlines()]
    for error, end in ends.items():
        *faulty, last = [report for report in reports if report[0] == error]
        assert last[2] is None
        assert last[1] > 300
        assert all(met for _, _, met, _ in faulty)
        assert sum(ended == end for *_, ended in faulty) > len(faulty) / 2
