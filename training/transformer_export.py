"""Write the transformer as a folder: for `index.transformer_encoder` and sentence-transformers.

``python -m training.transformer_export --model training/work/transformer --out FOLDER`` turns
the trained weights into 8-bit integers. Some lines of the text show how large the numbers between
the layers become.
"""

import argparse
import json
import shutil
from collections.abc import Sequence
from pathlib import Path

from tokenizers import Tokenizer
from transformers import BertModel

from training import onnx_export
from training.corpus import tokenise
from training.errors import TrainingError, command
from training.export import checksums, write_json, write_modules
from training.options import PARALLEL, TEXT
from training.smoothing import largest_read, sample_texts
from training.sources import read_parallel
from training.student import LONGEST

_MODULES = (("", "onnx_module.OnnxText"),)


def export(
    body: BertModel,
    tokenizer: Path,
    folder: Path,
    *,
    texts: Sequence[str],
    recipe: dict[str, object],
    most: int = 127,
) -> None:
    """Write the model into `folder`; `most`: the largest integer that a weight becomes.

    `texts`: what the body reads to show how large the numbers between its layers become.
    """
    folder.mkdir(parents=True, exist_ok=True)
    reader = Tokenizer.from_file(str(tokenizer))
    first, last = (reader.token_to_id(token) for token in ("[CLS]", "[SEP]"))
    largest = largest_read(body, tokenise(reader, texts), first=first, last=last)
    onnx_export.write(body, folder / "model.onnx", largest, longest=LONGEST, most=most)
    content = json.loads(tokenizer.read_text("utf-8"))
    (folder / "tokenizer.json").write_text(json.dumps(content, ensure_ascii=False), "utf-8")
    shutil.copy(Path(__file__).with_name("onnx_module.py"), folder)
    sums = checksums(folder, ("tokenizer.json", "model.onnx", "model.bin"))
    write_json(folder / "config.json", {"blake2b": sums, "longest": LONGEST, "recipe": recipe})
    write_modules(folder, _MODULES)


def main(given: Sequence[str] | None = None) -> None:
    """Run from the command line, whose words are `given` if it is not that of this process.

    Raises:
        TrainingError: there is no finished run.
    """
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--model", type=Path, default=Path("training/work/transformer"))
    parser.add_argument("--parallel", type=Path, default=TEXT / PARALLEL)
    parser.add_argument("--out", type=Path, required=True)
    parser.add_argument("--most", type=int, default=127)
    options = parser.parse_args(given)
    if not (options.model / "body").is_dir():
        message = (
            f"{options.model} is no finished run of training.transformer: name one with --model."
        )
        raise TrainingError(message)
    body = BertModel.from_pretrained(options.model / "body", add_pooling_layer=False).eval()
    recipe_file = options.model / "recipe.json"
    recipe = json.loads(recipe_file.read_text("utf-8")) if recipe_file.exists() else {}
    export(
        body,
        options.model / "tokenizer.json",
        options.out,
        texts=sample_texts(list(read_parallel(options.parallel))),
        recipe=recipe,
        most=options.most,
    )


if __name__ == "__main__":
    command(main)
