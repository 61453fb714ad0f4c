"""Which passages a filter lets through.

Every condition is on documents, whose passages are contiguous rows, but the language, which
each passage has for itself.
"""

import json

import numpy as np
from numpy.typing import NDArray

from documents.records import Filters
from documents.store.conditions import condition_sql
from documents.store.connection import Connection

_PUBLISHED_FROM = "AND d.published_at >= :published_from"
_PUBLISHED_TO = "AND d.published_at <= :published_to"
_DOCUMENT_IDS = "AND d.id IN (SELECT value FROM json_each(:document_ids))"
_METADATA = """
    AND d.generation IN (
        SELECT m.generation
        FROM json_each(:metadata) AS wanted
        JOIN metadata AS m ON m.key = json_extract(wanted.value, '$[0]')
            AND m.value = json_extract(wanted.value, '$[1]')
        GROUP BY m.generation HAVING count(*) = :metadata_count
    )
"""


def matching_rows(connection: Connection, collection: int, filters: Filters) -> NDArray[np.int64]:
    """Return the rows of `collection` that `filters` let through, ``int64 (n,)``, sorted."""
    conditions, values = _conditions(filters)
    values["collection"] = collection
    if filters.language is None:
        return _rows_of_documents(connection, conditions, values)
    values["language"] = filters.language
    found = connection.execute(
        # Only constants are put together; values are bound.
        f"""
        SELECT p.row FROM documents AS d JOIN passages AS p ON p.generation = d.generation
        WHERE d.collection = :collection AND p.language = :language {conditions}
        """,  # noqa: S608
        values,
    )
    return np.sort(np.fromiter((row for (row,) in found), dtype=np.int64))


def _rows_of_documents(
    connection: Connection, conditions: str, values: dict[str, object]
) -> NDArray[np.int64]:
    found = connection.execute(
        f"""
        SELECT d.first_row, d.passages FROM documents AS d
        WHERE d.collection = :collection {conditions}
        """,  # noqa: S608
        values,
    ).fetchall()
    if not found:
        return np.empty(0, dtype=np.int64)
    ranges = [np.arange(first, first + count, dtype=np.int64) for first, count in found]
    return np.sort(np.concatenate(ranges))


def _conditions(filters: Filters) -> tuple[str, dict[str, object]]:
    conditions: list[str] = []
    values: dict[str, object] = {}
    if filters.published_from is not None:
        conditions.append(_PUBLISHED_FROM)
        values["published_from"] = filters.published_from.isoformat()
    if filters.published_to is not None:
        conditions.append(_PUBLISHED_TO)
        values["published_to"] = filters.published_to.isoformat()
    if filters.document_ids is not None:
        conditions.append(_DOCUMENT_IDS)
        values["document_ids"] = json.dumps(sorted(filters.document_ids))
    if filters.metadata:
        conditions.append(_METADATA)
        values["metadata"] = json.dumps(list(filters.metadata.items()))
        values["metadata_count"] = len(filters.metadata)
    if filters.condition is not None:
        conditions.append(f"AND {condition_sql(filters.condition, values)}")
    return " ".join(conditions), values
