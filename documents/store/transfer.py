"""All that one store holds taken into another, an empty one: from a file to a server, or back.

Numbers stay as they are, so that generations and passage ids do. The other store keeps its own
identity and no books of indexes: those are derived, and built anew.
"""

from collections.abc import Iterator, Sequence
from typing import Final

from documents.errors import StoreError
from documents.store.connection import Connection, Connections

# In an order in which nothing points at what is not there yet; the columns tell rows apart and
# order them. The last number is how many rows go at once: those of some tables are large.
_TABLES: Final = (
    ("collections", ("number",), 1000),
    ("changes", ("number",), 1000),
    ("encoders", ("number",), 1000),
    ("documents", ("generation",), 1000),
    ("metadata", ("generation", "key"), 1000),
    ("texts", ("generation", "block"), 1000),
    ("passages", ("row",), 1000),
    ("vectors", ("place",), 64),
    ("sketches", ("generation",), 1000),
    ("sketch_marks", ("collection", "mark", "generation"), 1000),
    ("fetches", ("collection", "address"), 1000),
    ("keys", ("number",), 1000),
    ("feedback", ("number",), 1000),
    ("feedback_quotes", ("feedback", "position"), 1000),
    ("jobs", ("number",), 1000),
    ("job_items", ("job", "position"), 1000),
    ("job_spool", ("job", "position"), 1),
    ("job_deliveries", ("job",), 1000),
)
_DERIVED: Final = ("identity", "builds", "build_parts", "build_words", "terms")

# A number that was given once is not given again, though what had it may be gone.
_NUMBERED: Final = (
    ("collections", "SELECT max(collection) FROM changes"),
    ("collections", "SELECT max(number) FROM collections"),
    ("changes", "SELECT max(number) FROM changes"),
    ("encoders", "SELECT max(number) FROM encoders"),
    ("keys", "SELECT max(number) FROM keys"),
    ("feedback", "SELECT max(number) FROM feedback"),
    ("jobs", "SELECT max(number) FROM jobs"),
)

_FILLED: Final = """
    SELECT (SELECT count(*) FROM changes) + (SELECT count(*) FROM keys)
         + (SELECT count(*) FROM jobs) + (SELECT count(*) FROM collections) - 1
"""


def transfer(source: Connections, target: Connections) -> Iterator[tuple[str, int]]:
    """Copy one state of `source` into `target`, in one step; yield each table and its rows.

    Raises:
        StoreError: `target` holds something; or one of the two cannot be used. Nothing is written.
    """
    with source.reading() as reading, target.writing() as writing:
        [[filled]] = writing.execute(_FILLED)
        if filled:
            raise StoreError(
                "the store to copy into holds something already: name an empty one, nothing was "
                "written"
            )
        writing.execute("DELETE FROM collections")
        for table, key, most in _TABLES:
            count = 0
            for rows in _batches(reading, table, key, most):
                _insert(writing, table, rows)
                count += len(rows)
            yield table, count
        for table, highest in _NUMBERED:
            [[number]] = writing.execute(highest)
            if number:
                target.advance(writing, table, number)


def _batches(
    connection: Connection, table: str, key: Sequence[str], most: int
) -> Iterator[list[dict[str, object]]]:
    columns, marks = ", ".join(key), ", ".join("?" * len(key))
    after = ""
    values: tuple[object, ...] = ()
    while True:
        # The names of tables and columns are our own.
        found = connection.execute(
            f"SELECT * FROM {table} {after} ORDER BY {columns} LIMIT {most}",  # noqa: S608
            values,
        )
        rows = [dict(zip(row.keys(), row, strict=True)) for row in found]
        if not rows:
            return
        yield rows
        after, values = f"WHERE ({columns}) > ({marks})", tuple(rows[-1][one] for one in key)


def _insert(connection: Connection, table: str, rows: list[dict[str, object]]) -> None:
    columns = list(rows[0])
    marks = ", ".join("?" * len(columns))
    connection.executemany(
        f"INSERT INTO {table} ({', '.join(columns)}) VALUES ({marks})",  # noqa: S608
        [tuple(row.values()) for row in rows],
    )
