"""Any sentence-transformers model as an encoder, from a folder or from the local cache.

Nothing is ever downloaded: a service must not depend on a remote server to start, nor run
weights that nobody chose. sentence-transformers and torch are imported when a model is loaded.
"""

import hashlib
import json
import re
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

import numpy as np

from index.encoder import Vectors
from index.errors import EncoderUnavailable

_BATCH = 32
_E5 = re.compile(r"(?:^|[-_/])e5(?:[-_/]|$)", re.IGNORECASE)


@dataclass(frozen=True, slots=True)
class Prompts:
    """What the model wants in front of a question and of a passage."""

    question: str = ""
    passage: str = ""


# E5 models are trained with these and often do not say so in their configuration
# [1] https://huggingface.co/intfloat/multilingual-e5-small
# [2] https://huggingface.co/intfloat/multilingual-e5-large-instruct
_E5_PROMPTS = Prompts(question="query: ", passage="passage: ")
_E5_INSTRUCT_PROMPTS = Prompts(
    question="Instruct: Given a web search query, retrieve relevant passages that answer the "
    "query\nQuery: "
)


@dataclass(frozen=True, slots=True, eq=False)
class SentenceTransformerEncoder:
    """Embeds text with a sentence-transformers model (`index.encoder.Encoder`)."""

    name: str
    dimension: int
    fingerprint: str
    prompts: Prompts
    _model: Any

    @classmethod
    def load(cls, name: str, *, device: str | None = None) -> "SentenceTransformerEncoder":
        """Load the model in the folder `name`, or of that name in the local cache.

        Raises:
            EncoderUnavailable: sentence-transformers is not installed, or there is no such
                model, or it cannot be read.
        """
        folder = _folder_of(name)  # first: what is not there need not be waited for
        try:
            from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - heavy
        except ImportError as error:
            message = f"{name} needs sentence-transformers: pip install sentence-transformers."
            raise EncoderUnavailable(message) from error
        # Of weights that are pickled, torch reads numbers only (`weights_only`); what it raises
        # where there is more belongs to no tree of its own.
        try:
            model = SentenceTransformer(str(folder), device=device, local_files_only=True)
        except Exception as error:
            message = f"{folder} is not a model that sentence-transformers can load: {error}"
            raise EncoderUnavailable(message) from error
        prompts = choose_prompts(name, model.prompts)
        return cls(
            name=name,
            dimension=_width(model),
            fingerprint=_fingerprint(folder, prompts, model.max_seq_length),
            prompts=prompts,
            _model=model,
        )

    def encode_questions(self, texts: Sequence[str]) -> Vectors:
        """Return ``float32 (len(texts), dimension)``, rows L2-normalised."""
        return self._encode(texts, prompt=self.prompts.question)

    def encode_passages(self, texts: Sequence[str]) -> Vectors:
        """Return ``float32 (len(texts), dimension)``, rows L2-normalised."""
        return self._encode(texts, prompt=self.prompts.passage)

    def _encode(self, texts: Sequence[str], *, prompt: str) -> Vectors:
        if not texts:
            return np.empty((0, self.dimension), dtype=np.float32)
        vectors = self._model.encode(
            list(texts),
            prompt=prompt,
            batch_size=_BATCH,
            normalize_embeddings=True,
            convert_to_numpy=True,
            show_progress_bar=False,
        )
        converted: Vectors = vectors.astype(np.float32, copy=False)
        return converted


def choose_prompts(name: str, own: Mapping[str, str | None]) -> Prompts:
    """Return the prompts of the model itself, else those that its family is known to need."""
    question = own.get("query") or ""
    passage = own.get("passage") or own.get("document") or ""
    if question or passage:
        return Prompts(question=question, passage=passage)
    if _E5.search(name):
        return _E5_INSTRUCT_PROMPTS if "instruct" in name.lower() else _E5_PROMPTS
    return Prompts()


def _width(model: Any) -> int:  # noqa: ANN401 - a SentenceTransformer, imported late
    """Return the width of a vector; a model may not state it."""
    stated = model.get_embedding_dimension()
    return int(stated if stated is not None else model.encode([""]).shape[1])


def _folder_of(name: str) -> Path:
    """Return where the files of the model lie."""
    if Path(name).is_dir():
        return Path(name)
    from huggingface_hub import snapshot_download  # noqa: PLC0415 - heavy
    from huggingface_hub.errors import (  # noqa: PLC0415 - comes with the former
        HFValidationError,
        LocalEntryNotFoundError,
    )

    repository = name if "/" in name else f"sentence-transformers/{name}"
    try:
        return Path(snapshot_download(repository, local_files_only=True))
    except (HFValidationError, LocalEntryNotFoundError) as error:
        message = (
            f"There is no folder {name}, and no model of that name in the local cache. Give the "
            f"path of a model folder, or fetch the model once with `hf download {repository}`."
        )
        raise EncoderUnavailable(message) from error


def _fingerprint(folder: Path, prompts: Prompts, longest: float | None) -> str:
    """Return a hash of all that changes a vector: files, prompts, length, normalisation."""
    settings = {**asdict(prompts), "longest": str(longest), "normalized": True}
    digest = hashlib.blake2b(json.dumps(settings).encode(), digest_size=16)
    for path in _model_files(folder):
        with path.open("rb") as file:
            content = hashlib.file_digest(file, "blake2b")
        digest.update(str(path.relative_to(folder)).encode() + b"\0" + content.digest())
    return digest.hexdigest()


def _model_files(folder: Path) -> Iterator[Path]:
    """Yield weights, tokenizer and configuration, in a fixed order."""
    weights = ".safetensors" if any(folder.rglob("*.safetensors")) else ".bin"
    for path in sorted(folder.rglob("*")):
        if path.suffix in {weights, ".json", ".txt", ".model"} and path.is_file():
            yield path
