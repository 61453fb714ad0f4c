"""Write a static encoder as a folder: for `index.static_encoder` and sentence-transformers.

The same three files serve both; ``modules.json`` and ``1_Normalize`` tell
sentence-transformers that a text is the normalised mean of its token vectors.
"""

import hashlib
import json
from collections.abc import Mapping, Sequence
from pathlib import Path

import numpy as np
from numpy.typing import NDArray
from safetensors.numpy import save_file
from tokenizers import Tokenizer

_MODULES = (
    (
        "",
        "sentence_transformers.sentence_transformer.modules.static_embedding.StaticEmbedding",
    ),
    ("1_Normalize", "sentence_transformers.base.modules.normalize.Normalize"),
)


def export(
    weights: NDArray[np.float32], tokenizer: Tokenizer, folder: Path, *, recipe: Mapping[str, float]
) -> None:
    """Write the model into `folder`; `weights` (tokens, dimension) become float16."""
    folder.mkdir(parents=True, exist_ok=True)
    known = weights.astype(np.float16)
    known[tokenizer.token_to_id("[UNK]")] = 0
    file = folder / "model.safetensors"
    file.unlink(missing_ok=True)  # an encoder that serves may have mapped it
    save_file({"embedding.weight": known}, file)
    file.chmod(0o644)  # the library lets only its owner read it
    tokenizer.save(str(folder / "tokenizer.json"))
    sums = checksums(folder, ("tokenizer.json", "model.safetensors"))
    write_json(folder / "config.json", {"blake2b": sums, "recipe": dict(recipe)})
    write_modules(folder, _MODULES)
    (folder / "1_Normalize").mkdir(exist_ok=True)
    write_json(folder / "1_Normalize" / "config.json", {})


def checksums(folder: Path, names: Sequence[str]) -> dict[str, str]:
    """Return the BLAKE2b sum of each of these files."""
    return {name: hashlib.blake2b((folder / name).read_bytes()).hexdigest() for name in names}


def write_modules(folder: Path, modules: Sequence[tuple[str, str]]) -> None:
    """Tell sentence-transformers what the folder is made of: the path and class of each part."""
    parts = [
        {"idx": row, "name": str(row), "path": path, "type": kind}
        for row, (path, kind) in enumerate(modules)
    ]
    write_json(folder / "modules.json", parts)
    write_json(
        folder / "config_sentence_transformers.json",
        {"model_type": "SentenceTransformer", "similarity_fn_name": "cosine"},
    )


def write_json(path: Path, content: object) -> None:
    """Write `content` as people can read it."""
    path.write_text(json.dumps(content, indent=2) + "\n", encoding="utf-8")
