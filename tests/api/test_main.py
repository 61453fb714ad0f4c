import os
import re
import signal
import subprocess
import sys
from collections.abc import Iterator
from pathlib import Path

import httpx2
import pytest

from api.__main__ import listen, main

ROOT = Path(__file__).parents[2]


@pytest.mark.parametrize("host", ["127.0.0.1", "localhost"])
def test_port_0_is_a_free_one(host: str) -> None:
    with listen(host, 0) as listener:
        assert listener.getsockname()[1] > 0


def test_a_port_that_is_taken_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], tmp_path: Path
) -> None:
    with listen("127.0.0.1", 0) as listener:
        port = listener.getsockname()[1]
        monkeypatch.setenv("SOURCIER_PORT", str(port))
        monkeypatch.setenv("SOURCIER_DATA_DIR", str(tmp_path / "data"))

        assert main() == 1

    assert capsys.readouterr().err == (
        f"sourcier: 127.0.0.1, port {port} is taken: stop what uses it, or choose another with "
        "SOURCIER_PORT.\n"
    )
    assert not (tmp_path / "data").exists()


@pytest.mark.parametrize("host", ["no.such.host.invalid", "192.0.2.1"])
def test_an_address_that_is_not_ours_is_told_in_one_line(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str], host: str
) -> None:
    monkeypatch.setenv("SOURCIER_HOST", host)

    assert main() == 1
    assert capsys.readouterr().err.startswith(f"sourcier: Cannot listen on {host}, port 8000: ")


def test_a_wrong_setting_is_named(
    monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setenv("SOURCIER_PORT", "many")
    monkeypatch.setenv("SOURCIER_LOG_LEVEL", "loud")

    assert main() == 1

    said = capsys.readouterr().err
    assert "sourcier: SOURCIER_PORT: Input should be a valid integer" in said
    assert "SOURCIER_LOG_LEVEL" in said


@pytest.fixture(scope="module")
def service(
    tmp_path_factory: pytest.TempPathFactory,
) -> Iterator[tuple[subprocess.Popen[str], str]]:
    folder = tmp_path_factory.mktemp("data")
    with subprocess.Popen(
        [sys.executable, "-m", "api"],
        cwd=ROOT,
        env={**os.environ, "SOURCIER_PORT": "0", "SOURCIER_DATA_DIR": str(folder)},
        stderr=subprocess.PIPE,
        text=True,
    ) as process:
        assert process.stderr is not None
        said = process.stderr.readline()
        address = re.search(r"http://\S+", said)
        assert address, said + process.stderr.read()
        yield process, address[0]
        process.kill()


def test_the_service_says_where_it_is_and_what_to_do_first_then_leaves_in_order(
    service: tuple[subprocess.Popen[str], str],
) -> None:
    process, address = service
    assert process.stderr is not None

    assert "holds no document yet" in process.stderr.readline()
    assert httpx2.get(f"{address}/readyz").json() == {"status": "ready"}
    assert "server" not in httpx2.get(f"{address}/").headers

    process.send_signal(signal.SIGTERM)
    assert process.wait(timeout=10) == 0
    assert process.stderr.read() == ""
