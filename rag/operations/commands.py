"""``python -m rag backup``, ``restore`` and ``doctor``."""

from dataclasses import asdict
from pathlib import Path
from typing import Annotated

import typer

from rag import output
from rag.complaints import complaining
from rag.errors import BackupRefused
from rag.operations.backup import back_up
from rag.operations.finding import Finding
from rag.operations.restore import Place
from rag.operations.restore import restore as put_back
from rag.operations.transfer import transfer as take_over
from rag.settings import Settings, unknown_variables


def backup(
    file: Annotated[Path, typer.Argument(help="The backup to write; it must not exist yet.")],
) -> None:
    """Write all that is stored to one file, checked, whether the service runs or not."""
    with complaining():
        settings = Settings()
        _refuse_if_served(settings)
        manifest = back_up(settings.database, file)
    typer.echo(f"{manifest.documents} documents in {file} ({_size(file.stat().st_size)})")


def restore(
    file: Annotated[Path, typer.Argument(help="A backup, by `python -m rag backup`.")],
    *,
    replace: Annotated[
        bool, typer.Option("--replace", help="Give up the documents that are there.")
    ] = False,
) -> None:
    """Put a backup in the place of the store; the service must be stopped."""
    with complaining():
        settings = Settings()
        _refuse_if_served(settings)
        place = Place(settings.database, settings.index_folder)
        manifest = put_back(file, place, replace=replace)
    typer.echo(f"{manifest.documents} documents restored, as they were on {manifest.created_at}")


def transfer(
    source: Annotated[str, typer.Argument(help="A data folder, or the address of a database.")],
) -> None:
    """Take all that another store holds into this one, which must be empty."""
    with complaining():
        for table, rows in take_over(source, Settings()):
            typer.echo(f"{rows:>9}  {table}")
    typer.echo("all of it is stored; the index is built by the next start")


def doctor(
    *, json: Annotated[bool, typer.Option("--json", help="Print JSON for programs.")] = False
) -> None:
    """Say what is wrong and how to mend it; nothing is changed."""
    from rag.operations.doctor import examine  # noqa: PLC0415 - brings an HTTP client

    with complaining():
        settings = Settings()
    findings: list[Finding] = []
    for finding in examine(settings, unknown=unknown_variables()):
        findings.append(finding)
        if not json:
            _print(finding)
    if json:
        output.print_json([asdict(finding) for finding in findings])
    if any(finding.state == "fail" for finding in findings):
        raise typer.Exit(1)


def _refuse_if_served(settings: Settings) -> None:
    if settings.store is not None:
        raise BackupRefused(
            "the store is in PostgreSQL, which has its own ways: pg_dump and pg_restore, or "
            "point-in-time recovery; unset SOURCIER_STORE for the store in the data folder"
        )


def _print(finding: Finding) -> None:
    typer.echo(f"{finding.state:<5} {finding.part}: {finding.message}")
    if finding.remedy:
        typer.echo(f"      → {finding.remedy}")


def _size(size: float) -> str:
    for unit in ("bytes", "KiB", "MiB"):
        if size < 1024:
            return f"{size:.0f} {unit}"
        size /= 1024
    return f"{size:.1f} GiB"
