"""What it could give to encode the questions that come at the same time in one call.

``python -m benchmarks.batching --store FOLDER`` measures, over a store that
``python -m benchmarks.answering`` has made and read ahead:

* the encoder alone: a question's milliseconds, one to a call and several, and (of the embedded
  encoder) several of equal length in one run of its graph, which it does not do, since a text's
  vector would then depend on its company; how far it would is told as well;
* whole answers from several threads, by turns: as it is; with questions that wait for the
  encoder encoded together by whoever is next; and with vectors that are known before, which is
  what no batching can surpass.
"""

import argparse
import json
import os
import statistics
import time
from collections import Counter, defaultdict, deque
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass, field, replace
from functools import partial
from pathlib import Path
from random import Random
from threading import Condition
from typing import Any

import numpy as np

from benchmarks import development
from documents.models import DEFAULT_COLLECTION
from index.encoder import Encoder, Vectors
from index.remembering_encoder import RememberingEncoder, within
from index.transformer_encoder import TransformerEncoder
from rag.bootstrap import bootstrap
from rag.encoders import TRANSFORMER
from rag.models import Question
from rag.pipeline import Pipeline
from rag.settings import Settings

_TOGETHER = (1, 2, 4, 8)
_THREADS = (1, 3, 8)  # 3 is what a service has on two cores
_BLOCK = 24  # questions
_REPEATED = 40


@dataclass(slots=True)
class Together:
    """Encodes what waits in one call: the first encodes at once, those behind it together."""

    encoder: Encoder
    sizes: Counter[int] = field(default_factory=Counter)
    _waiting: deque[tuple[str, list[Vectors]]] = field(default_factory=deque)
    _turn: Condition = field(default_factory=Condition)
    _busy: bool = False

    @property
    def name(self) -> str:
        """The name of the encoder."""
        return self.encoder.name

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Return the vector of one question, ``float32 (1, dimension)``."""
        [text] = texts
        found: list[Vectors] = []
        with self._turn:
            self._waiting.append((text, found))
            self._turn.wait_for(lambda: found or not self._busy)
            if found:
                return found[0]
            self._busy = True
            batch = [self._waiting.popleft() for _ in range(min(_TOGETHER[-1], len(self._waiting)))]
        vectors = self.encoder.encode_questions([one for one, _ in batch])
        self.sizes[len(batch)] += 1
        with self._turn:
            self._busy = False
            for (_, into), vector in zip(batch, vectors, strict=True):
                into.append(vector[None])
            self._turn.notify_all()
        return found[0]


def alone(encoder: Encoder, questions: Sequence[str]) -> dict[str, float]:
    """Return the milliseconds of a question, several encoded in one call."""
    told = {}
    for size in _TOGETHER:
        start = time.perf_counter()
        for first in range(0, len(questions), size):
            encoder.encode_questions(questions[first : first + size])
        told[str(size)] = round(1000 * (time.perf_counter() - start) / len(questions), 2)
    return told


def in_one_run(questions: Sequence[str]) -> dict[str, Any]:
    """Return the milliseconds of a question, several of equal length in one run of the graph."""
    import onnx  # noqa: PLC0415 - for this only
    import onnxruntime  # noqa: PLC0415

    graph = onnx.load(str(TRANSFORMER / "model.onnx"))
    for end in (graph.graph.input[0], graph.graph.output[0]):
        end.type.tensor_type.shape.dim[0].dim_param = "texts"
    options = onnxruntime.SessionOptions()
    options.intra_op_num_threads, options.log_severity_level = 1, 3
    session = onnxruntime.InferenceSession(graph.SerializeToString(), options)
    by_length: dict[int, list[list[int]]] = defaultdict(list)
    for tokens in TransformerEncoder.load(TRANSFORMER)._tokens(questions):  # noqa: SLF001
        by_length[len(tokens)].append(tokens)
    chosen = max(by_length.values(), key=len)[: _TOGETHER[-1]]

    def run(size: int) -> Vectors:
        vectors: Vectors = session.run(None, {"ids": np.array(chosen[:size], np.int64)})[0]
        return vectors

    single = np.concatenate(
        [session.run(None, {"ids": np.array([one], np.int64)})[0] for one in chosen]
    )
    told: dict[str, Any] = {"tokens": len(chosen[0])}
    for size in _TOGETHER:
        seconds = [_seconds(partial(run, size)) for _ in range(_REPEATED)]
        told[str(size)] = round(1000 * statistics.median(seconds) / size, 3)
    told["least cosine to the vector alone"] = float((run(len(chosen)) * single).sum(1).min())
    return told


def _seconds(work: Callable[[], object]) -> float:
    start = time.perf_counter()
    work()
    return time.perf_counter() - start


def answers(pipeline: Pipeline, unasked: Iterator[str], *, rounds: int) -> dict[str, Any]:
    """Answer questions from several threads in the three ways, by turns."""
    encoder = pipeline.retriever.encoder
    plain = encoder.encoder if isinstance(encoder, RememberingEncoder) else encoder
    known, together = RememberingEncoder(plain), Together(plain)
    ways: dict[str, Encoder] = {
        "as it is": RememberingEncoder(plain),
        "together": together,  # type: ignore[dict-item]  # of an encoder, all that is asked for
        "known before": known,
    }
    told: dict[str, Any] = {}
    for threads in _THREADS:
        rates: dict[str, list[float]] = {way: [] for way in ways}
        for turn in range(rounds):
            for way in (*list(ways)[turn % 3 :], *list(ways)[: turn % 3]):
                block = [next(unasked) for _ in range(_BLOCK)]
                if way == "known before":
                    within(known, DEFAULT_COLLECTION).encode_questions(block)
                retriever = replace(pipeline.retriever, encoder=ways[way])
                answering = replace(pipeline, retriever=retriever)
                rates[way].append(_BLOCK / _seconds(partial(_answered, answering, block, threads)))
        told[f"{threads} threads"] = {
            "answers a second": {way: round(statistics.median(r), 1) for way, r in rates.items()},
            "in one call": dict(sorted(together.sizes.items())),
        }
        together.sizes.clear()
        print(threads, told[f"{threads} threads"], flush=True)
    return told


def _answered(pipeline: Pipeline, questions: Sequence[str], threads: int) -> None:
    with ThreadPoolExecutor(threads) as pool:
        list(pool.map(pipeline.answer, map(Question, questions)))


def measure(options: argparse.Namespace) -> dict[str, Any]:
    """Do all of it; return the figures."""
    asked = [
        one.text
        for name in development.QUESTIONS.values()
        for one in development.questions(options.data, name)
    ]
    asked = list(dict.fromkeys(asked))
    Random(5).shuffle(asked)
    unasked = iter(asked)
    figures: dict[str, Any] = {"load_before": os.getloadavg()}
    with bootstrap(Settings(data_dir=options.store, encoder=options.encoder)) as sourcier:
        some = [next(unasked) for _ in range(80)]
        for question in some:
            sourcier.ask(Question(question))
        figures["ms a question, in one call"] = alone(sourcier.encoder, some)
        if options.encoder == "embedded":
            figures["ms a question, in one run of the graph"] = in_one_run(asked)
        figures["answers"] = answers(sourcier.pipeline, unasked, rounds=options.rounds)
    return {**figures, "load_after": os.getloadavg()}


def main() -> None:
    """Measure, print and keep the figures."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=development.DATA)
    parser.add_argument("--store", type=Path, required=True, help="data folder with documents")
    parser.add_argument("--encoder", default="embedded")
    parser.add_argument("--rounds", type=int, default=9)
    parser.add_argument("--json", type=Path, default=Path("benchmarks/results/batching.json"))
    options = parser.parse_args()
    figures = measure(options)
    known = json.loads(options.json.read_text("utf-8")) if options.json.exists() else {}
    known[Path(options.encoder).parent.name or options.encoder] = figures
    options.json.write_text(json.dumps(known, indent=1) + "\n", encoding="utf-8")
    print(json.dumps(figures, indent=1))


if __name__ == "__main__":
    main()
