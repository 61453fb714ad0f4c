"""What one can ask of Sourcier, alone on its folder or beside another."""

import subprocess
import sys
import threading
from collections.abc import Callable, Iterator
from pathlib import Path

import pytest
from threadpoolctl import threadpool_info

from documents.errors import (
    DocumentTooLarge,
    StoreError,
    UnknownCollection,
    UnknownDocument,
    UnreadableDocument,
)
from documents.extraction import Block, Extraction
from documents.limits import Limits
from documents.store.store import Store
from rag.bootstrap import bootstrap, reembed
from rag.errors import EncoderChanged, InvalidQuestion
from rag.library import Library, document_of
from rag.models import Query, Question
from rag.service import Sourcier
from rag.settings import Settings
from tests.rag.fakes import FakeEncoder
from tests.rag.texts import BAKERY, LIGHTHOUSE

ROOT = Path(__file__).parents[2]


@pytest.fixture
def opened(tmp_path: Path) -> Iterator[Callable[[], Sourcier]]:
    """Opens Sourcier on one and the same folder, as often as it is called."""
    opened: list[Sourcier] = []

    def open_sourcier() -> Sourcier:
        opened.append(bootstrap(Settings(data_dir=tmp_path, max_upload_bytes=2000)))
        return opened[-1]

    yield open_sourcier
    for sourcier in opened:
        sourcier.close()


@pytest.mark.parametrize(
    ("question", "fact"),
    [
        ("Quand le phare a-t-il été allumé ?", "1887"),
        ("Qui dirige la médiathèque ?", "Solène Marchetti"),
        ("Pourquoi le phare a-t-il été construit ?", "naufrages"),
        ("Who opened the bakery of Hollow Street?", "Margaret Oakley"),
        ("How much does the main telescope weigh?", "21 tonnes"),
    ],
)
def test_the_quote_holds_the_answer(sourcier: Sourcier, question: str, fact: str) -> None:
    answer = sourcier.ask(Question(question))

    assert answer.answered
    assert any(fact in citation.quote for citation in answer.citations)


@pytest.mark.parametrize(
    ("question", "language", "fact"),
    [
        ("Qui a ouvert la boulangerie de Hollow Street ?", "fr", "Margaret Oakley"),
        ("Who lit the lighthouse of the île aux Moines?", "en", "Armand Kerbrat"),
    ],
)
def test_a_quote_of_the_other_language_is_announced_and_flagged(
    sourcier: Sourcier, question: str, language: str, fact: str
) -> None:
    answer = sourcier.ask(Question(question))

    assert (answer.language, answer.degraded) == (language, "untranslated")
    assert fact in answer.text
    assert answer.text.startswith(("D’après «\u00a0", "According to “"))


@pytest.mark.parametrize(
    "question",
    [
        "Quelle est la capitale de la Mongolie ?",
        "Who won the chess tournament in Oslo?",
        "Combien de passagers transporte le ferry de Kobe ?",
    ],
)
def test_what_the_documents_do_not_say_is_refused(sourcier: Sourcier, question: str) -> None:
    assert not sourcier.ask(Question(question)).answered


def test_the_language_of_the_answer_can_be_forced(sourcier: Sourcier) -> None:
    assert sourcier.ask(Question("Kerbrat ?", language="en")).language == "en"
    assert sourcier.ask(Question("Kerbrat ?", language="fr")).language == "fr"


@pytest.mark.parametrize("text", ["", " ?! ", "\x00", "\ud800\udfff", "\u202e\u2066"])
def test_an_empty_question_is_refused(sourcier: Sourcier, text: str) -> None:
    for ask in (lambda: sourcier.ask(Question(text)), lambda: sourcier.search(Query(text))):
        with pytest.raises(InvalidQuestion, match="at least one word"):
            ask()


def test_a_question_that_is_too_long_is_refused(sourcier: Sourcier) -> None:
    for ask in (
        lambda: sourcier.ask(Question("é" * 2001)),
        lambda: sourcier.search(Query("é" * 2001)),
    ):
        with pytest.raises(InvalidQuestion, match="2001 characters, more than the 2000"):
            ask()


@pytest.mark.parametrize(
    "text",
    [
        "a\x00b",
        "Qui\ud800 est là ?",
        "\u202eQui est Kerbrat ?\u202c",
        "a" * 2000,
        "¹²³ ٣ Ⅷ",
        "le la les",
        "'; DROP TABLE documents; --",
        "* OR *",
        "phare\u200bphare",
        "日本語の質問",
        "e" + "\u0301" * 500,
        "1,2,3." * 300,
        "A.B." * 400,
    ],
)
def test_a_strange_question_gets_an_answer_or_a_refusal(sourcier: Sourcier, text: str) -> None:
    answer = sourcier.ask(Question(text))

    answer.question.encode()
    assert answer.text
    sourcier.search(Query(text))


def test_an_unknown_collection_or_document_is_named(sourcier: Sourcier) -> None:
    with pytest.raises(UnknownCollection, match="nowhere"):
        sourcier.ask(Question("Qui ?", collection="nowhere"))
    with pytest.raises(UnknownCollection, match="nowhere"):
        sourcier.add_file(b"\xff", name="a", collection="nowhere")
    with pytest.raises(UnknownDocument, match="doc_1"):
        sourcier.document("doc_1")
    with pytest.raises(UnknownDocument, match="doc_1"):
        sourcier.delete_document("doc_1")


def test_all_documents_are_listed_however_many(opened: Callable[[], Sourcier]) -> None:
    sourcier = opened()
    for number in range(53):
        sourcier.add_text(f"Le document {number} parle de la mer.", source=str(number))

    listed = [document.source for document in sourcier.all_documents()]

    assert listed == [str(number) for number in reversed(range(53))]


def test_a_file_that_is_too_large_is_refused_before_it_is_read(
    opened: Callable[[], Sourcier],
) -> None:
    with pytest.raises(DocumentTooLarge, match="SOURCIER_MAX_UPLOAD_BYTES"):
        opened().add_file(b"a" * 2001, name="a.txt")


def test_the_status_counts(sourcier: Sourcier) -> None:
    status = sourcier.status()

    assert (status.documents, status.collections) == (6, 3)
    assert status.index["passages"] == status.passages >= 6
    assert status.index["change"] == status.change == 6
    assert status.encoder == "embedded-static"
    assert sourcier.ready()


def test_a_citation_names_the_page_on_which_its_quote_starts(
    opened: Callable[[], Sourcier],
) -> None:
    pages = [
        Block("Le vieux moulin de Belrive tourne depuis 1702. Il moud le grain.", page=1),
        Block("La forge de Belrive a fermé en 1931. Son marteau pesait douze tonnes.", page=2),
    ]
    sourcier = opened()
    document = document_of(Extraction(pages, title="Belrive"), "default", "belrive.pdf")
    stored = sourcier.library._put(document).document

    answer = sourcier.ask(Question("Quand la forge de Belrive a-t-elle fermé ?"))

    [citation] = [citation for citation in answer.citations if "1931" in citation.quote]
    assert stored.page_at(citation.start) == citation.page == 2
    assert answer.passages[0].stored.passage.page == 1  # where the passage starts


def test_a_change_by_another_process_is_in_the_next_answer(
    opened: Callable[[], Sourcier],
) -> None:
    running, other = opened(), opened()
    assert not running.ask(Question("Quand le phare a-t-il été allumé ?")).answered

    stored = other.add_text(LIGHTHOUSE)
    assert "1887" in running.ask(Question("Quand le phare a-t-il été allumé ?")).text

    other.delete_document(stored.document.id)
    assert not running.ask(Question("Quand le phare a-t-il été allumé ?")).answered


def test_two_that_write_at_once_lose_nothing(opened: Callable[[], Sourcier]) -> None:
    both = opened(), opened()

    def write(writer: int) -> None:
        for number in range(10):
            both[writer].add_text(
                f"Le navire {writer}{number} est à quai.", source=f"{writer}/{number}"
            )
            both[writer].search(Query("navire"))

    writers = [threading.Thread(target=write, args=(writer,)) for writer in range(2)]
    for writer in writers:
        writer.start()
    for writer in writers:
        writer.join()

    for sourcier in both:
        hits = sourcier.search(Query("navire", mode="lexical", top_k=100))
        assert len(hits) == 20


def test_the_command_line_writes_while_a_service_runs(
    opened: Callable[[], Sourcier], tmp_path: Path
) -> None:
    running = opened()
    running.add_text(BAKERY)
    (tmp_path / "phare.txt").write_text(LIGHTHOUSE, encoding="utf-8")

    done = subprocess.run(
        [sys.executable, "-m", "rag", "ingest", "phare.txt"],
        cwd=tmp_path,
        env={"SOURCIER_DATA_DIR": str(tmp_path), "PYTHONPATH": str(ROOT)},
        capture_output=True,
        text=True,
        check=False,
    )

    assert (done.returncode, done.stderr) == (0, "")
    assert "1 new" in done.stdout
    assert "1887" in running.ask(Question("Quand le phare a-t-il été allumé ?")).text


def test_a_store_of_an_unknown_encoder_is_refused_with_the_remedy_and_can_be_encoded_again(
    opened: Callable[[], Sourcier], tmp_path: Path
) -> None:
    with Store.open(tmp_path / "sourcier.db") as store:
        library = Library(store, FakeEncoder, Limits(), min_words=60, max_words=180)
        document = library.add_text(LIGHTHOUSE).document

    with pytest.raises(EncoderChanged, match="python -m rag rebuild --reembed"):
        opened()

    assert list(reembed(Settings(data_dir=tmp_path)))[-1] == (1, 1)
    sourcier = opened()
    assert sourcier.document(document.id) == document
    assert "1887" in sourcier.ask(Question("Quand le phare a-t-il été allumé ?")).text


def test_a_closed_sourcier_refuses_and_may_be_closed_again(opened: Callable[[], Sourcier]) -> None:
    sourcier = opened()
    sourcier.close()
    sourcier.close()

    with pytest.raises(StoreError, match="closed"):
        sourcier.ask(Question("Qui ?"))


def test_numbers_are_computed_in_one_thread(sourcier: Sourcier) -> None:
    threads = [p["num_threads"] for p in threadpool_info() if "/numpy" in p["filepath"]]

    assert sourcier.ready()
    assert set(threads) == {1}


def test_what_cannot_be_read_changes_nothing(opened: Callable[[], Sourcier]) -> None:
    sourcier = opened()
    with pytest.raises(UnreadableDocument):
        sourcier.add_file(b"%PDF-1.7 nonsense", name="a.pdf")
    assert sourcier.status().change == 0
