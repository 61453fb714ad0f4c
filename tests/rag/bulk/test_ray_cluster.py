"""A real Ray, started for the time on this machine."""

import json
import os
import subprocess
import sys
from importlib.util import find_spec
from pathlib import Path

import pytest

from rag.bootstrap import bootstrap
from rag.ingest import ingest_paths
from rag.settings import Settings
from tests.rag.bulk.cluster import contents, write_mixed

ROOT = Path(__file__).parents[3]

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(
        not (find_spec("ray") and find_spec("pyarrow")), reason="no Ray: make ray installs it"
    ),
]

INGEST = """
import dataclasses, json, sys
from pathlib import Path

from rag.bootstrap import bootstrap
from rag.bulk.ingestion import ingest_on_ray
from rag.settings import Settings
from tests.rag.bulk.cluster import CountingEncoder

with bootstrap(Settings(data_dir=Path(sys.argv[1]))) as sourcier:
    counting = CountingEncoder(sourcier.encoder)
    sourcier.library = dataclasses.replace(sourcier.library, encoder=lambda: counting)
    report = ingest_on_ray(sourcier, [Path(sys.argv[2])])
skipped = {one.path.name: one.reason for one in report.skipped}
print(json.dumps({"new": report.new, "skipped": skipped, "read": counting.read}))
"""


def run(folder: Path, *command: str, **variables: str) -> subprocess.CompletedProcess[str]:
    environment = {**os.environ, "HOME": str(folder), "RAY_ADDRESS": "local", **variables}
    return subprocess.run(
        [sys.executable, *command],
        cwd=ROOT,
        env=environment,
        capture_output=True,
        text=True,
        check=False,
    )


def test_a_cluster_fills_the_store_as_this_machine_would(tmp_path: Path) -> None:
    write_mixed(tmp_path / "mixed", rows=70)
    done = run(tmp_path, "-c", INGEST, str(tmp_path / "bulk"), str(tmp_path / "mixed"))
    assert done.returncode == 0, done.stderr
    told = json.loads(done.stdout)

    with bootstrap(Settings(data_dir=tmp_path / "plain")) as plain:
        wanted = ingest_paths(plain, [tmp_path / "mixed"])
        assert told["new"] == wanted.new > 70
        assert told["skipped"] == {one.path.name: one.reason for one in wanted.skipped}
        assert told["read"] == 0
        with bootstrap(Settings(data_dir=tmp_path / "bulk")) as bulk:
            assert contents(bulk) == contents(plain)


@pytest.mark.parametrize(
    ("address", "message"),
    [("nowhere", "The Ray cluster failed ("), ("127.0.0.1:9", "No Ray cluster answers at ")],
)
def test_a_cluster_that_is_not_there_is_told_in_one_line(
    tmp_path: Path, address: str, message: str
) -> None:
    (tmp_path / "a.txt").write_text("Le moulin tourne encore.", "utf-8")
    done = run(
        tmp_path,
        *("-m", "rag", "ingest", "--ray", str(tmp_path / "a.txt")),
        RAY_ADDRESS=address,
        SOURCIER_DATA_DIR=str(tmp_path / "data"),
    )

    assert done.returncode == 1
    assert done.stderr.startswith(f"sourcier: {message}")
    assert done.stderr.count("\n") == 1
