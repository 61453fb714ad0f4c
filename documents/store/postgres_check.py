"""A store in PostgreSQL examined: nothing is made, and nothing is changed."""

from dataclasses import dataclass

from documents.errors import CorruptStore
from documents.store import postgres_schema
from documents.store.facts import StoreFacts, changed_text, read_facts
from documents.store.postgres_address import shown
from documents.store.postgres_connection import PostgresConnection
from documents.store.postgres_errors import LOST, ours

_PATIENCE_SECONDS = 5.0

# Settings that let a failure of the machine undo, or damage, what was acknowledged.
_RISKY = """
    SELECT name FROM pg_settings WHERE name IN ('fsync', 'full_page_writes') AND setting = 'off'
"""


@dataclass(frozen=True, slots=True)
class Examined:
    """A server at `address`, and what the store in it holds; `facts` is None where none is made.

    `risky` names settings of the server by which what was acknowledged may be lost.
    """

    address: str
    version: int
    facts: StoreFacts | None
    risky: tuple[str, ...]


def check_server(url: str) -> Examined:
    """Look into the database at `url`, and hold each text in it against its hash.

    Raises:
        CorruptStore: a text is not what was stored.
        IncompatibleStore: it is newer than this program, or the server is too old.
        StoreUnavailable: it cannot be reached, or refuses.
    """
    address = shown(url)
    try:
        connection = PostgresConnection.open(url, patience_seconds=_PATIENCE_SECONDS)
        try:
            return _examined(connection, address)
        finally:
            connection.close()
    except LOST as error:
        raise ours(error, address) from error


def _examined(connection: PostgresConnection, address: str) -> Examined:
    connection.run("BEGIN ISOLATION LEVEL REPEATABLE READ READ ONLY")
    postgres_schema.check_server(connection, address=address)
    version = postgres_schema.version(connection, address=address)
    facts = read_facts(connection, version) if version else None
    if facts and (document_id := changed_text(connection)):
        raise CorruptStore(
            f"{address} is damaged (the text of {document_id} is not what was stored); restore it "
            "from a backup, or send that document again"
        )
    risky = tuple(name for (name,) in connection.execute(_RISKY))
    return Examined(address, connection.version, facts, risky)
