"""A passage is kept for what it adds; a copy stands beside what it repeats."""

from collections.abc import Collection, Iterator
from dataclasses import replace

import pytest

from rag.bootstrap import bootstrap
from rag.distinct import distinct
from rag.models import Query, Question
from rag.quoting.repetition import tellings
from rag.retrieval import Found
from rag.service import Sourcier
from rag.settings import Settings
from tests.documents.test_copies import OTHER_REPORT, WIRE_EN, WIRE_FR
from tests.rag.fakes import make_evidence, make_found

PORT = "Le port de Brest rouvrira le 3 mai. Les travaux ont duré deux ans."
TOWER = "La tour a été bâtie en 1889. Elle mesure 330 m."


class Linked:
    """Knows that all documents but `alone` are copies of each other."""

    def __init__(self, *alone: str) -> None:
        self._alone = alone
        self._ids = [f"doc_{name}" for name in "abcdefgh"]

    def of(self, document_id: str) -> tuple[str, ...]:
        return tuple(one for one in self._ids if one not in (document_id, *self._alone))

    def alike(self, generations: Collection[int]) -> set[int]:
        return set(generations)


def found(text: str, name: str, *, row: int = 1) -> Found:
    return make_found(text, row=row, document_id=f"doc_{name}")


def names(kept: list[Found]) -> list[tuple[str, str]]:
    """Return which document each passage is of, and those of its copies, by letter."""
    return [
        (
            one.hit.stored.document.id[-1],
            "".join(copy.hit.stored.document.id[-1] for copy in one.copies),
        )
        for one in kept
    ]


def test_a_copy_does_not_take_the_place_of_something_new() -> None:
    ranked = [found(PORT, "a"), found(PORT, "b"), found(TOWER, "c")]

    assert names(distinct([ranked], 2, copies=Linked())) == [("a", "b"), ("c", "")]


def test_accents_case_and_quotation_marks_make_no_difference() -> None:
    ranked = [found(PORT, "a"), found(PORT.upper().replace("É", "E"), "b")]

    assert names(distinct([ranked], 2, copies=Linked())) == [("a", "b")]


@pytest.mark.parametrize(
    "other",
    [
        PORT.replace("3 mai", "9 mai"),
        PORT.replace("Brest", "Lorient"),
        f"{PORT} La ville a payé.",
        PORT.replace("Le port", "Le vieux port"),
    ],
)
def test_a_passage_that_says_anything_else_is_no_copy(other: str) -> None:
    ranked = [found(PORT, "a"), found(other, "b")]

    assert names(distinct([ranked], 2, copies=Linked())) == [("a", ""), ("b", "")]


def test_the_same_words_in_another_text_may_speak_of_something_else() -> None:
    ranked = [found(PORT, "a"), found(PORT, "b")]

    assert names(distinct([ranked], 2, copies=Linked("doc_b"))) == [("a", ""), ("b", "")]


def test_a_document_that_repeats_itself_is_left_as_it_is() -> None:
    ranked = [found(PORT, "a", row=1), found(PORT, "a", row=2)]

    assert names(distinct([ranked], 2, copies=Linked())) == [("a", ""), ("a", "")]


def test_a_copy_on_a_later_page_stays_with_what_it_repeats() -> None:
    pages = [[found(PORT, "a"), found(TOWER, "b")], [found(PORT, "c"), found(TOWER, "d")]]

    assert names(distinct(pages, 3, copies=Linked())) == [("a", "c"), ("b", "d")]


def test_three_copies_stay_with_a_passage() -> None:
    ranked = [found(PORT, name) for name in "abcdef"]

    assert names(distinct([ranked], 3, copies=Linked())) == [("a", "bcd")]


def test_what_is_not_wanted_is_not_read() -> None:
    def pages() -> Iterator[list[Found]]:
        yield [found(PORT, "a")]
        raise AssertionError("read further")

    assert names(distinct(pages(), 1, copies=Linked())) == [("a", "")]


def test_the_copies_of_a_passage_are_cited_with_it() -> None:
    kept = replace(found(PORT, "a"), copies=(found(PORT, "b"), found(TOWER, "c")))

    told = tellings(make_evidence(kept, 1), [])

    assert [(one.found.hit.stored.document.id, one.text) for one in told] == [
        ("doc_a", "Les travaux ont duré deux ans."),
        ("doc_b", "Les travaux ont duré deux ans."),
    ]


@pytest.fixture(scope="module")
def papers(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Sourcier]:
    """Three papers that printed the same two texts, and one that wrote its own."""
    settings = Settings(data_dir=tmp_path_factory.mktemp("papers"), encoder="embedded-static")
    with bootstrap(settings) as sourcier:
        for paper in ("Ouest", "Nord", "Sud"):
            for wire in (WIRE_FR, WIRE_EN):
                title = f"Le journal du {paper}"
                sourcier.add_text(wire, title=title, source=f"{paper} {wire[:9]}")
        sourcier.add_text(OTHER_REPORT, title="Reportage", source="Reportage")
        yield sourcier


@pytest.mark.parametrize(
    "question",
    [
        "Combien a coûté le chantier du phare de Kerbrat ?",
        "Who paid for the timber of the mill of Oakley?",
    ],
    ids=["fr", "en"],
)
def test_wire_copy_gives_one_answer_with_every_paper_that_printed_it(
    papers: Sourcier, question: str
) -> None:
    answer = papers.ask(Question(question))
    found = [hit.stored.document.source for hit in papers.search(Query(question))]

    assert {citation.title for citation in answer.citations} >= {
        "Le journal du Ouest",
        "Le journal du Nord",
        "Le journal du Sud",
    }
    assert len(found) == 3
    assert "Reportage" in found
