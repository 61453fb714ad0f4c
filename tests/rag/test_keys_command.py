import json
from collections.abc import Callable
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from documents.store.store import Store
from rag.__main__ import app
from rag.access import Grant
from rag.keyring import Keyring

Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    monkeypatch.setenv("SOURCIER_DATA_DIR", str(tmp_path))
    return lambda *arguments: CliRunner().invoke(app, ["keys", *arguments])


def opened(tmp_path: Path, shown: str) -> Grant | None:
    with Store.open(tmp_path / "sourcier.db") as store:
        return Keyring(store.keys).grant(shown)


def test_a_key_is_printed_alone_so_that_scripts_can_take_it(run: Run, tmp_path: Path) -> None:
    made = run("create", "--name", "Presse", "--role", "ask", "--collection", "presse")

    assert made.exit_code == 0
    assert "not shown again" in made.stderr
    [shown] = made.stdout.splitlines()
    assert opened(tmp_path, shown) == Grant("ask", frozenset({"presse"}), shown[4:12])


def test_keys_are_listed_without_their_secrets(run: Run) -> None:
    made = [
        run("create", "--name", "Équipe", "--role", "admin").stdout.strip(),
        run(
            *("create", "--name", "Lecture", "--role", "ask", "--expires", "2999-12-31"),
            *("--collection", "b", "--collection", "a"),
        ).stdout.strip(),
    ]
    run("revoke", made[0][4:12])

    said = run("list").stdout

    first, second, last = said.splitlines()
    assert first.split()[:3] == [made[0][4:12], "admin", "revoked"]
    assert first.endswith("  Équipe  (all)")
    assert second.split()[:4] == [made[1][4:12], "ask", "until", "2999-12-31"]
    assert second.endswith("  Lecture  (a,b)")
    assert last == "2 keys, 1 valid"
    assert all(shown[13:] not in said for shown in made)


def test_keys_are_listed_for_programs(run: Run) -> None:
    shown = run("create", "--name", "É", "--role", "write", "--collection", "a").stdout.strip()

    [told] = json.loads(run("list", "--json").stdout)

    assert told.pop("created_at")
    assert told == {
        "id": shown[4:12],
        "name": "É",
        "role": "write",
        "collections": ["a"],
        "expires_at": None,
        "revoked_at": None,
    }


def test_a_revoked_key_opens_nothing(run: Run, tmp_path: Path) -> None:
    shown = run("create", "--name", "É", "--role", "write").stdout.strip()

    assert run("revoke", shown[4:12]).stdout == f"revoked {shown[4:12]}\n"
    assert opened(tmp_path, shown) is None


@pytest.mark.parametrize(
    ("arguments", "said"),
    [
        (("revoke", "00000000"), "No key has the id '00000000'"),
        (("create", "--name", " ", "--role", "ask"), "1 to 100 printable"),
        (("create", "--name", "É", "--role", "ask", "--expires", "2020-01-01"), "still to come"),
        (("create", "--name", "É", "--role", "ask", "--collection", "é"), "'é'"),
    ],
)
def test_what_cannot_be_done_is_told_in_one_line(
    run: Run, arguments: tuple[str, ...], said: str
) -> None:
    result = run(*arguments)

    assert result.exit_code == 1
    [line] = result.stderr.splitlines()
    assert line.startswith("sourcier: ")
    assert said in line
