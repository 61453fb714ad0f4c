from collections.abc import Sequence
from datetime import date

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.models import Language
from rag.drafts import Draft, Task
from rag.evidence import Evidence
from rag.question import analyse
from rag.quoting.extractive import ExtractiveGenerator
from tests.rag.fakes import FakeTranslator, make_evidence, make_found

NEW = "Ici, 61 pays ont signé la charte."


def drafts(
    evidence: Sequence[Evidence], *, question: str = "la tour", language: Language = "fr"
) -> list[Draft]:
    asked = analyse(question, translator=FakeTranslator(), language=language)
    found = list(dict.fromkeys(one.found.hit.stored.row for one in evidence))
    task = Task(asked, evidence, [one.found for one in evidence[: len(found)]])
    return list(ExtractiveGenerator().draft(task))


def drafted(evidence: Sequence[Evidence], *, language: Language = "fr") -> list[str]:
    return [draft.text for draft in drafts(evidence, language=language)]


def test_nothing_is_said_without_evidence() -> None:
    assert drafted([]) == []


def test_nothing_is_said_where_nothing_can_be_quoted() -> None:
    assert drafted([make_evidence(make_found("Photo : Anne Le Goff"))]) == []


def test_the_likeliest_sentence_comes_first_and_the_others_as_they_are_written() -> None:
    found = make_found("La tour date de 1889. La tour mesure 330 m. La tour a trois étages.")
    evidence = [make_evidence(found, n, log_odds=odds) for n, odds in ((2, 2), (1, 1.9), (0, 1.8))]

    assert drafted(evidence) == [
        "La tour a trois étages.",
        "La tour date de 1889.",
        "La tour mesure 330 m.",
    ]


def test_what_a_sentence_brings_along_is_not_said_again() -> None:
    found = make_found()
    evidence = [make_evidence(found, 1, log_odds=2), make_evidence(found, 0, log_odds=1.9)]

    assert drafted(evidence) == ["La tour a été bâtie en 1889. Elle mesure 330 m."]


def test_what_was_said_is_not_brought_along() -> None:
    found = make_found()
    evidence = [make_evidence(found, 0, log_odds=2), make_evidence(found, 1, log_odds=1.9)]

    assert drafted(evidence) == ["La tour a été bâtie en 1889.", "Elle mesure 330 m."]


def test_a_sentence_much_less_likely_than_the_best_is_left_out() -> None:
    found = make_found()

    assert len(drafted([make_evidence(found, 0), make_evidence(found, 1, log_odds=-9)])) == 1


def test_at_most_three_sentences_are_said() -> None:
    found = make_found("Un chat dort. Deux chiens courent. Trois oies volent. Quatre ânes rient.")

    assert len(drafted([make_evidence(found, number) for number in range(4)])) == 3


def test_a_pronoun_brings_the_sentence_that_names_what_it_stands_for() -> None:
    found = make_found()

    [draft] = drafts([make_evidence(found, 1)])

    assert draft.text == "La tour a été bâtie en 1889. Elle mesure 330 m."
    assert [quote.text for quote in draft.quotes] == [
        "Elle mesure 330 m.",
        "La tour a été bâtie en 1889.",
    ]


def test_a_name_in_brackets_is_all_that_is_added_to_a_quote() -> None:
    long = " a longuement défendu le projet de la jetée neuve et des quais" + " du port" * 12
    found = make_found(f"Le maire Paul Rivoal{long}. Il a ajouté que tout irait bien.")

    [draft] = drafts([make_evidence(found, 1)])

    assert draft.text == "Il [Paul Rivoal] a ajouté que tout irait bien."
    assert [quote.text[:8] for quote in draft.quotes] == ["Il a ajo", "Le maire"]


def test_wire_copy_is_said_once_and_cites_every_document() -> None:
    wire = make_found("La tour a été bâtie en 1889.", document_id="doc_00000000000000bb")

    [draft] = drafts([make_evidence(make_found()), make_evidence(wire)])

    assert draft.text == "La tour a été bâtie en 1889."
    assert len({quote.found.hit.stored.document.id for quote in draft.quotes}) == 2
    assert {quote.text for quote in draft.quotes} == {draft.text}


def test_line_breaks_inside_a_sentence_are_said_as_spaces() -> None:
    found = make_found("La tour\na été bâtie.")

    assert drafted([make_evidence(found)]) == ["La tour a été bâtie."]


@pytest.mark.parametrize(
    ("language", "announced"), [("en", "According to “La tour” (in French): “"), ("fr", "La tour")]
)
def test_only_a_quote_in_the_other_language_is_announced(
    language: Language, announced: str
) -> None:
    [draft] = drafts([make_evidence(make_found())], language=language)

    assert draft.text.startswith(announced)
    assert draft.degraded == ("untranslated" if language == "en" else None)


def test_languages_are_not_mixed_in_one_answer() -> None:
    english = make_found("The tower is tall.", language="en", document_id="doc_00000000000000cc")
    evidence = [make_evidence(make_found()), make_evidence(english)]

    assert drafted(evidence) == ["La tour a été bâtie en 1889."]


def test_the_short_answer_lies_inside_the_first_quote() -> None:
    found = make_found("Un port est né. La tour a été bâtie en 1889 par des marins.")

    [draft] = drafts([make_evidence(found, 1)], question="Quand la tour a-t-elle été bâtie ?")

    assert draft.short is not None
    assert draft.short.of(found.hit.stored.passage.text) == "1889"
    assert draft.quotes[0].start <= draft.short.start < draft.short.end <= draft.quotes[0].end


def test_one_sentence_gives_the_short_answer_the_likeliest() -> None:
    found = make_found("La tour a été bâtie en 1889. La tour a été bâtie de fer en 1890.")
    evidence = [make_evidence(found, 1, log_odds=2), make_evidence(found, 0, log_odds=1.9)]

    said = drafts(evidence, question="Quand la tour a-t-elle été bâtie ?")

    shorts = [draft.short and draft.short.of(found.hit.stored.passage.text) for draft in said]
    assert shorts == ["1890", None]


@pytest.mark.parametrize(
    ("language", "question", "expected"),
    [
        (
            "fr",
            "Combien de pays ont signé la charte ?",
            [
                f"Au 26 juillet 2025 («\u00a0Neuf\u00a0»)\u00a0: {NEW}",
                "D’après «\u00a0Vieux\u00a0»\u00a0: Hier, 58 pays ont signé la charte.",
            ],
        ),
        (
            "en",
            "Charte pays: combien ont signé?",
            [
                f"According to “Neuf” (26 July 2025, in French): “{NEW}”",
                "According to “Vieux” (in French): “Hier, 58 pays ont signé la charte.”",
            ],
        ),
    ],
)
def test_sources_that_disagree_are_both_said_with_their_dates(
    language: Language, question: str, expected: list[str]
) -> None:
    old = make_found("Hier, 58 pays ont signé la charte.", title="Vieux")
    new = make_found(
        NEW,
        title="Neuf",
        document_id="doc_00000000000000bb",
        published_at=date(2025, 7, 26),
    )

    said = drafts([make_evidence(old), make_evidence(new)], question=question, language=language)

    assert [draft.text for draft in said] == expected
    assert all(draft.short for draft in said)


@settings(deadline=None, max_examples=60)
@given(
    texts=st.lists(
        st.text(alphabet="Il aétourLe 189.,:?«»—\n", min_size=1, max_size=60),
        min_size=1,
        max_size=3,
    ),
    question=st.sampled_from(
        ["Qui ?", "Quand a été la tour ?", "Quels pays ?", "Combien d’ânes ?"]
    ),
    language=st.sampled_from(["fr", "en"]),
)
def test_every_quote_is_verbatim_and_every_short_answer_inside_the_first(
    texts: list[str], question: str, language: Language
) -> None:
    evidence = []
    for number, text in enumerate(texts):
        found = make_found(text, document_id=f"doc_00000000000000{number:02}")
        count = len(found.hit.stored.passage.sentences)
        evidence += [make_evidence(found, n) for n in range(count)]

    for draft in drafts(evidence, question=question, language=language):
        first = draft.quotes[0]
        for quote in draft.quotes:
            passage = quote.found.hit.stored.passage
            assert (quote.start, quote.end) in {(s.start, s.end) for s in passage.sentences}
            assert passage.text[quote.start : quote.end] == quote.text
        if draft.short:
            assert first.start <= draft.short.start < draft.short.end <= first.end
