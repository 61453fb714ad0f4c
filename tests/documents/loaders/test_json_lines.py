import json
from typing import Never

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.errors import EmptyDocument, InvalidRecord
from documents.extraction import Block, Extraction
from documents.limits import Limits
from documents.loaders.json_lines import read_json_lines
from documents.tabular import Columns

LIMITS = Limits()


def read(text: str, limits: Limits = LIMITS) -> tuple[list[str], list[str]]:
    """Return the texts of the rows and the problems."""
    outcomes = list(read_json_lines(text, name="a.jsonl", columns=Columns(), limits=limits))
    return (
        [outcome.blocks[0].text for outcome in outcomes if isinstance(outcome, Extraction)],
        [str(outcome) for outcome in outcomes if isinstance(outcome, InvalidRecord)],
    )


@pytest.mark.parametrize(
    "text",
    [
        '{"text": "un"}\n{"text": "deux"}\n',
        '\n{"text": "un"}\r\n\r\n{"text": "deux"}',
        '[{"text": "un"}, {"text": "deux"}]',
        '[\n  {\n    "text": "un"\n  },\n  {\n    "text": "deux"\n  }\n]\n',
        '{\n  "text": "un"\n}\n{\n  "text": "deux"\n}',
        '{"text": "un"}{"text": "deux"}',
    ],
)
def test_objects_are_read_wherever_they_stand(text: str) -> None:
    assert read(text) == (["un", "deux"], [])


def test_fields_become_what_they_name() -> None:
    row = {"text": "un", "id": 7, "title": "T", "language": "en", "n": 3, "tags": ["é"], "no": None}
    (outcome,) = read_json_lines(
        json.dumps(row), name="a.jsonl", columns=Columns(), limits=Limits()
    )
    assert outcome == Extraction(
        blocks=(Block("un"),),
        title="T",
        language="en",
        metadata={"n": "3", "tags": '["é"]'},
        key="7",
    )


@pytest.mark.parametrize(
    ("line", "reason"),
    [
        ("{bad", "not well-formed JSON .Expecting property name"),
        ("bad", "not well-formed JSON .Expecting value"),
        ('{"text": "x', "not well-formed JSON"),
        ('{"text": "x"', "not well-formed JSON"),
        ('{"text": "x", "y": ' + "[" * 100_000, "nested too deeply"),
        ('{"text": "x", "y": ' + "9" * 5_000 + "}", "a number is too long"),
        ("1", "not a JSON object with named fields"),
        ('["text"]', "not a JSON object"),
        ("{}", "there is no 'text'; found nothing"),
        ('{"title": "x"}', "there is no 'text'; found title"),
        ('{"text": null}', "'text' is empty"),
        ('{"text": " \\u0000 "}', "'text' is empty"),
        ('{"text": 5}', "'text' is not a string"),
    ],
)
def test_a_damaged_row_costs_itself_only(line: str, reason: str) -> Never:
    texts, problems = read(f'{{"text": "un"}}\n{line}\n{{"text": "deux"}}\n')
    assert texts == ["un", "deux"]
    with pytest.raises(AssertionError, match=rf"^a\.jsonl, row 2 \(line 2\): .*{reason}"):
        raise AssertionError(*problems)


def test_a_file_cut_short_keeps_what_came_before() -> None:
    assert read('[{"text": "un"}, {"text": "de')[0] == ["un"]
    assert read('{"text": "un"}\n{"text": "de')[0] == ["un"]


def test_a_damaged_row_of_an_indented_array_costs_itself_only() -> None:
    text = '[\n  {\n    "text": "un",,\n    "x": {}\n  },\n  {\n    "text": "deux"\n  }\n]'
    texts, problems = read(text)
    assert texts == ["deux"]
    assert [problem[:28] for problem in problems] == ["a.jsonl, row 1 (line 2): it "]


def test_the_line_of_each_problem_is_told() -> None:
    text = '{"text": "un"}\n\n{"text": ""}\n{\n"text": "x"\n}\n{"text": ""}'
    assert [problem[:24] for problem in read(text)[1]] == [
        "a.jsonl, row 2 (line 3):",
        "a.jsonl, row 4 (line 7):",
    ]


def test_endless_damage_ends() -> None:
    texts, problems = read('{"text": "un"}\n' + "{bad\n" * 3_000)
    assert texts == ["un"]
    assert len(problems) == 1_001
    assert problems[-1].endswith("the rest is unread")


def test_rows_beyond_the_limit_are_reported() -> None:
    assert read('{"text": "a"}\n' * 3, Limits(rows=2)) == (
        ["a", "a"],
        ["a.jsonl, row 3: only 2 rows are read; split the file"],
    )


@pytest.mark.parametrize("text", ["[]", " [ ] ", "\n\n"])
def test_a_file_without_rows_is_empty(text: str) -> None:
    with pytest.raises(EmptyDocument, match=r"a\.jsonl holds no rows"):
        read(text)


@settings(deadline=None, max_examples=100)
@given(
    st.lists(
        st.text(max_size=30).filter(lambda text: any(c.isalnum() for c in text)),
        min_size=1,
        max_size=8,
    ),
    st.sampled_from([None, 2]),
)
def test_what_json_writes_comes_back(texts: list[str], indent: int | None) -> None:
    rows = [{"text": text} for text in texts]
    lines = "\n".join(json.dumps(row, ensure_ascii=False) for row in rows)
    assert read(lines) == read(json.dumps(rows, indent=indent)) == (texts, [])
