"""``doctor``: everything examined in turn; nothing is changed, and a service may run."""

from collections.abc import Iterator

from rag.operations.engine import check_engine
from rag.operations.finding import Finding
from rag.operations.machine import (
    check_folder,
    check_python,
    check_recognition,
    check_settings,
)
from rag.operations.reached import check_generator, check_service
from rag.operations.served import check_server
from rag.operations.stored import check_database, check_index, check_models, check_vectors
from rag.settings import Settings


def examine(settings: Settings, *, unknown: list[str]) -> Iterator[Finding]:
    """Yield what is found; `unknown` are the variables that no setting has."""
    yield check_python()
    yield from check_settings(settings, unknown)
    yield from check_recognition(settings)
    yield from check_folder(settings)
    facts, findings = check_server(settings.store) if settings.store else check_database(settings)
    yield from findings
    models, finding = check_models(settings, facts)
    yield finding
    if facts and models:
        yield check_vectors(facts, models.encoder)
        if settings.index == "embedded":
            yield check_index(settings, facts, models)
    if settings.index == "milvus":
        yield check_engine(settings)
    yield check_service(settings)
    yield check_generator(settings)
