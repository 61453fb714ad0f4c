"""What the command line prints: for people by default, JSON for programs."""

import json
import sys
from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import asdict, is_dataclass
from datetime import date
from enum import StrEnum
from pathlib import Path
from typing import Any

import typer

from documents.models import Language
from documents.records import DocumentSummary, Feedback
from rag.evaluation import Figures
from rag.ingest import IngestReport
from rag.models import Answer, Hit
from rag.scores import Difference, Scores, mean

_PREVIEW = 240  # characters of a passage that a search shows


class LanguageChoice(StrEnum):
    """The language option of the command line."""

    auto = "auto"
    fr = "fr"
    en = "en"

    @property
    def forced(self) -> Language | None:
        """The language to force, None to let the question decide."""
        return {"fr": "fr", "en": "en"}.get(self.value)  # type: ignore[return-value]


class ModeChoice(StrEnum):
    """The ways of searching."""

    hybrid = "hybrid"
    dense = "dense"
    lexical = "lexical"


def progress_bar(paths: Sequence[Path]) -> Iterator[Path]:
    """Yield `paths` under a progress bar, on a terminal."""
    if not sys.stderr.isatty():
        yield from paths
        return
    with typer.progressbar(paths, label="Reading", file=sys.stderr) as shown:
        yield from shown


def show_progress(steps: Iterable[tuple[int, int]], *, label: str) -> None:
    """Take all `steps`, each so many of so many, under a progress bar on a terminal."""
    if not sys.stderr.isatty():
        for _ in steps:
            pass
        return
    with typer.progressbar(length=1, label=label, file=sys.stderr) as bar:
        for done, whole in steps:
            bar.length = whole
            bar.update(done - bar.pos)


def complain(*lines: str) -> None:
    """Say on standard error what is wrong."""
    for line in lines:
        typer.echo(f"sourcier: {line}", err=True)


def print_report(report: IngestReport) -> None:
    """Say what was new, replaced, unchanged, removed, and what was skipped and why."""
    for skipped in report.skipped:
        typer.echo(f"skipped {skipped.path}: {skipped.reason}", err=True)
    counts = {
        "new": report.new,
        "replaced": report.replaced,
        "unchanged": report.unchanged,
        "removed": report.removed,
        "skipped": len(report.skipped),
    }
    typer.echo(", ".join(f"{count} {name}" for name, count in counts.items()))
    if report.retained:
        typer.echo(f"{report.retained} rows stay as they were: their new version cannot be read")


def print_answer(answer: Answer, *, as_json: bool) -> None:
    """Print an answer with its numbered quotes."""
    if as_json:
        print_json(asdict(answer))
        return
    for sentence in answer.sentences:
        marks = "".join(f" [{number}]" for number in sentence.citations)
        typer.echo(f"{sentence.text}{marks}")
    if not answer.answered:
        typer.echo(answer.text)
    if answer.degraded:
        typer.echo(f"(degraded: {answer.degraded})")
    for citation in answer.citations:
        place = [citation.title, citation.language]
        place += [str(citation.published_at)] if citation.published_at else []
        place += [f"p. {citation.page}"] if citation.page else []
        typer.echo(f"\n[{citation.number}] {', '.join(place)}")
        typer.echo(f"    {citation.document_id} {citation.start}-{citation.end}")
        typer.echo(f"    “{' '.join(citation.quote.split())}”")


def print_hits(hits: Sequence[Hit], *, as_json: bool) -> None:
    """Print the passages of a search, best first."""
    if as_json:
        print_json([asdict(hit) for hit in hits])
        return
    for hit in hits:
        typer.echo(f"{hit.score:.2f}  {hit.stored.document.title}  ({hit.stored.id})")
        typer.echo(f"      {' '.join(hit.stored.passage.text.split())[:_PREVIEW]}")
    if not hits:
        typer.echo("nothing found")


def print_documents(documents: Iterable[DocumentSummary], *, as_json: bool) -> None:
    """Print a line a document."""
    listed = list(documents)
    if as_json:
        print_json([asdict(document) for document in listed])
        return
    for document in listed:
        day = document.published_at or "          "
        typer.echo(f"{document.id}  {document.language}  {day}  {document.title}")
    typer.echo(f"{len(listed)} document{'' if len(listed) == 1 else 's'}")


def print_feedback(given: Sequence[Feedback], *, as_json: bool) -> None:
    """Print a line for each opinion, and under it the comment."""
    if as_json:
        print_json([asdict(feedback) for feedback in given])
        return
    for feedback in given:
        day = feedback.given_at.date().isoformat() if feedback.given_at else ""
        typer.echo(f"{'+' if feedback.helpful else '-'}  {day:10}  {feedback.question}")
        if feedback.comment:
            typer.echo(f"      {' '.join(feedback.comment.split())}")
    typer.echo(f"{sum(f.helpful for f in given)} of {len(given)} helped")


def print_lines(lines: Iterable[Mapping[str, Any]], path: Path | None) -> None:
    """Print JSON Lines, or write them to the file at `path`."""
    text = "".join(f"{json.dumps(line, ensure_ascii=False)}\n" for line in lines)
    if path is None:
        typer.echo(text, nl=False)
    else:
        path.write_text(text, encoding="utf-8")


def print_evaluation(
    figures: Mapping[str, Figures],
    scores: Scores,
    changes: Sequence[Difference],
    *,
    as_json: bool,
) -> None:
    """Print tables, a line a direction: counts, means with their intervals, what changed."""
    means = {
        direction: {name: mean(list(values.values())) for name, values in measures.items()}
        for direction, measures in scores.items()
    }
    if as_json:
        content = {"figures": figures, "means": means, "changes": changes}
        print_json(content)
        return
    _print_figures(figures)
    typer.echo("\nmeans, and their 95 % intervals")
    for direction, measures in means.items():
        shown = [
            f"{name} {m.value:.3f} [{m.low:.3f}, {m.high:.3f}]" for name, m in measures.items()
        ]
        typer.echo(f"{direction:<15} {'  '.join(shown)}")
    if changes:
        typer.echo("\nchanged since the earlier run (p: how often chance alone does as much)")
    for change in changes:
        typer.echo(
            f"{change.direction:<15} {change.measure:<11} {change.before:.3f} → "
            f"{change.after:.3f}  p = {change.p:.3f}"
        )


def _print_figures(figures: Mapping[str, Figures]) -> None:
    typer.echo(
        f"{'direction':<15} {'questions':>9} {'quote holds it':>14} {'first quote':>11} "
        f"{'wrongly refused':>15} {'refused':>9} {'verbatim':>10} {'supported':>10} {'language':>9}"
    )
    for name, f in figures.items():
        asked = f.questions + f.unanswerable
        typer.echo(
            f"{name:<15} {asked:>9} {_share(f.hits, f.questions):>14} "
            f"{_share(f.first_hits, f.questions):>11} "
            f"{_share(f.wrongly_refused, f.questions):>15} {_share(f.refused, f.unanswerable):>9} "
            f"{f.verbatim:>5}/{f.citations:<4} {f.supported:>5}/{f.citations:<4} "
            f"{_share(f.in_language, asked):>9}"
        )


def _share(part: int, whole: int) -> str:
    return f"{part / whole:.3f}" if whole else "-"


def print_json(value: Any) -> None:  # noqa: ANN401 - whatever json can write
    """Print `value` as JSON, accents as they are."""
    typer.echo(json.dumps(value, ensure_ascii=False, indent=2, default=_plain))


def _plain(value: object) -> object:
    if is_dataclass(value) and not isinstance(value, type):
        return asdict(value)
    if isinstance(value, date):
        return value.isoformat()
    if isinstance(value, (set, frozenset)):
        return sorted(value)
    raise TypeError(f"cannot print {type(value).__name__} as JSON")
