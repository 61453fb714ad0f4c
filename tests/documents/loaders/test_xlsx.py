from collections.abc import Callable
from datetime import date, datetime, time
from io import BytesIO

import openpyxl
import pytest

from documents.errors import DocumentTooLarge, EmptyDocument, InvalidRecord, UnsupportedFormat
from documents.extraction import Block, Extraction
from documents.limits import Limits
from documents.loaders.xlsx import read_xlsx
from documents.tabular import Columns

MakeXlsx = Callable[..., bytes]
LIMITS = Limits()


def read(
    data: bytes, *, columns: Columns | None = None, limits: Limits = LIMITS
) -> list[Extraction | InvalidRecord]:
    return list(read_xlsx(data, name="budget.xlsx", columns=columns or Columns(), limits=limits))


def blocks(data: bytes) -> list[Block]:
    [outcome] = read(data)
    assert isinstance(outcome, Extraction)
    return list(outcome.blocks)


def saved(book: openpyxl.Workbook) -> bytes:
    out = BytesIO()
    book.save(out)
    return out.getvalue()


# A workbook of figures is one document


def test_a_row_names_its_columns_under_the_heading_of_its_sheet(make_xlsx: MakeXlsx) -> None:
    data = make_xlsx(
        {
            "Résultats": [
                ["Les voix de l’été", None],
                [],
                ["Pays", "Voix\u00a0(en\nmilliers)", None],
                ["France", 1200, "estimé"],
                ["L’Œuvre\u202f«\u00a0x\u00a0»", 0.1 + 0.2, None],
                [None, None, None],
                ["Source\u00a0: mairie", None, None],
            ],
            "Vide": [],
        }
    )
    assert blocks(data) == [
        Block("Résultats", heading_level=1),
        Block("Les voix de l’été"),
        Block(
            "Pays: France | Voix\u00a0(en milliers): 1200 | estimé\n"
            "Pays: L’Œuvre\u202f«\u00a0x\u00a0» | Voix\u00a0(en milliers): 0.3\n"
            "Source\u00a0: mairie"
        ),
    ]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ([["Pays", 2023, 2024], ["France", 1, 2]], "Pays: France | 2023: 1 | 2024: 2"),
        ([["France", 2024], ["Suisse", 2025]], "France | 2024\nSuisse | 2025"),
        ([["France", 12], ["Suisse", 7]], "France | 12\nSuisse | 7"),
        ([["France", "Suisse"]], "France | Suisse"),
    ],
)
def test_years_may_head_columns_and_figures_may_not(
    make_xlsx: MakeXlsx, rows: list[list[object]], expected: str
) -> None:
    assert blocks(make_xlsx({"a": rows}))[1:] == [Block(expected)]


@pytest.mark.parametrize(
    ("value", "number_format", "expected"),
    [
        (0.145, "0.0%", "14.5%"),
        (1.45, "0 %", "145%"),
        (0.5, '0" % (brut)"', "0.5"),
        (1200.0, "#,##0.00", "1200"),
        (1e20, "General", "100000000000000000000"),
        (-3, "General", "-3"),
        (True, "General", "TRUE"),
        (date(2025, 7, 26), "dd/mm/yyyy", "2025-07-26"),
        (datetime.fromisoformat("2025-07-26 14:30"), "dd/mm/yyyy hh:mm", "2025-07-26 14:30:00"),
        (time(14, 30), "hh:mm", "14:30:00"),
    ],
)
def test_a_value_is_written_as_it_is_shown(
    value: object, number_format: str, expected: str
) -> None:
    book = openpyxl.Workbook()
    cell = book.active.cell(1, 1)
    cell.value, cell.number_format = value, number_format
    assert blocks(saved(book))[1:] == [Block(expected)]


def test_errors_hidden_sheets_and_formulas_without_a_value_give_no_text() -> None:
    book = openpyxl.Workbook()
    book.active.append(["Total", "=1+1", "#N/A"])
    book.create_sheet("Secret").append(["caché"])
    book["Secret"].sheet_state = "hidden"
    assert blocks(saved(book))[1:] == [Block("Total")]


def test_a_workbook_is_known_by_its_own_title_or_its_files() -> None:
    book = openpyxl.Workbook()
    book.active.append(["Bonjour"])
    [untitled] = read(saved(book))
    book.properties.title = "Le budget"
    book.properties.creator = "Jeanne Petit"
    book.properties.created = datetime.fromisoformat("2025-04-30")
    [titled] = read(saved(book))
    assert isinstance(untitled, Extraction)
    assert isinstance(titled, Extraction)
    assert (untitled.title, untitled.metadata) == ("budget", {})
    assert (titled.title, titled.metadata) == ("Le budget", {"author": "Jeanne Petit"})
    assert titled.published_at == date(2025, 4, 30)


def test_a_sheet_may_hold_more_than_it_claims(make_xlsx: MakeXlsx) -> None:
    data = make_xlsx({"a": [["Pays", "Voix"], ["France", 1]]})
    sheet = (
        b'<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">'
        b'<dimension ref="A1"/><sheetData><row r="1"><c r="A1" t="inlineStr"><is><t>un</t></is></c>'
        b'<c r="B1" t="inlineStr"><is><t>deux</t></is></c></row></sheetData></worksheet>'
    )
    data = make_xlsx({"a": [["x"]]}, parts={"xl/worksheets/sheet1.xml": sheet})
    assert blocks(data)[1:] == [Block("un | deux")]


# A workbook with a text column holds documents, as CSV does


def test_a_text_column_makes_each_row_a_document(make_xlsx: MakeXlsx) -> None:
    data = make_xlsx(
        {
            "Dépêches": [
                ["Title", "TEXT", "published_at", "language", "Rubrique"],
                [
                    "L’été",
                    "Il fait «\u00a0chaud\u00a0».\nTrès.",
                    date(2025, 7, 26),
                    "fr",
                    "météo",
                ],
                ["Rien", None, None, None, None],
            ],
            "Autres": [["id", "text"], ["x7", "Un autre."]],
            "Notes": [["Bonjour"]],
        }
    )
    first, empty, other, notes = read(data)
    assert first == Extraction(
        blocks=(Block("Il fait «\u00a0chaud\u00a0».\nTrès."),),
        title="L’été",
        published_at=date(2025, 7, 26),
        language="fr",
        metadata={"Rubrique": "météo"},
        key="1",
    )
    assert str(empty) == "budget.xlsx, sheet 'Dépêches', row 3: 'text' is empty"
    assert isinstance(other, Extraction)
    assert (other.key, other.blocks) == ("x7", (Block("Un autre."),))
    assert str(notes).startswith("budget.xlsx, sheet 'Notes': it has no column named 'text'")


def test_the_text_column_may_have_another_name(make_xlsx: MakeXlsx) -> None:
    data = make_xlsx({"a": [["corps"], ["Bonjour."]]})
    [row] = read(data, columns=Columns(text="Corps"))
    assert isinstance(row, Extraction)
    assert row.blocks == (Block("Bonjour."),)


def test_a_text_column_twice_is_a_problem_of_its_sheet(make_xlsx: MakeXlsx) -> None:
    sheets = {"a": [["text"], ["Un."]], "b": [["text", "Text"], ["Deux.", "Trois."]]}
    _, problem = read(make_xlsx(sheets))
    assert str(problem) == "budget.xlsx, sheet 'b': it has two columns named 'text'; rename one"


def test_a_header_alone_is_empty(make_xlsx: MakeXlsx) -> None:
    with pytest.raises(EmptyDocument, match="holds a header but no rows"):
        read(make_xlsx({"a": [["text", "title"]]}))


def test_too_many_rows_are_refused(make_xlsx: MakeXlsx) -> None:
    sheets = {"a": [["x"], ["y"]], "b": [["z"]]}
    assert len(read(make_xlsx(sheets), limits=Limits(rows=3))) == 1
    with pytest.raises(DocumentTooLarge, match=r"budget\.xlsx has more than 2 rows"):
        read(make_xlsx(sheets), limits=Limits(rows=2))


def test_macros_are_refused_with_what_to_do(make_xlsx: MakeXlsx) -> None:
    with pytest.raises(UnsupportedFormat, match=r"budget\.xlsx holds macros: save it as XLSX"):
        read(make_xlsx({"a": [["x"]]}, parts={"xl/vbaProject.bin": b"x"}))
