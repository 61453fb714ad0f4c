"""Every operation of ``/openapi.json``, sent what may and what may not be sent.

A few cases of each; `make fuzz` sends some thousands to a real service.
"""

import json
from collections.abc import Iterator
from contextlib import suppress
from pathlib import Path

import pytest
import schemathesis
from hypothesis import HealthCheck, given, settings
from hypothesis.errors import Unsatisfiable
from schemathesis import GenerationMode
from schemathesis.checks import CHECKS
from schemathesis.schemas import BaseSchema

from api.app import create_app
from benchmarks.fuzz_api import with_events
from rag.bootstrap import bootstrap
from rag.settings import Settings

CASES = 3  # of each operation, valid and invalid
CONTRACT = json.loads((Path(__file__).parents[2] / "docs/openapi.json").read_text(encoding="utf-8"))
OPERATIONS = [(path, method) for path, known in CONTRACT["paths"].items() for method in known]


@pytest.fixture(scope="module")
def described(tmp_path_factory: pytest.TempPathFactory) -> Iterator[BaseSchema]:
    chosen = Settings(data_dir=tmp_path_factory.mktemp("data"), encoder="embedded-static")
    with bootstrap(chosen) as sourcier:
        sourcier.add_text("Le pont de Sizun a été bâti en 1887.", source="pont")
        schema = schemathesis.openapi.from_asgi("/openapi.json", create_app(sourcier))
        with_events(schema.raw_schema)
        yield schema


@pytest.mark.parametrize(("path", "method"), OPERATIONS)
@pytest.mark.parametrize("mode", GenerationMode)
def test_every_reply_is_one_that_is_documented(
    described: BaseSchema, path: str, method: str, mode: GenerationMode
) -> None:
    operation = described[path][method.upper()]
    not_checked = ["positive_data_acceptance", "ignored_auth"]

    @settings(
        max_examples=CASES,
        deadline=None,
        derandomize=True,
        database=None,
        suppress_health_check=list(HealthCheck),
    )
    @given(case=operation.as_strategy(generation_mode=mode))
    def send(case: schemathesis.Case) -> None:
        case.call_and_validate(excluded_checks=CHECKS.get_by_names(not_checked))

    with suppress(Unsatisfiable):  # there is nothing in it to get wrong
        send()
