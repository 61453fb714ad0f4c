"""``python -m rag fetch|watch``, and the service's own watching, as an operator sees them."""

import os
import signal
import subprocess
import sys
import time
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from documents.store.store import Store
from rag.__main__ import app
from rag.bootstrap import bootstrap
from rag.settings import Settings
from tests.documents.feeds.web_server import WebServer, page, serving

ROOT = Path(__file__).parents[3]
Run = Callable[..., Result]
ARTICLE = (
    "<html lang='fr'><body><article><h1>{0}</h1><p>{0} a été bâti en 1887 par trois maçons du "
)
ARTICLE += "port, et il éclaire la côte depuis.</p></article></body></html>"


@pytest.fixture
def web() -> Iterator[WebServer]:
    with serving({"/phare": page(ARTICLE.format("Le phare de Kerbrat"))}) as server:
        items = "".join(
            f"<item><link>{server.url}{path}</link></item>" for path in ("/phare", "/rien")
        )
        server.pages["/flux"] = page(f"<rss><channel>{items}</channel></rss>", "text/xml")
        yield server


@pytest.fixture
def environment(tmp_path: Path, web: WebServer) -> dict[str, str]:
    return {
        "SOURCIER_DATA_DIR": str(tmp_path / "data"),
        "SOURCIER_ENCODER": "embedded-static",
        "SOURCIER_FETCH_HOSTS": f"127.0.0.1:{web.port}",
        "SOURCIER_PRIVATE_NETWORKS": "127.0.0.0/8",
    }


@pytest.fixture
def run(environment: dict[str, str]) -> Run:
    """Runs a command on a store of its own, without ever a traceback."""

    def run(*arguments: str) -> Result:
        result = CliRunner().invoke(app, list(arguments), env=environment)
        assert result.exception is None or isinstance(result.exception, SystemExit), result
        return result

    return run


def test_what_was_fetched_is_told_address_by_address(run: Run, web: WebServer) -> None:
    first = run("fetch", f"{web.url}/flux", "--collection", "presse")
    second = run("fetch", f"{web.url}/flux", "--collection", "presse")

    assert first.exit_code == 0
    assert first.stdout.splitlines() == [
        "made the collection presse",
        f"added {web.url}/phare",
        "1 added, 1 refused",
    ]
    assert f"refused {web.url}/rien: {web.url}/rien was answered with status 404." in first.stderr
    assert second.stdout.splitlines()[-1] == "1 unchanged, 1 refused"


def test_a_page_that_is_not_there_fails(run: Run, web: WebServer) -> None:
    result = run("fetch", f"{web.url}/rien")

    assert result.exit_code == 1
    assert f"sourcier: {web.url}/rien was answered with status 404." in result.stderr


def test_an_address_that_is_not_allowed_is_refused_before_anything_is_made(
    run: Run, environment: dict[str, str]
) -> None:
    result = run("fetch", "https://presse.example/", "--collection", "presse")

    assert result.exit_code == 1
    assert "SOURCIER_FETCH_HOSTS" in result.stderr
    with Store.open(Path(environment["SOURCIER_DATA_DIR"]) / "sourcier.db") as store:
        assert [one.name for one in store.collections()] == ["default"]


def test_what_is_no_folder_is_not_watched(run: Run, tmp_path: Path) -> None:
    result = run("watch", str(tmp_path / "nowhere"))

    assert result.exit_code == 2
    assert "is no folder" in result.stderr


def test_a_folder_is_watched_until_ctrl_c(tmp_path: Path, environment: dict[str, str]) -> None:
    folder = tmp_path / "presse"
    folder.mkdir()
    (folder / "phare.txt").write_text("Le phare de Kerbrat a été bâti en 1887.")
    process = subprocess.Popen(
        [sys.executable, "-m", "rag", "watch", str(folder)],
        cwd=ROOT,
        env={**os.environ, **environment, "PYTHONUNBUFFERED": "1"},
        stdout=subprocess.PIPE,
        text=True,
    )
    assert process.stdout is not None
    with process:
        said = [process.stdout.readline(), process.stdout.readline()]
        process.send_signal(signal.SIGINT)
        process.wait(timeout=30)

    assert said == [
        f"watching {folder}; Ctrl-C stops\n",
        f"added {folder.resolve().as_posix()}/phare.txt\n",
    ]
    assert process.returncode == 0


def test_a_service_watches_the_folder_of_its_settings(tmp_path: Path) -> None:
    folder = tmp_path / "presse"
    folder.mkdir()
    settings = Settings(
        data_dir=tmp_path / "data",
        encoder="embedded-static",
        watch=folder,
        watch_collection="presse",
    )
    with bootstrap(settings) as sourcier, sourcier.intake.watching(seconds=5):
        (folder / "phare.txt").write_text("Le phare de Kerbrat a été bâti en 1887.")
        for _ in range(200):
            if found := list(sourcier.all_documents("presse")):
                break
            time.sleep(0.1)

    assert [one.source for one in found] == [(folder / "phare.txt").resolve().as_posix()]


@pytest.mark.parametrize(
    ("name", "value", "problem"),
    [
        ("fetch_hosts", "https://presse.example", "is no host: write example.org"),
        ("private_networks", "10.0.0.1/8", "has host bits set"),
        ("watch_collection", "la presse", "cannot name a collection"),
    ],
)
def test_a_setting_that_makes_no_sense_is_refused(name: str, value: str, problem: str) -> None:
    with pytest.raises(ValueError, match=problem):
        Settings(**{name: value})  # type: ignore[arg-type]


def test_lists_are_written_with_commas() -> None:
    settings = Settings(fetch_hosts="a.example, *.b.example", private_networks=" ")  # type: ignore[arg-type]

    assert settings.fetch_hosts == ("a.example", "*.b.example")
    assert settings.private_networks is None
