"""What every store promises of what people thought of answers."""

from dataclasses import replace
from datetime import UTC, datetime

import pytest

from documents.errors import UnknownCollection, UnknownDocument
from documents.models import Document
from documents.records import Feedback, QuotedSpan
from tests.contracts.stores import Opener, Store, put, written

REFUSED = Feedback(
    answer_id="ans_r",
    collection="default",
    question="Qui dirige l’observatoire ?",
    language="fr",
    answer="Rien ne le dit.",
    quotes=(),
    helpful=True,
)


def quoting(*documents: Document) -> Feedback:
    quotes = tuple(
        QuotedSpan(document.id, f"{document.id}.1.0", "fr", document.text[:3], 0, 3)
        for document in documents
    )
    return Feedback(
        answer_id="ans_q",
        collection=documents[0].collection,
        question="Et l’« œuvre » ?",
        language="fr",
        answer=" ".join(quote.text for quote in quotes),
        quotes=quotes,
        helpful=False,
        comment="Trop court… 🎈",
        standalone_question="Qui a fait l’« œuvre » ?",
    )


def test_feedback_is_given_back_whole_after_the_store_was_closed(opened: Opener) -> None:
    with opened() as store:
        feedback = quoting(put(store, written("a", "Un.")), put(store, written("b", "Dé.")))
        store.put_feedback(feedback)
        store.put_feedback(REFUSED)

    with opened() as store:
        kept = store.feedback("default")

    assert [replace(each, given_at=None) for each in kept] == [feedback, REFUSED]
    assert all(each.given_at and each.given_at <= datetime.now(UTC) for each in kept)


def test_a_second_opinion_on_an_answer_replaces_the_first(store: Store) -> None:
    feedback = quoting(put(store, written("a", "Un.")))
    store.put_feedback(feedback)
    store.put_feedback(replace(feedback, helpful=True, comment=None))

    [kept] = store.feedback("default")
    assert (kept.helpful, kept.comment, kept.quotes) == (True, None, feedback.quotes)


def test_feedback_is_read_by_collection(store: Store) -> None:
    store.create_collection("presse")
    store.put_feedback(REFUSED)
    store.put_feedback(quoting(put(store, written("a", "Un.", collection="presse"))))

    assert [each.answer_id for each in store.feedback("default")] == ["ans_r"]
    assert [each.answer_id for each in store.feedback("presse")] == ["ans_q"]
    with pytest.raises(UnknownCollection, match="'nulle'"):
        store.feedback("nulle")


def test_a_deleted_document_takes_the_words_that_were_quoted_from_it(store: Store) -> None:
    first, second = put(store, written("a", "Un.")), put(store, written("b", "Deux."))
    store.put_feedback(quoting(first, second))
    store.put_feedback(REFUSED)

    store.delete(second.id)

    assert [each.answer_id for each in store.feedback("default")] == ["ans_r"]


def test_a_new_generation_of_a_document_leaves_the_feedback(store: Store) -> None:
    store.put_feedback(quoting(put(store, written("a", "Un."))))

    put(store, written("a", "Un. Et deux."))

    assert [each.answer_id for each in store.feedback("default")] == ["ans_q"]


@pytest.mark.parametrize("collection", ["default", "presse"])
def test_a_collection_goes_with_the_feedback_on_it(store: Store, collection: str) -> None:
    store.create_collection(collection)
    store.put_feedback(replace(REFUSED, collection=collection))

    store.delete_collection(collection)
    store.create_collection(collection)

    assert store.feedback(collection) == []


def test_feedback_on_what_is_gone_is_refused(store: Store) -> None:
    document = put(store, written("a", "Un."))
    store.delete(document.id)

    with pytest.raises(UnknownDocument, match=f"'{document.id}'.*ask again"):
        store.put_feedback(quoting(document))
    with pytest.raises(UnknownCollection, match="'nulle'"):
        store.put_feedback(replace(REFUSED, collection="nulle"))
    assert store.feedback("default") == []
