from datetime import date

import pytest

from rag.evidence import Evidence
from rag.question import analyse
from rag.quoting.disagreement import disagreeing
from tests.rag.fakes import FakeTranslator, make_evidence, make_found

PEOPLE = "Combien de pays ont signé la charte ?"


def told(
    *texts: str, days: tuple[date | None, ...] = (), odds: tuple[float, ...] = ()
) -> list[Evidence]:
    """A document a text; the days they came out, the log-odds that they answer."""
    return [
        make_evidence(
            make_found(
                text,
                document_id=f"doc_00000000000000{n:02}",
                published_at=days[n] if days else None,
            ),
            log_odds=odds[n] if odds else 1.0,
        )
        for n, text in enumerate(texts)
    ]


def values(question: str, evidence: list[Evidence]) -> list[str]:
    asked = analyse(question, translator=FakeTranslator(), language="fr")
    return [one.text for one in disagreeing(asked, evidence)]


def test_two_numbers_for_one_fact_are_shown_newest_first() -> None:
    evidence = told(
        "Hier, 58 pays ont signé la charte.",
        "Désormais, 61 pays ont signé la charte.",
        days=(date(2025, 5, 1), date(2025, 7, 26)),
    )

    assert values(PEOPLE, evidence) == [evidence[1].text, evidence[0].text]


def test_what_has_no_date_comes_last() -> None:
    evidence = told(
        "Hier, 58 pays ont signé la charte.",
        "Désormais, 61 pays ont signé la charte.",
        days=(None, date(2025, 7, 26)),
    )

    assert values(PEOPLE, evidence)[0] == evidence[1].text


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        (
            "Quand le port de Brest a-t-il rouvert ?",
            "Le port de Brest a rouvert le 3 mai 2025.",
            "Le port de Brest a rouvert le 9 mai 2025.",
        ),
        (
            "Combien a coûté le pont de Brest ?",
            "Le pont de Brest a coûté 3 millions d’euros.",
            "Le pont de Brest a coûté 4,5 millions d’euros.",
        ),
        (
            "Combien de pays ont signé la charte ?",
            "Cinquante-huit pays ont signé la charte.",
            "61 pays ont signé la charte.",
        ),
        (
            "Quel pourcentage du budget va au port ?",
            "Du budget, 14\u00a0% vont au port.",
            "Du budget, 16 pour cent vont au port.",
        ),
    ],
)
def test_dates_amounts_and_shares_can_disagree(question: str, one: str, other: str) -> None:
    assert len(values(question, told(one, other))) == 2


@pytest.mark.parametrize(
    ("question", "one", "other"),
    [
        # the same value, written otherwise
        (
            "Combien a coûté le pont de Brest ?",
            "Le pont de Brest a coûté 3 millions d’euros.",
            "Le pont de Brest a coûté 3\u202f000\u202f000 euros.",
        ),
        # a date and a part of it
        (
            "Quand le port de Brest a-t-il rouvert ?",
            "Le port de Brest a rouvert le 3 mai 2025.",
            "Le port de Brest a rouvert en mai 2025.",
        ),
        # other units
        (
            "Combien a coûté le pont de Brest ?",
            "Le pont de Brest a coûté 3 millions d’euros.",
            "Le pont de Brest a coûté 4 millions de dollars.",
        ),
        # another fact: one of them does not speak of Brest
        (
            "Combien a coûté le pont de Brest ?",
            "Le pont de Brest a coûté 3 millions d’euros.",
            "Le pont a coûté 4 millions d’euros.",
        ),
        # no number is asked for
        (
            "Qui a bâti le pont de Brest ?",
            "Le pont de Brest a 3 arches.",
            "Le pont de Brest a 4 arches.",
        ),
        # a list holds several
        (
            "Quels montants le pont de Brest a-t-il coûtés ?",
            "Le pont de Brest a coûté 3 millions d’euros.",
            "Le pont de Brest a coûté 4 millions d’euros.",
        ),
    ],
)
def test_what_cannot_be_compared_does_not_disagree(question: str, one: str, other: str) -> None:
    assert values(question, told(one, other)) == []


def test_one_document_does_not_disagree_with_itself() -> None:
    found = make_found("Hier, 58 pays ont signé la charte. Désormais, 61 pays ont signé la charte.")

    assert values(PEOPLE, [make_evidence(found, 0), make_evidence(found, 1)]) == []


def test_what_is_much_less_likely_does_not_disagree() -> None:
    evidence = told(
        "Hier, 58 pays ont signé la charte.",
        "Désormais, 61 pays ont signé la charte.",
        odds=(3.0, 1.0),
    )

    assert values(PEOPLE, evidence) == []
    assert values(PEOPLE, []) == []
