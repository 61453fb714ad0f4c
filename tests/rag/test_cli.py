"""The command line: what it prints, where, and how it ends."""

import json
import os
import pty
import subprocess
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from click.testing import Result
from typer.testing import CliRunner

from documents.limits import Limits
from documents.store.store import Store
from rag.__main__ import app
from rag.bootstrap import bootstrap
from rag.library import Library
from rag.models import Question
from rag.settings import Settings
from tests.rag.fakes import FakeEncoder
from tests.rag.texts import BAKERY, LIGHTHOUSE, MENU

ROOT = Path(__file__).parents[2]
Run = Callable[..., Result]


@pytest.fixture
def run(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Run:
    """Runs a command on a store of its own, without ever a traceback."""
    monkeypatch.setenv("SOURCIER_DATA_DIR", str(tmp_path / "data"))
    monkeypatch.chdir(tmp_path)

    def run(*arguments: str) -> Result:
        result = CliRunner().invoke(app, list(arguments))
        assert result.exception is None or isinstance(result.exception, SystemExit), result
        return result

    return run


@pytest.fixture(scope="module")
def filled(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder with two documents."""
    folder = tmp_path_factory.mktemp("filled")
    (folder / "phare.txt").write_text(LIGHTHOUSE, encoding="utf-8")
    (folder / "bakery.txt").write_text(BAKERY, encoding="utf-8")
    with pytest.MonkeyPatch.context() as patch:
        patch.setenv("SOURCIER_DATA_DIR", str(folder / "data"))
        result = CliRunner().invoke(app, ["ingest", str(folder)])
    assert result.exit_code == 0, result.output
    return folder / "data"


@pytest.fixture
def run_filled(filled: Path, monkeypatch: pytest.MonkeyPatch, run: Run) -> Iterator[Run]:
    """Runs a command on two documents; it may not change them."""
    monkeypatch.setenv("SOURCIER_DATA_DIR", str(filled))
    before = (filled / "sourcier.db").stat().st_size
    yield run
    assert (filled / "sourcier.db").stat().st_size == before


def test_files_are_counted_by_what_became_of_them(run: Run, tmp_path: Path) -> None:
    folder = tmp_path / "texts"
    folder.mkdir()
    (folder / "phare.txt").write_text(LIGHTHOUSE, encoding="utf-8")
    (folder / "rows.csv").write_text("id,text\na,Le moulin tourne.\nb,La forge est fermée.\n")
    (folder / "image.png").write_bytes(b"\x89PNG\r\n\x1a\n" + bytes(range(256)))
    (folder / "menu.txt").write_text(MENU, encoding="utf-8")

    first = run("ingest", "texts")
    assert first.exit_code == 0
    assert first.stdout == "3 new, 0 replaced, 0 unchanged, 0 removed, 2 skipped\n"
    assert "skipped texts/image.png: " in first.stderr
    assert "skipped texts/menu.txt: " in first.stderr

    (folder / "phare.txt").write_text(LIGHTHOUSE.replace("1887", "1888"), encoding="utf-8")
    (folder / "rows.csv").write_text("id,text\nb,\n")
    second = run("ingest", "texts/phare.txt", "texts/rows.csv")
    assert second.stdout == (
        "0 new, 1 replaced, 0 unchanged, 0 removed, 1 skipped\n"
        "2 rows stay as they were: their new version cannot be read\n"
    )

    (folder / "rows.csv").write_text("id,text\nb,La forge est fermée.\n")
    third = run("ingest", "texts/rows.csv")
    assert third.stdout == "0 new, 0 replaced, 1 unchanged, 1 removed, 0 skipped\n"


def test_no_bar_is_drawn_where_nobody_watches(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(LIGHTHOUSE, encoding="utf-8")

    result = run("ingest", "a.txt")

    assert (result.exit_code, result.stderr) == (0, "")


def test_a_bar_is_drawn_on_a_terminal(tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(LIGHTHOUSE, encoding="utf-8")
    leader, follower = pty.openpty()
    done = subprocess.run(
        [sys.executable, "-m", "rag", "ingest", str(tmp_path / "a.txt")],
        cwd=ROOT,
        env={**os.environ, "SOURCIER_DATA_DIR": str(tmp_path / "data"), "TERM": "xterm"},
        stdout=subprocess.PIPE,
        stderr=follower,
        check=False,
    )
    os.close(follower)
    drawn = os.read(leader, 65_536)
    os.close(leader)

    assert done.returncode == 0
    assert b"Reading" in drawn
    assert done.stdout == b"1 new, 0 replaced, 0 unchanged, 0 removed, 0 skipped\n"


def test_nothing_to_ingest_is_a_usage_error(run: Run) -> None:
    result = run("ingest")

    assert result.exit_code == 2
    assert result.stderr == "sourcier: name at least one file or folder, or --sample\n"


def test_a_path_that_is_not_there_fails(run: Run) -> None:
    result = run("ingest", "nowhere")

    assert result.exit_code == 1
    assert result.stderr == "skipped nowhere: there is no such file or folder\n"


def test_the_sample_is_added_once(run: Run) -> None:
    assert run("ingest", "--sample").stdout.startswith("26 new, ")
    assert run("ingest", "--sample").stdout.endswith("is in use already: no sample added\n")


def test_a_collection_is_made_when_something_is_put_into_it(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(LIGHTHOUSE, encoding="utf-8")

    result = run("ingest", "--collection", "press", "a.txt")
    assert result.stdout.startswith("made the collection press\n1 new")
    assert "1 document\n" in run("documents", "--collection", "press").stdout
    assert run("ingest", "--collection", "not a name", "a.txt").exit_code == 1


@pytest.mark.parametrize(
    "arguments", [("ask", "Qui est là ?"), ("search", "phare"), ("documents",)]
)
def test_an_empty_store_says_what_to_do(run: Run, arguments: tuple[str, ...]) -> None:
    result = run(*arguments)

    assert result.exit_code == 0
    assert "holds no document yet" in result.stderr
    assert "python -m rag ingest" in result.stderr


def test_json_of_an_empty_store_is_json_all_the_same(run: Run) -> None:
    assert json.loads(run("ask", "--json", "Qui est là ?").stdout)["answered"] is False
    assert json.loads(run("search", "--json", "phare").stdout) == []


def test_an_answer_is_shown_with_its_quotes(run_filled: Run) -> None:
    result = run_filled("ask", "Quand le phare a-t-il été allumé ?")

    assert result.exit_code == 0
    assert "1887" in result.stdout.splitlines()[0]
    assert "[1] Un phare pour l’île aux Moines, fr" in result.stdout
    assert result.stderr == ""


def test_a_refusal_is_shown(run_filled: Run) -> None:
    result = run_filled("ask", "Quelle est la capitale de la Mongolie ?")

    assert result.exit_code == 0
    assert "ne permettent pas de répondre" in result.stdout


def test_json_keeps_accents(run_filled: Run) -> None:
    result = run_filled("ask", "--json", "Quand le phare a-t-il été allumé ?")
    answer = json.loads(result.stdout)

    assert "été allumé" in result.stdout
    assert answer["answered"]
    assert all(citation["verified"] for citation in answer["citations"])
    assert answer["passages"][0]["stored"]["document"]["title"]


def test_the_language_can_be_forced(run_filled: Run) -> None:
    result = run_filled("ask", "--language", "en", "--json", "Kerbrat ?")

    assert json.loads(result.stdout)["language"] == "en"


def test_passages_are_listed(run_filled: Run) -> None:
    shown = run_filled("search", "--mode", "dense", "--top-k", "1", "phare de granit")
    assert "Un phare pour l’île aux Moines" in shown.stdout

    hits = json.loads(run_filled("search", "--json", "phare de granit").stdout)
    assert hits[0]["stored"]["document"]["language"] == "fr"


def test_a_search_without_result_says_so(run_filled: Run) -> None:
    assert run_filled("search", "--mode", "lexical", "xyzzyplugh").stdout == "nothing found\n"


def test_documents_are_listed(run_filled: Run) -> None:
    assert run_filled("documents").stdout.endswith("2 documents\n")
    listed = json.loads(run_filled("documents", "--json").stdout)
    assert {document["language"] for document in listed} == {"fr", "en"}


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (("ask", " ?! "), "at least one word"),
        (("ask", "--collection", "nowhere", "Qui ?"), "nowhere"),
        (("delete", "doc_0"), "doc_0"),
        (("evaluate", "nowhere.jsonl"), "nowhere.jsonl"),
    ],
)
def test_what_is_wrong_is_said_in_one_line(
    run_filled: Run, arguments: tuple[str, ...], message: str
) -> None:
    result = run_filled(*arguments)

    assert result.exit_code == 1
    assert result.stderr.startswith("sourcier: ")
    assert message in result.stderr
    assert result.stderr.count("\n") == 1


@pytest.mark.parametrize(
    ("variable", "value", "message"),
    [
        ("SOURCIER_PORT", "many", "SOURCIER_PORT: Input should be a valid integer"),
        ("SOURCIER_PASSAGE_MIN_WORDS", "170", "SOURCIER_PASSAGE_MAX_WORDS (180) must be"),
    ],
)
def test_a_wrong_setting_is_said_in_one_line(
    run: Run, monkeypatch: pytest.MonkeyPatch, variable: str, value: str, message: str
) -> None:
    monkeypatch.setenv(variable, value)
    result = run("documents")

    assert result.exit_code == 1
    assert result.stderr.startswith(f"sourcier: {message}")


def test_a_store_that_is_none_is_said_in_one_line(run: Run, tmp_path: Path) -> None:
    (tmp_path / "data").mkdir()
    (tmp_path / "data" / "sourcier.db").write_bytes(b"no database at all" * 99)
    result = run("ask", "Qui ?")

    assert result.exit_code == 1
    assert result.stderr.startswith("sourcier: ")


def test_a_deleted_document_is_gone(run: Run, tmp_path: Path) -> None:
    (tmp_path / "a.txt").write_text(LIGHTHOUSE, encoding="utf-8")
    run("ingest", "a.txt")
    [document] = json.loads(run("documents", "--json").stdout)

    assert run("delete", document["id"]).stdout == f"deleted {document['id']}\n"
    assert json.loads(run("documents", "--json").stdout) == []


def test_an_evaluation_prints_a_table_or_json(run_filled: Run, tmp_path: Path) -> None:
    rows = [
        {"question": "Quand le phare a-t-il été allumé ?", "language": "fr", "answers": ["1887"]},
        {"question": "Who won the Oslo chess cup?", "language": "en", "answers": []},
    ]
    dataset = tmp_path / "questions.jsonl"
    dataset.write_text("\n".join(json.dumps(row) for row in rows), encoding="utf-8")

    table = run_filled("evaluate", str(dataset)).stdout.splitlines()
    content = json.loads(run_filled("evaluate", "--json", str(dataset)).stdout)

    assert table[0].split()[:2] == ["direction", "questions"]
    assert [line.split("  ")[0] for line in table[1:3]] == ["en, no answer", "fr→fr"]
    assert content["figures"]["fr→fr"]["hits"] == 1
    assert content["figures"]["en, no answer"]["refused"] == 1
    assert content["means"]["fr→fr"]["R@1"] == {"value": 1, "low": 1, "high": 1, "questions": 1}


def test_two_evaluations_are_compared_and_drawn(run_filled: Run, tmp_path: Path) -> None:
    asked = {"question": "Quand le phare a-t-il été allumé ?", "language": "fr"}
    right, wrong = (tmp_path / "right.jsonl", tmp_path / "wrong.jsonl")
    for path, answer in ((right, "1887"), (wrong, "1788")):
        rows = [json.dumps({**asked, "id": number, "answers": [answer]}) for number in "1234"]
        path.write_text("\n".join(rows), encoding="utf-8")

    run_filled("evaluate", str(wrong), "--scores", "before.json", "--picture", "chart.svg")
    after = run_filled("evaluate", str(right), "--compare", "before.json")

    assert "fr→fr           R@1         0.000 → 1.000  p = 0.125" in after.stdout.splitlines()
    assert (tmp_path / "chart.svg").exists()
    refused = run_filled("evaluate", str(right), "--compare", "chart.svg")
    assert refused.exit_code == 1
    assert "holds no scores" in refused.stderr


@pytest.mark.parametrize("option", [(), ("--reembed",)])
def test_a_rebuild_counts_the_passages(run_filled: Run, option: tuple[str, ...]) -> None:
    assert run_filled("rebuild", *option).stdout == "2 passages indexed\n"


def test_an_unknown_encoder_is_refused_until_everything_is_encoded_again(
    run: Run, tmp_path: Path
) -> None:
    with Store.open(tmp_path / "data" / "sourcier.db") as store:
        library = Library(store, FakeEncoder, Limits(), min_words=60, max_words=180)
        library.add_text(LIGHTHOUSE)
        library.add_text(BAKERY)

    refused = run("ask", "Quand le phare a-t-il été allumé ?")
    assert refused.exit_code == 1
    assert "python -m rag rebuild --reembed" in refused.stderr

    assert run("rebuild", "--reembed").stdout == "2 passages indexed\n"
    assert "1887" in run("ask", "Quand le phare a-t-il été allumé ?").stdout


def test_a_pipe_gets_the_text_of_any_locale(filled: Path) -> None:
    done = subprocess.run(
        [sys.executable, "-m", "rag", "ask", "--json", b"Qui a allum\xe9 le phare ?"],
        cwd=ROOT,
        env={**os.environ, "SOURCIER_DATA_DIR": str(filled), "LC_ALL": "C"},
        capture_output=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, b"")
    assert json.loads(done.stdout)["language"] == "fr"


@pytest.fixture
def judged(tmp_path: Path) -> None:
    """A store with an answer that helped, one that did not, and a refusal that did."""
    opinions = {
        "Quand le phare a-t-il été allumé ?": True,
        "Qui a allumé le phare ?": False,
        "Quelle est la capitale de la Mongolie ?": True,
    }
    with bootstrap(Settings(data_dir=tmp_path / "data")) as sourcier:
        sourcier.add_text(LIGHTHOUSE)
        for question, helpful in opinions.items():
            answer = sourcier.ask(Question(question))
            sourcier.feedback.give(answer.id, helpful=helpful, comment="Vu\nle phare 🗼")


@pytest.mark.usefixtures("judged")
def test_what_helped_can_be_exported_and_evaluated(run: Run, tmp_path: Path) -> None:
    exported = run("feedback", "export")
    assert exported.exit_code == 0
    lines = [json.loads(line) for line in exported.stdout.splitlines()]
    assert [line["question"] for line in lines] == [
        "Quand le phare a-t-il été allumé ?",
        "Quelle est la capitale de la Mongolie ?",
    ]
    assert "1887" in lines[0]["answers"][0]
    assert lines[1]["answers"] == []

    assert run("feedback", "export", "--out", "set.jsonl").stdout == ""
    assert (tmp_path / "set.jsonl").read_text(encoding="utf-8") == exported.stdout
    figures = json.loads(run("evaluate", "set.jsonl", "--json").stdout)["figures"]
    assert figures["fr→fr"]["hits"] == figures["fr→fr"]["questions"] == 1
    assert figures["fr, no answer"]["refused"] == 1


@pytest.mark.usefixtures("judged")
def test_opinions_are_listed(run: Run) -> None:
    listed = run("feedback", "list").stdout.splitlines()
    assert [line[0] for line in listed[::2]] == ["+", "-", "+", "2"]
    assert listed[0].endswith("  Quand le phare a-t-il été allumé ?")
    assert listed[1] == "      Vu le phare 🗼"
    assert listed[-1] == "2 of 3 helped"

    as_json = json.loads(run("feedback", "list", "--json").stdout)
    assert [opinion["helpful"] for opinion in as_json] == [True, False, True]
    assert as_json[0]["given_at"]


def test_a_file_that_cannot_be_written_is_told_in_one_line(run: Run) -> None:
    result = run("feedback", "export", "--out", "nowhere/set.jsonl")

    assert result.exit_code == 1
    assert result.stderr.startswith("sourcier: nowhere/set.jsonl cannot be written: ")
