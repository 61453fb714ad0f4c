"""The command line: ``python -m rag ingest|ask|search|documents|evaluate|…``.

It works on the same store as a running service, whether or not one runs.
"""

import sys
from collections.abc import Iterator
from contextlib import contextmanager
from pathlib import Path
from typing import Annotated

import typer

from documents.models import DEFAULT_COLLECTION
from rag import output
from rag.bootstrap import bootstrap
from rag.bootstrap import reembed as encoded_again
from rag.bulk.ingestion import ingest_on_ray
from rag.chart import draw
from rag.complaints import complaining
from rag.evaluation import evaluate as run
from rag.evaluation import read_dataset, summarise
from rag.feedback import evaluation_lines
from rag.feeds.commands import fetch, watch
from rag.ingest import SAMPLE_FOLDER, ingest_paths
from rag.jobs.command import jobs
from rag.keys_command import keys
from rag.models import Query, Question
from rag.operations.commands import backup, doctor, restore, transfer
from rag.scores import compare as scored_changes
from rag.scores import read_scores, score, write_scores
from rag.service import Sourcier
from rag.settings import Settings

app = typer.Typer(
    help="Ask your documents, in French or English; every sentence comes with its quote.",
    add_completion=False,
    no_args_is_help=True,
    pretty_exceptions_enable=False,
)
feedback = typer.Typer(
    help="What people thought of answers, through the page or POST /v1/feedback.",
    no_args_is_help=True,
)
app.add_typer(feedback, name="feedback")
app.add_typer(keys, name="keys")
app.add_typer(jobs, name="jobs")
for operation in (fetch, watch, backup, restore, transfer, doctor):
    app.command()(operation)

Collection = Annotated[str, typer.Option(help="The collection to work on.")]
Json = Annotated[bool, typer.Option("--json", help="Print JSON for programs.")]
ForcedLanguage = Annotated[
    output.LanguageChoice, typer.Option(help="Language of the answer; auto follows the question.")
]


@contextmanager
def _sourcier(*, writes: bool = False) -> Iterator[Sourcier]:
    """Open everything, close it after; an expected error becomes one line and exit code 1."""
    with complaining(), bootstrap(Settings(), writes=writes) as sourcier:
        yield sourcier


def _hint_if_empty(sourcier: Sourcier) -> None:
    if sourcier.status().documents == 0:
        output.complain(
            f"{sourcier.settings.data_dir} holds no document yet: add some with "
            "`python -m rag ingest PATH…`, or the sample with `python -m rag ingest --sample`"
        )


@app.command()
def ingest(
    paths: Annotated[list[Path] | None, typer.Argument(help="Files and folders.")] = None,
    *,
    collection: Collection = DEFAULT_COLLECTION,
    sample: Annotated[
        bool, typer.Option("--sample", help="Add the bundled sample if the store is empty.")
    ] = False,
    ray: Annotated[
        bool, typer.Option("--ray", help="Let a Ray cluster read and encode; see docs/scaling.md.")
    ] = False,
) -> None:
    """Add files, and folders with all they hold; what has not changed is left alone."""
    if not paths and not sample:
        output.complain("name at least one file or folder, or --sample")
        raise typer.Exit(2)
    with _sourcier() as sourcier:
        if sample and not paths:
            if sourcier.status().change:
                typer.echo(f"{sourcier.settings.data_dir} is in use already: no sample added")
                return
            paths = [SAMPLE_FOLDER / "fr", SAMPLE_FOLDER / "en"]
        if sourcier.create_collection(collection):
            typer.echo(f"made the collection {collection}")
        add = ingest_on_ray if ray else ingest_paths
        report = add(sourcier, paths or [], collection=collection, progress=output.progress_bar)
        output.print_report(report)
        if report.skipped and not report.kept:
            raise typer.Exit(1)


@app.command()
def ask(
    question: str,
    *,
    language: ForcedLanguage = output.LanguageChoice.auto,
    collection: Collection = DEFAULT_COLLECTION,
    json: Json = False,
) -> None:
    """Answer one question, with its quotes."""
    with _sourcier(writes=True) as sourcier:
        answer = sourcier.ask(Question(question, language=language.forced, collection=collection))
        output.print_answer(answer, as_json=json)
        _hint_if_empty(sourcier)


@app.command()
def search(
    query: str,
    *,
    top_k: Annotated[int, typer.Option(min=1, max=100)] = 10,
    mode: output.ModeChoice = output.ModeChoice.hybrid,
    collection: Collection = DEFAULT_COLLECTION,
    json: Json = False,
) -> None:
    """List the passages nearest to some words or a question."""
    with _sourcier() as sourcier:
        hits = sourcier.search(Query(query, top_k=top_k, mode=mode.value, collection=collection))
        output.print_hits(hits, as_json=json)
        _hint_if_empty(sourcier)


@app.command()
def documents(*, collection: Collection = DEFAULT_COLLECTION, json: Json = False) -> None:
    """List the documents of a collection, newest first."""
    with _sourcier() as sourcier:
        output.print_documents(sourcier.all_documents(collection), as_json=json)
        _hint_if_empty(sourcier)


@app.command()
def delete(document_ids: list[str]) -> None:
    """Delete documents by their ids."""
    with _sourcier() as sourcier:
        for document_id in document_ids:
            sourcier.delete_document(document_id)
            typer.echo(f"deleted {document_id}")


@app.command()
def evaluate(
    dataset: Annotated[Path, typer.Argument(help="Questions, JSON Lines, gzipped or not.")],
    *,
    collection: Collection = DEFAULT_COLLECTION,
    json: Json = False,
    scores: Annotated[
        Path | None, typer.Option(help="File to keep the score of each question in.")
    ] = None,
    compare: Annotated[
        Path | None, typer.Option(help="File of an earlier --scores to compare with.")
    ] = None,
    picture: Annotated[Path | None, typer.Option(help="PNG, SVG or PDF file to draw.")] = None,
) -> None:
    """Ask every question of DATASET: is the passage found, does the quote hold the answer?"""
    with _sourcier(writes=True) as sourcier:
        earlier = read_scores(compare) if compare else None
        outcomes = list(run(sourcier, read_dataset(dataset), collection=collection))
    scored, figures = score(outcomes), summarise(outcomes)
    changes = scored_changes(earlier, scored) if earlier is not None else []
    output.print_evaluation(figures, scored, changes, as_json=json)
    if scores:
        write_scores(scored, scores)
    if picture:
        draw(scored, picture)


@feedback.command("export")
def export_feedback(
    *,
    collection: Collection = DEFAULT_COLLECTION,
    out: Annotated[Path | None, typer.Option(help="File to write; else standard output.")] = None,
) -> None:
    """Write what helped as questions for `evaluate`, JSON Lines: the cited quotes answer."""
    with _sourcier() as sourcier:
        lines = list(evaluation_lines(sourcier.feedback.given(collection)))
    try:
        output.print_lines(lines, out)
    except OSError as error:
        output.complain(f"{out} cannot be written: {error.strerror}")
        raise typer.Exit(1) from error


@feedback.command("list")
def list_feedback(*, collection: Collection = DEFAULT_COLLECTION, json: Json = False) -> None:
    """List what people thought of answers, oldest first."""
    with _sourcier() as sourcier:
        output.print_feedback(sourcier.feedback.given(collection), as_json=json)


@app.command()
def rebuild(
    *,
    reembed: Annotated[
        bool, typer.Option("--reembed", help="Encode again what another encoder encoded.")
    ] = False,
) -> None:
    """Build the indexes anew from the store; with --reembed, the vectors too."""
    if reembed:
        with complaining():
            output.show_progress(encoded_again(Settings()), label="Encoding")
    with _sourcier() as sourcier:
        typer.echo(f"{sourcier.rebuild()} passages indexed")


if __name__ == "__main__":
    sys.exit(app())
