"""Coverage against error: what each threshold of refusal would answer, and get wrong.

``python -m benchmarks.refusal`` asks the held-out development questions where their passage is
(answerable), in the collection of the other language alone (off topic) and, for English, with a
detail changed so that no passage answers (near miss). It prints a table for each direction.
"""

import argparse
import json
import tempfile
from collections.abc import Iterator, Mapping, Sequence
from dataclasses import asdict, dataclass, replace
from pathlib import Path

from benchmarks import development
from benchmarks.calibrate import half
from benchmarks.development import QUESTIONS, Asked
from rag.evaluation import holds
from rag.models import Answer, Question
from rag.service import Sourcier

_THRESHOLDS = (0.0, 0.1, 0.2, 0.3, 0.4, 0.5, 0.6, 0.7, 0.8, 0.9)


@dataclass(frozen=True, slots=True)
class Row:
    """One threshold: shares of the answerable questions, and of those without an answer.

    `coverage`: answered; `error`: of these, no quote holds the answer.
    """

    threshold: float
    coverage: float
    error: float
    off_topic_refused: float
    near_miss_refused: float | None


def asked_of(sourcier: Sourcier, asked: Sequence[Asked], collection: str) -> list[Answer]:
    """Return the answers to all of `asked`, none refused for want of confidence."""
    return [
        sourcier.ask(Question(one.text, language=one.language, collection=collection))
        for one in asked
    ]


def curve(
    asked: Sequence[Asked],
    answers: Sequence[Answer],
    off_topic: Sequence[Answer],
    near_miss: Sequence[Answer],
) -> Iterator[Row]:
    """Yield the rows of one direction."""
    right = [
        any(holds(c.quote, one.answers) for c in answer.citations)
        for one, answer in zip(asked, answers, strict=True)
    ]
    for threshold in _THRESHOLDS:
        given = [
            good
            for good, answer in zip(right, answers, strict=True)
            if answer.confidence >= threshold
        ]
        yield Row(
            threshold,
            len(given) / len(answers),
            1 - sum(given) / max(len(given), 1),
            _refused(off_topic, threshold),
            _refused(near_miss, threshold) if near_miss else None,
        )


def _refused(answers: Sequence[Answer], threshold: float) -> float:
    return sum(answer.confidence < threshold for answer in answers) / len(answers)


def report(sourcier: Sourcier, folder: Path, most: int) -> Mapping[str, list[Row]]:
    """Print the table of each direction; return them all."""
    pipeline = sourcier.pipeline
    sourcier.pipeline = replace(pipeline, abstention=replace(pipeline.abstention, threshold=0.0))
    near = half(development.questions(folder, development.UNANSWERABLE), chosen=False)[:most]
    tables: dict[str, list[Row]] = {}
    for (spoken, language), name in QUESTIONS.items():
        asked = half(development.questions(folder, name), chosen=False)[:most]
        elsewhere = "en" if language == "fr" else "fr"
        table = list(
            curve(
                asked,
                asked_of(sourcier, asked, language),
                asked_of(sourcier, asked, elsewhere),
                asked_of(sourcier, near, "en") if (spoken, language) == ("en", "en") else [],
            )
        )
        tables[f"{spoken}→{language}"] = table
        print(f"\n{spoken}→{language}: threshold coverage error off-topic near-miss")
        for row in table:
            near_refused = row.near_miss_refused
            print(
                f"  {row.threshold:.1f}  {row.coverage:.3f}  {row.error:.3f}  "
                f"{row.off_topic_refused:.3f}  {'' if near_refused is None else near_refused:.5}",
                flush=True,
            )
    return tables


def main() -> None:
    """Index the development passages, ask, print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--data", type=Path, default=development.DATA)
    parser.add_argument("--encoder", default="embedded")
    parser.add_argument("--index", type=Path, help="folder to keep the indexed passages in")
    parser.add_argument("--most", type=int, default=250, help="questions a direction, at most")
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    options = parser.parse_args()
    with tempfile.TemporaryDirectory() as temporary:
        sourcier = development.open_indexed(
            options.data, options.index or Path(temporary), encoder=options.encoder
        )
        tables = report(sourcier, options.data, options.most)
        sourcier.close()
    if options.json:
        plain = {name: [asdict(row) for row in table] for name, table in tables.items()}
        options.json.write_text(json.dumps(plain, indent=1, ensure_ascii=False) + "\n", "utf-8")


if __name__ == "__main__":
    main()
