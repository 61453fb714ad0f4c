"""A scan is asked like any other document: its quotes are, word for word, what was recognised."""

from collections.abc import Iterator
from pathlib import Path

import pytest

from documents.errors import ScannedDocument
from documents.tesseract import missing_for_recognition
from rag.bootstrap import bootstrap
from rag.models import Question
from rag.operations.machine import check_recognition
from rag.service import Sourcier
from rag.settings import Settings
from tests.documents.scans import ENGLISH, FRENCH, drawn, saved


@pytest.fixture(scope="module")
def sourcier(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sourcier]:
    if missing := missing_for_recognition():
        pytest.skip(missing)
    data = saved([drawn(FRENCH), drawn(ENGLISH)], "PDF")
    with bootstrap(Settings(data_dir=tmp_path_factory.mktemp("data"), ocr=True)) as sourcier:
        sourcier.add_file(data, name="ferry.pdf")
        yield sourcier


@pytest.mark.parametrize(
    ("question", "fact", "page"),
    [
        ("Combien la commune a-t-elle dépensé en 2019 ?", "45 000 euros", 1),
        ("How many cars does the ferry carry?", "forty cars", 2),
    ],
)
def test_a_question_on_a_scan_is_answered_with_a_quote_and_its_page(
    sourcier: Sourcier, question: str, fact: str, page: int
) -> None:
    answer = sourcier.ask(Question(question))

    assert fact in answer.text
    assert page in {citation.page for citation in answer.citations}
    for citation in answer.citations:
        document = sourcier.document(citation.document_id)
        assert document.metadata == {"recognised": "true"}
        assert document.text[citation.start : citation.end] == citation.quote


def test_without_the_setting_a_scan_is_refused(tmp_path: Path) -> None:
    with (
        bootstrap(Settings(data_dir=tmp_path)) as sourcier,
        pytest.raises(ScannedDocument, match="SOURCIER_OCR=on"),
    ):
        sourcier.add_file(saved([drawn(FRENCH)], "PDF"), name="ferry.pdf")


def test_the_doctor_looks_for_tesseract_only_where_scans_are_recognised() -> None:
    assert list(check_recognition(Settings())) == []
    [finding] = check_recognition(Settings(ocr=True))
    assert (finding.state == "ok") == (missing_for_recognition() is None)
