from datetime import date

import pytest

from rag.quoting.repetition import adds_nothing, say_the_same, tellings
from tests.rag.fakes import make_evidence, make_found

WIRE = "Le port de Brest rouvrira le 3 mai après deux ans de travaux menés par la ville."


def test_wire_copy_says_the_same_whatever_its_accents_and_case() -> None:
    assert say_the_same(WIRE, WIRE.upper().replace("È", "E"))
    assert say_the_same(WIRE, WIRE.replace("menés", "conduits"))


@pytest.mark.parametrize(
    "other",
    [
        WIRE.replace("3 mai", "9 mai"),
        WIRE.replace("Brest", "Lorient"),
        WIRE.replace(
            ".", " et ses navires, dont le plus ancien, une goélette, repartira vers l’île."
        ),
        "Le port de Brest rouvrira.",
    ],
)
def test_another_figure_or_name_or_a_longer_sentence_is_not_the_same(other: str) -> None:
    assert not say_the_same(WIRE, other)


def test_a_part_of_a_longer_sentence_adds_nothing_and_the_longer_one_does() -> None:
    part = "Le port de Brest rouvrira le 3 mai."

    assert adds_nothing(part, WIRE)
    assert not adds_nothing(WIRE, part)
    assert not adds_nothing(part.replace("3", "9"), WIRE)


def test_the_most_complete_wording_is_told_first_then_the_newest() -> None:
    old = make_evidence(make_found(WIRE, published_at=date(2025, 5, 1)))
    new = make_evidence(
        make_found(WIRE, document_id="doc_00000000000000bb", published_at=date(2025, 5, 2))
    )
    full = make_evidence(
        make_found(WIRE.replace("deux", "deux longs"), document_id="doc_00000000000000cc")
    )

    assert tellings(old, [old, new, full]) == [full, new, old]


def test_at_most_four_documents_are_named_and_each_once() -> None:
    copies = [
        make_evidence(make_found(WIRE, document_id=f"doc_00000000000000{number:02}"))
        for number in range(6)
    ]

    told = tellings(copies[0], [*copies, copies[0]])

    assert len(told) == 4
    assert copies[0] in told
