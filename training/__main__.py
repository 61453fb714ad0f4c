"""The whole training: both encoders and the lexicon, from aligned text to model cards.

``python -m training --text FOLDER`` does one step after the other; stopped and started again,
it goes on from the last checkpoint. ``--small`` takes a thousand lines of each source and few
steps: in minutes it shows whether everything runs; what comes of it is good for nothing else.
"""

import argparse
import gzip
import hashlib
import time
from collections import Counter
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from pathlib import Path

from training import card, lexicon, measure, refine, static, transformer, transformer_export
from training.errors import command
from training.kept import claim, kept
from training.options import PARALLEL, TEXT, complete, digest_of_text
from training.sources import read_parallel

_WORK = Path("training/work")
_SMALL_STATIC = {
    "vocabulary": 8_000, "dimension": 64, "batch": 256, "steps": 200, "warmup": 20,
}  # fmt: skip
_SMALL_TRANSFORMER = {
    "vocabulary": 12_000, "known": 8_000, "steps": 30, "warmup": 5, "lines": 32, "passages": 8,
    "clozes": 12, "answers": 24,
}  # fmt: skip
_SMALL_REFINEMENT = _SMALL_TRANSFORMER | {
    "steps": 10, "warmup": 2, "asked": 24, "taught-questions": 24,
}  # fmt: skip
_SMALL_LINES, _SMALL_PASSAGES, _SMALL_CHECKPOINT = 1_000, 200, 5.0


@dataclass(frozen=True, slots=True)
class Step:
    """One command of the training: its `main` and the words of its command line."""

    title: str
    main: Callable[[Sequence[str]], None]
    words: tuple[str, ...]


def steps(options: argparse.Namespace, text: Path) -> list[Step]:
    """Return all that is to be done with the parallel text `text`, in order."""
    work, small = options.work, options.small
    models, run, refined = work / "models", work / "transformer", work / "refined"
    made = models / "embedded"
    files = {
        "parallel": text,
        "dictionary": options.dictionary,
        "questions": options.questions,
    }
    every = files | {
        "work": work,
        "threads": options.threads,
        "checkpoint-seconds": _SMALL_CHECKPOINT if small else None,
    }
    bodily = every | {"teacher": options.teacher}
    measured = {"data": options.data, "most": _SMALL_PASSAGES if small else None}
    carded = measured | files
    return [
        Step(
            "static encoder",
            static.main,
            _words(every, _SMALL_STATIC if small else {}, out=models / "embedded-static"),
        ),
        Step("lexicon", lexicon.main, _words(files, out=models / "lexicon")),
        Step(
            "transformer",
            transformer.main,
            _words(bodily, _SMALL_TRANSFORMER if small else {}, out=run),
        ),
        Step(
            "second stage of the transformer",
            refine.main,
            _words(bodily, _SMALL_REFINEMENT if small else {}, start=run, out=refined),
        ),
        Step(
            "8-bit integers",
            transformer_export.main,
            _words(parallel=text, model=refined, out=made),
        ),
        Step("measure", measure.main, (str(made), *_words(measured, exact=refined))),
        Step("card of embedded", card.main, (str(made), *_words(carded))),
        Step(
            "card of embedded-static", card.main, (str(models / "embedded-static"), *_words(carded))
        ),
    ]


def _words(*named: dict[str, object], **more: object) -> tuple[str, ...]:
    pairs = [pair for one in (*named, more) for pair in one.items()]
    return tuple(f"--{name}={value}" for name, value in pairs if value is not None)


def first_lines(path: Path, part: Path) -> None:
    """Write the first lines of each source of `path`."""
    seen: Counter[str] = Counter()
    with gzip.open(part, "wt", encoding="utf-8") as lines:
        for pair in read_parallel(path):
            seen[pair.source] += 1
            if seen[pair.source] <= _SMALL_LINES:
                lines.write(f"{pair.source}\t{pair.english}\t{pair.french}\n")


def train(options: argparse.Namespace) -> None:
    """Do every step that was not done yet.

    Raises:
        TrainingError: the text cannot be used, or the folder holds other work.
    """
    claim(options.work, {"text": digest_of_text(options)})
    text = options.parallel
    if options.small:
        text = kept(options.work / PARALLEL, lambda part: first_lines(options.parallel, part))
    todo = steps(options, text)
    done = options.work / "done"
    done.mkdir(exist_ok=True)
    for number, step in enumerate(todo, start=1):
        said = "\n".join((step.title, *step.words))
        mark = done / hashlib.blake2b(said.encode(), digest_size=8).hexdigest()
        if mark.exists():
            print(f"{number} of {len(todo)}: {step.title}: done before", flush=True)
            continue
        print(f"{number} of {len(todo)}: {step.title}", flush=True)
        started = time.monotonic()
        step.main(step.words)
        mark.write_text(said, "utf-8")
        print(f"  {(time.monotonic() - started) / 60:.1f} minutes", flush=True)
    print(f"All is in {options.work / 'models'}; training/README.md says how to ship it.")


def main(given: Sequence[str] | None = None) -> None:
    """Run from the command line, whose words are `given` if it is not that of this process."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument(
        "--text", type=Path, default=TEXT, help=f"{PARALLEL}, or the folder where it lies"
    )
    parser.add_argument("--data", type=Path, default=Path("../shared/eval"))
    parser.add_argument("--work", type=Path, help="where to work, with some 2 GB left")
    parser.add_argument("--teacher", type=Path, help="a sentence-transformers folder of a BERT")
    parser.add_argument("--threads", type=int)
    parser.add_argument("--small", action="store_true", help="few lines, few steps: does it run?")
    options = parser.parse_args(given)
    text = options.text
    options.parallel = text if text.is_file() else text / PARALLEL
    options.dictionary = options.questions = None
    options.work = options.work or _WORK / ("small" if options.small else "whole")
    train(complete(options))


if __name__ == "__main__":
    command(main)
