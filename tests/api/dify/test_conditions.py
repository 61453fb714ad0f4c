"""Dify's conditions become filters, or are refused: none is passed over."""

from datetime import date
from typing import Any

import pytest
from starlette.exceptions import HTTPException

from api.dify.conditions import filters_of
from api.dify.schemas import MetadataCondition
from rag.vocabulary import Filters

# 28 July 2025, 10:00 UTC.
SECONDS = 1753696800


def given(*conditions: tuple[Any, str, Any], operator: str | None = "and") -> MetadataCondition:
    return MetadataCondition.model_validate(
        {
            "logical_operator": operator,
            "conditions": [
                {"name": name, "comparison_operator": comparison, "value": value}
                for name, comparison, value in conditions
            ],
        }
    )


@pytest.mark.parametrize("nothing", [None, MetadataCondition(), given()])
def test_no_condition_is_no_filter(nothing: MetadataCondition | None) -> None:
    assert filters_of(nothing) == Filters()


@pytest.mark.parametrize(
    ("condition", "filters"),
    [
        (("section", "is", "monde"), Filters(metadata={"section": "monde"})),
        ((["section"], "=", "monde"), Filters(metadata={"section": "monde"})),
        (("year", "=", 2025), Filters(metadata={"year": "2025"})),
        (("language", "is", "fr"), Filters(language="fr")),
        (("document_id", "is", "doc_a"), Filters(document_ids=frozenset({"doc_a"}))),
        (
            ("document_id", "in", ["doc_a", "doc_b"]),
            Filters(document_ids=frozenset({"doc_a", "doc_b"})),
        ),
        (("published_at", "after", "2025-07-28"), Filters(published_from=date(2025, 7, 29))),
        (("published_at", ">", "2025-07-28"), Filters(published_from=date(2025, 7, 29))),
        (("published_at", "≥", "2025-07-28"), Filters(published_from=date(2025, 7, 28))),
        (("published_at", "before", "2025-07-28"), Filters(published_to=date(2025, 7, 27))),
        (("published_at", "<", SECONDS), Filters(published_to=date(2025, 7, 27))),
        (("published_at", "≤", "2025-07-28T10:00:00Z"), Filters(published_to=date(2025, 7, 28))),
        (
            ("published_at", "is", "2025-07-28"),
            Filters(published_from=date(2025, 7, 28), published_to=date(2025, 7, 28)),
        ),
    ],
)
def test_a_condition_is_the_same_filter(condition: tuple[Any, str, Any], filters: Filters) -> None:
    assert filters_of(given(condition)) == filters
    assert filters_of(given(condition, operator="or")) == filters
    assert filters_of(given(condition, operator=None)) == filters


def test_all_conditions_hold_together() -> None:
    filters = filters_of(
        given(
            ("published_at", "≥", "2025-01-01"),
            ("published_at", "≥", "2025-06-01"),
            ("published_at", "before", "2025-12-31"),
            ("document_id", "in", ["doc_a", "doc_b"]),
            ("document_id", "in", ["doc_b", "doc_c"]),
            ("section", "is", "monde"),
            ("author", "is", "A. Dupont"),
        )
    )

    assert filters == Filters(
        published_from=date(2025, 6, 1),
        published_to=date(2025, 12, 30),
        document_ids=frozenset({"doc_b"}),
        metadata={"section": "monde", "author": "A. Dupont"},
    )


@pytest.mark.parametrize(
    ("conditions", "said"),
    [
        ([("section", "contains", "mon")], "`contains` is not supported on `section`"),
        ([("section", "is not", "monde")], "`is not`"),
        ([("section", "empty", None)], "`empty`"),
        ([("section", "is", None)], "needs one value"),
        ([("section", "in", ["monde"])], "`in` is not supported on `section`"),
        ([("section", "is", "a"), ("section", "is", "b")], "contradict each other"),
        ([(["section", "author"], "is", "a")], "must name one field"),
        ([("language", "is", "de")], "`fr` and `en`"),
        ([("language", "is", "fr"), ("language", "is", "en")], "once"),
        ([("document_id", "not in", ["doc_a"])], "`not in`"),
        ([("published_at", "≠", "2025-07-28")], "`≠`"),
        ([("published_at", "before", "tomorrow")], "YYYY-MM-DD"),
        ([("published_at", "before", 1e300)], "seconds since 1970"),
        ([("published_at", "before", "0001-01-01")], "years 1 and 9999"),
    ],
)
def test_what_cannot_be_a_filter_is_refused(
    conditions: list[tuple[Any, str, Any]], said: str
) -> None:
    with pytest.raises(HTTPException) as refusal:
        filters_of(given(*conditions))

    assert refusal.value.status_code == 422
    assert said in refusal.value.detail


def test_conditions_joined_with_or_are_refused() -> None:
    conditions = given(("section", "is", "a"), ("section", "is", "b"), operator="or")

    with pytest.raises(HTTPException, match="join them with `and`"):
        filters_of(conditions)
