"""Citations are spans of what is stored, on the page where they stand."""

from dataclasses import replace

from rag.citations import cite, stored_span, verify
from rag.drafts import Quote
from rag.models import Citation
from tests.rag.fakes import make_found

QUOTE = Quote(make_found(), 29, 47)


def citation() -> Citation:
    return cite(QUOTE, number=2)


def test_a_citation_is_cut_from_its_passage_and_not_verified_yet() -> None:
    made = citation()

    assert (made.number, made.quote, made.start, made.end) == (2, "Elle mesure 330 m.", 29, 47)
    assert made.passage_id == "doc_00000000000000aa.7.0"
    assert not made.verified


def test_its_span_is_looked_up_in_one_generation() -> None:
    span = stored_span(QUOTE)

    assert (span.document_id, span.generation) == ("doc_00000000000000aa", 7)
    assert (span.start, span.end) == (29, 47)


def test_only_the_very_same_text_verifies() -> None:
    made = citation()
    stored = ["Elle mesure 330 m.", "Elle mesure 331 m.", "Elle mesure 330\u00a0m.", None, ""]

    checked = verify([made] * 5, stored, [None] * 5)

    assert [one.verified for one in checked] == [True, False, False, False, False]


def test_the_page_is_that_of_the_quote_not_of_its_passage() -> None:
    made = replace(citation(), page=1)

    [checked] = verify([made], [made.quote], [2])

    assert checked.page == 2
