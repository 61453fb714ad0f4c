"""The embedded bilingual encoder: a small transformer in 8-bit integers, run by ONNX Runtime.

Each text runs alone: nothing is padded, and since activations are quantised by their range in
one run, a text has the same vector in any company. Several texts run side by side, a thread
each. A model is a folder, written by `training.transformer_export`:

* ``config.json``: the BLAKE2b sums of the others under ``"blake2b"``, ``longest`` (tokens of a
  text, the two that frame it included), and the recipe;
* ``tokenizer.json``: a tokenizer as the tokenizers library writes it;
* ``model.onnx``: ``ids`` int64 (1, tokens) → ``vector`` float32 (1, dimension), unit norm, and
  ``states`` float32 (1, tokens, dimension), of which it is the mean;
* ``model.bin``: the numbers of that graph; mapped, so that processes share them, and a model is
  replaced by a new file, not written over while it serves.
"""

import os
from collections.abc import Callable, Iterator, Sequence
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from pathlib import Path
from typing import Any, TypeVar

import numpy as np

from index.encoder import ReadPassages, Vectors
from index.errors import EncoderUnavailable
from index.model_folder import check_model
from index.stretches import Words, stretches_of

_TOKENIZER, _GRAPH, _WEIGHTS = "tokenizer.json", "model.onnx", "model.bin"
_REMEDY = "Get the folder again, or train it with `make train`."
_VECTOR, _STATES = "vector", "states"
_UNKNOWN, _FIRST, _LAST = "[UNK]", "[CLS]", "[SEP]"
_BLOCK = 512  # texts tokenised at a time: bounds the memory of their tokens

Made = TypeVar("Made")


@dataclass(frozen=True, slots=True, eq=False)
class TransformerEncoder:
    """Embeds text with the model of a folder (`index.encoder.Encoder`).

    What a text has beyond `longest` tokens is not read. Safe to share between threads.
    """

    name: str
    fingerprint: str
    dimension: int
    longest: int
    _tokenizer: Any
    _session: Any

    @staticmethod
    def is_in(folder: Path) -> bool:
        """Tell whether `folder` holds the files of such a model."""
        return all((folder / file).is_file() for file in (_TOKENIZER, _GRAPH))

    @classmethod
    def load(cls, folder: Path) -> "TransformerEncoder":
        """Read the model in `folder`; it is named after the folder.

        Raises:
            EncoderUnavailable: a file is missing, or is not what the configuration says.
        """
        import onnxruntime  # noqa: PLC0415 - not for everyone
        from onnxruntime.capi import onnxruntime_pybind11_state as failures  # noqa: PLC0415
        from tokenizers import Tokenizer  # noqa: PLC0415 - not for everyone

        model = check_model(folder, (_TOKENIZER, _GRAPH, _WEIGHTS), remedy=_REMEDY)
        options = onnxruntime.SessionOptions()
        # Threads inside a text would wait for each other most of the time.
        options.intra_op_num_threads = options.inter_op_num_threads = 1
        options.log_severity_level = 3
        try:
            session = onnxruntime.InferenceSession(
                folder / _GRAPH, options, providers=["CPUExecutionProvider"]
            )
            longest = int(model.config["longest"])
        except (
            failures.Fail,
            failures.InvalidGraph,
            failures.InvalidProtobuf,
            failures.NotImplemented,
            KeyError,
            TypeError,
            ValueError,
        ) as error:
            message = f"{folder} is not an encoder that ONNX Runtime can run ({error}). {_REMEDY}"
            raise EncoderUnavailable(message) from error
        if _STATES not in {output.name for output in session.get_outputs()}:
            raise EncoderUnavailable(f"{folder} gives no {_STATES} of tokens. {_REMEDY}")
        return cls(
            name=folder.name,
            fingerprint=model.fingerprint,
            dimension=int(session.get_outputs()[0].shape[1]),
            longest=longest,
            _tokenizer=Tokenizer.from_file(str(folder / _TOKENIZER)),
            _session=session,
        )

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Return ``float32 (len(texts), dimension)``, rows L2-normalised."""
        return self.encode_passages(texts)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return ``float32 (len(texts), dimension)``, rows L2-normalised."""
        vectors = np.empty((len(texts), self.dimension), dtype=np.float32)
        for row, vector in enumerate(self._runs(texts, self._vector)):
            vectors[row] = vector
        return vectors

    def read_passages(self, texts: Sequence[str]) -> ReadPassages:
        """Return the same vectors, and of each text its stretches (`index.stretches`)."""
        read = list(self._runs(texts, self._vector_and_stretches))
        vectors = np.array([vector for vector, _ in read], np.float32)
        return ReadPassages(
            vectors.reshape(len(texts), self.dimension), [words.tobytes() for _, words in read]
        )

    def _runs(self, texts: Sequence[str], run: Callable[[list[int]], Made]) -> Iterator[Made]:
        """Yield what `run` makes of each text, several side by side."""
        if len(texts) == 1:
            yield run(self._tokens(texts)[0])
            return
        with ThreadPoolExecutor(os.cpu_count()) as threads:
            for start in range(0, len(texts), _BLOCK):
                yield from threads.map(run, self._tokens(texts[start : start + _BLOCK]))

    def _vector(self, tokens: list[int]) -> Vectors:
        [vectors] = self._session.run([_VECTOR], {"ids": np.array([tokens], dtype=np.int64)})
        vector: Vectors = vectors[0]
        return vector

    def _vector_and_stretches(self, tokens: list[int]) -> tuple[Vectors, Words]:
        ids = np.array([tokens], dtype=np.int64)
        vectors, states = self._session.run([_VECTOR, _STATES], {"ids": ids})
        return vectors[0], stretches_of(states[0])

    def _tokens(self, texts: Sequence[str]) -> list[list[int]]:
        """Return the tokens of each text, framed; unknown ones say nothing and are left out."""
        unknown, first, last = map(self._tokenizer.token_to_id, (_UNKNOWN, _FIRST, _LAST))
        return [
            [first, *[i for i in encoding.ids if i != unknown][: self.longest - 2], last]
            for encoding in self._tokenizer.encode_batch_fast(list(texts), add_special_tokens=False)
        ]
