"""How many follow-ups become the right standalone question.

    python -m benchmarks.follow_ups [--json] [--wrong] [--model]

The golden conversations are tests/golden/follow_ups.jsonl: a row says which words the standalone
question must have and must not have, or that the question stands by itself. Rules were chosen
on the half "development" only; `--wrong` lists what goes wrong there, never in the other half.
Last comes how many questions of other conversations would pass as a model's wording.
`--model` lets the language model of the settings (``SOURCIER_GENERATOR`` and so on) word what the
rules see, as the service does, and counts how often its wording is used.
"""

import argparse
import json
import re
import time
from collections import Counter
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from documents.normalization import fold
from index.lexicon import Lexicon
from rag.bootstrap import LEXICON
from rag.conversation.follow_ups import spoken_language, standalone
from rag.conversation.rewording import FollowUp, is_faithful
from rag.generators.chosen import chat_model, follow_up_writer
from rag.models import Turn
from rag.pipeline import Rewriter
from rag.settings import Settings

GOLDEN = Path(__file__).parents[1] / "tests" / "golden" / "follow_ups.jsonl"


def main() -> None:
    """Print the share right by half, language and kind."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--json", action="store_true", help="print JSON only")
    parser.add_argument("--wrong", action="store_true", help="list what is wrong in development")
    parser.add_argument("--model", action="store_true", help="let the configured model word them")
    arguments = parser.parse_args()
    rows = conversations()
    settings = Settings()
    if arguments.model and settings.generator == "extractive":
        parser.error("--model needs SOURCIER_GENERATOR=openai or transformers")
    model = (
        follow_up_writer(chat_model(settings), Lexicon.load(LEXICON)) if arguments.model else None
    )
    start = time.perf_counter()
    asked = [Completed.of(row, model) for row in rows]
    seconds = time.perf_counter() - start
    if arguments.wrong:
        for one in asked:
            if one.row["half"] == "development" and not one.is_right:
                row = one.row
                print(row["id"], "|", row["history"][-1:], "|", row["text"], "->", one.question)
    shares = shares_right(asked)
    if model is None:
        shares["milliseconds"] = milliseconds(rows)
        shares["of others, pass"] = others_that_pass(rows)
    else:
        used = [one.worded for one in asked if one.worded is not None]
        shares["of wordings, used"] = round(sum(used) / len(used), 4)
        shares["seconds, by the clock"] = round(seconds / len(used), 4)
    if arguments.json:
        print(json.dumps(shares, indent=2))
    else:
        for name, share in shares.items():
            print(f"{name:32} {share:.4f}")


def conversations() -> list[dict[str, Any]]:
    """Return the rows of the golden set."""
    return [json.loads(line) for line in GOLDEN.read_text(encoding="utf-8").splitlines()]


def follow_up(row: Mapping[str, Any]) -> FollowUp | None:
    """Return the text of `row` as the rules complete it, None where it stands by itself."""
    history = [Turn(turn["question"], turn["answer"]) for turn in row["history"]]
    language = spoken_language(row["text"], history)
    completed = standalone(row["text"], history, language=language)
    return None if completed is None else FollowUp(row["text"], completed, history, language)


@dataclass(frozen=True, slots=True)
class Completed:
    """A row, its standalone question, and whether a model worded it; None where none was asked."""

    row: Mapping[str, Any]
    question: str | None
    worded: bool | None = None

    @classmethod
    def of(cls, row: Mapping[str, Any], model: Rewriter | None) -> "Completed":
        """Complete the text of `row` by the rules, and by `model` if there is one."""
        asked = follow_up(row)
        if asked is None or model is None:
            return cls(row, asked.completed if asked else None)
        wording = model.reword(asked)
        return cls(row, wording or asked.completed, wording is not None)

    @property
    def is_right(self) -> bool:
        """Tell whether the standalone question is what the row asks for."""
        if "must_have" not in self.row or self.question is None:
            return "must_have" not in self.row and self.question is None
        words = _words(self.question)
        return all(_words(part) in words for part in self.row["must_have"]) and not any(
            _words(part) in words for part in self.row.get("must_not_have", ())
        )


def shares_right(completed: list[Completed]) -> dict[str, float]:
    """Return the share right by half, and within it by language and by kind."""
    right: Counter[str] = Counter()
    asked: Counter[str] = Counter()
    for one in completed:
        row = one.row
        for name in ("", f" {row['language']}", f" {row['kind']}"):
            asked[row["half"] + name] += 1
            right[row["half"] + name] += one.is_right
    return {name: round(right[name] / asked[name], 4) for name in sorted(asked)}


def others_that_pass(rows: list[dict[str, Any]]) -> float:
    """Return the share of the questions of other conversations that pass as a wording."""
    asked = [one for one in map(follow_up, rows) if one is not None]
    lexicon = Lexicon.load(LEXICON)
    passing = [
        is_faithful(other.completed, one, lexicon)
        for one in asked
        for other in asked
        if other is not one
    ]
    return round(sum(passing) / len(passing), 5)


def milliseconds(rows: list[dict[str, Any]]) -> float:
    """Return the mean processor time of a follow-up, the detection of its language included."""
    start = time.process_time()
    for row in rows:
        follow_up(row)
    return round((time.process_time() - start) * 1000 / len(rows), 4)


def _words(text: str) -> str:
    words = " ".join(re.findall(r"[^\W_]+", fold(text)))
    return f" {words} "


if __name__ == "__main__":
    main()
