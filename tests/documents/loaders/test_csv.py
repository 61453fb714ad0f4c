from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.errors import EmptyDocument, InvalidRecord, UnreadableDocument
from documents.extraction import Block, Extraction
from documents.limits import Limits
from documents.loaders.csv import read_csv
from documents.tabular import Columns

COLUMNS, LIMITS = Columns(), Limits()


def read(
    text: str, columns: Columns = COLUMNS, limits: Limits = LIMITS
) -> tuple[list[Extraction], list[str]]:
    outcomes = list(read_csv(text, name="a.csv", columns=columns, limits=limits))
    return (
        [outcome for outcome in outcomes if isinstance(outcome, Extraction)],
        [str(outcome) for outcome in outcomes if isinstance(outcome, InvalidRecord)],
    )


def row_texts(text: str) -> list[str]:
    return [extraction.blocks[0].text for extraction in read(text)[0]]


def test_a_row_is_a_document_with_its_columns() -> None:
    header = "id,Title,url,published_at,language,TEXT,author"
    rows, problems = read(f"{header}\nx7,Un,https://e.fr/1,30/04/2025,fr-FR,Un mot.,Jeanne\n")
    assert problems == []
    assert rows == [
        Extraction(
            blocks=(Block("Un mot."),),
            title="Un",
            url="https://e.fr/1",
            published_at=date(2025, 4, 30),
            language="fr",
            metadata={"author": "Jeanne"},
            key="x7",
        )
    ]


def test_rows_without_an_id_have_their_number_as_key() -> None:
    assert [row.key for row in read("text\nun\ndeux\n\ntrois\n")[0]] == ["1", "2", "3"]


@pytest.mark.parametrize("delimiter", [",", ";", "\t", "|"])
def test_the_delimiter_is_found(delimiter: str) -> None:
    rows, _ = read(delimiter.join(["title", "text"]) + "\n" + delimiter.join(["a", "b"]))
    assert (rows[0].title, rows[0].blocks) == ("a", (Block("b"),))


@pytest.mark.parametrize("line_end", ["\n", "\r\n", "\r"])
def test_quoted_cells_hold_line_breaks_delimiters_and_quotes(line_end: str) -> None:
    text = line_end.join(["text,title", '"un, ""deux""', "", 'trois",t', "quatre,u"])
    assert row_texts(text) == ['un, "deux"\n\ntrois', "quatre"]


def test_configured_columns_are_used_and_the_others_are_metadata() -> None:
    rows, _ = read("Corps;text\nun;deux\n", Columns(text="corps"))
    assert (rows[0].blocks, rows[0].metadata) == ((Block("un"),), {"text": "deux"})


def test_unreadable_dates_and_languages_stay_as_metadata() -> None:
    rows, _ = read("text,published_at,language\nun,bientôt,de\n")
    assert (rows[0].published_at, rows[0].language) == (None, None)
    assert rows[0].metadata == {"published_at": "bientôt", "language": "de"}


def test_a_row_without_text_is_a_problem_and_the_others_are_read() -> None:
    rows, problems = read("title,text\na,un\nb,\nc,***\nd\ne,deux\n")
    assert [row.title for row in rows] == ["a", "e"]
    assert problems == [
        "a.csv, row 2 (line 3): 'text' is empty",
        "a.csv, row 3 (line 4): 'text' is empty",
        "a.csv, row 4 (line 5): 'text' is empty",
    ]


def test_an_unquoted_delimiter_in_a_text_is_a_problem_not_a_loss() -> None:
    rows, problems = read("title,text\na,un, deux\nb,trois,,\n")
    assert [row.title for row in rows] == ["b"]
    assert [problem[:54] for problem in problems] == [
        "a.csv, row 1 (line 2): it has 3 cells where the header"
    ]


def test_a_quotation_mark_that_is_never_closed_costs_its_row_only() -> None:
    rows, problems = read('text,title\nun,a\n"deux,b\ntrois,c\n"quatre",d\ncinq,e\n')
    assert [row.title for row in rows] == ["a", "c", "d", "e"]
    assert len(problems) == 1
    assert problems[0].startswith("a.csv, row 2 (line 3): it is not well-formed CSV")


@pytest.mark.parametrize("row", ['"x', '"x""', 'a,"x', '"""', 'a,"""', '"" ""'])
def test_quotation_marks_without_end_do_not_make_reading_endless(row: str) -> None:
    rows, problems = read("text,title\nun,a\n" + f"{row}\n" * 3000 + "deux,b\n")
    assert rows[0].title == "a"
    assert rows[-1].title == "b"
    assert len(problems) <= 3000


def test_an_id_may_not_stand_twice() -> None:
    rows, problems = read("id,text\n7,un\n7,deux\n")
    assert len(rows) == 1
    assert problems == [
        "a.csv, row 2 (line 3): its id '7' is that of row 1 (line 2); ids must differ"
    ]


def test_rows_beyond_the_limit_are_reported() -> None:
    rows, problems = read("text\nun\ndeux\ntrois\n", limits=Limits(rows=2))
    assert len(rows) == 2
    assert problems == ["a.csv, row 3: only 2 rows are read; split the file"]


def test_a_cell_may_be_longer_than_the_csv_module_allows() -> None:
    assert row_texts("text\n" + "x" * 200_000) == ["x" * 200_000]


@pytest.mark.parametrize(
    ("text", "error", "message"),
    [
        ("a,b\n1,2\n", UnreadableDocument, "no column named 'text'; its first line names a, b"),
        ("text,title,Text\n1,2,3\n", UnreadableDocument, "two columns named 'text'"),
        ("text,title\n", EmptyDocument, "a header but no rows"),
        ("\n\n", EmptyDocument, "no rows"),
    ],
)
def test_a_file_that_cannot_be_read_says_why(
    text: str, error: type[Exception], message: str
) -> None:
    with pytest.raises(error, match=message):
        read(text)


CELLS = st.text(alphabet='ab é,;"\n\t|', min_size=1, max_size=12).filter(
    lambda cell: any(c.isalpha() for c in cell)
)


@settings(deadline=None, max_examples=100)
@given(st.lists(st.tuples(CELLS, CELLS), min_size=1, max_size=6))
def test_what_is_quoted_properly_comes_back(rows: list[tuple[str, str]]) -> None:
    doubled = [[cell.replace('"', '""') for cell in row] for row in rows]
    quoted = "\n".join(",".join(f'"{cell}"' for cell in row) for row in doubled)
    read_rows, problems = read(f"title,text\n{quoted}\n")
    assert problems == []
    assert [row.blocks[0].text for row in read_rows] == [text for _, text in rows]
