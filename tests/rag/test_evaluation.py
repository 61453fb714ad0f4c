import gzip
import json
from dataclasses import replace
from pathlib import Path

import pytest

from rag.errors import InvalidDataset
from rag.evaluation import Example, Outcome, evaluate, holds, read_dataset, summarise
from rag.models import Question
from rag.service import Sourcier

LIT = Example("1", "Quand le phare a-t-il été allumé ?", "fr", "fr→fr", ("1887",))
UNKNOWN = Example("2", "Who won the chess cup in Oslo?", "en", "en, no answer", ())


def write(folder: Path, *rows: object) -> Path:
    path = folder / "questions.jsonl"
    lines = [row if isinstance(row, str) else json.dumps(row) for row in rows]
    path.write_text("\n".join(lines), encoding="utf-8")
    return path


@pytest.mark.parametrize(
    ("text", "answer"),
    [
        ("C’est l’Énergie.", "l'energie"),
        ("Il y en a 1\u202f200.", "1 200"),
        ("Une œuvre", "Une oeuvre"),
        ("deux\nlignes", "deux lignes"),
    ],
)
def test_a_fact_is_recognised_however_it_is_written(text: str, answer: str) -> None:
    assert holds(text, ["autre", answer])
    assert not holds(text, ["autre"])


def test_questions_are_read_with_their_direction(tmp_path: Path) -> None:
    path = write(
        tmp_path,
        {"id": "a", "question": " Où ? ", "language": "fr", "answers": ["ici"]},
        "",
        {"question": "Where?", "language": "en", "answers": ["ici"], "cross": True},
        {"question": "Où ?", "language": "fr", "answers": ["here"], "passage_language": "en"},
        {"question": "Who?", "language": "en", "answers": []},
    )

    read = read_dataset(path)

    assert [(one.id, one.direction) for one in read] == [
        ("a", "fr→fr"), ("3", "en→fr"), ("4", "fr→en"), ("5", "en, no answer"),
    ]  # fmt: skip
    assert read[0].question == "Où ?"


@pytest.mark.parametrize(
    "row",
    [
        "{",
        "[]",
        "null",
        {"question": "Où ?", "language": "fr"},
        {"question": "Où ?", "language": "de", "answers": []},
        {"question": "Où ?", "language": "fr", "answers": "ici"},
        {"question": "Où ?", "language": "fr", "answers": [""]},
        {"question": 3, "language": "fr", "answers": []},
    ],
)
def test_a_line_that_is_no_question_is_named(tmp_path: Path, row: object) -> None:
    good = {"question": "Où ?", "language": "fr", "answers": []}

    with pytest.raises(InvalidDataset, match="line 2: give an object with question"):
        read_dataset(write(tmp_path, good, row))


def test_a_file_without_questions_or_no_file_is_refused(tmp_path: Path) -> None:
    with pytest.raises(InvalidDataset, match="holds no question"):
        read_dataset(write(tmp_path, ""))
    with pytest.raises(InvalidDataset, match="cannot be read"):
        read_dataset(tmp_path / "nowhere")


def test_every_question_is_asked_and_every_quote_checked(sourcier: Sourcier) -> None:
    lit, unknown = evaluate(sourcier, [LIT, UNKNOWN])

    assert lit.hit
    assert lit.first_hit
    assert lit.verbatim == lit.supported == len(lit.answer.citations) > 0
    assert lit.rank == 1
    assert unknown.rank is None
    assert not unknown.answer.answered


def test_the_right_document_is_known_by_its_source_or_an_id(sourcier: Sourcier) -> None:
    [free] = evaluate(sourcier, [LIT])
    found = free.answer.passages[0].stored
    names = (found.document.source, found.document.id, found.id)

    named = list(evaluate(sourcier, [replace(LIT, passage=name) for name in (*names, "other")]))

    assert [outcome.rank for outcome in named] == [1, 1, 1, None]


def test_a_gzipped_file_is_read_as_the_plain_one(tmp_path: Path) -> None:
    row = {"question": "Où ?", "language": "fr", "answers": ["ici"], "passage_id": "p1"}
    plain = write(tmp_path, row)
    packed = tmp_path / "questions.jsonl.gz"
    packed.write_bytes(gzip.compress(plain.read_bytes()))
    assert read_dataset(packed) == read_dataset(plain)
    assert read_dataset(plain)[0].passage == "p1"
    packed.write_bytes(packed.read_bytes()[:-9])
    with pytest.raises(InvalidDataset, match="cannot be read"):
        read_dataset(packed)


def test_the_collection_is_the_one_asked_for(sourcier: Sourcier) -> None:
    [outcome] = evaluate(sourcier, [LIT], collection="empty")

    assert not outcome.hit


def test_outcomes_are_counted_by_direction(sourcier: Sourcier) -> None:
    answered = Outcome(LIT, sourcier.ask(Question(LIT.question)), 1)
    refused = replace(answered, answer=sourcier.ask(Question(UNKNOWN.question)), verbatim=0)
    unknown = replace(refused, example=UNKNOWN)
    wrong = replace(answered, example=replace(LIT, answers=("1788",)))

    figures = summarise([answered, refused, wrong, unknown])

    french, none = figures["fr→fr"], figures["en, no answer"]
    assert (french.questions, french.hits, french.first_hits) == (3, 1, 1)
    assert (french.wrongly_refused, french.verbatim, french.in_language) == (1, 2, 2)
    assert (none.questions, none.unanswerable, none.refused, none.citations) == (0, 1, 1, 0)
