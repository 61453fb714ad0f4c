"""The transformer's weights by OpenVINO and by ONNX Runtime, in integers or not, in turns.

``python -m benchmarks.runtimes`` writes the graph of ``embedded`` in three ways
(`benchmarks.runtimes.graphs`) and has each runtime run each, every time in a new process:
milliseconds a question, passages of 180 tokens a second, milliseconds from the import to the first
vector, the memory that came with it, and how near the vectors are to those of what is shipped.
Tokens are made beforehand. OpenVINO takes part once it lies beside the benchmarks:

    pip install --no-deps --target benchmarks/.peers/openvino openvino==2026.4.1
"""

import argparse
import json
import os
import statistics
import subprocess
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

import numpy as np

from benchmarks import development, encoders
from benchmarks.runtimes import graphs
from benchmarks.runtimes.participant import OPENVINO
from index.transformer_encoder import TransformerEncoder
from rag.encoders import TRANSFORMER

RESULTS = Path("benchmarks/results/runtimes.json")
_QUESTIONS, _PASSAGES = 200, 160


def prepare(data: Path, folder: Path) -> None:
    """Write the tokens and the graphs; the ranges come from texts that are not measured."""
    read = TransformerEncoder.load(TRANSFORMER)._tokens  # noqa: SLF001 - the very tokens
    questions, passages = map(read, encoders.texts(data))
    texts = {
        "questions": questions[:: len(questions) // _QUESTIONS],
        "passages": passages[:: len(passages) // _PASSAGES],
    }
    (folder / "texts.json").write_text(json.dumps(texts), encoding="utf-8")
    graphs.write(TRANSFORMER / "model.onnx", folder, [*questions[1::4], *passages[2::10]])


def turn(runtime: str, folder: Path, graph: str) -> dict[str, float]:
    """Return the figures of one runtime over one graph."""
    command = [sys.executable, "-m", "benchmarks.runtimes.participant"]
    done = subprocess.run(
        [*command, runtime, str(folder), graph], check=True, stdout=subprocess.PIPE, text=True
    )
    figures: dict[str, float] = json.loads(done.stdout)
    return figures


def measure(data: Path, rounds: int) -> dict[str, dict[str, float]]:
    """Return the medians of all that take part."""
    runtimes = ["onnx_runtime", *(["openvino"] if OPENVINO.is_dir() else [])]
    parts = [(runtime, graph) for graph in graphs.NAMES for runtime in runtimes]
    with TemporaryDirectory() as scratch:
        folder = Path(scratch)
        prepare(data, folder)
        found = [[turn(runtime, folder, graph) for runtime, graph in parts] for _ in range(rounds)]
        vectors = [np.load(folder / f"{runtime}-{graph}.npy") for runtime, graph in parts]
    figures = {}
    for column, part in enumerate(parts):
        rows = [row[column] for row in found]
        figures[" ".join(part)] = {
            **{key: statistics.median(row[key] for row in rows) for key in rows[0]},
            "cosine_to_shipped": float(np.sum(vectors[column] * vectors[0], axis=1).mean()),
        }
    return figures


def main() -> None:
    """Measure in turns; print the medians and write them down."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=development.DATA)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, default=RESULTS)
    options = parser.parse_args()
    figures = measure(options.data, options.rounds)
    figures["machine"] = {"cores": os.cpu_count() or 1, "load": os.getloadavg()[0]}
    written = json.dumps(figures, indent=1)
    print(written)
    options.json.write_text(written + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
