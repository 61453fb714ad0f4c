"""``python -m rag keys create|list|revoke``: the keys that callers of the service show."""

from collections.abc import Iterator, Sequence
from contextlib import contextmanager
from dataclasses import asdict
from datetime import UTC, datetime, timedelta
from typing import Annotated

import typer

from documents.records import Key, Role
from rag import output
from rag.complaints import complaining
from rag.keyring import Keyring, is_valid
from rag.settings import Settings
from rag.stores import open_store

keys = typer.Typer(help="Keys that callers of the service show.", no_args_is_help=True)


@contextmanager
def _keyring() -> Iterator[Keyring]:
    """Open the keys of the store alone: neither encoder nor index is needed."""
    with complaining(), open_store(Settings()) as store:
        yield Keyring(store.keys)


@keys.command()
def create(
    *,
    name: Annotated[str, typer.Option(help="Whose it is, for the list.")],
    role: Annotated[
        Role, typer.Option(help="ask reads; write also adds and deletes documents; admin all.")
    ],
    collection: Annotated[
        list[str] | None, typer.Option(help="Only this one; repeat it for more. Else all.")
    ] = None,
    expires: Annotated[
        datetime | None, typer.Option(formats=["%Y-%m-%d"], help="Its last day, in UTC.")
    ] = None,
) -> None:
    """Make a key and print it on standard output, this once: only its hash is kept."""
    end = None if expires is None else expires.replace(tzinfo=UTC) + timedelta(days=1)
    with _keyring() as keyring:
        key, shown = keyring.create(name, role, collections=collection or None, expires_at=end)
    typer.echo(f"made the key {key.id}; keep it now, it is not shown again:", err=True)
    typer.echo(shown)


@keys.command("list")
def list_keys(*, json: Annotated[bool, typer.Option("--json", help="Print JSON.")] = False) -> None:
    """List all keys, oldest first, with what they open; the keys themselves are not kept."""
    with _keyring() as keyring:
        _print_keys(keyring.all(), as_json=json)


@keys.command()
def revoke(key_ids: list[str]) -> None:
    """Revoke keys by their ids: from the next request on they open nothing."""
    with _keyring() as keyring:
        for key_id in key_ids:
            keyring.revoke(key_id)
            typer.echo(f"revoked {key_id}")


def _print_keys(listed: Sequence[Key], *, as_json: bool) -> None:
    if as_json:
        output.print_json([_told(key) for key in listed])
        return
    for key in listed:
        opens = "all" if key.collections is None else ",".join(sorted(key.collections))
        typer.echo(f"{key.id}  {key.role:5}  {_state(key):18}  {key.name}  ({opens})")
    valid = sum(map(is_valid, listed))
    typer.echo(f"{len(listed)} key{'' if len(listed) == 1 else 's'}, {valid} valid")


def _told(key: Key) -> dict[str, object]:
    about = asdict(key)
    del about["salt"], about["digest"]
    return {**about, "collections": None if key.collections is None else sorted(key.collections)}


def _state(key: Key) -> str:
    if key.revoked_at is not None:
        return f"revoked {key.revoked_at:%Y-%m-%d}"
    if key.expires_at is None:
        return "valid"
    last = key.expires_at - timedelta(days=1)
    return f"{'until' if is_valid(key) else 'expired'} {last:%Y-%m-%d}"
