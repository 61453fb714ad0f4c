"""A full or failing disk: what is not durable is not acknowledged, and reading goes on."""

import errno
import os
import subprocess
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from documents.store.store import Store
from index.static_encoder import StaticEncoder
from rag.encoders import STATIC
from tests.torture.checker import check_service, check_store
from tests.torture.services import Launcher, ServiceDied, client_of
from tests.torture.shim import MISSING, Fault, Shim
from tests.torture.texts import Version

pytestmark = [
    pytest.mark.slow,
    pytest.mark.skipif(MISSING is not None, reason=MISSING or ""),
]
_MOST = 30  # documents: more than a small disk holds


@pytest.fixture(scope="module")
def launcher(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Launcher]:
    folder = tmp_path_factory.mktemp("launcher")
    with Launcher(folder, preloaded=Shim.compiled(folder).preloaded) as launcher:
        yield launcher


def put(http: httpx2.Client, source: str, number: int, *, filler: int = 0) -> httpx2.Response:
    """Put a version of a document; `filler` is how many characters of metadata go with it."""
    version = Version(source, number)
    body = {"text": version.text, "title": source, "source": source}
    return http.post("/v1/documents", json={**body, "metadata": {"filler": "x" * filler}})


def assert_unavailable(response: httpx2.Response, *, remedy: str) -> None:
    assert response.status_code == 503, response.text
    assert response.headers["content-type"] == "application/problem+json"
    assert response.json()["title"] == "Store unavailable"
    assert remedy in response.json()["detail"]
    assert int(response.headers["retry-after"]) > 0


@pytest.mark.parametrize(
    ("error", "remedy"), [(errno.ENOSPC, "free some space"), (errno.EIO, "reports an error")]
)
def test_while_nothing_can_be_written_questions_are_answered_and_changes_refused(
    launcher: Launcher, tmp_path: Path, error: int, remedy: str
) -> None:
    flag = tmp_path / "broken"
    fault = Fault(tmp_path / "data", error, tmp_path / "mark", flag=flag)
    service = launcher.start(tmp_path / "data", fault.armed)
    with client_of(service) as http:
        added = put(http, "S1", 1)
        assert added.status_code == 201
        flag.touch()

        assert_unavailable(put(http, "S1", 2), remedy=remedy)
        assert_unavailable(put(http, "S2", 1), remedy=remedy)
        assert_unavailable(http.delete(f"/v1/documents/{added.json()['id']}"), remedy=remedy)
        assert fault.fired()
        assert check_service(http) == {"S1": 1}
        assert http.get("/readyz").status_code == 200

        flag.unlink()
        assert put(http, "S2", 1).status_code == 201  # at once, without a restart
        assert check_service(http) == {"S1": 1, "S2": 1}
    assert service.stop() == 0


def test_an_upload_that_cannot_be_spooled_is_refused(launcher: Launcher, tmp_path: Path) -> None:
    flag, spool = tmp_path / "broken", tmp_path / "spool"
    spool.mkdir()
    fault = Fault(spool, errno.ENOSPC, tmp_path / "mark", flag=flag)
    service = launcher.start(tmp_path / "data", {**fault.armed, "TMPDIR": str(spool)})
    large = {"file": ("large.bin", b"\x89" * 2**21)}
    with client_of(service) as http:
        assert http.post("/v1/documents", files=large).status_code == 422
        flag.touch()
        refused = http.post("/v1/documents", files=large)
        assert fault.fired()
        assert refused.status_code in (503, 507), refused.text
        assert "space" in refused.json()["detail"]
        assert put(http, "S1", 1).status_code == 201
        assert check_service(http) == {"S1": 1}
    service.kill()


@pytest.fixture
def small_disk(tmp_path: Path) -> Iterator[Path]:
    """A file system of four megabytes."""
    folder = tmp_path / "disk"
    folder.mkdir()
    mount = ["mount", "-t", "tmpfs", "-o", "size=4m", "tmpfs", str(folder)]
    if os.geteuid() != 0 or subprocess.run(mount, capture_output=True, check=False).returncode:
        pytest.skip("mounting a small disk is left to root")
    yield folder
    subprocess.run(["umount", str(folder)], check=True)


def test_a_disk_that_fills_up_keeps_what_was_acknowledged(
    launcher: Launcher, small_disk: Path
) -> None:
    ballast = small_disk / "ballast"
    ballast.write_bytes(b"\0" * 2**20)
    service = launcher.start(small_disk / "data")
    acknowledged = {}
    with client_of(service) as http:
        for number in range(_MOST):
            response = put(http, f"S{number}", number, filler=200_000)
            if response.status_code != 201:
                break
            acknowledged[f"S{number}"] = number
        assert acknowledged
        assert_unavailable(response, remedy="is full")
        assert check_service(http) == acknowledged

        ballast.unlink()
        assert put(http, f"S{number}", number, filler=200_000).status_code == 201
        acknowledged[f"S{number}"] = number
        assert check_service(http) == acknowledged
    service.kill()
    ballast.write_bytes(b"\0" * 2**16)

    service = launcher.start(small_disk / "data")
    with client_of(service) as http:
        assert check_service(http) == acknowledged
    service.kill()
    with Store.open(small_disk / "data" / "sourcier.db") as store:
        fingerprint = StaticEncoder.load(STATIC).fingerprint
        assert check_store(store, fingerprint=fingerprint) == acknowledged


def test_a_service_that_cannot_write_at_its_start_says_why(
    launcher: Launcher, tmp_path: Path
) -> None:
    flag = tmp_path / "broken"
    flag.touch()
    fault = Fault(tmp_path / "data", errno.ENOSPC, tmp_path / "mark", flag=flag)

    with pytest.raises(ServiceDied) as died:
        launcher.start(tmp_path / "data", fault.armed)

    assert died.value.code == 1
    [line] = died.value.said.splitlines()
    assert line.startswith("sourcier: ")
    assert "free some space" in line
