"""The golden questions fit the sample corpus: what they call proof stands in the document named."""

import json
import re
import unicodedata
from collections import Counter
from pathlib import Path
from typing import Any

import pytest

CORPUS = Path(__file__).parents[2] / "documents" / "corpus"
KINDS = {"who", "when", "how many", "where", "which", "why", "what"}
REQUIRED_FIELDS = {"id", "question", "language", "kind", "document", "answers", "cross"}
# Only where several documents prove the same fact; it then begins with `document`.
OPTIONAL_FIELDS = {"documents"}

Row = dict[str, Any]


def read_questions(language: str) -> list[Row]:
    path = Path(__file__).with_name(f"questions.{language}.jsonl")
    return [json.loads(line) for line in path.read_text(encoding="utf-8").splitlines()]


QUESTIONS = {language: read_questions(language) for language in ("fr", "en")}
ROWS = [row for rows in QUESTIONS.values() for row in rows]
ANSWERABLE = [row for row in ROWS if row["document"]]
UNANSWERABLE = [row for row in ROWS if not row["document"]]
DOCUMENTS = sorted(p.relative_to(CORPUS).as_posix() for p in CORPUS.glob("??/*.md"))


def by_id(row: Row) -> str:
    return str(row["id"])


def even_spaces(text: str) -> str:
    return re.sub(r"\s+", " ", unicodedata.normalize("NFC", text))


def evidence(document: str) -> str:
    """The text that can prove something: neither front matter, nor headings, nor sources."""
    _, _, body = (CORPUS / document).read_text(encoding="utf-8").split("---\n", 2)
    lines = [line for line in body.splitlines() if not line.startswith(("#", "Sources"))]
    return even_spaces(" ".join(lines))


def language_of(document: str) -> str:
    return document.partition("/")[0]


def documents_of(row: Row) -> list[str]:
    return row.get("documents") or [row["document"]]


def front_matter(document: str) -> dict[str, str]:
    _, head, _ = (CORPUS / document).read_text(encoding="utf-8").split("---\n", 2)
    return dict(line.split(": ", 1) for line in head.splitlines())


@pytest.mark.parametrize("language", ["fr", "en"])
def test_each_language_has_enough_questions_of_each_sort(language: str) -> None:
    rows = QUESTIONS[language]
    answerable = [row for row in rows if row["document"]]
    crossing = [row for row in answerable if row["cross"]]
    assert len(answerable) >= 60
    assert len(rows) - len(answerable) >= 18
    assert len(crossing) >= len(answerable) * 0.3
    assert min(Counter(row["kind"] for row in answerable)[kind] for kind in KINDS) >= 2


@pytest.mark.parametrize("row", ROWS, ids=by_id)
def test_a_question_has_the_agreed_shape(row: Row) -> None:
    assert set(row) - OPTIONAL_FIELDS == REQUIRED_FIELDS
    assert row["kind"] in KINDS
    assert row["id"].startswith(row["language"] + "-")
    assert row["question"] == unicodedata.normalize("NFC", row["question"]).strip()


@pytest.mark.parametrize("row", ANSWERABLE, ids=by_id)
def test_every_answer_stands_in_a_document_named(row: Row) -> None:
    documents = documents_of(row)
    answers = [even_spaces(answer) for answer in row["answers"]]
    assert documents[0] == row["document"]
    for answer in answers:
        assert any(answer in evidence(document) for document in documents), answer
    for document in documents:
        assert any(answer in evidence(document) for answer in answers), document


@pytest.mark.parametrize("row", ANSWERABLE, ids=by_id)
def test_a_question_crosses_exactly_when_no_document_in_its_language_answers(row: Row) -> None:
    languages = {language_of(document) for document in documents_of(row)}
    assert row["cross"] == (row["language"] not in languages)


@pytest.mark.parametrize("row", UNANSWERABLE, ids=by_id)
def test_an_unanswerable_question_names_no_proof(row: Row) -> None:
    assert row["document"] is None
    assert row["answers"] == []
    assert row["cross"] is False
    assert "documents" not in row


def test_ids_and_questions_are_unique() -> None:
    assert len({row["id"] for row in ROWS}) == len(ROWS)
    assert len({row["question"].casefold() for row in ROWS}) == len(ROWS)


def test_questions_are_typed_as_people_type() -> None:
    french = [row["question"] for row in QUESTIONS["fr"]]
    assert any("’" in question for question in french)
    assert any("'" in question for question in french)
    assert any("«" in question for question in french)
    assert any(question[0].islower() and question.isascii() for question in french)
    assert any(question[0].islower() for question in (row["question"] for row in QUESTIONS["en"]))


def test_most_questions_do_not_repeat_the_sentence_that_answers_them() -> None:
    def words(text: str) -> set[str]:
        return set(re.findall(r"\w{4,}", text.casefold()))

    same_language = [row for row in ANSWERABLE if not row["cross"]]
    repeating = [
        row
        for row in same_language
        if len(words(row["question"]) & words(row["answers"][0])) * 2 > len(words(row["question"]))
    ]
    assert len(repeating) < len(same_language) / 2


def test_every_document_of_the_corpus_is_asked_about() -> None:
    assert {document for row in ANSWERABLE for document in documents_of(row)} == set(DOCUMENTS)


def test_the_corpus_is_half_french_and_half_english() -> None:
    counts = Counter(language_of(document) for document in DOCUMENTS)
    assert counts["fr"] == counts["en"] >= 12


@pytest.mark.parametrize("document", DOCUMENTS)
def test_a_document_is_dated_names_its_sources_and_is_not_long(document: str) -> None:
    fields = front_matter(document)
    body = (CORPUS / document).read_text(encoding="utf-8").split("---\n", 2)[2]
    last_line = body.strip().splitlines()[-1]
    assert fields["language"] == language_of(document)
    assert re.fullmatch(r"20\d\d-\d\d-\d\d", fields["published_at"])
    assert f"# {fields['title']}\n" in body
    assert re.match(r"Sources\s?:", last_line)
    assert 150 <= len(body.split()) <= 400


@pytest.mark.parametrize("mark", ["\u00a0", "\u202f", "’", "«", "œ", "\u202f000", "%"])
def test_french_typography_occurs_in_the_french_texts(mark: str) -> None:
    texts = [(CORPUS / document).read_text(encoding="utf-8") for document in DOCUMENTS]
    assert any(mark in text for text in texts if "\nlanguage: fr\n" in text)


def test_english_texts_come_with_straight_and_with_curly_quotation_marks() -> None:
    texts = [evidence(document) for document in DOCUMENTS if document.startswith("en/")]
    assert any("“" in text for text in texts)
    assert any('"' in text for text in texts)
