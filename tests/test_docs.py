"""What the documentation says is so: settings, routes, commands, paths and examples."""

import re
from fnmatch import fnmatch
from itertools import zip_longest
from pathlib import Path
from types import SimpleNamespace
from typing import Any, cast

import pytest
import typer
from typer.testing import CliRunner

from api.app import create_app
from documents.errors import DocumentError
from index.errors import IndexingError
from rag.__main__ import app as command_line
from rag.errors import RagError
from rag.settings import Settings

ROOT = Path(__file__).parent.parent
ENGLISH, FRENCH = ROOT / "README.md", ROOT / "README.fr.md"
READMES = (ENGLISH, FRENCH)
PAGES = sorted([*ROOT.glob("*.md"), *(ROOT / "docs").rglob("*.md")])
NBSP, NARROW = "\u00a0", "\u202f"


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def text_of(page: str | Path) -> str:
    return (ROOT / page).read_text(encoding="utf-8")


def blocks(text: str) -> list[tuple[str, str]]:
    """Return the language and the content of each fenced block."""
    return re.findall(r"^```(\w*)\n(.*?)^```$", text, re.MULTILINE | re.DOTALL)


def prose(text: str) -> str:
    """Return `text` without its fenced blocks, code spans and link targets."""
    text = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.sub(r"\]\([^)]*\)|`[^`]*`|<!--.*?-->", "", text)


def headings(text: str) -> list[str]:
    text = re.sub(r"^```.*?^```$", "", text, flags=re.MULTILINE | re.DOTALL)
    return re.findall(r"^(#+) ", text, re.MULTILINE)


# Settings


def documented_settings() -> dict[str, tuple[str, str]]:
    row = r"^\| `SOURCIER_(\w+)` \| `([^`]*)` \| (.+) \|$"
    rows = re.findall(row, text_of("docs/configuration.md"), re.MULTILINE)
    return {name.lower(): (default, meaning) for name, default, meaning in rows}


def test_the_table_of_settings_is_the_settings() -> None:
    fields = {
        name: (str(field.default), str(field.description))
        for name, field in Settings.model_fields.items()
    }
    assert documented_settings() == fields


def test_every_setting_that_a_page_names_exists() -> None:
    known = {f"SOURCIER_{name.upper()}" for name in Settings.model_fields}
    for page in PAGES:
        assert set(re.findall(r"SOURCIER_[A-Z_]*[A-Z]", text_of(page))) <= known, named(page)


# Routes


def real_routes() -> set[tuple[str, str]]:
    bare = SimpleNamespace(status=lambda: SimpleNamespace(version="0"), settings=Settings())
    paths = create_app(cast(Any, bare)).openapi()["paths"]
    return {(method.upper(), path) for path, methods in paths.items() for method in methods}


def documented_routes() -> dict[tuple[str, str], str]:
    """Return what docs/api.md says under the heading of each route."""
    parts = re.split(r"^#{2,3} ", text_of("docs/api.md"), flags=re.MULTILINE)
    found = [(re.match(r"`([A-Z]+) (\S+)`\n", part), part) for part in parts]
    return {(match[1], match[2]): part for match, part in found if match}


def test_every_route_is_documented_and_no_other() -> None:
    assert set(documented_routes()) == real_routes()


@pytest.mark.parametrize("route", sorted(documented_routes()), ids=" ".join)
def test_each_route_has_an_example_with_curl(route: tuple[str, str]) -> None:
    method, path = route
    examples = [code for kind, code in blocks(documented_routes()[route]) if kind == "sh"]
    assert examples
    pattern = re.escape(path).replace(r"\{", "{").replace(r"\}", "}")
    pattern = re.sub(r"\{\w+\}", r"[\\w-]+", pattern) + r"(?=[\s'?]|$)"
    for example in examples:
        assert re.search(r"http://127\.0\.0\.1:8000" + pattern, example), example
        assert ("-X DELETE" in example) == (method == "DELETE")
        assert (" -d " in example or " -F " in example) == (method == "POST")


def test_every_status_that_a_route_answers_is_explained() -> None:
    bare = SimpleNamespace(status=lambda: SimpleNamespace(version="0"), settings=Settings())
    described = create_app(cast(Any, bare)).openapi()["paths"]
    answered = {
        status
        for methods in described.values()
        for route in methods.values()
        for status in route["responses"]
        if status >= "400"
    }
    table = text_of("docs/api.md").partition("## Errors")[2]
    assert answered <= set(re.findall(r"^\| (\d{3}) \|", table, re.MULTILINE))


# Commands


def real_commands() -> set[str]:
    group = typer.main.get_command(command_line)
    return set(group.list_commands(cast(Any, None)))  # type: ignore[attr-defined]


@pytest.mark.parametrize("readme", READMES, ids=named)
def test_the_readme_lists_every_command(readme: Path) -> None:
    assert set(re.findall(r"^\| `(\w+)` \|", text_of(readme), re.MULTILINE)) == real_commands()


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_command_that_a_page_names_exists(page: Path) -> None:
    named_commands = set(re.findall(r"python -m rag ([a-z]+)", text_of(page)))
    assert named_commands <= real_commands()


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_target_that_a_page_names_is_in_the_makefile(page: Path) -> None:
    targets = set(re.findall(r"^([a-z-]+):", text_of("Makefile"), re.MULTILINE))
    assert {"run", "test"} <= targets
    assert set(re.findall(r"(?:^|`)make ([a-z-]+)\b", text_of(page), re.MULTILINE)) <= targets


# Paths


def tree_paths(readme: Path) -> list[str]:
    """Return the paths that the annotated file tree of a README draws."""
    [tree] = [code for kind, code in blocks(text_of(readme)) if kind == "text" and "/  " in code]
    parents: list[str] = []
    paths = []
    for line in tree.splitlines():
        indent, name = re.match(r"( *)(\S+) {2,}\S", line).groups()  # type: ignore[union-attr]
        parents = [*parents[: len(indent) // 2], name]
        paths.append("".join(parents))
    return paths


@pytest.mark.parametrize("readme", READMES, ids=named)
def test_the_tree_of_the_readme_names_only_what_is_there(readme: Path) -> None:
    paths = tree_paths(readme)
    assert {"documents/", "index/", "rag/", "api/"} <= set(paths)
    assert [path for path in paths if not (ROOT / path).exists()] == []
    assert [path for path in paths if (ROOT / path).is_dir() != path.endswith("/")] == []


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_link_leads_somewhere(page: Path) -> None:
    links = re.findall(r"\]\(([^)\s]+)\)", text_of(page))
    local = [link for link in links if not link.startswith(("http://", "https://"))]
    for link in local:
        path, _, anchor = link.partition("#")
        target = (page.parent / path) if path else page
        assert target.exists(), link
        if anchor:
            titles = re.findall(r"^#+ (.+)$", text_of(target), re.MULTILINE)
            assert anchor in {re.sub(r"[^\w -]", "", t).lower().replace(" ", "-") for t in titles}


@pytest.mark.parametrize("page", PAGES, ids=named)
def test_every_module_that_a_page_names_is_there(page: Path) -> None:
    pattern = r"`((?:documents|index|rag|api|tests|docs|benchmarks|training)/[\w./-]+)`"
    found = [path for path in re.findall(pattern, text_of(page)) if "*" not in path]
    assert [path for path in found if not (ROOT / path).exists()] == []


def test_the_architecture_places_every_module() -> None:
    page = text_of("docs/architecture.md").partition("## Who lives where")[2]
    parts = re.split(r"^### (\w+)/$", page, flags=re.MULTILINE)[1:]
    sections = dict(zip(parts[::2], parts[1::2], strict=True))
    assert set(sections) == {"documents", "index", "rag", "api"}
    for package, section in sections.items():
        placed = set(re.findall(r"`([\w*]+\.py|\w+/)`", section))
        modules = {path.name for path in (ROOT / package).glob("*.py")} - {"__init__.py"}
        assert [name for name in placed if not list((ROOT / package).glob(name))] == []
        assert [name for name in modules if not any(fnmatch(name, p) for p in placed)] == []


# Errors


def test_the_trees_of_errors_draw_every_class() -> None:
    for root, module in (
        (DocumentError, "documents/errors.py"),
        (IndexingError, "index/errors.py"),
        (RagError, "rag/errors.py"),
    ):
        drawing = text_of(module).split('"""')[1]
        drawn = set(re.findall(r"^[│├└─ ]*([A-Z]\w+)(?: {2,}|$)", drawing, re.MULTILINE))
        assert drawn == {cls.__name__ for cls in family(root)}


def family(root: type[Exception]) -> list[type[Exception]]:
    own = [child for child in root.__subclasses__() if not child.__module__.startswith("test")]
    return [root, *(cls for child in own for cls in family(child))]


# The two READMEs


def test_both_readmes_have_the_same_structure() -> None:
    english, french = map(text_of, READMES)
    assert headings(english) == headings(french)
    assert [kind for kind, _ in blocks(english)] == [kind for kind, _ in blocks(french)]
    assert english.count("\n| ") == french.count("\n| ")
    assert english.count("\n- ") == french.count("\n- ")


def test_both_readmes_give_the_same_commands_and_examples() -> None:
    pairs = zip_longest(*(blocks(text_of(readme)) for readme in READMES))
    for (kind, english), (_, french) in pairs:
        if kind == "sh":
            assert without_comments(english) == without_comments(french)
        elif "/  " not in english:
            assert english == french


def without_comments(code: str) -> str:
    return re.sub(r" *# .*", "", code)


def test_both_readmes_draw_the_same_tree() -> None:
    assert tree_paths(ENGLISH) == tree_paths(FRENCH)


def test_both_readmes_link_to_the_same_pages() -> None:
    english, french = (set(re.findall(r"\]\(([^)\s]+)\)", text_of(page))) for page in READMES)
    assert english - {"README.fr.md"} == french - {"README.md"}


def test_the_readmes_open_with_one_sentence() -> None:
    for readme in READMES:
        opening = text_of(readme).split("\n\n")[1]
        assert opening.endswith(".")
        assert len(re.findall(r"[.!?](?:\s|$)", opening)) == 1


def test_the_french_readme_has_french_typography() -> None:
    text = prose(text_of(FRENCH))
    assert re.findall(r".{0,20}(?:'| [:;!?»]|« ).{0,10}", text) == []
    assert f"{NBSP}:" in text
    assert f"{NARROW};" in text


# The exchanges at the top of the READMEs


def exchanges() -> list[tuple[str, str]]:
    """Return each question of the README with what stands under it."""
    [shown] = [code for kind, code in blocks(text_of(ENGLISH)) if kind == "console"]
    prompt = r"^\$ \.venv/bin/python -m rag ask \"(.+)\"\n"
    parts = re.split(prompt, shown, flags=re.MULTILINE)[1:]
    answers = [said.strip() for said in parts[1::2]]
    return list(zip(parts[::2], answers, strict=True))


@pytest.fixture(scope="module")
def sample(tmp_path_factory: pytest.TempPathFactory) -> Path:
    """A data folder that holds the bundled sample, as `make run` makes it."""
    folder = tmp_path_factory.mktemp("sample")
    assert "26 new" in rag(folder, "ingest", "--sample")
    return folder


def rag(folder: Path, *arguments: str) -> str:
    """Return what ``python -m rag`` prints."""
    done = CliRunner().invoke(command_line, arguments, env={"SOURCIER_DATA_DIR": str(folder)})
    assert done.exit_code == 0, done.output
    return done.stdout.strip()


def test_the_readme_shows_what_is_really_answered(sample: Path) -> None:
    shown = exchanges()
    assert len(shown) >= 3
    assert [(question, rag(sample, "ask", question)) for question, _ in shown] == shown
