"""Conditions on metadata let through what a plain reading of them would."""

import operator
from dataclasses import replace

import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from documents.conditions import Comparison, Condition, Joined, Operator
from documents.records import Filters
from tests.contracts.stores import Store, live_rows, put, written

METADATA = [
    {},
    {"year": "2024", "section": "monde"},
    {"year": "2025", "section": "éco"},
    {"year": "2025-07-28", "final": "true"},
    {"year": "10", "section": ""},
    {"year": "-1.5e1", "section": "Monde"},
    {"year": " ", "section": "monde"},
]
SIGNS = {
    "eq": operator.eq, "ne": operator.eq, "in": operator.eq, "nin": operator.eq,
    "gt": operator.gt, "gte": operator.ge, "lt": operator.lt, "lte": operator.le,
}  # fmt: skip


def holds(condition: Condition, metadata: dict[str, str]) -> bool:
    if isinstance(condition, Joined):
        every = all if condition.by == "and" else any
        return every(holds(part, metadata) for part in condition.parts)
    sign = SIGNS[condition.operator]
    stored = metadata.get(condition.key)
    met = stored is not None and any(
        sign(stored, value) if isinstance(value, str) else is_so(stored, sign, value)
        for value in condition.values
    )
    return met != (condition.operator in ("ne", "nin"))


def is_so(stored: str, sign: object, value: float) -> bool:
    try:
        return bool(sign(float(stored), value))  # type: ignore[operator]
    except ValueError:
        return False


def library(store: Store) -> None:
    for number, metadata in enumerate(METADATA):
        put(store, replace(written(f"s{number}", "Un."), metadata=metadata))


def found(store: Store, condition: Condition) -> list[dict[str, str]]:
    held = store.passages(sorted(live_rows(store)))
    rows = store.rows_matching("default", Filters(condition=condition))
    return [dict(held[row].document.metadata) for row in rows.tolist()]


VALUES = st.sampled_from(["monde", "éco", "2025", "", "zzz", 2024.0, 2025.0, 10.0, -15.0, 0.5])
COMPARISONS = st.builds(
    Comparison,
    st.sampled_from(["year", "section", "final", "none"]),
    st.sampled_from(sorted(SIGNS)),
    st.lists(VALUES, max_size=3).map(tuple),
)
CONDITIONS = st.recursive(
    COMPARISONS,
    lambda parts: st.builds(
        Joined, st.sampled_from(["and", "or"]), st.lists(parts, max_size=3).map(tuple)
    ),
    max_leaves=6,
)


@settings(
    deadline=None, max_examples=150, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(condition=CONDITIONS)
def test_conditions_let_through_what_a_plain_reading_would(
    store: Store, condition: Condition
) -> None:
    if store.last_change() == 0:
        library(store)

    assert found(store, condition) == [one for one in METADATA if holds(condition, one)]


@pytest.mark.parametrize("operator", ["eq", "gt", "in"])
@pytest.mark.parametrize("hostile", ["x' OR '1'='1", "\ud800", '"', ":collection", "%"])
def test_a_hostile_value_or_name_lets_nothing_through(
    store: Store, operator: Operator, hostile: str
) -> None:
    library(store)

    assert found(store, Comparison(hostile, operator, ("a",))) == []
    assert found(store, Comparison("final", operator, (hostile + "\ud800",))) == []
