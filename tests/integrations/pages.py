"""The examples of docs/integrations: fenced code, and under it what it printed when it ran.

A block of ``sh``, ``python`` or ``js`` is run; a block of ``text`` right below it is its output.
What only sets things up (``pip install …``) stands in a ``console`` block, which is not run.
"""

import re
from collections.abc import Sequence
from dataclasses import dataclass
from pathlib import Path
from typing import Final

FOLDER: Final = Path(__file__).parents[2] / "docs" / "integrations"
_FENCE = re.compile(r"^```(\w+)\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
_OUTPUT = re.compile(r"\n```text\n(.*?)^```\n", re.MULTILINE | re.DOTALL)
_RUN = {"sh", "python", "js"}


@dataclass(frozen=True, slots=True)
class Example:
    """A block of code, where it ends in its page, and the output shown below it."""

    language: str
    code: str
    end: int
    output: str = ""
    output_end: int = 0


def examples(page: str) -> list[Example]:
    """Return the blocks of `page` that are run, in their order."""
    found = []
    for match in _FENCE.finditer(page):
        if match[1] in _RUN:
            shown = _OUTPUT.match(page, match.end())
            output, output_end = (shown[1], shown.end()) if shown else ("", match.end())
            found.append(Example(match[1], match[2], match.end(), output, output_end))
    return found


def with_outputs(page: str, outputs: Sequence[str]) -> str:
    """Return `page` with what its examples printed in the place of what is shown."""
    parts, last = [], 0
    for example, output in zip(examples(page), outputs, strict=True):
        parts.append(page[last : example.end])
        if output:
            parts.append(f"\n```text\n{output}```\n")
        last = example.output_end
    return "".join([*parts, page[last:]])


def pages() -> list[Path]:
    """Return the pages that hold examples."""
    return [path for path in sorted(FOLDER.glob("*.md")) if examples(path.read_text("utf-8"))]
