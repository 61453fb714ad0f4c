"""The house stands as docs/architecture.md draws it, and what must be absent is absent.

Each search is also shown a planted fault, so that it cannot pass by finding nothing ever.
"""

import ast
import importlib
import importlib.util
import json
import re
import subprocess
import sys
import tomllib
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest

ROOT = Path(__file__).parent.parent
PACKAGES = ("documents", "index", "rag", "api")
MODULES = [path for name in PACKAGES for path in sorted((ROOT / name).rglob("*.py"))]
HEAVY = (
    "torch", "transformers", "sentence_transformers", "sklearn", "scipy", "mcp", "pymilvus", "grpc",
    "pandas", "ray", "pyarrow",
)  # fmt: skip
PARSERS = (
    "lxml", "pypdfium2", "trafilatura", "docx", "pptx", "openpyxl", "striprtf", "markdown_it",
)  # fmt: skip
LONGEST_MODULE = 300
# What weights are trained and measured with never serves anybody, but reads files as well.
DATA_PATHS = [
    *MODULES,
    *sorted((ROOT / "training").glob("*.py")),
    *sorted((ROOT / "benchmarks").glob("*.py")),
    *sorted((ROOT / "examples").glob("*.py")),
]

# Calls that can run what stands in a file or a name.
_RUNS_CODE = {
    "eval", "exec", "compile", "__import__", "os.system", "os.popen", "runpy.run_path",
    "subprocess.getoutput", "yaml.load", "yaml.full_load", "yaml.unsafe_load",
    "pandas.read_pickle", "numpy.lib.format.read_array",
}  # fmt: skip

Search = Callable[[str], list[str]]


def named(path: Path) -> str:
    return path.relative_to(ROOT).as_posix()


def findings(search: Search, paths: list[Path]) -> list[str]:
    return [
        f"{named(path)}: {found}"
        for path in paths
        for found in search(path.read_text(encoding="utf-8"))
    ]


# The direction of imports


def lint_imports(folder: Path) -> subprocess.CompletedProcess[str]:
    """Run the command of `make check` in `folder`."""
    command = Path(sys.executable).with_name("lint-imports")
    return subprocess.run(
        [command, "--no-cache"], cwd=folder, capture_output=True, text=True, check=False
    )


def test_imports_go_one_way() -> None:
    done = lint_imports(ROOT)
    assert done.returncode == 0, done.stdout + done.stderr


@pytest.mark.parametrize(
    ("importer", "imported"),
    [
        ("documents", "index"),
        ("index", "documents"),
        ("documents", "rag"),
        ("index", "rag"),
        ("rag", "api"),
        ("rag", "fastapi"),
        ("documents", "starlette"),
        ("api", "documents"),
        ("api", "index"),
    ],
)
def test_an_import_the_other_way_is_noticed(tmp_path: Path, importer: str, imported: str) -> None:
    contracts = (ROOT / "pyproject.toml").read_text(encoding="utf-8")
    contracts = contracts[contracts.index("[tool.importlinter]") :]
    (tmp_path / "pyproject.toml").write_text(contracts, encoding="utf-8")
    for name in PACKAGES:
        (tmp_path / name).mkdir()
        (tmp_path / name / "__init__.py").touch()
    (tmp_path / importer / "reaching.py").write_text(
        f"def later() -> None:\n    import {imported}\n", encoding="utf-8"
    )
    done = lint_imports(tmp_path)
    assert done.returncode == 1, done.stdout + done.stderr
    assert importer in done.stdout


def test_the_contracts_cover_every_package() -> None:
    settings = tomllib.loads((ROOT / "pyproject.toml").read_text(encoding="utf-8"))
    contracts = settings["tool"]["importlinter"]
    assert set(contracts["root_packages"]) == set(PACKAGES)
    layers = re.findall(r"\w+", " ".join(contracts["contracts"][0]["layers"]))
    assert layers == ["api", "rag", "index", "documents"]


# What the default path imports


def run_fresh(program: str, *arguments: str) -> list[str]:
    """Run `program` in a new interpreter; return the top-level packages it imported."""
    report = "\nimport json, sys\nprint(json.dumps(sorted({n.split('.')[0] for n in sys.modules})))"
    done = subprocess.run(
        [sys.executable, "-c", program + report, *arguments],
        cwd=ROOT,
        capture_output=True,
        text=True,
        check=False,
    )
    assert done.returncode == 0, done.stderr
    imported: list[str] = json.loads(done.stdout.splitlines()[-1])
    return imported


def test_importing_the_service_brings_no_model_library() -> None:
    imported = run_fresh("import api.__main__, api.app, rag.__main__, rag.bootstrap")
    assert {"api", "rag"} <= set(imported)
    assert not {*HEAVY, *PARSERS} & set(imported)


ASK_AND_ADD = """
import sys
from pathlib import Path

from api.app import create_app
from rag.bootstrap import bootstrap
from rag.models import Question
from rag.settings import Settings

PAGE = "<html><body><article><p>The mayor, Anne Dupont, opened the library in 1987.</p></article>"
with bootstrap(Settings(data_dir=Path(sys.argv[1]), encoder="embedded")) as sourcier:
    create_app(sourcier)
    sourcier.add_file(PAGE.encode(), name="library.html")
    assert sourcier.ask(Question("When did the mayor open the library?")).passages
"""


def test_adding_and_asking_brings_no_model_library_and_no_parser(tmp_path: Path) -> None:
    imported = run_fresh(ASK_AND_ADD, str(tmp_path))
    assert {"faiss", "tokenizers"} <= set(imported)
    assert not {*HEAVY, *PARSERS} & set(imported)


def test_an_imported_library_would_be_seen() -> None:
    assert "sqlite3" in run_fresh("import documents.store.store")


# Packages, modules and their docstrings


@pytest.mark.parametrize("name", PACKAGES)
def test_our_packages_are_the_ones_in_this_checkout(name: str) -> None:
    spec = importlib.util.find_spec(name)
    assert spec is not None
    assert spec.origin == str(ROOT / name / "__init__.py")


@pytest.mark.parametrize("name", PACKAGES)
def test_a_facade_holds_every_name_it_announces(name: str) -> None:
    package = importlib.import_module(name)
    announced = getattr(package, "__all__", [])
    assert announced == sorted(announced, key=lambda n: (not n.isupper(), n))
    assert [n for n in announced if not hasattr(package, n)] == []


def undocumented(source: str) -> list[str]:
    docstring = ast.get_docstring(ast.parse(source)) or ""
    return [] if len(docstring.split()) > 2 else [f"docstring {docstring!r}"]


def test_every_module_says_what_it_is() -> None:
    assert findings(undocumented, MODULES) == []


def too_long(source: str) -> list[str]:
    lines = len(source.splitlines())
    return [f"{lines} lines"] if lines > LONGEST_MODULE else []


def test_no_module_is_longer_than_one_sitting() -> None:
    assert findings(too_long, DATA_PATHS) == []


def is_catch_all(name: str) -> bool:
    return re.fullmatch(r"_*(utils?|helpers?|base|common|misc|managers?)", name) is not None


def test_no_module_is_a_drawer_for_everything() -> None:
    names = [part for path in MODULES for part in (path.stem, path.parent.name)]
    assert "bootstrap" in names
    assert [name for name in names if is_catch_all(name)] == []


def test_tests_are_no_packages() -> None:
    assert [named(path) for path in (ROOT / "tests").rglob("__init__.py")] == []


# What must be absent


def environment_reads(source: str) -> list[str]:
    """Return where the environment is read, by whatever road."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Attribute) and node.attr in ("environ", "environb", "getenv"):
            found.append(f"line {node.lineno}: .{node.attr}")
        elif isinstance(node, ast.ImportFrom):
            names = {alias.name for alias in node.names}
            found += [f"line {node.lineno}: {n}" for n in names & {"environ", "getenv"}]
            if node.module == "pydantic_settings":
                found.append(f"line {node.lineno}: pydantic_settings")
    return found


def test_only_the_settings_read_the_environment() -> None:
    others = [path for path in MODULES if named(path) != "rag/settings.py"]
    assert findings(environment_reads, others) == []
    assert findings(environment_reads, [ROOT / "rag" / "settings.py"]) != []


def code_from_data(source: str) -> list[str]:
    """Return what could run code that stands in a file: pickles, remote code, eval."""
    modules = {"pickle", "cPickle", "dill", "cloudpickle", "joblib", "marshal", "shelve"}
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.Import):
            imported = [alias.name.split(".")[0] for alias in node.names]
            found += [f"line {node.lineno}: {n}" for n in imported if n in modules]
        elif isinstance(node, ast.ImportFrom) and (node.module or "").split(".")[0] in modules:
            found.append(f"line {node.lineno}: {node.module}")
        elif isinstance(node, ast.Call):
            found += [f"line {node.lineno}: {name}" for name in _dangerous_call(node)]
    return found


def _dangerous_call(call: ast.Call) -> Iterator[str]:
    function = ast.unparse(call.func)
    options = {option.arg: ast.unparse(option.value) for option in call.keywords}
    if function in _RUNS_CODE:
        yield function
    if function == "torch.load" and options.get("weights_only") != "True":
        yield "torch.load without weights_only=True"
    for name in ("allow_pickle", "trust_remote_code", "shell"):
        if options.get(name, "False") != "False":
            yield name


def test_nothing_that_is_read_can_bring_code() -> None:
    assert findings(code_from_data, DATA_PATHS) == []


def global_statements(source: str) -> list[str]:
    return [
        f"line {node.lineno}: global {', '.join(node.names)}"
        for node in ast.walk(ast.parse(source))
        if isinstance(node, ast.Global)
    ]


def test_no_function_rebinds_a_global() -> None:
    assert findings(global_statements, MODULES) == []


def swallowed_errors(source: str) -> list[str]:
    """Return handlers of everything that neither raise nor return anything about it."""
    found = []
    for node in ast.walk(ast.parse(source)):
        if isinstance(node, ast.ExceptHandler):
            caught = "" if node.type is None else ast.unparse(node.type)
            silent = not any(isinstance(inner, ast.Raise | ast.Call) for inner in ast.walk(node))
            if caught in ("", "Exception", "BaseException") and silent:
                found.append(f"line {node.lineno}: except {caught}")
    return found


def test_no_error_is_swallowed() -> None:
    assert findings(swallowed_errors, MODULES) == []


@pytest.mark.parametrize(
    ("search", "fault"),
    [
        (undocumented, "x = 1\n"),
        (undocumented, '"""TODO."""\n'),
        (too_long, "x = 1\n" * (LONGEST_MODULE + 1)),
        (environment_reads, "import os\nhome = os.environ['HOME']\n"),
        (environment_reads, "import os\nhome = os.getenv('HOME')\n"),
        (environment_reads, "from os import environ\n"),
        (environment_reads, "from pydantic_settings import BaseSettings\n"),
        (code_from_data, "def load(path):\n    import pickle\n"),
        (code_from_data, "from joblib import load\n"),
        (code_from_data, "import numpy as np\nnp.load(path, allow_pickle=True)\n"),
        (code_from_data, "import torch\ntorch.load(path)\n"),
        (code_from_data, "import subprocess\nsubprocess.run(line, shell=True)\n"),
        (code_from_data, "import os\nos.system(name)\n"),
        (code_from_data, "import yaml\nyaml.load(text)\n"),
        (code_from_data, "Model(name, trust_remote_code=True)\n"),
        (code_from_data, "eval(text)\n"),
        (global_statements, "def count():\n    global total\n    total = 1\n"),
        (swallowed_errors, "try:\n    work()\nexcept Exception:\n    pass\n"),
        (swallowed_errors, "try:\n    work()\nexcept:\n    x = None\n"),
    ],
)
def test_a_planted_fault_is_found(search: Search, fault: str) -> None:
    assert len(search(fault)) == 1


@pytest.mark.parametrize("name", ["utils", "helper", "base", "_common", "manager"])
def test_a_drawer_is_recognised(name: str) -> None:
    assert is_catch_all(name)
