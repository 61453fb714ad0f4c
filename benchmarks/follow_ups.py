"""How many follow-ups become the right standalone question.

    python -m benchmarks.follow_ups [--json] [--wrong]

The golden conversations are tests/golden/follow_ups.jsonl: a row says which words the standalone
question must have and must not have, or that the question stands by itself. Rules were chosen
on the half "development" only; `--wrong` lists what goes wrong there, never in the other half.
"""

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Mapping
from pathlib import Path
from typing import Any

from documents.normalization import fold
from rag.conversation.follow_ups import spoken_language, standalone
from rag.models import Turn

GOLDEN = Path(__file__).parents[1] / "tests" / "golden" / "follow_ups.jsonl"


def main() -> None:
    """Print the share right by half, language and kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON only")
    parser.add_argument("--wrong", action="store_true", help="list what is wrong in development")
    arguments = parser.parse_args()
    rows = conversations()
    if arguments.wrong:
        for row in rows:
            if row["half"] == "development" and not is_right(row):
                print(row["id"], "|", row["history"][-1:], "|", row["text"], "->", rewritten(row))
    shares = shares_right(rows)
    shares["milliseconds"] = milliseconds(rows)
    if arguments.json:
        print(json.dumps(shares, indent=2))
    else:
        for name, share in shares.items():
            print(f"{name:32} {share:.3f}")


def conversations() -> list[dict[str, Any]]:
    """Return the rows of the golden set."""
    return [json.loads(line) for line in GOLDEN.read_text(encoding="utf-8").splitlines()]


def rewritten(row: Mapping[str, Any]) -> str | None:
    """Return what the text of `row` becomes."""
    history = [Turn(turn["question"], turn["answer"]) for turn in row["history"]]
    return standalone(row["text"], history, language=spoken_language(row["text"], history))


def is_right(row: Mapping[str, Any]) -> bool:
    """Tell whether the standalone question of `row` is what the row asks for."""
    question = rewritten(row)
    if "must_have" not in row or question is None:
        return "must_have" not in row and question is None
    words = _words(question)
    return all(_words(part) in words for part in row["must_have"]) and not any(
        _words(part) in words for part in row.get("must_not_have", ())
    )


def shares_right(rows: list[dict[str, Any]]) -> dict[str, float]:
    """Return the share right by half, and within it by language and by kind."""
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for row in rows:
        for name in ("", f" {row['language']}", f" {row['kind']}"):
            asked[row["half"] + name] += 1
            right[row["half"] + name] += is_right(row)
    return {name: round(right[name] / asked[name], 4) for name in sorted(asked)}


def milliseconds(rows: list[dict[str, Any]]) -> float:
    """Return the mean processor time of a follow-up, the detection of its language included."""
    start = time.process_time()
    for row in rows:
        rewritten(row)
    return round((time.process_time() - start) * 1000 / len(rows), 4)


def _words(text: str) -> str:
    words = " ".join(re.findall(r"[^\W_]+", fold(text)))
    return f" {words} "


if __name__ == "__main__":
    main()
