import re
from itertools import pairwise

import pytest

from documents.chunking import passages
from documents.models import Document, Heading, Language, Passage
from documents.packing import LONGEST_PASSAGE

SENTENCE = "La coopérative a ouvert un atelier de réparation dans la gare du bourg voisin."  # 14


def document(text: str, *headings: Heading, language: Language = "fr", **more: object) -> Document:
    return Document(
        id="1", collection="c", source="s", title="t", language=language, text=text, sha256="0",
        headings=headings, **more,  # type: ignore[arg-type]
    )  # fmt: skip


def numbered(count: int, *, first: int = 1) -> str:
    return " ".join(f"{SENTENCE[:-1]} {number}." for number in range(first, first + count))


def words(passage: Passage) -> int:
    return len(re.findall(r"\w+", passage.text))


def test_a_short_text_is_one_passage() -> None:
    (passage,) = passages(document(SENTENCE))
    assert (passage.start, passage.end, passage.text) == (0, len(SENTENCE), SENTENCE)
    assert (passage.page, passage.heading_path, passage.language) == (None, (), "fr")


def test_an_empty_text_has_no_passage() -> None:
    assert passages(document("")) == []
    assert passages(document(" \n\n\u00a0")) == []


def test_a_title_alone_is_a_passage() -> None:
    text = "Un atelier dans la gare"
    (passage,) = passages(document(text, Heading(0, len(text), 1)))
    assert passage.text == text
    assert [sentence.heading for sentence in passage.sentences] == [True]
    assert passage.heading_path == (text,)


def test_a_long_paragraph_is_cut_between_sentences_and_goes_on_with_the_last_one() -> None:
    found = passages(document(numbered(40)))
    assert len(found) > 3
    for before, after in pairwise(found):
        assert after.sentences[0] == before.sentences[-1]
    assert all(60 <= words(passage) <= 180 for passage in found)


def test_overlap_can_be_left_out() -> None:
    found = passages(document(numbered(40)), overlap_sentences=0)
    assert all(a.end < b.start for a, b in pairwise(found))


def test_a_long_sentence_is_not_repeated() -> None:
    long = "Le rapport compte " + "beaucoup de mots " * 15 + "et finit ici."
    found = passages(document(" ".join([numbered(6), long, numbered(8, first=50)])))
    assert sum(long in passage.text for passage in found) == 1


def test_a_paragraph_is_kept_whole_where_it_fits() -> None:
    paragraphs = [numbered(5, first=10 * number) for number in range(6)]
    found = passages(document("\n\n".join(paragraphs)), overlap_sentences=0)
    for paragraph in paragraphs:
        assert any(paragraph in passage.text for passage in found)


def test_a_heading_opens_the_passage_that_follows_and_its_path() -> None:
    text = f"# Un\n\n{numbered(6)}\n\n## Deux\n\n{numbered(6)}\n\n# Trois\n\n{numbered(6)}"
    marks = [
        Heading(match.start(), match.end(), len(match[1]))
        for match in re.finditer(r"(#+) \w+", text)
    ]
    found = passages(document(text, *marks))
    assert [passage.heading_path for passage in found] == [
        ("# Un",),
        ("# Un", "## Deux"),
        ("# Trois",),
    ]
    assert [passage.sentences[0].heading for passage in found] == [True, True, True]
    assert all(not sentence.heading for passage in found for sentence in passage.sentences[1:])


def test_short_sections_share_a_passage() -> None:
    text = f"Une ligne\n\n{SENTENCE}\n\nUne autre ligne\n\n{SENTENCE}"
    (passage,) = passages(document(text))
    assert [sentence.heading for sentence in passage.sentences] == [True, False, True, False]
    assert passage.heading_path == ("Une ligne",)


def test_no_passage_contains_or_spans_boilerplate() -> None:
    text = f"{numbered(6)}\n\nPartager sur Facebook\n\n{numbered(6)}\n\nSource : Reuters"
    found = passages(document(text))
    assert len(found) == 2
    assert not any("Facebook" in passage.text or "Source" in passage.text for passage in found)
    assert found[1].sentences[0].start == found[1].start == text.index("La", text.index("Facebook"))


def test_a_text_of_boilerplate_has_no_passage() -> None:
    assert passages(document("Partager sur Facebook\n\nSource : Reuters")) == []


def test_a_short_end_takes_sentences_from_the_passage_before() -> None:
    for count in range(11, 40):
        found = passages(document(numbered(count)), overlap_sentences=0)
        assert all(60 <= words(passage) <= 180 for passage in found), count


def test_each_passage_has_its_own_language_and_a_short_one_the_document_s() -> None:
    english = "The cooperative has opened a repair shop in the railway station of the town. " * 6
    text = (
        f"{numbered(6)}\n\nPartager sur Facebook\n\n{english}\n\nPartager sur Facebook\n\nYes, sir."
    )
    assert [p.language for p in passages(document(text))] == ["fr", "en", "fr"]


def test_the_page_is_where_the_passage_starts() -> None:
    text = f"{numbered(9)}\n\n{numbered(9)}"
    second = text.index("\n\n") + 2
    found = passages(document(text, page_starts=(0, second)), overlap_sentences=0)
    assert [passage.page for passage in found] == [1, 2]


@pytest.mark.parametrize(
    "text", ["a" * 100_000, "mot " * 50_000, "北京" * 20_000, "北京。" * 20_000]
)
def test_a_text_without_sentences_or_spaces_is_cut_into_bites(text: str) -> None:
    found = passages(document(text))
    assert all(len(passage.text) <= LONGEST_PASSAGE for passage in found)
    covered = 0
    for passage in found:
        assert not text[covered : passage.start].strip()
        covered = max(covered, passage.end)
    assert covered == len(text.rstrip())


def test_a_sentence_longer_than_a_passage_is_kept_whole() -> None:
    sentence = "Le rapport compte " + "beaucoup de mots " * 80 + "et finit ici."
    found = passages(document(f"{numbered(6)} {sentence} {numbered(6)}"))
    assert sentence in [passage.text for passage in found]


@pytest.mark.parametrize(("least", "most"), [(100, 180), (0, 180), (-1, 5)])
def test_bounds_that_no_text_can_meet_are_refused(least: int, most: int) -> None:
    with pytest.raises(ValueError, match="at least twice min_words"):
        passages(document(SENTENCE), min_words=least, max_words=most)
