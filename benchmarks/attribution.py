"""How well sentences are attributed and verified: quotes, support, planted errors, time.

``python -m benchmarks.attribution`` reads the hand-made set in ``tests/golden``:

- ``attribution_passages.jsonl``: passages with an ``id``, a ``language``, ``title``,
  ``headings``, ``published_at`` and their ``sentences``; one that starts with ``#`` is a heading.
- ``attribution.jsonl``: a sentence a row, with its ``language`` and ``passage_language`` (a
  direction), the ``passages`` to look in, ``quotes`` (each a list of sentences, as
  ``passage.index``, any of which will do), ``also`` (sentences that may be quoted beside them),
  the ``support`` expected, and ``planted``: null, or what is subtly wrong. A row with a planted
  error may have any support but "supported". ``half`` is ``development`` or ``held-out``.

Precision and recall are of the quotes, over all rows without a planted error.
"""

import argparse
import json
import statistics
import time
from collections import Counter, defaultdict
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import Any

from threadpoolctl import threadpool_limits

from documents.models import Language, Passage, Sentence
from documents.records import DocumentSummary, StoredPassage
from index.late_interaction import LateInteraction
from index.lexicon import Lexicon
from index.static_encoder import StaticEncoder
from index.transformer_encoder import TransformerEncoder
from rag.bootstrap import LEXICON
from rag.claims.attribution import Attribution, Attributor
from rag.encoders import STATIC, TRANSFORMER
from rag.models import Hit
from rag.retrieval import Found

GOLDEN = Path(__file__).parent.parent / "tests" / "golden"
_ADDED = datetime(2026, 1, 1, tzinfo=UTC)


@dataclass(frozen=True)
class Example:
    """A row of the set; `found` are its passages, in order."""

    id: str
    half: str
    sentence: str
    language: Language
    passage_language: Language
    found: tuple[Found, ...]
    quotes: tuple[frozenset[str], ...]
    also: frozenset[str]
    support: str
    planted: str | None

    @property
    def direction(self) -> str:
        """The language of the sentence, and that of what proves it."""
        return f"{self.language}→{self.passage_language}"


@dataclass(frozen=True)
class Outcome:
    """An example, what was made of it, and the milliseconds it took: by the clock, of the CPU."""

    example: Example
    attribution: Attribution
    ms: float
    cpu_ms: float

    @property
    def quoted(self) -> list[str]:
        """The sentences quoted, as ``passage.index``."""
        return [name_of(quote.found, quote.start) for quote in self.attribution.quotes]


def name_of(found: Found, start: int) -> str:
    """Return the sentence of `found` that begins at `start`, as ``passage.index``."""
    stored = found.hit.stored
    starts = [sentence.start for sentence in stored.passage.sentences]
    return f"{stored.document.source}.{starts.index(start)}"


def read_examples(folder: Path) -> list[Example]:
    """Return the hand-made set in `folder`."""
    passages = {row["id"]: _found(row) for row in _rows(folder / "attribution_passages.jsonl")}
    return [
        Example(
            id=row["id"],
            half=row["half"],
            sentence=row["sentence"],
            language=row["language"],
            passage_language=row["passage_language"],
            found=tuple(passages[name] for name in row["passages"]),
            quotes=tuple(frozenset(group) for group in row["quotes"]),
            also=frozenset(row["also"]),
            support=row["support"],
            planted=row["planted"],
        )
        for row in _rows(folder / "attribution.jsonl")
    ]


def _rows(path: Path) -> list[dict[str, Any]]:
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


def _found(row: Mapping[str, Any]) -> Found:
    texts = [text.removeprefix("# ") for text in row["sentences"]]
    sentences, start = [], 0
    for written, text in zip(row["sentences"], texts, strict=True):
        sentences.append(Sentence(start, start + len(text), heading=written.startswith("# ")))
        start += len(text) + 1
    text = " ".join(texts)
    document = DocumentSummary(
        id=row["id"],
        collection="default",
        source=row["id"],
        title=row["title"],
        language=row["language"],
        url=None,
        published_at=date.fromisoformat(row["published_at"]),
        added_at=_ADDED,
        generation=1,
        sha256="",
        fingerprint="",
        characters=len(text),
        passages=1,
        metadata={},
    )
    headings = tuple(row["headings"])
    passage = Passage(0, len(text), text, row["language"], tuple(sentences), headings)
    return Found(Hit(StoredPassage(1, 0, passage, document), 0.9, 1, 1), 1.0, {})


def default_attributor() -> Attributor:
    """Return the attributor with the models that are shipped, on one thread for arrays."""
    threadpool_limits(1, user_api="blas")
    return Attributor(
        encoder=TransformerEncoder.load(TRANSFORMER),
        interaction=LateInteraction(StaticEncoder.load(STATIC)),
        translator=Lexicon.load(LEXICON),
    )


def run(attributor: Attributor, examples: Iterable[Example]) -> list[Outcome]:
    """Return what `attributor` makes of each example."""
    outcomes = []
    for example in examples:
        clock, cpu = time.perf_counter(), time.process_time()
        attribution = attributor.attribute(example.sentence, example.language, example.found)
        ms, cpu_ms = 1000 * (time.perf_counter() - clock), 1000 * (time.process_time() - cpu)
        outcomes.append(Outcome(example, attribution, ms, cpu_ms))
    return outcomes


def figures(outcomes: Sequence[Outcome]) -> dict[str, float]:
    """Return the measures of some outcomes; a share of nothing is left out."""
    counts: Counter[str] = Counter()
    for outcome in outcomes:
        _count(counts, outcome)
    pairs = {
        "precision": ("right quotes", "quotes"),
        "recall": ("quotes found", "quotes wanted"),
        "right and supported": ("right supported", "right"),
        "right and partly": ("right partly", "right"),
        "right and unsupported": ("right unsupported", "right"),
        "half right, not supported": ("half caught", "half"),
        "planted caught": ("planted caught", "planted"),
        "no claim, unsupported": ("empty unsupported", "empty"),
    }
    shares = {
        name: round(counts[part] / counts[whole], 3)
        for name, (part, whole) in pairs.items()
        if counts[whole]
    }
    return {
        "rows": len(outcomes),
        **shares,
        "ms": round(statistics.median(outcome.ms for outcome in outcomes), 1),
        "cpu ms": round(statistics.median(outcome.cpu_ms for outcome in outcomes), 1),
    }


def _count(counts: Counter[str], outcome: Outcome) -> None:
    example, support = outcome.example, outcome.attribution.support
    if example.planted:
        counts["planted"] += 1
        counts["planted caught"] += support != "supported"
        return
    if example.support == "unsupported":
        counts["empty"] += 1
        counts["empty unsupported"] += support == "unsupported"
    elif example.support == "partly":
        counts["half"] += 1
        counts["half caught"] += support != "supported"
    else:
        counts["right"] += 1
        counts[f"right {support}"] += 1
    quoted = set(outcome.quoted)
    good = frozenset[str]().union(*example.quotes)
    counts["quotes"] += len(quoted - example.also)
    counts["right quotes"] += len(quoted & good)
    counts["quotes wanted"] += len(example.quotes)
    counts["quotes found"] += sum(bool(quoted & group) for group in example.quotes)


def grouped(outcomes: Sequence[Outcome]) -> dict[str, dict[str, float]]:
    """Return the figures of each half, and in it of each direction and kind of error."""
    groups: dict[str, list[Outcome]] = defaultdict(list)
    for outcome in outcomes:
        example = outcome.example
        groups[example.half].append(outcome)
        groups[f"{example.half}, {example.direction}"].append(outcome)
        if example.planted:
            groups[f"{example.half}, planted {example.planted}"].append(outcome)
    return {name: figures(group) for name, group in sorted(groups.items())}


def main() -> None:
    """Measure and print."""
    parser = argparse.ArgumentParser(description=__doc__)
    parser.add_argument("--golden", type=Path, default=GOLDEN)
    parser.add_argument("--json", type=Path, help="file to write the figures to")
    parser.add_argument("--faults", action="store_true", help="list faults of the development half")
    options = parser.parse_args()
    attributor = default_attributor()
    examples = read_examples(options.golden)
    run(attributor, examples[:5])  # the first sentences pay for what is loaded late
    outcomes = run(attributor, examples)
    found = grouped(outcomes)
    for name, measures in found.items():
        print(f"{name}:  " + "  ".join(f"{what} {value:g}" for what, value in measures.items()))
    if options.faults:
        for outcome in outcomes:
            _print_fault(outcome)
    if options.json:
        options.json.write_text(
            json.dumps(found, indent=1, ensure_ascii=False) + "\n", encoding="utf-8"
        )


def _print_fault(outcome: Outcome) -> None:
    example, made = outcome.example, outcome.attribution
    wrong = made.support == "supported" if example.planted else made.support != example.support
    quoted = set(outcome.quoted) - example.also
    missed = [group for group in example.quotes if not quoted & group]
    extra = quoted - frozenset[str]().union(*example.quotes)
    if example.half == "development" and (wrong or (not example.planted and (missed or extra))):
        print(f"{example.id} {example.direction} {example.planted or ''} {example.sentence}")
        print(f"    {made.support} {made.problems} quoted {sorted(quoted)} missed {missed}")


if __name__ == "__main__":
    main()
