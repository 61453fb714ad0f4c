"""The golden questions, asked of the sample corpus: how good the answers must at least be."""

from collections.abc import Mapping
from pathlib import Path

import pytest

from rag.bootstrap import bootstrap
from rag.evaluation import Figures, Outcome, evaluate, read_dataset, summarise
from rag.ingest import SAMPLE_FOLDER, ingest_paths
from rag.settings import Settings

GOLDEN = Path(__file__).parents[1] / "golden"
# Floors, in shares of the questions of a direction; raise them when answers get better.
QUOTE_HOLDS_THE_ANSWER = {"fr→fr": 0.78, "en→en": 0.70, "fr→en": 0.75, "en→fr": 0.83}
FIRST_QUOTE_HOLDS_IT = {"fr→fr": 0.64, "en→en": 0.62, "fr→en": 0.63, "en→fr": 0.72}
REFUSED_WHEN_UNANSWERABLE = {"fr, no answer": 0.72, "en, no answer": 0.77}
WRONGLY_REFUSED_AT_MOST = {"fr→fr": 0.10, "en→en": 0.05, "fr→en": 0.07, "en→fr": 0.07}


@pytest.fixture(scope="module")
def outcomes(tmp_path_factory: pytest.TempPathFactory) -> list[Outcome]:
    settings = Settings(data_dir=tmp_path_factory.mktemp("data"))
    questions = [
        example
        for language in ("fr", "en")
        for example in read_dataset(GOLDEN / f"questions.{language}.jsonl")
    ]
    with bootstrap(settings) as sourcier:
        report = ingest_paths(sourcier, [SAMPLE_FOLDER / "fr", SAMPLE_FOLDER / "en"])
        assert (report.new, report.skipped) == (26, [])
        return list(evaluate(sourcier, questions))


@pytest.fixture(scope="module")
def figures(outcomes: list[Outcome]) -> Mapping[str, Figures]:
    return summarise(outcomes)


@pytest.mark.parametrize(("direction", "floor"), QUOTE_HOLDS_THE_ANSWER.items())
def test_a_quote_holds_the_answer(
    figures: Mapping[str, Figures], direction: str, floor: float
) -> None:
    found = figures[direction]
    assert found.hits >= floor * found.questions, found


@pytest.mark.parametrize(("direction", "floor"), FIRST_QUOTE_HOLDS_IT.items())
def test_mostly_the_first_one_does(
    figures: Mapping[str, Figures], direction: str, floor: float
) -> None:
    found = figures[direction]
    assert found.first_hits >= floor * found.questions, found


@pytest.mark.parametrize(("direction", "floor"), REFUSED_WHEN_UNANSWERABLE.items())
def test_what_the_sample_does_not_say_is_refused(
    figures: Mapping[str, Figures], direction: str, floor: float
) -> None:
    found = figures[direction]
    assert found.refused >= floor * found.unanswerable, found


@pytest.mark.parametrize(("direction", "ceiling"), WRONGLY_REFUSED_AT_MOST.items())
def test_what_the_sample_says_is_seldom_refused(
    figures: Mapping[str, Figures], direction: str, ceiling: float
) -> None:
    found = figures[direction]
    assert found.wrongly_refused <= ceiling * found.questions, found


def test_every_citation_is_verbatim(figures: Mapping[str, Figures]) -> None:
    assert sum(found.citations for found in figures.values()) > 100
    for direction, found in figures.items():
        assert found.verbatim == found.citations, direction


def test_every_answer_is_in_the_language_of_its_question(outcomes: list[Outcome]) -> None:
    wrong = [o.example.id for o in outcomes if o.answer.language != o.example.language]
    assert wrong == []


def test_an_answer_in_the_other_language_always_says_so(outcomes: list[Outcome]) -> None:
    for outcome in outcomes:
        other = {c.language for c in outcome.answer.citations} - {outcome.answer.language}
        assert outcome.answer.degraded == ("untranslated" if other else None)
