"""How often the language of a question, and of a sentence of an answer, is told right.

    python -m benchmarks.language [--data ../shared/eval] [--most N] [--json] [--wrong]

Questions: the evaluation questions of each language, those of six words at most, the same typed
without capitals, accents and marks, and without the question mark only; then the short questions
of tests/golden/short_questions.tsv (names alone count as right when the default comes back,
whichever it is). Sentences: both sides of parallel text, judged as `is_in` judges the sentences
of an answer.
"""

import argparse
import gzip
import itertools
import json
import re
from collections.abc import Callable, Iterator, Mapping
from pathlib import Path

from documents.language import detect_question, is_in
from documents.models import LANGUAGES, Language
from documents.normalization import fold

GOLDEN = Path(__file__).parents[1] / "tests" / "golden" / "short_questions.tsv"
OTHER: Mapping[Language, Language] = {"fr": "en", "en": "fr"}
SHORT = 6  # words
ENOUGH_SHORT = 400
EVERY = 379  # one line in so many of the parallel text: 2,000 of them


def main() -> None:
    """Print the share right of each set."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=Path("../shared/eval"))
    parser.add_argument("--parallel", type=Path, default=None, help="default: beside --data")
    parser.add_argument("--most", type=int, default=None, help="questions of each file, at most")
    parser.add_argument("--json", action="store_true", help="print JSON only")
    parser.add_argument("--wrong", action="store_true", help="list what is told wrong")
    arguments = parser.parse_args()
    parallel = arguments.parallel or arguments.data.parent / "training" / "parallel.tsv.gz"
    figures: dict[str, dict[str, float]] = {}
    for name, texts in question_sets(arguments.data, arguments.most):
        language: Language = "fr" if name.startswith("fr") else "en"
        wrong = [text for text in texts if not is_told(text, language)]
        figures[name] = {"questions": len(texts), "right": 1 - len(wrong) / len(texts)}
        if arguments.wrong:
            print(*(f"{name}: {text}" for text in wrong), sep="\n")
    for name, wrong, asked in golden():
        figures[name] = {"questions": asked, "right": 1 - len(wrong) / asked}
        if arguments.wrong:
            print(*(f"{name}: {text}" for text in wrong), sep="\n")
    for language, rates in sentences(parallel).items():
        figures[f"{language} sentences"] = rates
    if arguments.json:
        print(json.dumps(figures, indent=2))
        return
    for name, row in figures.items():
        print(f"{name:36}", *(f"{key} {value:.4g}" for key, value in row.items()))


def is_told(text: str, language: Language) -> bool:
    """Tell whether `text` is told to be in `language` even if the default is the other one."""
    return detect_question(text, default=OTHER[language]) == language


def question_sets(data: Path, most: int | None) -> Iterator[tuple[str, list[str]]]:
    """Yield (name, questions) for each language and each way of typing them."""
    changes: dict[str, Callable[[str], str]] = {
        "as written": str,
        "careless": careless,
        "no mark": lambda text: text.rstrip(" ?\u00a0\u202f"),
    }
    for language in LANGUAGES:
        texts = []
        for source in ("piaf", "squad"):
            texts += questions(data / f"{source}-questions-{language}.jsonl.gz")[:most]
        short = [text for text in texts if len(text.split()) <= SHORT]
        if len(short) < ENOUGH_SHORT:
            short = sorted(texts, key=lambda text: len(text.split()))[:ENOUGH_SHORT]
        for (size, chosen), (typed, change) in itertools.product(
            (("all", texts), ("short", short)), changes.items()
        ):
            yield f"{language} {size}, {typed}", [change(text) for text in chosen]


def questions(path: Path) -> list[str]:
    """Return the questions of one file."""
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        return [json.loads(line)["question"] for line in lines]


def careless(text: str) -> str:
    """Return `text` without capitals, accents and marks."""
    return " ".join(re.findall(r"[^\W_]+", fold(text)))


def golden() -> Iterator[tuple[str, list[str], int]]:
    """Yield (name, texts told wrong, how many) for each language and kind of short question."""
    lines = GOLDEN.read_text(encoding="utf-8").splitlines()[1:]
    rows = [line.split("\t") for line in lines]
    for (language, kind), group in itertools.groupby(rows, key=lambda row: row[:2]):
        texts = [text for _, _, text in group]
        wrong = [text for text in texts if not _golden_right(text, language)]
        yield f"golden {language} {kind}", wrong, len(texts)


def _golden_right(text: str, language: str) -> bool:
    if language == "any":
        return all(detect_question(text, default=default) == default for default in LANGUAGES)
    return is_told(text, "fr" if language == "fr" else "en")


def sentences(path: Path) -> dict[Language, dict[str, float]]:
    """Return how often `is_in` is wrong of the sentences of each language and of the other."""
    sides: dict[Language, list[str]] = {"fr": [], "en": []}
    with gzip.open(path, "rt", encoding="utf-8") as lines:
        for line in itertools.islice(lines, 0, None, EVERY):
            _, english, french = line.rstrip("\n").split("\t")
            if english != french:
                sides["en"].append(english)
                sides["fr"].append(french)
    return {
        language: {
            "sentences": len(sides[language]),
            "wrongly_rejected": 1 - _share_in(language, sides[language]),
            "wrongly_accepted": _share_in(language, sides[OTHER[language]]),
        }
        for language in LANGUAGES
    }


def _share_in(language: Language, texts: list[str]) -> float:
    return sum(is_in(text, language) for text in texts) / len(texts)


if __name__ == "__main__":
    main()
