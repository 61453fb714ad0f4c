"""The vectors that every store is filled with, made once, a piece at a time.

``python -m benchmarks.peers.encode FOLDER minilm`` encodes ``passages.jsonl`` into pieces and,
when all are there, into ``minilm.npy``; stopped, it goes on where it was. ``embedded`` in the
place of ``minilm`` does the same by Sourcier's own encoder.
"""

import argparse
import json
import sys
import time
from collections.abc import Callable, Sequence
from pathlib import Path
from typing import Any

import numpy as np

from benchmarks.peers.protocol import model_folder

_PIECE = 500


def encoder(name: str) -> Callable[[Sequence[str]], Any]:
    """Return what encodes texts into ``float32 (n, 384)``, rows L2-normalised."""
    if name == "embedded":
        from index.transformer_encoder import TransformerEncoder  # noqa: PLC0415 - not in the layer
        from rag.encoders import TRANSFORMER  # noqa: PLC0415 - not in the layer

        return TransformerEncoder.load(TRANSFORMER).encode_passages
    from sentence_transformers import SentenceTransformer  # noqa: PLC0415 - heavy

    model = SentenceTransformer(model_folder(), device="cpu")
    return lambda texts: model.encode(texts, normalize_embeddings=True)


def encode(folder: Path, name: str, *, seconds: float) -> bool:
    """Encode for about `seconds`; tell whether all is done."""
    until = time.monotonic() + seconds
    with (folder / "passages.jsonl").open(encoding="utf-8") as lines:
        texts = [json.loads(line)["text"] for line in lines]
    pieces = folder / f"{name}-pieces"
    pieces.mkdir(exist_ok=True)
    work = encoder(name)
    files = [pieces / f"{start}.npy" for start in range(0, len(texts), _PIECE)]
    for number, file in enumerate(files):
        if not file.exists():
            if time.monotonic() > until:
                return False
            vectors = work(texts[number * _PIECE : (number + 1) * _PIECE])
            with (unfinished := file.with_suffix(".part")).open("wb") as out:
                np.save(out, vectors)
            unfinished.rename(file)
            print(f"{name}: {number + 1} of {len(files)} pieces", flush=True)
    np.save(folder / f"{name}.npy", np.concatenate([np.load(file) for file in files]))
    return True


def main() -> int:
    """Encode; 1 if it is not done yet."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("folder", type=Path)
    parser.add_argument("name", choices=("minilm", "embedded"))
    parser.add_argument("--seconds", type=float, default=float("inf"))
    options = parser.parse_args()
    return int(not encode(options.folder, options.name, seconds=options.seconds))


if __name__ == "__main__":
    sys.exit(main())
