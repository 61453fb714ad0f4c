"""Services that share one store in PostgreSQL, which dies and comes back."""

import json
from collections.abc import Iterator
from pathlib import Path
from time import monotonic, sleep

import pytest
from httpx import Response
from pydantic import SecretStr
from starlette.testclient import TestClient
from typer.testing import CliRunner

from api.app import create_app
from benchmarks.postgres_server import IS_THERE, PostgresServer, running
from rag.__main__ import app as commands
from rag.bootstrap import bootstrap
from rag.models import Mode, Query, Question
from rag.operations import served
from rag.operations.doctor import examine
from rag.operations.finding import Finding
from rag.service import Sourcier
from rag.settings import Settings

pytestmark = pytest.mark.skipif(not IS_THERE, reason="the extra `postgres` is not installed")

PATIENCE_SECONDS = 20.0
QUESTION = {"question": "Qui garde le phare de Kerlann ?"}
TEXT = "Le phare de Kerlann a été bâti en 1873. Odile Marchand le garde depuis douze ans."
TEXTS = (
    TEXT,
    "Le moulin de Brunoy tourne depuis 1887. Il moud le blé de toute la vallée.",
    "The mayor, Anne Dupont, opened the library in 1987. It holds 40,000 books.",
    "La criée de Lorient vend 1\u202f200 tonnes de thon par an, soit 145\u00a0% de plus qu’avant.",
)


@pytest.fixture(scope="module")
def mortal() -> Iterator[PostgresServer]:
    with running() as server:
        yield server


def settings_of(folder: Path, url: str, **changes: object) -> Settings:
    values = {"data_dir": folder, "encoder": "embedded-static", "port": 0, "store": url, **changes}
    return Settings.model_validate(values)


def add(client: TestClient, text: str, title: str) -> Response:
    return client.post("/v1/documents", json={"text": text, "title": title})


def is_refused(response: Response, server: PostgresServer) -> bool:
    problem = response.json()
    return (
        response.status_code == 503
        and problem["title"] == "Store unavailable"
        and f"127.0.0.1:{server.port}" in problem["detail"]
    )


def test_a_server_that_dies_is_told_of_and_nothing_has_to_be_started_again(
    mortal: PostgresServer, tmp_path: Path
) -> None:
    settings = settings_of(tmp_path, mortal.new_url())
    with bootstrap(settings) as sourcier, TestClient(create_app(sourcier)) as client:
        assert add(client, TEXT, "Le phare").status_code == 201
        assert client.post("/v1/ask", json=QUESTION).json()["answered"]
        mortal.kill()

        assert is_refused(client.post("/v1/ask", json=QUESTION), mortal)
        assert is_refused(client.get("/readyz"), mortal)
        assert is_refused(add(client, TEXTS[1], "Le moulin"), mortal)
        assert client.get("/healthz").status_code == 200
        mortal.start()

        assert client.get("/readyz").status_code == 200
        assert client.post("/v1/ask", json=QUESTION).json()["answered"]
        assert add(client, TEXTS[1], "Le moulin").status_code == 201
        assert "Le moulin" in client.post("/v1/search", json={"query": "moulin de Brunoy"}).text


def filled(sourcier: Sourcier) -> Sourcier:
    for number, text in enumerate(TEXTS):
        sourcier.add_text(text, title=f"Texte {number}", source=f"texte-{number}")
    return sourcier


@pytest.mark.parametrize("mode", ["hybrid", "dense", "lexical"])
def test_hits_and_scores_are_those_of_the_store_in_a_file(
    postgres: PostgresServer, tmp_path: Path, mode: Mode
) -> None:
    shared = settings_of(tmp_path / "shared", postgres.new_url())
    alone = Settings.model_validate({"data_dir": tmp_path / "alone", "encoder": "embedded-static"})
    with bootstrap(shared) as one, bootstrap(alone) as other:
        filled(one)
        filled(other)
        for text in ("Qui garde le phare ?", "When did the library open?", "le thon de Lorient"):
            hits, expected = [each.search(Query(text, mode=mode)) for each in (one, other)]
            assert [hit.stored.id for hit in hits] == [hit.stored.id for hit in expected]
            assert [hit.score for hit in hits] == pytest.approx(
                [hit.score for hit in expected], abs=1e-4
            )
            answers = one.ask(Question(text)), other.ask(Question(text))
            assert answers[0].text == answers[1].text


def test_what_one_service_takes_in_the_others_answer_from(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    url = postgres.new_url()
    with (
        bootstrap(settings_of(tmp_path / "a", url)) as one,
        bootstrap(settings_of(tmp_path / "b", url)) as other,
    ):
        stored = one.add_text(TEXT, title="Le phare", source="phare")
        answer = other.ask(Question("Qui garde le phare de Kerlann ?"))
        assert answer.answered
        assert stored.document.text[answer.citations[0].start : answer.citations[0].end] == (
            answer.citations[0].quote
        )
        other.delete_document(stored.document.id)
        assert not one.ask(Question("Qui garde le phare de Kerlann ?")).passages
        assert one.levels().documents == 0
        assert one.levels().database_bytes > 100_000


def test_a_job_that_one_service_took_is_done_once_by_whichever_works(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    url = postgres.new_url()
    with (
        bootstrap(settings_of(tmp_path / "a", url)) as one,
        bootstrap(settings_of(tmp_path / "b", url)) as other,
        TestClient(create_app(one)) as client,
    ):
        sent = {"file": ("phare.txt", TEXT.encode(), "text/plain")}
        later = {"Prefer": "respond-async"}
        taken = client.post("/v1/documents", files=sent, headers=later)
        assert taken.status_code == 202
        address = taken.headers["location"]
        with (
            other.background.working(seconds=PATIENCE_SECONDS),
            one.background.working(seconds=PATIENCE_SECONDS),
        ):
            end = monotonic() + PATIENCE_SECONDS
            while (job := client.get(address).json())["finished_at"] is None:
                assert monotonic() < end, job
                sleep(0.02)
        assert job["state"] == "succeeded"
        assert one.status().documents == other.status().documents == 1


# Settings and commands


@pytest.mark.parametrize(
    "address",
    [
        "postgresql://me:secret@host:5432/sourcier?sslmode=verify-full",
        "postgres://one:5432,two:5432/sourcier?target_session_attrs=read-write",
        "postgresql://[::1]:5432/sourcier",
        "postgresql:///sourcier?host=/run/postgresql",
    ],
)
def test_an_address_of_a_database_is_taken(address: str, tmp_path: Path) -> None:
    store = settings_of(tmp_path, address).store
    assert store is not None
    assert store.get_secret_value() == address


@pytest.mark.parametrize(
    "address",
    [
        "sourcier",
        "mysql://h/d",
        "postgresql:",
        "postgresql://host",
        "postgresql://host:port/db",
        "postgresql://[::1/db",
        "postgresql://me:ge/heim@host/db",
    ],
)
def test_what_is_no_address_of_a_database_is_refused(address: str, tmp_path: Path) -> None:
    with pytest.raises(ValueError, match="SOURCIER_STORE must be the address of a PostgreSQL"):
        settings_of(tmp_path, address)


def test_the_password_is_not_shown_with_the_settings(tmp_path: Path) -> None:
    assert "geheim" not in repr(settings_of(tmp_path, "postgresql://me:geheim@host/db"))


@pytest.mark.parametrize("command", ["backup", "restore"])
def test_backups_of_files_are_not_made_of_a_server(
    command: str, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("SOURCIER_STORE", "postgresql://me:geheim@host/db")
    result = CliRunner().invoke(commands, [command, str(tmp_path / "a.zip")])

    assert result.exit_code == 1
    assert "pg_dump" in result.stderr
    assert "geheim" not in result.output


def test_a_store_is_taken_over_by_a_command_and_then_serves(
    postgres: PostgresServer, tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    url = postgres.new_url()
    old = Settings.model_validate({"data_dir": tmp_path / "old", "encoder": "embedded-static"})
    with bootstrap(old) as sourcier:
        filled(sourcier)
        expected = list(sourcier.all_documents())
    monkeypatch.setenv("SOURCIER_DATA_DIR", str(tmp_path / "new"))
    monkeypatch.setenv("SOURCIER_STORE", url)

    done = CliRunner().invoke(commands, ["transfer", str(tmp_path / "old")])
    again = CliRunner().invoke(commands, ["transfer", str(tmp_path / "old")])
    nowhere = CliRunner().invoke(commands, ["transfer", str(tmp_path / "nowhere")])

    assert done.exit_code == 0, done.output
    assert f"{len(TEXTS):>9}  documents" in done.stdout
    assert (again.exit_code, again.stderr.count("\n")) == (1, 1)
    assert "holds something already" in again.stderr
    assert "there is no store in the folder" in nowhere.stderr
    with bootstrap(settings_of(tmp_path / "new", url)) as sourcier:
        assert list(sourcier.all_documents()) == expected
        assert sourcier.ask(Question("Qui garde le phare de Kerlann ?")).answered


def examined(settings: Settings) -> dict[str, list[Finding]]:
    found: dict[str, list[Finding]] = {}
    for finding in examine(settings, unknown=[]):
        found.setdefault(finding.part, []).append(finding)
    return found


def test_the_doctor_says_whether_the_server_keeps_a_sound_store(
    postgres: PostgresServer, tmp_path: Path
) -> None:
    settings = settings_of(tmp_path, postgres.new_url())
    before = examined(settings)["store"]
    with bootstrap(settings) as sourcier:
        sourcier.add_text(TEXT, title="Le phare")
    found = examined(settings)

    assert "the first start makes the tables" in before[0].message
    said = [finding.message for finding in found["store"]]
    assert "answers (PostgreSQL 18)" in said[0]
    assert "1 documents" in said[1]
    assert "fsync" in said[2]  # as the servers of tests do without
    assert [finding.state for finding in found["vectors"]] == ["ok"]


def test_the_doctor_says_what_is_wrong_with_the_server(tmp_path: Path) -> None:
    [found] = examined(settings_of(tmp_path, "postgresql://me:geheim@127.0.0.1:9/db"))["store"]

    assert found.state == "fail"
    assert "cannot be reached" in found.message
    assert "SOURCIER_STORE" in found.remedy
    assert "geheim" not in json.dumps([found.message, found.remedy])


def test_a_driver_that_is_missing_is_told_of(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(served, "find_spec", lambda _name: None)
    _, [found] = served.check_server(SecretStr("postgresql://host/db"))

    assert found.state == "fail"
    assert "pip install asyncpg" in found.remedy
