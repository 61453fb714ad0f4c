"""Run the examples of a page as its reader would, one program for each language.

Blocks of a page build on each other: those of one language are one program, which prints a mark
between them.
"""

import os
import shutil
import subprocess
import sys
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

from tests.integrations.pages import Example

ROOT: Final = Path(__file__).parents[2]
# Where `npm ci` puts the packages of the Vercel AI SDK, from which Node imports them.
NODE_FOLDER: Final = ROOT / "tests" / "api" / "openai" / "js"
_MARK = "\x1e"
_MARKING: Final = {
    "sh": f"printf '%s\\n' '{_MARK}'\n",
    "python": f"print({_MARK!r}, flush=True)\n",
    "js": 'console.log("\\x1e");\n',
}
_OPEN, _LOCKED = "http://127.0.0.1:8000", "http://127.0.0.1:8001"


@dataclass(frozen=True, slots=True)
class Services:
    """Two services over the sample: `open_url` asks for no key, `locked_url` for `key`."""

    open_url: str
    locked_url: str
    key: str


def missing(examples: Sequence[Example]) -> str | None:
    """Say what this machine lacks to run `examples`."""
    code = "".join(example.code for example in examples)
    for language, tool in (("sh", "curl"), ("sh", "jq"), ("js", "node")):
        wanted = any(example.language == language for example in examples)
        if wanted and tool in f"node {code}" and shutil.which(tool) is None:
            return f"{tool} is not installed"
    if "@ai-sdk" in code and not (NODE_FOLDER / "node_modules" / "ai").is_dir():
        return f"the Vercel AI SDK is not installed: npm ci --prefix {NODE_FOLDER}"
    return None


def outputs(examples: Sequence[Example], services: Services, folder: Path) -> list[str]:
    """Return what each of `examples` prints, run in `folder`.

    Raises: RuntimeError where one of them fails.
    """
    printed: dict[int, str] = {}
    for language in dict.fromkeys(example.language for example in examples):
        own = [n for n, example in enumerate(examples) if example.language == language]
        program = _MARKING[language].join(examples[n].code for n in own)
        parts = _run(language, program, services, folder).split(f"{_MARK}\n")
        lines = [f"{part}\n" if part and not part.endswith("\n") else part for part in parts]
        printed.update(zip(own, lines, strict=True))
    return [printed[n] for n in range(len(examples))]


def _run(language: str, program: str, services: Services, folder: Path) -> str:
    there = {_OPEN: services.open_url, _LOCKED: services.locked_url}
    for shown, real in there.items():
        program = program.replace(shown, real)
    done = subprocess.run(
        _command(language, program),
        cwd=NODE_FOLDER if language == "js" else folder,
        env=_environment(services.key),
        capture_output=True,
        text=True,
        check=False,
        timeout=60,
    )
    if done.returncode != 0:
        raise RuntimeError(f"An example in {language} failed:\n{program}\n{done.stderr}")
    printed = done.stdout
    for shown, real in there.items():
        printed = printed.replace(real, shown)
    return printed


def _command(language: str, program: str) -> list[str]:
    match language:
        case "sh":
            return ["bash", "-euo", "pipefail", "-c", program]
        case "python":
            return [sys.executable, "-c", program]
        case _:
            return ["node", "--input-type=module", "--eval", program]


def _environment(key: str) -> Mapping[str, str]:
    """Return the surroundings of an example: the key, and the examples to import."""
    return {
        **os.environ,
        "KEY": key,
        "PYTHONPATH": str(ROOT),
        "NO_PROXY": "127.0.0.1",
        "HAYSTACK_TELEMETRY_ENABLED": "False",
    }
