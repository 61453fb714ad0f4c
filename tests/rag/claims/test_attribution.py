"""Sentences find the quotes that prove them, and what the quotes do not say is noticed."""

from collections.abc import Mapping
from dataclasses import replace
from functools import cache
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from benchmarks.attribution import Outcome, figures, grouped, read_examples, run
from documents.models import Language, Sentence
from index.late_interaction import LateInteraction
from index.lexicon import Lexicon
from index.static_encoder import StaticEncoder
from index.transformer_encoder import TransformerEncoder
from rag.claims.attribution import Attribution, Attributor
from rag.retrieval import Found
from tests.rag.fakes import make_found

MODELS = Path(__file__).parents[3] / "index" / "models"
GOLDEN = Path(__file__).parents[2] / "golden"

FRENCH = (
    "Le conseil de Bréval a voté mardi un budget de 4,2 millions d’euros. "
    "Le maire, Gaspard Orlan, n’a pas augmenté les impôts. "
    "Il a promis quarante-deux logements avant le 30 juin. "
    "« La piscine rouvrira », a déclaré son adjointe, Zélie Marquand."
)
ENGLISH = (
    "The bridge at Bréval was closed after the storm of 12 March 2025. "
    "Engineers from China found nineteen cracks in it. "
    "Nobody was hurt. "
    "The pool did not reopen."
)


@cache
def attributor() -> Attributor:
    return Attributor(
        encoder=TransformerEncoder.load(MODELS / "embedded"),
        interaction=LateInteraction(StaticEncoder.load(MODELS / "embedded-static")),
        translator=Lexicon.load(MODELS / "lexicon"),
    )


def passages() -> list[Found]:
    return [
        make_found(FRENCH, row=1, language="fr", title="Bréval", document_id="doc_1"),
        make_found(ENGLISH, row=2, language="en", title="A bridge", document_id="doc_2"),
    ]


def attribute(sentence: str, language: Language) -> Attribution:
    return attributor().attribute(sentence, language, passages())


@pytest.mark.parametrize(
    ("sentence", "language", "quote"),
    [
        ("Le budget de Bréval est de 4,2 millions d’euros.", "fr", "Le conseil de Bréval"),
        ("Bréval voted a budget of 4.2 million euros.", "en", "Le conseil de Bréval"),
        ("Gaspard Orlan did not raise taxes.", "en", "Le maire, Gaspard Orlan"),
        ("42 homes will be built before June 30.", "en", "Il a promis"),
        ("Zélie Marquand said the pool would reopen.", "en", "« La piscine rouvrira »"),
        ("Des ingénieurs chinois y ont trouvé 19 fissures.", "fr", "Engineers from China"),
        ("Personne n’a été blessé.", "fr", "Nobody was hurt"),
        ("According to the documents, nobody was hurt.", "en", "Nobody was hurt"),
        ("The bridge was closed after the storm.", "en", "The bridge at Bréval"),
    ],
)
def test_a_right_sentence_is_proved_by_a_whole_sentence(
    sentence: str, language: Language, quote: str
) -> None:
    found = attribute(sentence, language)
    assert found.support == "supported", found.problems
    assert found.quotes[0].text.startswith(quote)
    assert found.quotes[0].text.endswith(".")


@pytest.mark.parametrize(
    ("sentence", "language", "problem"),
    [
        ("Le budget de Bréval est de 2,4 millions d’euros.", "fr", "number:2400000€"),
        ("Bréval voted a budget of 4.2 billion euros.", "en", "number:4200000000€"),
        ("Gaspard Orlan raised taxes.", "en", "negation"),
        ("La mairie a promis 42 logements avant le 30 juillet.", "fr", "date:07-30"),
        ("The bridge was closed after the storm of March 21, 2025.", "en", "date:2025-03-21"),
        ("Gaspard Orlan a déclaré que la piscine rouvrirait.", "fr", "speaker:Gaspard Orlan"),
        ("Engineers from Japan found nineteen cracks in the bridge.", "en", "name:Japan"),
        ("Le pont est resté ouvert après la tempête.", "fr", "negation"),
        ("La piscine de Bréval ne rouvrira pas, selon Zélie Marquand.", "fr", "negation"),
    ],
)
def test_a_wrong_sentence_is_caught_and_the_problem_named(
    sentence: str, language: Language, problem: str
) -> None:
    found = attribute(sentence, language)
    assert found.support != "supported"
    assert problem in found.problems


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("Voici ce que disent les documents :", "fr"),
        ("Bonjour et merci de votre question.", "fr"),
        ("Here is what the documents say:", "en"),
        ("I hope this helps!", "en"),
        ("", "fr"),
        ("…", "en"),
    ],
)
def test_a_sentence_that_claims_nothing_is_unsupported(sentence: str, language: Language) -> None:
    assert attribute(sentence, language) == Attribution((), "unsupported", ("no_claim",))


def test_what_no_passage_speaks_of_has_no_quote() -> None:
    found = attribute("The orchestra of Valmont plays Schubert on a barge every winter.", "en")
    assert (found.quotes, found.support) == ((), "unsupported")


def test_without_passages_nothing_is_supported() -> None:
    found = attributor().attribute("The pool reopened in 2020.", "en", [])
    assert found == Attribution((), "unsupported", ("no_evidence",))


def test_two_statements_take_two_quotes() -> None:
    found = attribute(
        "Le conseil a voté un budget de 4,2 millions d’euros, et un pont a été fermé après une "
        "tempête.",
        "fr",
    )
    starts = {quote.text.split()[0] for quote in found.quotes}
    assert (starts, found.support) == ({"Le", "The"}, "supported")


def test_the_sentence_that_explains_a_pronoun_is_quoted_too() -> None:
    found = attribute("Gaspard Orlan promised forty-two homes before June 30.", "en")
    assert [quote.text.split()[0] for quote in found.quotes] == ["Il", "Le"]
    assert found.support == "supported"


def test_half_a_proof_is_part_of_a_proof() -> None:
    found = attribute(
        "Le conseil de Bréval a voté un budget de 4,2 millions d’euros, et un zoo ouvrira bientôt.",
        "fr",
    )
    assert (found.support, len(found.quotes)) == ("partly", 1)


def test_a_heading_is_no_evidence_but_says_what_is_spoken_of() -> None:
    text = "Le barrage de Fontrive. Il mesure 88 mètres."
    plain = make_found(text, language="fr", title="Ouvrages")
    stored = plain.hit.stored
    heading = Sentence(0, stored.passage.sentences[0].end, heading=True)
    passage = replace(
        stored.passage,
        sentences=(heading, *stored.passage.sentences[1:]),
        heading_path=("Le barrage de Fontrive",),
    )
    found = replace(plain, hit=replace(plain.hit, stored=replace(stored, passage=passage)))
    made = attributor().attribute("Le barrage de Fontrive mesure 88 m.", "fr", [found])
    assert [quote.text for quote in made.quotes] == ["Il mesure 88 mètres."]
    assert made.support == "supported"


def test_a_number_in_a_heading_proves_nothing() -> None:
    found = make_found("Le barrage mesure 88 mètres.", language="fr", title="Barrage : 95 mètres")
    made = attributor().attribute("Le barrage mesure 95 mètres.", "fr", [found])
    assert made.problems == ("number:95",)


def test_a_hint_breaks_a_tie_and_never_decides() -> None:
    text = "La tour de Bréval mesure 71 mètres."
    twins = [make_found(text, document_id=f"doc_{n}") for n in (1, 2)]
    made = attributor().attribute(text, "fr", twins, hints=frozenset({2}))
    assert made.quotes[0].found is twins[1]
    other = [twins[0], make_found("Le chat dort.", document_id="doc_3")]
    made = attributor().attribute(text, "fr", other, hints=frozenset({2}))
    assert made.quotes[0].found is twins[0]


def test_a_sentence_in_two_passages_of_a_document_is_quoted_once() -> None:
    first = make_found("La tour de Bréval mesure 71 mètres.", document_id="doc_1")
    made = attributor().attribute("La tour mesure 71 m.", "fr", [first, first])
    assert len(made.quotes) == 1


TEXTS = st.one_of(
    st.text(max_size=120),
    st.lists(
        st.sampled_from([*FRENCH.split(), *ENGLISH.split(), "ne", "pas", "146", "Macron"]),
        max_size=20,
    ).map(" ".join),
)


@settings(max_examples=60, deadline=None)
@given(TEXTS, st.sampled_from(["fr", "en"]))
def test_whatever_is_attributed_every_quote_is_a_sentence_of_its_passage(
    sentence: str, language: Language
) -> None:
    found = attribute(sentence, language)
    assert len(found.quotes) <= 3
    for quote in found.quotes:
        passage = quote.found.hit.stored.passage
        assert Sentence(quote.start, quote.end) in passage.sentences
        assert passage.text[quote.start - passage.start : quote.end - passage.start] == quote.text


# The hand-made set. Floors and ceilings stand slightly off what was reached on rows that
# nothing was fitted to.
DIRECTIONS = ("fr→fr", "en→en", "fr→en", "en→fr")


@cache
def outcomes() -> list[Outcome]:
    rows = [one for one in read_examples(GOLDEN) if one.half == "held-out"]
    return run(attributor(), rows)


def test_the_set_is_large_in_every_direction_and_a_third_is_wrong() -> None:
    examples = read_examples(GOLDEN)
    assert len(examples) >= 210
    assert sum(one.planted is not None for one in examples) * 3 >= len(examples)
    for direction in DIRECTIONS:
        assert sum(one.direction == direction for one in examples) >= 52
    assert {one.planted for one in examples} == {
        None, "number", "name", "negation", "speaker", "date",
    }  # fmt: skip


def measured(direction: str) -> Mapping[str, float]:
    return figures([one for one in outcomes() if one.example.direction == direction])


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_quotes_are_right_and_complete(direction: str) -> None:
    found = measured(direction)
    assert found["precision"] >= 0.95, found
    assert found["recall"] >= 0.93, found


@pytest.mark.parametrize("direction", DIRECTIONS)
def test_planted_errors_are_caught(direction: str) -> None:
    assert measured(direction)["planted caught"] >= 0.9, measured(direction)


def test_right_sentences_are_kept() -> None:
    found = grouped(outcomes())["held-out"]
    assert found["planted caught"] >= 0.95, found
    assert found["right and supported"] >= 0.88, found
    assert found["right and supported"] + found["right and partly"] >= 0.92, found
    assert found["no claim, unsupported"] == 1, found
