"""The store's statements as PostgreSQL gets them."""

import json
import re
from pathlib import Path

import pytest

from documents.store.postgres_dialect import translated

STORE = Path(__file__).parents[3] / "documents" / "store"


def test_values_are_numbered_in_the_order_in_which_they_stand() -> None:
    found = translated("SELECT x FROM t WHERE a = ? AND b = ? LIMIT ?")

    assert found.text == "SELECT x FROM t WHERE a = $1 AND b = $2 LIMIT $3"
    assert found.arguments(("un", 2, 3)) == ["un", 2, 3]


def test_a_value_that_is_meant_twice_goes_once() -> None:
    numbered = translated("UPDATE t SET a = ?2, b = ?1 WHERE c = ?2")
    named = translated("UPDATE t SET a = :late, b = :debut_, c = :late")

    assert numbered.text == "UPDATE t SET a = $1, b = $2 WHERE c = $1"
    assert numbered.arguments(("un", "deux")) == ["deux", "un"]
    assert named.text == "UPDATE t SET a = $1, b = $2, c = $1"
    assert named.arguments({"debut_": 1, "late": 2}) == [2, 1]


def test_what_stands_in_quotes_is_left_alone() -> None:
    found = translated("SELECT '?', ':name', x::text FROM t WHERE y = ?")

    assert found.text == "SELECT '?', ':name', x::text FROM t WHERE y = $1"
    assert found.keys == (0,)


def test_a_list_in_json_becomes_rows() -> None:
    found = translated(
        "SELECT key FROM t WHERE t.x IN (SELECT value FROM json_each(?1)) AND y = ?2"
    )
    named = translated("SELECT w.value FROM json_each(:words) AS w ORDER BY w.key")

    rows = "json_array_elements_text(CAST($1 AS json)) WITH ORDINALITY AS"
    assert f"{rows} listed (value, key)) AND y = $2" in found.text
    assert f"{rows} w (value, key) ORDER BY" in named.text
    assert found.lists == {0}
    assert named.lists == {"words"}


@pytest.mark.parametrize("text", ["nul\0", "\ud800", ["clé", "va\0leur"]])
def test_what_no_row_can_equal_is_left_out_of_a_list(text: object) -> None:
    found = translated("SELECT value FROM json_each(?)")
    kept = ["été", "🐙", r"\u0000", ["a", "b"]]

    [sent] = found.arguments((json.dumps([text, *kept]),))

    assert json.loads(str(sent)) == kept


def test_hints_to_the_other_planner_are_dropped() -> None:
    found = translated("SELECT 1 FROM c CROSS JOIN d INDEXED BY within ON d.c = c.n")

    assert found.text == "SELECT 1 FROM c JOIN d ON d.c = c.n"


@pytest.mark.parametrize("path", sorted(STORE.glob("*.py")), ids=lambda path: path.stem)
def test_no_statement_keeps_what_only_sqlite_understands(path: Path) -> None:
    if path.name.startswith(("sqlite_", "postgres_")) or path.name.endswith(("tables.py",)):
        return
    source = path.read_text(encoding="utf-8")
    for statement in re.findall(r'"""(.*?)"""', source, re.DOTALL):
        if re.search(r"\b(SELECT|INSERT|UPDATE|DELETE)\b", statement) and path.stem != "schema":
            text = translated(statement).text
            assert not re.search(
                r"\?|json_each|json_extract|INDEXED|\biif\b|ifnull|OR REPLACE|OR IGNORE", text
            ), text
