"""How a document is looked up for those who see some collections only."""

import sqlite3
from pathlib import Path

from documents.store import schema
from documents.store.collections import _DOCUMENT_WITHIN


def test_what_lies_in_other_collections_is_not_read_on_the_way(tmp_path: Path) -> None:
    path = tmp_path / "store.db"
    connection = sqlite3.connect(path, isolation_level=None)
    schema.migrate(connection, path=path)

    plan = connection.execute(f"EXPLAIN QUERY PLAN {_DOCUMENT_WITHIN}", ("", "[]")).fetchall()
    connection.close()

    steps = [detail for *_, detail in plan]
    [lookup] = [step for step in steps if " d " in step]
    assert lookup == ("SEARCH d USING COVERING INDEX documents_within (collection=? AND id=?)")
    assert not any("SCAN d" in step for step in steps)
