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
from documents.store.store import Store
from rag.keyring import Keyring

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


ANYWHERE = "0.0.0.0"  # noqa: S104 - what a public service listens on


@pytest.mark.parametrize(("host", "keys"), [(ANYWHERE, "auto"), ("127.0.0.1", "on")])
def test_a_service_that_asks_for_keys_does_not_start_without_and_says_how_to_make_one(
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
    tmp_path: Path,
    host: str,
    keys: str,
) -> None:
    for name, value in {"HOST": host, "KEYS": keys, "PORT": "0", "DATA_DIR": tmp_path}.items():
        monkeypatch.setenv(f"SOURCIER_{name}", str(value))

    assert main() == 1

    [line] = capsys.readouterr().err.splitlines()
    assert line.startswith(f"sourcier: Callers need a key (SOURCIER_HOST={host}")
    assert "python -m rag keys create --name NAME --role admin" in line


@pytest.mark.parametrize(("keys", "status"), [("auto", 401), ("off", 200)])
def test_a_public_service_starts_with_a_key_or_where_it_is_told_to_ask_for_none(
    tmp_path: Path, keys: str, status: int
) -> None:
    said = {"HOST": ANYWHERE, "KEYS": keys, "PORT": "0", "DATA_DIR": str(tmp_path)}
    environment = {**os.environ, **{f"SOURCIER_{name}": value for name, value in said.items()}}
    with Store.open(tmp_path / "sourcier.db") as store:
        _, shown = Keyring(store.keys).create("test", "ask")

    with subprocess.Popen(
        [sys.executable, "-m", "api"], cwd=ROOT, env=environment, stderr=subprocess.PIPE, text=True
    ) as process:
        assert process.stderr is not None
        lines = iter(process.stderr.readline, "")
        port = next(found[1] for line in lines if (found := re.search(r"0\.0\.0\.0:(\d+)", line)))
        address = f"http://127.0.0.1:{port}/v1/status"

        assert httpx2.get(address).status_code == status
        assert httpx2.get(address, headers={"X-API-Key": shown}).status_code == 200
        process.kill()


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
