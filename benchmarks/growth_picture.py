"""The curves of ``benchmarks/results/growth.json``, from 20,000 to a million passages.

``python -m benchmarks.growth_picture docs/growth.svg``
"""

import json
import sys
from collections.abc import Callable
from pathlib import Path
from typing import Any

from benchmarks.growth import RESULTS

_Value = Callable[[dict[str, Any]], float]
_CURVES: dict[str, dict[str, _Value]] = {
    "a search, ms": {
        "p50": lambda one: one["ask"]["search ms"]["passed"]["p50"],
        "p95": lambda one: one["ask"]["search ms"]["passed"]["p95"],
        "p95, passages coming in": lambda one: one["grow"]["while passages come in ms"]["p95"],
    },
    "recall against all cosines": {
        "of 10": lambda one: one["ask"]["recall@10"],
        "of 100": lambda one: one["ask"]["recall@100"],
    },
    "memory, MiB": {
        "anonymous": lambda one: one["ask"]["memory MiB"]["RssAnon"],
        "with files in use": lambda one: one["ask"]["memory MiB"]["VmRSS"],
    },
    "seconds": {
        "ready": lambda one: one["start"]["ready s"],
        "ready, disk cold": lambda one: one["cold start"]["ready s"],
        "all merged": lambda one: one["build"]["merge all s"],
    },
}


def draw(sizes: dict[str, Any], path: Path) -> None:
    """Write a picture of the figures of each size to `path`."""
    from matplotlib import rc_context  # noqa: PLC0415 - for pictures only
    from matplotlib.figure import Figure  # noqa: PLC0415

    passages = sorted(map(int, sizes))
    figure = Figure(figsize=(10, 6), layout="constrained")
    for axes, (title, curves) in zip(figure.subplots(2, 2).flat, _CURVES.items(), strict=True):
        for name, value in curves.items():
            axes.plot(passages, [value(sizes[str(n)]) for n in passages], "o-", label=name)
        axes.set_xscale("log")
        axes.set_xticks(passages, [f"{n:,}" for n in passages])
        axes.minorticks_off()
        axes.set_title(title)
        axes.set_ylim(0.95 if "recall" in title else 0, 1.002 if "recall" in title else None)
        axes.grid(alpha=0.3)
        axes.legend(frameon=False)
    with rc_context({"svg.hashsalt": "growth"}):
        figure.savefig(path, metadata={"Date": None} if path.suffix == ".svg" else None)


if __name__ == "__main__":
    draw(json.loads(RESULTS.read_text(encoding="utf-8"))["sizes"], Path(sys.argv[1]))
