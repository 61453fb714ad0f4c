from dataclasses import replace

import pytest

from documents.models import Sentence
from rag.evidence import Evidence
from rag.question import analyse
from rag.quoting.selection import quotable, select
from tests.rag.fakes import FakeTranslator, make_evidence, make_found

PORTS = ("Brest", "Lorient", "Cherbourg", "Dieppe", "Calais", "Nantes", "Toulon")


def chosen(evidence: list[Evidence], question: str) -> list[str]:
    asked = analyse(question, translator=FakeTranslator(), language="fr")
    return [one.text for one in select(asked, evidence, margin=1.5)]


def in_documents(*log_odds: float) -> list[Evidence]:
    """A sentence a document, each about another port."""
    return [
        make_evidence(
            make_found(
                f"Le comité réuni hier a choisi {port}.", document_id=f"doc_00000000000000{n:02}"
            ),
            log_odds=odds,
        )
        for n, (port, odds) in enumerate(zip(PORTS, log_odds, strict=False))
    ]


def test_a_list_takes_five_sentences_and_another_question_three() -> None:
    evidence = in_documents(*[1.0] * 7)

    assert len(chosen(evidence, "Quelles villes sont choisies ?")) == 5
    assert len(chosen(evidence, "Quelle ville est choisie ?")) == 3


def test_a_list_goes_further_down_for_what_it_lacks() -> None:
    evidence = in_documents(4, 1.5)

    assert len(chosen(evidence, "Quelles villes sont choisies ?")) == 2
    assert len(chosen(evidence, "Quelle ville est choisie ?")) == 1


def test_a_list_does_not_go_down_for_what_names_nothing() -> None:
    nothing = make_evidence(make_found("Le comité a fini."), log_odds=1.5)

    assert len(chosen([*in_documents(4), nothing], "Quelles villes sont choisies ?")) == 1


def test_a_list_of_what_has_no_names_does_not_go_down() -> None:
    assert len(chosen(in_documents(4, 1.5), "Quels sont les risques du choix ?")) == 1


def test_no_document_fills_a_list_alone() -> None:
    alone = make_found(". ".join(f"Le comité réuni hier a choisi {port}" for port in PORTS) + ".")
    evidence = [make_evidence(alone, n) for n in range(5)] + in_documents(*[1.0] * 7)[5:]

    said = chosen(evidence, "Quelles villes sont choisies ?")

    assert len(said) == 5
    assert sum(port in " ".join(said) for port in PORTS[:5]) == 3


TOWER = analyse("Quelle tour ?", translator=FakeTranslator())


@pytest.mark.parametrize("line", ["Photo : Anne Le Goff", "Qui paiera ?", "Lire aussi : le port."])
def test_what_cannot_be_quoted_is_left_out(line: str) -> None:
    statement = make_evidence(make_found())

    evidence = [make_evidence(make_found(line)), statement]

    assert quotable(TOWER, evidence, margin=1.0) == [statement]


def test_a_heading_is_left_out() -> None:
    one = make_evidence(make_found("La tour a été bâtie."))
    heading = replace(one, sentence=Sentence(0, 20, heading=True))

    assert quotable(TOWER, [heading], margin=1.0) == []


@pytest.mark.parametrize(("question", "most"), [("Quelle tour ?", 2), ("Quelles tours ?", 3)])
def test_what_is_much_less_likely_is_not_looked_at(question: str, most: int) -> None:
    evidence = [make_evidence(make_found(), log_odds=odds) for odds in (3.0, 2.5, 1.5, 0.5)]
    asked = analyse(question, translator=FakeTranslator())

    assert quotable(asked, evidence, margin=1.0) == evidence[:most]
