"""Does the server that keeps the store answer, and may it be trusted with it."""

from datetime import UTC, datetime
from importlib.util import find_spec

from pydantic import SecretStr

from documents.errors import StoreError
from documents.store.facts import StoreFacts
from rag.operations.finding import Finding, well
from rag.operations.stored import check_clock, check_schema


def check_server(store: SecretStr) -> tuple[StoreFacts | None, list[Finding]]:
    """Read all texts of the store; return what it holds, None where it cannot be used."""
    if find_spec("asyncpg") is None:
        message = "SOURCIER_STORE needs the driver of PostgreSQL"
        remedy = "pip install asyncpg, or unset SOURCIER_STORE"
        return None, [Finding("store", "fail", message, remedy)]
    from documents.store.postgres_check import check_server as examine  # noqa: PLC0415 - an extra

    try:
        found = examine(store.get_secret_value())
    except StoreError as error:
        remedy = "start the server, or correct SOURCIER_STORE; until then nothing is answered"
        return None, [Finding("store", "fail", str(error), remedy)]
    server = f"{found.address} answers (PostgreSQL {found.version})"
    findings = [well("store", f"{server}; the first start makes the tables")]
    if found.facts:
        findings = [
            well("store", server),
            check_schema(found.facts),
            *check_clock(found.facts, datetime.now(UTC)),
        ]
    if found.risky:
        message = f"{server}, but {' and '.join(found.risky)} are off: a failure may lose documents"
        findings.append(Finding("store", "warn", message, "turn them on in postgresql.conf"))
    return found.facts, findings
