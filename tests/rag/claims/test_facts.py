"""What a sentence says that can be checked: numbers, dates, names, speakers, negations."""

from datetime import date
from fractions import Fraction

import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.models import Language, Span
from rag.claims.dates_said import days_said, supports
from rag.claims.exonyms import known_things
from rag.claims.facts import facts_of
from rag.claims.names_said import names_said, spelt_alike
from rag.claims.number_forms import Number
from rag.claims.numbers_said import numbers_said, same
from rag.claims.polarity import assents, negations, ways
from rag.claims.speakers import speakers_said


def values(text: str, language: Language) -> list[str]:
    dated = [Span(day.start, day.end) for day in days_said(text, language)]
    return [str(number) for number in numbers_said(text, language, but=dated)]


def dates(text: str, language: Language) -> list[str]:
    return [str(day) for day in days_said(text, language)]


def denied(text: str, language: Language) -> list[str]:
    return [one.scope.of(text).strip() for one in negations(text, language)]


@pytest.mark.parametrize(
    ("french", "english", "value"),
    [
        ("1 200 tonnes", "1,200 tonnes", "1200"),
        ("1\u202f200 tonnes", "1200 tonnes", "1200"),
        ("145 %", "145%", "145%"),
        ("145\u00a0%", "145 per cent", "145%"),
        ("12 pour cent", "twelve percent", "12%"),
        ("3,5 milliards d’euros", "3.5 billion euros", "3500000000€"),
        ("3,5 milliards de dollars", "$3.5bn", "3500000000$"),
        ("cinquante-huit blessés", "fifty-eight injured", "58"),
        ("quatre-vingt-dix-sept maisons", "ninety-seven houses", "97"),
        ("soixante et onze élèves", "seventy-one pupils", "71"),
        ("deux cents navires", "two hundred ships", "200"),
        ("deux cent six navires", "two hundred and six ships", "206"),
        ("deux millions trois cent mille votes", "2.3 million votes", "2300000"),
        ("deux billions de francs", "two trillion francs", "2000000000000"),
        ("la moitié des élèves", "half of the pupils", "50%"),
        ("un élève sur quatre", "one pupil in four", "25%"),
        ("un tiers du coût", "a third of the cost", "33.3333%"),
        ("les trois quarts du maïs", "three quarters of the maize", "75%"),
        ("six ans et demi", "six and a half years", "6.5"),
        ("à 15 h 30", "at 3:30 p.m.", "15:30"),
        ("à 9 heures", "at 9 a.m.", "9:00"),
        ("une cinquantaine de bénévoles", "about fifty volunteers", "50"),
        ("une douzaine d’œufs", "a dozen eggs", "12"),
        ("le XIXe siècle", "the 19th century", "19"),
        ("la troisième fois", "the third time", "3"),
    ],
)
def test_a_number_has_one_value_in_both_languages(french: str, english: str, value: str) -> None:
    assert values(french, "fr") == [value]
    assert values(english, "en") == [value]


def test_an_english_billion_is_no_french_billion() -> None:
    assert values("2 billions", "fr") != values("2 billion", "en")


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Une femme et un homme", "fr"),
        ("One of them, a man", "en"),
        ("Des milliers de gens", "fr"),
        ("Millions of people", "en"),
        ("The second half of the year", "en"),
        ("He was half dead", "en"),
        ("Un film en 3D", "fr"),
    ],
)
def test_what_only_looks_like_a_number_is_none(text: str, language: Language) -> None:
    assert values(text, language) == []


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        ("de 19,4 à 12,7 millions d’euros", "fr", ["19400000€", "12700000€"]),
        ("between 3 and 5 per cent", "en", ["3%", "5%"]),
        ("from 900 million to 1.4 billion euros", "en", ["900000000", "1400000000€"]),
    ],
)
def test_a_range_says_its_million_and_its_unit_once(
    text: str, language: Language, expected: list[str]
) -> None:
    assert values(text, language) == expected


@pytest.mark.parametrize("text", ["1. The pool is open.", "The pool is open [2].", "It is [1, 3]."])
def test_the_mark_of_a_passage_or_an_item_is_no_number(text: str) -> None:
    assert facts_of(text, "en").numbers == ()


def test_a_rough_number_may_be_a_little_off_and_an_exact_one_may_not() -> None:
    exact = Number(Fraction(2287), "", 0, 4)
    assert same(Number(Fraction(2300), "", 0, 4, about=True), exact)
    assert not same(Number(Fraction(2300), "", 0, 4), exact)
    assert not same(Number(Fraction(3200), "", 0, 4, about=True), exact)


def test_euros_are_not_dollars() -> None:
    euros, dollars = Number(Fraction(5), "€", 0, 1), Number(Fraction(5), "$", 0, 1)
    assert not same(euros, dollars)
    assert same(Number(Fraction(5), "", 0, 1), dollars)


@given(st.integers(0, 10**12), st.integers(0, 99))
def test_a_number_written_in_either_language_has_the_same_value(whole: int, cents: int) -> None:
    english = f"{whole:,}.{cents:02}"
    french = english.replace(",", "\u202f").replace(".", ",")
    [said] = numbers_said(f"{english} tonnes", "en")
    [dit] = numbers_said(f"{french} tonnes", "fr")
    assert said.value == dit.value == Fraction(whole * 100 + cents, 100)


@pytest.mark.parametrize(
    ("french", "english", "expected"),
    [
        ("le 26 juillet 2025", "on July 26, 2025", "2025-07-26"),
        ("le 26/07/2025", "on 26 July 2025", "2025-07-26"),
        ("le 2025-07-26", "on 2025-07-26", "2025-07-26"),
        ("le 1er mars", "on March 1st", "03-01"),
        ("en juillet 2025", "in July 2025", "2025-07"),
        ("en mai", "in May", "05"),
        ("en 1987", "in 1987", "1987"),
        ("dans les années 1990", "in the 1990s", "1990"),
        ("lundi soir", "on Monday evening", "lundi"),
        ("le samedi 18 octobre", "on Saturday, October 18", "10-18"),
    ],
)
def test_a_date_is_the_same_in_both_languages(french: str, english: str, expected: str) -> None:
    assert dates(french, "fr") == dates(english, "en") == [expected]


def test_a_range_of_days_is_two_dates() -> None:
    assert dates("du 26 au 29 juin 2025", "fr") == ["2025-06-26", "2025-06-29"]
    assert dates("from June 26 to 29, 2025", "en") == ["2025-06-26", "2025-06-29"]


@pytest.mark.parametrize(
    "text", ["It may rain.", "They march on.", "It weighs 2000 kg, $1999 each"]
)
def test_what_only_looks_like_a_date_is_none(text: str) -> None:
    assert [day for day in days_said(text, "en") if day.month or day.day] == []


@pytest.mark.parametrize(
    ("said", "evidence", "agree"),
    [
        ("26 juillet 2025", "le 26 juillet", True),  # the year of the publication
        ("26 juillet 2019", "le 26 juillet", False),
        ("27 juillet", "le 26 juillet", False),
        ("juillet 2025", "le 26 juillet 2025", True),
        ("26 juillet 2025", "en juillet 2025", False),
        ("le 26 juillet 2025", "samedi", True),  # the Saturday before
        ("samedi", "le 26 juillet 2025", True),
        ("dimanche", "le 26 juillet 2025", False),
        ("le 2 août", "samedi 26 juillet", False),  # not just any Saturday
    ],
)
def test_a_date_supports_what_it_leaves_no_doubt_of(
    said: str, evidence: str, *, agree: bool
) -> None:
    [day] = days_said(said, "fr")
    assert supports(day, days_said(evidence, "fr"), date(2025, 7, 28)) is agree


@pytest.mark.parametrize(
    ("french", "english"),
    [
        ("la Chine", "China"),
        ("les États-Unis", "the United States"),
        ("les Etats-Unis", "the U.S."),
        ("l’OTAN", "NATO"),
        ("l’ONU", "the United Nations"),
        ("Londres", "London"),
        ("la filiale polonaise", "the Polish arm"),
        ("l’Union européenne", "the EU"),
    ],
)
def test_a_known_thing_has_one_key_whatever_its_name(french: str, english: str) -> None:
    assert {key for _, key in known_things(french)} == {key for _, key in known_things(english)}
    assert known_things(french)


def test_an_acronym_needs_its_capitals() -> None:
    assert known_things("Give us an answer") == []
    assert known_things("un homme") == []


def test_names_are_capitalised_runs_inside_a_sentence() -> None:
    text = "Hier, Anne de La Tour a vu le maire d’Arles, M. Petit, à l’Orangerie."
    assert [name.text for name in names_said(text, "fr")] == [
        "Anne de La Tour",
        "Arles",
        "Petit",
        "Orangerie",
    ]


def test_the_first_word_of_a_sentence_is_a_name_only_if_it_is_known_as_one() -> None:
    assert names_said("Verdon a refusé.", "fr") == []
    assert [n.text for n in names_said("Verdon a refusé.", "fr", known={"verdon"})] == ["Verdon"]


def test_a_spelling_may_differ_a_little_in_a_long_name() -> None:
    assert spelt_alike("zelensky", "zelenski")
    assert not spelt_alike("morel", "moreau")
    assert not spelt_alike("paul", "paula")


@pytest.mark.parametrize(
    ("text", "language", "who"),
    [
        ("Selon le préfet, la crue recule.", "fr", "le préfet"),
        ("La crue recule, a déclaré Jean Rive.", "fr", "Jean Rive"),
        ("« La crue recule », dit Jean Rive.", "fr", "Jean Rive"),
        ("Jean Rive affirme que la crue recule.", "fr", "Jean Rive"),
        ("According to the prefect, the flood recedes.", "en", "the prefect"),
        ("The flood recedes, Jean Rive said.", "en", "Jean Rive"),
        ("“It recedes,” said Jean Rive.", "en", "Jean Rive"),
    ],
)
def test_a_speaker_is_found(text: str, language: Language, who: str) -> None:
    assert who in [span.of(text) for span in speakers_said(text, language)]


@pytest.mark.parametrize(
    ("text", "language", "scopes"),
    [
        ("Il n’a pas signé.", "fr", ["a pas signé"]),
        ("Aucune école ne rouvrira.", "fr", ["école ne rouvrira"]),
        ("Il est parti sans explication.", "fr", ["explication"]),
        ("He did not sign.", "en", ["sign"]),
        ("No school will open.", "en", ["school will open"]),
        ("It hasn’t opened.", "en", ["opened"]),
        ("They rejected the tax.", "en", ["rejected the tax"]),
        # None of these denies anything.
        ("Il ne reste que deux jours.", "fr", []),
        ("Il est non seulement riche, mais aimable.", "fr", []),
        ("She is not only rich but kind.", "en", []),
        ("Nous ne pouvons plus perdre d’argent.", "fr", []),
        ("They did not rule out a sale.", "en", []),
        ("Il n’exclut pas une vente.", "fr", []),
    ],
)
def test_a_negation_denies_the_words_after_it(
    text: str, language: Language, scopes: list[str]
) -> None:
    assert denied(text, language) == scopes


def test_an_assent_that_is_denied_is_none() -> None:
    assert assents("She accepted the plan.", "en")
    assert not assents("She has not accepted the plan.", "en")


@pytest.mark.parametrize(
    ("french", "english"),
    [
        ("Les prix ont augmenté.", "Prices did not fall."),
        ("Le pont est fermé.", "The bridge is closed."),
        ("Plus de trois cents soldats", "More than 300 soldiers"),
        ("Elle a perdu son procès.", "She lost her case."),
    ],
)
def test_opposites_go_the_same_way_in_both_languages(french: str, english: str) -> None:
    assert ways(french, "fr") == ways(english, "en") != frozenset()


@given(st.text(max_size=200), st.sampled_from(["fr", "en"]))
def test_any_text_can_be_read(text: str, language: Language) -> None:
    facts = facts_of(text, language)
    spans = [(one.start, one.end) for one in facts.numbers]
    spans += [(one.start, one.end) for one in facts.days]
    spans += [(one.start, one.end) for one in facts.names]
    spans += [(one.start, one.end) for one in facts.negations]
    assert all(0 <= start < end <= len(text) for start, end in spans)


FRAGMENTS = st.sampled_from(
    ["3", " ", ",5", "million", "deux", "cent", "et", "-", "mille", "%", "€", "juin", "31", "2025",
     "/", "h", "ne", "pas", "sur", "XX", "e siècle", "half", "one", "in", "Anne", "’", "selon"]
)  # fmt: skip


@given(st.lists(FRAGMENTS, max_size=25).map("".join), st.sampled_from(["fr", "en"]))
def test_any_jumble_of_figures_and_words_can_be_read(text: str, language: Language) -> None:
    facts = facts_of(text, language)
    assert all(str(fact) for fact in (*facts.numbers, *facts.days))
