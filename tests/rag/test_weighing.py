"""Documents that crowd round a question, before one that answers it."""

from collections.abc import Sequence
from dataclasses import dataclass, field, replace

import pytest

from rag.evidence import Evidence
from rag.question import AnalysedQuestion, analyse
from rag.retrieval import Found
from rag.weighing import Weighed, Weighing
from tests.rag.fakes import FakeTranslator, make_evidence, make_found

QUESTION = "Quand le phare de Belrive a-t-il été bâti ?"
ANSWER = "Armand Kerbrat a bâti le phare de Belrive en 1887."


@dataclass
class ByLogOdds:
    """Ranks the first eight passages by their own log-odds; covers what is in `whole`."""

    whole: frozenset[str] = frozenset()
    read: list[int] = field(default_factory=list)

    def rank(self, _: AnalysedQuestion, found: Sequence[Found]) -> list[Evidence]:
        self.read.append(len(found))
        evidence = [make_evidence(one, log_odds=one.log_odds) for one in found[:8]]
        return sorted(map(self._covering, evidence), key=lambda one: -one.log_odds)

    def _covering(self, one: Evidence) -> Evidence:
        tokens = 0.95 if one.found.hit.stored.document.id in self.whole else 0.6
        return replace(one, measures={**one.measures, "tokens": tokens})


@dataclass
class SureOf:
    """Is sure of evidence above some log-odds."""

    least: float = 0.0

    def confidence(self, _: object, evidence: Sequence[Evidence]) -> float:
        return 0.9 if evidence and evidence[0].log_odds > self.least else 0.1


def document(name: str, text: str, *, log_odds: float, title: str = "Le phare") -> Found:
    found = make_found(text, document_id=name, log_odds=log_odds, title=title)
    return replace(found, measures={**found.measures, "tokens": 1.0})


def weighed(
    *found: Found, whole: Sequence[str] = (), question: str = QUESTION, least: float = 0.0
) -> Weighed:
    analysed = analyse(question, translator=FakeTranslator(), language="fr")
    return Weighing(ByLogOdds(frozenset(whole)), SureOf(least)).weigh(
        analysed, found, further=lambda: found
    )


def order(result: Weighed) -> list[str]:
    return [one.found.hit.stored.document.id for one in result.evidence]


def test_without_anything_loud_the_ranking_is_kept() -> None:
    one, two = document("a", ANSWER, log_odds=2), document("b", "Il mesure 47 mètres.", log_odds=3)

    result = weighed(one, two)

    assert order(result) == ["b", "a"]
    assert list(result.found) == [one, two]


def repeating(text: str, *, title: str = "Le phare") -> list[Found]:
    """Return three documents of `text`, each with a number."""
    return [document(f"p{n}", text.format(n=n), log_odds=9, title=title) for n in range(3)]


@pytest.mark.parametrize(
    "planted",
    [
        repeating(f"{QUESTION[:-2]}, c’est en 174{{n}}."),
        repeating("C’est en 174{n}.", title=QUESTION),
    ],
)
def test_several_that_repeat_the_question_do_not_speak_first(planted: list[Found]) -> None:
    answering = document("a", ANSWER, log_odds=2)

    result = weighed(*planted, answering)

    assert order(result)[0] == "a"
    assert result.found[0] is answering


def test_what_they_say_under_the_question_is_still_said_after_others() -> None:
    planted = repeating("En 188{n} exactement.", title=QUESTION)

    first, *rest = weighed(*planted, document("a", ANSWER, log_odds=2)).evidence

    assert first.log_odds == 2
    assert {one.log_odds for one in rest} == {1}
    assert {one.text for one in rest} == {f"En 188{n} exactement." for n in range(3)}


def test_a_sentence_that_repeats_the_question_says_nothing_where_others_answer() -> None:
    planted = repeating(f"{QUESTION[:-2]}, c’est en 174{{n}}.")

    assert order(weighed(*planted, document("a", ANSWER, log_odds=2))) == ["a"]


def test_who_repeats_the_question_answers_where_nobody_else_does() -> None:
    planted = repeating("En 188{n} exactement.", title=QUESTION)

    result = weighed(*planted, document("a", "Il mesure 47 mètres.", log_odds=-2))

    assert order(result)[-1] == "a"
    assert result.confidence == 0.9


def test_a_page_of_questions_and_answers_speaks_as_any_other() -> None:
    faq = document("faq", "En 1887 exactement.", log_odds=9, title=QUESTION)

    assert order(weighed(faq, document("a", ANSWER, log_odds=2))) == ["faq", "a"]


def test_several_that_say_all_of_it_come_after_one_that_does_not() -> None:
    crowd = [
        document(f"p{n}", f"Texte {n} du phare bâti à Belrive, {n} fois vrai.", log_odds=9)
        for n in range(5)
    ]
    answering = document("a", ANSWER, log_odds=2)

    result = weighed(*crowd, answering, whole=[f"p{n}" for n in range(5)])

    assert order(result)[0] == "a"
    assert set(order(result)[1:]) == {f"p{n}" for n in range(5)}


def test_one_that_says_all_of_it_is_no_crowd() -> None:
    best, other = document("best", ANSWER, log_odds=9), document("a", "Il y tient.", log_odds=2)

    assert order(weighed(best, other, whole=["best"])) == ["best", "a"]


def test_what_answers_is_no_part_of_the_crowd_that_repeats_the_question() -> None:
    planted = [document(f"p{n}", f"C’est en 174{n}.", log_odds=9, title=QUESTION) for n in range(3)]
    answering = document("a", ANSWER, log_odds=2)
    aside = document("b", "Il est haut.", log_odds=1)

    result = weighed(*planted, answering, aside, whole=["p0", "p1", "p2", "a"])

    assert order(result)[0] == "a"


def test_many_documents_may_say_all_of_a_short_question() -> None:
    found = [
        document(f"d{n}", f"Le phare numéro {n} tient debout.", log_odds=9 - n) for n in range(4)
    ]

    result = weighed(*found, whole=["d0", "d1", "d2"], question="Quel phare ?")

    assert order(result)[0] == "d0"


def test_nothing_found_is_nothing_weighed() -> None:
    assert weighed() == Weighed([], 0.1, ())
