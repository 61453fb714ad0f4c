"""What `deploy/` and the Dockerfile promise, as far as that can be seen without running them."""

import configparser
import json
import re
import shlex
import subprocess
import sys
import threading
import tomllib
from http.server import BaseHTTPRequestHandler, HTTPServer
from importlib.metadata import PackageNotFoundError, packages_distributions, requires
from pathlib import Path
from typing import Any

import pytest
import yaml
from packaging.requirements import Requirement

from api.metrics import Metrics
from api.served import Served
from rag.models import Answer, Question
from rag.settings import Settings

ROOT = Path(__file__).parent.parent
DOCKERFILE = (ROOT / "Dockerfile").read_text(encoding="utf-8")
DEPLOY = ROOT / "deploy"
COMPOSE = DEPLOY / "compose.yml"
# What pyproject.toml asks for and a service that only serves does not need.
MODELS = {"torch", "sentence-transformers", "transformers"}
TOOLS = {"scikit-learn", "ir-measures", "scipy", "matplotlib"}


def instructions(name: str) -> list[str]:
    """Return what stands after each `name` in the Dockerfile, continued lines joined."""
    joined = re.sub(r" *\\\n *", " ", DOCKERFILE)
    return re.findall(rf"^ *{name} (.+)$", joined, re.MULTILINE)


# What is in the image


def normal(name: str) -> str:
    return re.sub(r"[-_.]+", "-", name).lower()


def lines(name: str) -> list[str]:
    return (ROOT / name).read_text(encoding="utf-8").split()


def kept(*lists: str) -> set[str]:
    """Return the packages that the Dockerfile's own filter keeps of the lock."""
    names = "|".join(name for listed in lists for name in lines(f"deploy/left-out/{listed}"))
    pattern = re.compile(rf"^({names})==", re.IGNORECASE)
    return {
        normal(line.split("==")[0]) for line in lines("requirements.txt") if not pattern.match(line)
    }


def needed(without: set[str]) -> set[str]:
    """Return the packages that pyproject.toml asks for, and all that they need."""
    project = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))["project"]
    found: set[tuple[str, str]] = set()
    waiting = [Requirement(line) for line in project["dependencies"]]
    waiting = [asked for asked in waiting if normal(asked.name) not in without]
    while waiting:
        asked = waiting.pop()
        for extra in {"", *asked.extras}:
            if (normal(asked.name), extra) not in found:
                found.add((normal(asked.name), extra))
                waiting += _requirements(asked.name, extra)
    return {name for name, _ in found}


def _requirements(name: str, extra: str) -> list[Requirement]:
    try:
        listed = [Requirement(line) for line in requires(name) or []]
    except PackageNotFoundError:  # not locked, so not needed here
        return []
    return [r for r in listed if r.marker is None or r.marker.evaluate({"extra": extra})]


def test_the_image_installs_what_serving_needs_and_nothing_else() -> None:
    assert kept("models.txt", "tools.txt") == needed(MODELS | TOOLS), (
        "list what only tests or models need in deploy/left-out/"
    )


def test_the_image_with_models_installs_what_they_need_too() -> None:
    unlocked = {"setuptools"}  # torch names it; every environment brings one
    assert kept("tools.txt") == needed(TOOLS) - unlocked


def test_what_is_left_out_is_locked() -> None:
    locked = {line.split("==")[0] for line in lines("requirements.txt")}
    for listed in ("models.txt", "tools.txt"):
        names = lines(f"deploy/left-out/{listed}")
        assert names == sorted(names, key=str.lower)
        assert [name for name in names if name not in locked] == []


def test_the_dockerfile_filters_as_this_test_does() -> None:
    [command] = [run for run in instructions("RUN") if "grep" in run]
    [pattern] = re.findall(r'grep -ivE "(.+?)==" requirements\.txt > runtime\.txt', command)
    assert pattern == "^($(cat left-out/*.txt | paste -sd '|'))"
    done = subprocess.run(
        ["sh", "-c", f'cd deploy && grep -ivE "{pattern}==" ../requirements.txt'],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=True,
    )
    found = {normal(line.split("==")[0]) for line in done.stdout.split()}
    assert found == kept("models.txt", "tools.txt")


SERVE = """
import json, sys
from pathlib import Path

class Absent:
    def find_spec(self, name, path=None, target=None):
        if name.partition(".")[0] in absent:
            raise ModuleNotFoundError(f"No module named {name!r}", name=name)

absent = set(json.loads(sys.argv[2]))
sys.meta_path.insert(0, Absent())

import api.__main__
import rag.__main__
from api.app import create_app
from rag.bootstrap import bootstrap
from rag.ingest import SAMPLE_FOLDER
from rag.models import Question
from rag.operations.doctor import examine
from rag.settings import Settings

settings = Settings(data_dir=Path(sys.argv[1]), port=0)
with bootstrap(settings) as sourcier:
    page = SAMPLE_FOLDER / "en" / "stargate.md"
    sourcier.add_file(page.read_bytes(), name=page.name)
    assert {"/v1/ask", "/metrics"} <= set(create_app(sourcier).openapi()["paths"])
    assert sourcier.ask(Question("Who announced Stargate?")).passages
assert not [f for f in examine(settings, unknown=[]) if f.state == "fail"]
"""


def test_the_service_needs_nothing_of_what_is_left_out(tmp_path: Path) -> None:
    left = {
        normal(n) for n in lines("deploy/left-out/models.txt") + lines("deploy/left-out/tools.txt")
    }
    absent = sorted(
        module
        for module, owners in packages_distributions().items()
        if {normal(owner) for owner in owners} <= left
    )
    assert {"torch", "transformers", "scipy", "matplotlib"} <= set(absent)
    done = subprocess.run(
        [sys.executable, "-c", SERVE, str(tmp_path / "data"), json.dumps(absent)],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr


def test_the_image_copies_what_is_there_and_docker_sees_it() -> None:
    sources = [shlex.split(line)[:-1] for line in instructions("COPY") if "--from" not in line]
    copied = {name.removeprefix("./") for names in sources for name in names}
    assert {"api", "rag", "index", "documents", "requirements.txt"} <= copied
    assert [name for name in copied if not (ROOT / name).exists()] == []
    ignored = (ROOT / ".dockerignore").read_text(encoding="utf-8").splitlines()
    assert ignored[1] == "*"
    assert {line[1:] for line in ignored if line.startswith("!")} == copied


def test_the_container_runs_as_nobody_special_and_serves_as_everywhere_else() -> None:
    assert instructions("USER") == ["10001:10001"]
    assert "--uid 10001" in DOCKERFILE
    assert json.loads(instructions("CMD")[-1]) == ["python", "-m", "api"]
    assert "-m api" in (ROOT / "Makefile").read_text(encoding="utf-8")
    assert all(base.startswith("python:3.11-slim") for base in instructions("FROM"))


def variables() -> dict[str, str]:
    return dict(pair.split("=", 1) for line in instructions("ENV") for pair in shlex.split(line))


def test_the_settings_of_the_image_are_settings() -> None:
    found = {
        name.removeprefix("SOURCIER_").lower(): value
        for name, value in variables().items()
        if "SOURCIER" in name
    }
    settings = Settings.model_validate(found)
    assert set(found) <= set(Settings.model_fields)
    assert settings.asks_for_keys
    assert instructions("VOLUME") == [str(settings.data_dir)]
    assert instructions("EXPOSE") == [str(settings.port)]


@pytest.mark.parametrize(("status", "code"), [(200, 0), (503, 1), (None, 1)])
def test_the_health_check_tells_ready_from_not(status: int | None, code: int) -> None:
    class Handler(BaseHTTPRequestHandler):
        def do_GET(self) -> None:
            self.send_response(status or 500 if self.path == "/readyz" else 404)
            self.end_headers()

        def log_message(self, *_: object) -> None: ...

    joined = re.sub(r" *\\\n *", " ", DOCKERFILE)
    [check] = re.findall(r"^HEALTHCHECK .*CMD (\[.+\])$", joined, re.MULTILINE)
    [python, option, program] = json.loads(check)
    assert (python, option) == ("python", "-c")
    with HTTPServer(("127.0.0.1", 0), Handler) as server:
        thread = threading.Thread(target=server.serve_forever, args=(0.01,))
        thread.start()
        port = server.server_port if status else 1
        asked = program.replace(f" {variables()['SOURCIER_PORT']},", f" {port},")
        assert asked != program
        done = subprocess.run([sys.executable, "-c", asked], capture_output=True, check=False)
        server.shutdown()
        thread.join()
    assert done.returncode == code


def test_the_container_of_the_compose_file_is_closed() -> None:
    service = yaml.safe_load(COMPOSE.read_text(encoding="utf-8"))["services"]["sourcier"]
    assert service["read_only"] is True
    assert service["cap_drop"] == ["ALL"]
    assert service["security_opt"] == ["no-new-privileges:true"]
    assert service["ports"] == ["127.0.0.1:8000:8000"]
    assert service["volumes"] == ["data:/data"]
    assert (DEPLOY / service["build"] / "Dockerfile").exists()
    given = {
        name.removeprefix("SOURCIER_").lower(): v for name, v in service["environment"].items()
    }
    assert set(given) <= set(Settings.model_fields)
    Settings.model_validate(given)


# systemd


def test_the_unit_runs_the_command_of_the_makefile_closed_in() -> None:
    parser = configparser.RawConfigParser(strict=False)
    parser.optionxform = str  # type: ignore[assignment, method-assign]
    parser.read(DEPLOY / "sourcier.service", encoding="utf-8")
    service = parser["Service"]
    assert service["ExecStart"] == f"{service['WorkingDirectory']}/.venv/bin/python -m api"
    assert service["User"] == "sourcier"
    name, _, folder = service["Environment"].partition("=")
    assert name.removeprefix("SOURCIER_").lower() in Settings.model_fields
    assert folder == f"/var/lib/{service['StateDirectory']}"
    assert service["ProtectSystem"] == "strict"
    assert service["NoNewPrivileges"] == "true"


# What watches


def metric_names() -> set[str]:
    """Return the names of our metrics, those of histograms with all their endings."""
    metrics = Metrics(version="0")
    metrics.served(Served("GET", "/", 200, 0.1))
    answer = Answer(
        *("", "", "fr"), answered=False, text="", degraded=None, confidence=0, sentences=(),
        citations=(), passages=(), encoder="", generator="", timings={"total": 1.0},
    )  # fmt: skip
    metrics.answered(Question(""), answer)
    metrics.take(None, {"questions": (0, 0)})
    text = metrics.rendered("")[0].decode()
    return set(re.findall(r"^(\w+)", text, re.MULTILINE))


def expressions() -> list[str]:
    board: dict[str, Any] = json.loads((DEPLOY / "grafana.json").read_text(encoding="utf-8"))
    alerts = yaml.safe_load((DEPLOY / "sourcier-alerts.yml").read_text(encoding="utf-8"))
    shown = [target["expr"] for panel in board["panels"] for target in panel["targets"]]
    return shown + [rule["expr"] for group in alerts["groups"] for rule in group["rules"]]


def test_the_board_and_the_alerts_ask_for_metrics_that_exist() -> None:
    asked = set(re.findall(r"\b(?:sourcier|process)_\w+", " ".join(expressions())))
    assert len(asked) >= 12
    assert asked <= metric_names()


def test_the_board_fits_the_screen() -> None:
    board = json.loads((DEPLOY / "grafana.json").read_text(encoding="utf-8"))
    cells: set[tuple[int, int]] = set()
    for panel in board["panels"]:
        place = panel["gridPos"]
        own = {
            (x, y)
            for x in range(place["x"], place["x"] + place["w"])
            for y in range(place["y"], place["y"] + place["h"])
        }
        assert not own & cells, panel["title"]
        assert place["x"] + place["w"] <= 24
        cells |= own
    assert len({panel["id"] for panel in board["panels"]}) == len(board["panels"])


def test_prometheus_finds_the_alerts_and_the_default_port() -> None:
    config = yaml.safe_load((DEPLOY / "prometheus.yml").read_text(encoding="utf-8"))
    assert all((DEPLOY / name).exists() for name in config["rule_files"])
    [job] = config["scrape_configs"]
    defaults = Settings.model_fields
    target = f"{defaults['host'].default}:{defaults['port'].default}"
    assert job["static_configs"][0]["targets"] == [target]
    assert job["job_name"] == "sourcier"


def test_the_table_of_metrics_is_the_metrics() -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    rows = re.findall(r"^\| (`sourcier_.+?`) \|", page, re.MULTILINE)
    documented = {name for row in rows for name in re.findall(r"sourcier_\w+", row)}
    endings = ("_bucket", "_count", "_sum", "_created")
    real = {
        name.removesuffix(next((e for e in endings if name.endswith(e)), ""))
        for name in metric_names()
        if name.startswith("sourcier_")
    }
    assert {n for n in real if f"{n}_total" not in real} == documented


def test_the_page_names_only_files_that_are_there() -> None:
    page = (ROOT / "docs" / "operations.md").read_text(encoding="utf-8")
    named = set(re.findall(r"\bdeploy/[\w./-]*\w", page))
    assert {"deploy/sourcier.service", "deploy/compose.yml", "deploy/grafana.json"} <= named
    assert [name for name in named if not (ROOT / name).exists()] == []
