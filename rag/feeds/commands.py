"""``python -m rag fetch|watch``: documents from the web, and from a folder as they come."""

import signal
from collections import Counter
from pathlib import Path
from threading import Event
from typing import Annotated

import typer

from documents.job_records import OUTCOMES, JobItem
from documents.models import DEFAULT_COLLECTION
from rag import output
from rag.bootstrap import bootstrap
from rag.complaints import complaining
from rag.feeds.gathering import FETCH, MOST, Kind
from rag.feeds.watch import keep_watching
from rag.jobs.work import Task
from rag.settings import Settings

Collection = Annotated[str, typer.Option(help="The collection to add to.")]


def fetch(
    address: Annotated[str, typer.Argument(help="Of a page, a sitemap, or an RSS or Atom feed.")],
    *,
    kind: Annotated[
        Kind | None, typer.Option(help="What it is; else what comes says so itself.")
    ] = None,
    most: Annotated[int, typer.Option(min=1, max=MOST, help="Documents of a list.")] = MOST,
    collection: Collection = DEFAULT_COLLECTION,
) -> None:
    """Fetch a page, or what a sitemap or a feed lists; what has not changed is left alone."""
    request = {"address": address, "kind": kind, "most": most}
    counts: Counter[str] = Counter()
    with complaining(), bootstrap(Settings(), writes=False) as sourcier:
        sourcier.intake.check(address)
        if sourcier.create_collection(collection):
            typer.echo(f"made the collection {collection}")
        try:
            for step in sourcier.intake.gathering.steps(Task(FETCH, collection, request)):
                if isinstance(step, JobItem):
                    counts[step.outcome] += 1
                    _print(step)
        finally:
            typer.echo(", ".join(f"{counts[one]} {one}" for one in OUTCOMES if counts[one]))
    if counts["refused"] == counts.total():
        raise typer.Exit(1)


def watch(
    folder: Annotated[Path, typer.Argument(help="With all the folders in it.")],
    *,
    removes: Annotated[
        bool, typer.Option("--removes", help="Delete the documents of files that are gone.")
    ] = False,
    collection: Collection = DEFAULT_COLLECTION,
) -> None:
    """Take in what a folder holds, and what changes in it, until stopped (Ctrl-C, SIGTERM)."""
    if not folder.is_dir():
        output.complain(f"{folder} is no folder")
        raise typer.Exit(2)
    with complaining(), bootstrap(Settings(), writes=False) as sourcier:
        feed = sourcier.intake.folder(folder, collection=collection, removes=removes)
        typer.echo(f"watching {folder}; Ctrl-C stops")
        stopped = Event()
        # Said anew: a shell that puts a command in the background has it ignore Ctrl-C.
        for one in (signal.SIGINT, signal.SIGTERM):
            signal.signal(one, lambda *_: stopped.set())
        keep_watching(feed, stopped, _print)


def _print(item: JobItem) -> None:
    if item.problem is not None:
        typer.echo(f"refused {item.name}: {item.problem.detail}", err=True)
    else:
        typer.echo(f"{item.outcome} {item.name}")
