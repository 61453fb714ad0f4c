"""Whoever calls through a grant sees and does what it holds in, and nothing else."""

from collections.abc import Callable, Iterator
from dataclasses import dataclass
from pathlib import Path

import pytest

from documents.errors import UnknownCollection, UnknownDocument
from documents.records import Role, document_id
from rag.access import EVERYTHING, Grant
from rag.bootstrap import bootstrap
from rag.errors import NotAllowed, UnknownAnswer
from rag.granted import GrantedSourcier
from rag.models import Query, Question
from rag.service import Sourcier
from rag.settings import Settings

OURS = "Le phare de Belrive a été bâti en 1887 par Armand Kerbrat. Il mesure 47 mètres."
THEIRS = "Le moulin de Corvane tourne depuis 1711. Il appartient à Jeanne Alric."


@dataclass(frozen=True)
class House:
    """A store with a collection of ours and one of theirs, a document in each."""

    sourcier: Sourcier
    ours: str
    theirs: str
    their_answer: str

    def seen(self, role: Role = "admin", *collections: str) -> GrantedSourcier:
        return GrantedSourcier(self.sourcier, Grant(role, frozenset(collections or ("ours",))))


@pytest.fixture
def house(tmp_path: Path) -> Iterator[House]:
    settings = Settings(
        data_dir=tmp_path, encoder="embedded-static", fetch_hosts=("presse.example",)
    )
    with bootstrap(settings) as sourcier:
        for name in ("ours", "theirs"):
            sourcier.create_collection(name)
        ours = sourcier.add_text(OURS, source="a", collection="ours").document.id
        theirs = sourcier.add_text(THEIRS, source="a", collection="theirs").document.id
        answer = sourcier.ask(Question("Depuis quand tourne le moulin ?", collection="theirs"))
        yield House(sourcier, ours, theirs, answer.id)


# What each method needs, and how it is asked for something in a collection of ours or theirs.
Call = Callable[[GrantedSourcier, str], object]
COLLECTIONS: dict[str, tuple[Role, Call]] = {
    "ask": ("ask", lambda s, name: s.ask(Question("Quand ?", collection=name))),
    "stream": ("ask", lambda s, name: list(s.stream(Question("Quand ?", collection=name)))),
    "search": ("ask", lambda s, name: s.search(Query("phare", collection=name))),
    "find": ("ask", lambda s, name: s.find(Query("phare", collection=name))),
    "documents": ("ask", lambda s, name: s.documents(collection=name)),
    "add_text": ("write", lambda s, name: s.add_text(OURS, collection=name)),
    "copy_document": (
        "write",
        lambda s, name: s.copy_document(document_id("ours", "a"), collection=name),
    ),
    "add_file": (
        "write",
        lambda s, name: s.add_file(OURS.encode(), name="b.txt", collection=name),
    ),
    "fetch": ("write", lambda s, name: s.fetch("https://presse.example/", collection=name)),
    "delete_collection": ("admin", lambda s, name: s.delete_collection(name)),
}
OTHERS: dict[str, tuple[Role, Callable[[GrantedSourcier, House], object]]] = {
    "document": ("ask", lambda s, house: s.document(house.ours)),
    "copies": ("ask", lambda s, house: s.copies(house.ours)),
    "delete_document": ("write", lambda s, house: s.delete_document(house.ours)),
    "collections": ("ask", lambda s, _: s.collections()),
    "create_collection": ("admin", lambda s, _: s.create_collection("ours")),
    "status": ("ask", lambda s, _: s.status()),
}


def test_every_method_is_tried_here() -> None:
    apart = {"give_feedback", "levels", "ready", "settings", "encoder", "jobs"}
    public = {name for name in vars(GrantedSourcier) if not name.startswith("_")}

    assert public == {*COLLECTIONS, *OTHERS, *apart}


@pytest.mark.parametrize("method", COLLECTIONS)
def test_a_collection_that_is_not_held_in_is_unknown_whether_or_not_it_exists(
    house: House, method: str
) -> None:
    _, call = COLLECTIONS[method]

    for name in ("theirs", "nowhere"):
        with pytest.raises(UnknownCollection) as raised:
            call(house.seen(), name)
        assert str(raised.value) == str(UnknownCollection.named(name))
    call(house.seen(), "ours")


@pytest.mark.parametrize("method", [*COLLECTIONS, *OTHERS])
@pytest.mark.parametrize("role", ["ask", "write", "admin"])
def test_a_role_does_what_it_may_and_no_more(house: House, method: str, role: Role) -> None:
    granted = house.seen(role)
    needed, call = (COLLECTIONS | OTHERS)[method]  # type: ignore[operator]
    subject = "ours" if method in COLLECTIONS else house

    if granted.grant.reaches(needed):
        call(granted, subject)
    else:
        with pytest.raises(NotAllowed, match=f"role {needed}"):
            call(granted, subject)


def test_documents_elsewhere_are_unknown(house: House) -> None:
    for call in (house.seen().document, house.seen().delete_document):
        with pytest.raises(UnknownDocument) as foreign:
            call(house.theirs)
        with pytest.raises(UnknownDocument) as never:
            call("doc_0000000000000000")
        assert str(foreign.value).replace(house.theirs, "doc_0000000000000000") == str(never.value)
    assert house.sourcier.document(house.theirs).text == THEIRS


def test_a_document_elsewhere_is_not_copied(house: House) -> None:
    with pytest.raises(UnknownDocument):
        house.seen().copy_document(house.theirs, collection="ours")
    assert [each.id for each in house.sourcier.documents(collection="ours").documents] == [
        house.ours
    ]


def test_collections_and_counts_are_those_of_the_grant(house: House) -> None:
    seen = house.seen("ask", "ours", "not-made-yet")

    assert [collection.name for collection in seen.collections()] == ["ours"]
    status = seen.status()
    assert (status.collections, status.documents, status.passages) == (1, 1, 1)
    assert dict(status.index) == {"passages": 1}
    assert status.change == house.sourcier.document(house.ours).generation


def test_what_others_do_changes_nothing_of_what_is_seen(house: House) -> None:
    seen = house.seen()

    def view() -> object:
        hits = seen.search(Query("Le phare de 1711", collection="ours"))
        return seen.collections(), seen.status(), seen.documents(collection="ours"), hits

    before = view()
    house.sourcier.add_text(f"{OURS} {THEIRS} Un phare.", source="b", collection="theirs")
    house.sourcier.delete_document(house.theirs)
    house.sourcier.create_collection("more")

    assert view() == before


def test_an_opinion_is_taken_on_answers_from_ones_own_collections_only(house: House) -> None:
    with pytest.raises(UnknownAnswer) as foreign:
        house.seen().give_feedback(house.their_answer, helpful=False)
    with pytest.raises(UnknownAnswer) as never:
        house.seen().give_feedback("ans_0", helpful=False)

    assert str(foreign.value).replace(house.their_answer, "ans_0") == str(never.value)
    assert house.sourcier.feedback.given("theirs") == []
    house.seen("ask", "theirs").give_feedback(house.their_answer, helpful=True)
    assert len(house.sourcier.feedback.given("theirs")) == 1


def test_a_collection_is_made_only_where_the_key_names_it(house: House) -> None:
    seen = house.seen("admin", "ours", "not-made-yet")

    assert seen.create_collection("not-made-yet")
    told = []
    for name in ("theirs", "nowhere"):
        with pytest.raises(NotAllowed) as raised:
            seen.create_collection(name)
        told.append(str(raised.value).replace(name, "NAME"))
    assert told[0] == told[1]
    assert {each.name for each in house.sourcier.collections()} == {
        *("default", "ours", "theirs", "not-made-yet")
    }


def test_what_is_measured_of_everything_is_for_those_who_hold_in_everything(house: House) -> None:
    with pytest.raises(NotAllowed, match="all collections"):
        house.seen("admin").levels()
    with pytest.raises(NotAllowed, match="role admin"):
        GrantedSourcier(house.sourcier, Grant("write")).levels()
    assert GrantedSourcier(house.sourcier, EVERYTHING).levels().documents == 2
