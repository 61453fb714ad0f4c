"""The shared encoder's weights for Sourcier's own back end: 8-bit integers, ONNX Runtime.

``python -m benchmarks.peers.minilm_in_integers MODEL FOLDER PARALLEL_TEXT``
"""

import shutil
import sys
from pathlib import Path
from tempfile import TemporaryDirectory

from tokenizers import Tokenizer
from transformers import BertModel

from training.smoothing import sample_texts
from training.sources import read_parallel
from training.transformer_export import export


def main(model: Path, folder: Path, text: Path) -> None:
    """Export the weights of `model` into `folder`; some lines of `text` are read for it."""
    tokenizer = Tokenizer.from_file(str(model / "tokenizer.json"))
    tokenizer.no_padding()
    tokenizer.no_truncation()
    body = BertModel.from_pretrained(model, add_pooling_layer=False).eval()
    unfinished = folder.with_suffix(".part")
    shutil.rmtree(unfinished, ignore_errors=True)
    with TemporaryDirectory() as scratch:
        tokenizer.save(str(file := Path(scratch) / "tokenizer.json"))
        export(
            body,
            file,
            unfinished,
            texts=sample_texts(list(read_parallel(text))),
            recipe={"weights": "all-MiniLM-L6-v2"},
        )
    unfinished.rename(folder)


if __name__ == "__main__":
    main(*map(Path, sys.argv[1:]))
