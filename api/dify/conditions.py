"""Dify's metadata conditions as the filters of a search; what cannot be one is refused.

A condition that was passed over would let in what the user meant to keep out.
"""

from collections.abc import Mapping, Sequence
from dataclasses import replace
from datetime import UTC, date, datetime, timedelta
from typing import NoReturn

from starlette.exceptions import HTTPException

from api.dify.schemas import Condition, MetadataCondition
from rag.vocabulary import Filters, Language

_DAY = timedelta(days=1)
_EQUAL = ("is", "=")
_LANGUAGES: Mapping[str, Language] = {"fr": "fr", "en": "en"}


def filters_of(given: MetadataCondition | None) -> Filters:
    """Return the filters that `given` asks for.

    Raises:
        HTTPException: 422, a condition cannot be put as a filter.
    """
    conditions: Sequence[Condition] = (given and given.conditions) or ()
    if given and given.logical_operator == "or" and len(conditions) > 1:
        _refuse("Conditions joined with `or` are not supported: join them with `and`.")
    filters = Filters()
    for condition in conditions:
        filters = _narrowed(filters, condition)
    return filters


def _narrowed(filters: Filters, condition: Condition) -> Filters:
    name = _name(condition)
    if name == "published_at":
        return _in_time(filters, condition)
    if name == "document_id":
        ids = frozenset(_values(condition))
        known = filters.document_ids
        return replace(filters, document_ids=ids if known is None else ids & known)
    if condition.comparison_operator not in _EQUAL:
        _refuse_operator(condition, "`is` and `=`")
    value = _text(condition)
    if name == "language":
        language = _LANGUAGES.get(value)
        if language is None or filters.language not in (None, language):
            _refuse("The condition on `language` must name one of `fr` and `en`, once.")
        return replace(filters, language=language)
    if filters.metadata.get(name, value) != value:
        _refuse(f"The conditions on `{name}` contradict each other: give one.")
    return replace(filters, metadata={**filters.metadata, name: value})


def _in_time(filters: Filters, condition: Condition) -> Filters:
    day = _day(condition)
    first, last = filters.published_from, filters.published_to
    match condition.comparison_operator:
        case "before" | "<":
            last = min(last or date.max, day - _DAY)
        case "≤":
            last = min(last or date.max, day)
        case "after" | ">":
            first = max(first or date.min, day + _DAY)
        case "≥":
            first = max(first or date.min, day)
        case "is" | "=":
            first, last = max(first or date.min, day), min(last or date.max, day)
        case _:
            _refuse_operator(condition, "`is`, `=`, `before`, `after`, `<`, `>`, `≤` and `≥`")
    return replace(filters, published_from=first, published_to=last)


def _name(condition: Condition) -> str:
    names = [condition.name] if isinstance(condition.name, str) else condition.name
    if len(names) != 1:
        _refuse("A condition must name one field: split it into one condition for each.")
    return names[0]


def _values(condition: Condition) -> list[str]:
    if condition.comparison_operator == "in" and isinstance(condition.value, list):
        return condition.value
    if condition.comparison_operator not in _EQUAL:
        _refuse_operator(condition, "`is`, `=` and, with a list, `in`")
    return [_text(condition)]


def _text(condition: Condition) -> str:
    if not isinstance(condition.value, str | int | float):
        _refuse(f"The condition on `{_name(condition)}` needs one value to compare with.")
    return str(condition.value)


def _day(condition: Condition) -> date:
    """Return the day of an ISO 8601 date or time, or of seconds since 1970, as Dify keeps times."""
    try:
        if isinstance(condition.value, int | float):
            day = datetime.fromtimestamp(condition.value, UTC).date()
        else:
            day = datetime.fromisoformat(_text(condition)).date()
    except (ValueError, OverflowError, OSError):
        _refuse("A condition on `published_at` needs a day, YYYY-MM-DD, or seconds since 1970.")
    if day in (date.min, date.max):
        _refuse("A condition on `published_at` needs a day between the years 1 and 9999.")
    return day


def _refuse_operator(condition: Condition, known: str) -> NoReturn:
    _refuse(
        f"The operator `{condition.comparison_operator}` is not supported on "
        f"`{_name(condition)}`: use {known}."
    )


def _refuse(detail: str) -> NoReturn:
    raise HTTPException(422, detail)
