import sqlite3
from collections.abc import Sequence
from datetime import date
from io import BytesIO

import openpyxl
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from documents.errors import (
    EmptyDocument,
    EncoderReplaced,
    UnknownCollection,
    UnreadableDocument,
)
from documents.limits import Limits
from documents.normalization import normalize
from documents.records import StoredEncoder
from documents.store.store import Store
from index.encoder import ReadPassages, Vectors
from rag.library import Added, Library
from tests.rag.fakes import FakeEncoder
from tests.rag.texts import BAKERY, LIGHTHOUSE, MENU

ROWS = "id,title,text\na,Un,Le moulin tourne.\nb,Deux,La forge est fermée.\nc,Trois,Le lavoir sert."
ANY_TEXT = st.text(st.characters(), max_size=60)


def sources(store: Store) -> set[str]:
    return {document.source for document in store.documents("default").documents}


def add(library: Library, rows: str) -> Added:
    return library.add_file(rows.encode(), name="rows.csv")


def test_a_text_is_stored_with_all_that_is_said_of_it(library: Library, store: Store) -> None:
    stored = library.add_text(
        LIGHTHOUSE,
        title="Le phare",
        url="https://example.org/phare",
        published_at=date(2024, 5, 1),
        language="fr",
        metadata={"kind": "press"},
    )

    document = store.document(stored.document.id)
    assert document is not None
    assert document.text == LIGHTHOUSE.strip()
    assert (document.title, document.source) == ("Le phare", "https://example.org/phare")
    assert (document.published_at, document.language) == (date(2024, 5, 1), "fr")
    assert document.metadata == {"kind": "press"}
    assert stored.status == "new"


def test_what_is_not_said_is_found_in_the_text(library: Library) -> None:
    document = library.add_text(BAKERY).document

    assert (document.title, document.language) == ("The bakery of Hollow Street", "en")
    assert document.source.startswith("text:")


def test_a_text_without_a_headline_is_called_by_its_beginning(library: Library) -> None:
    title = library.add_text("Le vieux moulin tourne encore. " * 9).document.title

    assert title.startswith("Le vieux moulin tourne encore.")
    assert len(title) <= 80


def test_what_cannot_be_stored_is_taken_out_of_every_field(library: Library) -> None:
    document = library.add_text(
        "Le mou\x00lin\ud800 tourne\r\nencore.",
        title="Un\x00 titre\ud800",
        url="https://example.org/\ud800",
        metadata={"cl\x00é": "va\udfffleur", "\ud800": "perdu", "vide": "\x00"},
    ).document

    assert document.text == "Le moulin tourne\nencore."
    assert document.title == "Un titre"
    assert document.url == document.source == "https://example.org/"
    assert document.metadata == {"clé": "valeur"}


def test_a_named_source_with_stray_bytes_stays_apart_from_others(library: Library) -> None:
    first = library.add_text("Un texte.", source="a\udce9.txt").document
    second = library.add_text("Un texte.", source="a\udce8.txt").document

    assert first.source != second.source


@pytest.mark.parametrize("text", ["", " \n\t", "\x00\ud800", "— … !", "\ufeff"])
def test_a_text_without_a_word_is_refused(library: Library, store: Store, text: str) -> None:
    with pytest.raises(EmptyDocument, match="holds no text"):
        library.add_text(text, source="a")
    assert sources(store) == set()


@settings(
    deadline=None, max_examples=60, suppress_health_check=[HealthCheck.function_scoped_fixture]
)
@given(text=ANY_TEXT, title=st.none() | ANY_TEXT, value=ANY_TEXT)
def test_any_text_is_stored_or_refused_with_a_reason(
    library: Library, store: Store, text: str, title: str | None, value: str
) -> None:
    try:
        added = library.add_text(
            text, title=title, url=value, metadata={value: value}, source=title
        )
    except EmptyDocument:
        return
    stored = store.document(added.document.id)
    assert stored is not None
    assert stored.text == normalize(text).strip()
    assert stored.title == normalize(stored.title).strip() != ""


@pytest.mark.parametrize("name", ["menu.txt", "menu.md"])
def test_what_only_stands_around_an_article_is_refused(
    library: Library, store: Store, name: str
) -> None:
    with pytest.raises(EmptyDocument, match="nothing that could be quoted"):
        library.add_file(MENU.encode(), name=name)
    assert sources(store) == set()


def test_a_new_version_that_is_refused_leaves_the_old(library: Library, store: Store) -> None:
    library.add_text("Le moulin tourne encore.", source="a")

    with pytest.raises(EmptyDocument):
        library.add_text("\x00", source="a")

    assert sources(store) == {"a"}


def test_the_same_content_again_encodes_nothing(library: Library, encoder: FakeEncoder) -> None:
    library.add_text(LIGHTHOUSE, source="a")
    before = encoder.read

    assert library.add_text(LIGHTHOUSE, source="a").status == "unchanged"
    assert encoder.read == before


@pytest.mark.parametrize(
    "change",
    [
        {"title": "Autre"},
        {"published_at": date(2020, 1, 1)},
        {"language": "en"},
        {"metadata": {"a": "b"}},
        {"url": "https://example.org"},
    ],
)
def test_anything_else_said_of_it_replaces_it(library: Library, change: dict[str, str]) -> None:
    first = library.add_text(LIGHTHOUSE, source="a")
    second = library.add_text(LIGHTHOUSE, source="a", **change)

    assert second.status == "replaced"
    assert second.document.id == first.document.id


def test_an_unknown_collection_is_named(library: Library) -> None:
    with pytest.raises(UnknownCollection, match="nowhere"):
        library.add_text("Un texte.", collection="nowhere")


def test_a_file_without_a_headline_is_titled_by_its_first_words(library: Library) -> None:
    prose = "Il pleut depuis trois jours sur la vallée, et la rivière monte."
    noisy = f"menu\nclose\n\n{prose}".encode()
    [stored] = library.add_file(noisy, name="000_c4f6\udce9.txt").documents

    assert stored.document.title == prose
    assert stored.document.source.endswith(".txt")


def test_each_row_is_a_document(library: Library, store: Store) -> None:
    added = add(library, ROWS)

    assert [stored.document.title for stored in added.documents] == ["Un", "Deux", "Trois"]
    assert sources(store) == {"rows.csv#a", "rows.csv#b", "rows.csv#c"}
    assert (added.problems, added.removed, added.retained) == ((), 0, 0)


def test_a_row_that_is_gone_from_its_file_is_removed(library: Library, store: Store) -> None:
    add(library, ROWS)
    added = add(library, ROWS.replace("b,Deux,La forge est fermée.\n", ""))

    assert (added.removed, added.retained) == (1, 0)
    assert {stored.status for stored in added.documents} == {"unchanged"}
    assert sources(store) == {"rows.csv#a", "rows.csv#c"}


def test_a_row_whose_new_version_has_no_text_keeps_the_old_one_and_says_so(
    library: Library, store: Store
) -> None:
    add(library, ROWS)
    added = add(library, "id,title,text\na,Un,Le moulin tourne.\nb,Deux,")

    assert (added.removed, added.retained) == (1, 1)
    assert sources(store) == {"rows.csv#a", "rows.csv#b"}
    [problem] = added.problems
    assert "'text' is empty; its earlier version stays" in str(problem)


def test_a_row_of_nothing_but_a_menu_keeps_the_old_one(library: Library, store: Store) -> None:
    add(library, ROWS)
    added = add(library, ROWS.replace("La forge est fermée.", f'"{MENU}"'))

    assert added.retained == 1
    assert "rows.csv#b" in sources(store)


def test_a_row_that_might_be_any_keeps_all(library: Library, store: Store) -> None:
    library.add_file(b'{"id": "a", "text": "Un."}\n{"id": "b", "text": "Deux."}', name="r.jsonl")
    added = library.add_file(b'{"id": "a", "text": "Un."}\n{"id": "b", "te', name="r.jsonl")

    assert (added.removed, added.retained) == (0, 1)
    assert sources(store) == {"r.jsonl#a", "r.jsonl#b"}
    assert "no row of the earlier version was removed" in str(added.problems[0])


def test_a_file_of_which_no_row_can_be_read_removes_nothing(library: Library, store: Store) -> None:
    add(library, ROWS)
    added = add(library, "id,title,text\na,Un,\nd,Quatre,")

    assert (added.documents, added.removed, added.retained) == ((), 0, 3)
    assert len(sources(store)) == 3


def test_a_file_without_rows_changes_nothing(library: Library, store: Store) -> None:
    add(library, ROWS)
    with pytest.raises(UnreadableDocument):
        add(library, "id,title,text\n")
    assert len(sources(store)) == 3


def test_rows_take_the_place_of_the_text_that_the_file_held(library: Library, store: Store) -> None:
    library.add_text("Un ancien contenu.", source="rows.csv")

    assert add(library, ROWS).removed == 1
    assert "rows.csv" not in sources(store)


def test_a_workbook_holds_rows_as_long_as_it_has_a_text_column(
    library: Library, store: Store
) -> None:
    def added(*rows: list[str]) -> Added:
        book = openpyxl.Workbook()
        for row in rows:
            book.active.append(row)
        out = BytesIO()
        book.save(out)
        return library.add_file(out.getvalue(), name="a.xlsx")

    added(["id", "text"], ["a", "Le moulin tourne."], ["b", "La forge est fermée."])
    assert sources(store) == {"a.xlsx#a", "a.xlsx#b"}
    assert added(["Lieu", "État"], ["Le moulin", "Il tourne."]).removed == 2
    assert sources(store) == {"a.xlsx"}
    assert added(["id", "text"], ["a", "Le moulin tourne."]).removed == 1
    assert sources(store) == {"a.xlsx#a"}


def test_a_document_that_comes_while_the_encoder_changes_is_encoded_by_the_new_one(
    store: Store,
) -> None:
    new = FakeEncoder(name="b", fingerprint="fake-2", dimension=4)
    stored = StoredEncoder("fake-2", "b", 4)

    class Switching(FakeEncoder):
        def encode_passages(self, texts: Sequence[str]) -> Vectors:
            made = ReadPassages(super().encode_passages(texts), [b""] * len(texts))
            store.encoders.switch(stored, lambda _: made, most=0)  # behind our back
            serving[0] = new
            return made.vectors

    serving: list[FakeEncoder] = [Switching()]
    library = Library(store, lambda: serving[0], Limits(), min_words=60, max_words=180)

    assert library.add_text(LIGHTHOUSE).status == "new"

    assert store.fingerprints() == {"fake-2": new.read}


def test_an_encoder_that_does_not_serve_is_refused(store: Store, library: Library) -> None:
    library.add_text(LIGHTHOUSE)
    encoder = FakeEncoder(fingerprint="b")
    other = Library(store, lambda: encoder, Limits(), min_words=60, max_words=180)

    with pytest.raises(EncoderReplaced, match="rebuild --reembed"):
        other.add_text("Un autre texte, plus court.")


def test_a_copy_in_another_collection_is_the_same_document(library: Library, store: Store) -> None:
    store.create_collection("other")
    page = f"# Le phare\n\n## Son histoire\n\n{LIGHTHOUSE}"
    document = library.add_file(page.encode(), name="phare.md").documents[0].document

    copy = library.copy(document, collection="other").document

    assert document.headings
    assert (copy.text, copy.headings, copy.source) == (
        document.text,
        document.headings,
        document.source,
    )
    assert (copy.collection, document.collection) == ("other", "default")
    assert copy.id != document.id
    assert library.copy(document, collection="other").status == "unchanged"
    assert store.document(document.id) == document


def test_a_copy_needs_its_collection(library: Library) -> None:
    document = library.add_text(LIGHTHOUSE).document

    with pytest.raises(UnknownCollection):
        library.copy(document, collection="nowhere")


def test_a_store_that_fails_is_not_hidden(library: Library, store: Store) -> None:
    store.close()
    with pytest.raises(Exception, match="closed") as raised:
        library.add_text("Un texte.")
    assert not isinstance(raised.value, sqlite3.Error)
