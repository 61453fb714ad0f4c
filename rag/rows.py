"""The rows of a file that holds many documents: their names, and what becomes of earlier ones."""

from collections.abc import Iterable, Sequence

from documents.errors import InvalidRecord

# Marks a row inside a file of many documents: "prices.csv#17".
ROW_MARK = "#"


def row_source(source: str, key: str | None) -> str:
    """Return how the row `key` of the file `source` is known."""
    return f"{source}{ROW_MARK}{key}"


def retained(
    gone: Iterable[str], source: str, problems: Sequence[InvalidRecord], *, all_failed: bool
) -> set[str]:
    """Return which of the earlier rows that did not come in now may not be removed.

    Those whose row failed; and all, where a row failed so badly that it might be any of them.
    """
    if all_failed or any(problem.key is None for problem in problems):
        return set(gone)
    failed = {row_source(source, problem.key) for problem in problems}
    return failed.intersection(gone)


def explained(problem: InvalidRecord, source: str, stay: set[str]) -> InvalidRecord:
    """Add to `problem` what became of the earlier version of its row, where there was one."""
    if row_source(source, problem.key) in stay:
        return InvalidRecord(f"{problem}; its earlier version stays", key=problem.key)
    if problem.key is None and stay:
        return InvalidRecord(f"{problem}; no row of the earlier version was removed")
    return problem
