"""One runtime over one graph, in a process of its own: how fast, how large, how soon.

``python -m benchmarks.runtimes.participant RUNTIME FOLDER GRAPH`` reads the tokens of
``FOLDER/texts.json``, leaves its vectors in ``FOLDER/RUNTIME-GRAPH.npy`` and prints its figures.
A text runs on one core, as many texts at once as there are cores.
"""

import json
import os
import statistics
import sys
import threading
import time
from collections.abc import Callable, Sequence
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import numpy as np
from numpy.typing import NDArray

OPENVINO = Path("benchmarks/.peers/openvino")
Run = Callable[[Sequence[int]], NDArray[np.float32]]


def onnx_runtime(graph: Path) -> Run:
    """Return what runs `graph` as `index.transformer_encoder` does."""
    import onnxruntime  # noqa: PLC0415 - its start is measured

    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads = options.inter_op_num_threads = 1
    options.log_severity_level = 3
    session = onnxruntime.InferenceSession(graph, options, providers=["CPUExecutionProvider"])
    return lambda tokens: session.run(None, {"ids": np.array([tokens], np.int64)})[0][0]


def openvino(graph: Path) -> Run:
    """Return what runs `graph` on a stream of one core for each thread that calls it."""
    sys.path.insert(0, str(OPENVINO))
    from openvino import Core  # noqa: PLC0415 - its start is measured

    cores = os.cpu_count() or 1
    settings = {"INFERENCE_NUM_THREADS": cores, "NUM_STREAMS": cores}
    model = Core().compile_model(str(graph), "CPU", settings)
    own = threading.local()

    def run(tokens: Sequence[int]) -> NDArray[np.float32]:
        if not hasattr(own, "request"):
            own.request = model.create_infer_request()
        vector: NDArray[np.float32] = own.request.infer([np.array([tokens], np.int64)])[0][0]
        return vector.copy()

    return run


def resident() -> float:
    """Return the memory of this process in MiB."""
    status = Path("/proc/self/status").read_text("ascii").splitlines()
    [line] = [row for row in status if row.startswith("VmRSS")]
    return int(line.split()[1]) / 1024


def main(load: Callable[[Path], Run], folder: Path, graph: str) -> dict[str, float]:
    """Measure and return the figures."""
    texts = json.loads((folder / "texts.json").read_text("utf-8"))
    questions, passages = texts["questions"], texts["passages"]
    before, started = resident(), time.perf_counter()
    run = load(folder / f"{graph}.onnx")
    run(questions[0])
    start = time.perf_counter() - started
    with ThreadPoolExecutor(os.cpu_count()) as threads:
        list(threads.map(run, [*questions, *passages[:8]]))  # some prepare for each length
        single = []
        for tokens in questions:
            started = time.perf_counter()
            run(tokens)
            single.append(time.perf_counter() - started)
        started = time.perf_counter()
        vectors = list(threads.map(run, passages))
        several = time.perf_counter() - started
    np.save(folder / f"{load.__name__}-{graph}.npy", np.stack(vectors))
    return {
        "question_ms": 1000 * statistics.median(single),
        "passages_a_second": len(passages) / several,
        "start_ms": 1000 * start,
        "memory_mib": resident() - before,
    }


if __name__ == "__main__":
    _load = {"onnx_runtime": onnx_runtime, "openvino": openvino}[sys.argv[1]]
    print(json.dumps(main(_load, Path(sys.argv[2]), sys.argv[3])))
