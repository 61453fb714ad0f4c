"""The lexicon, as it is read and as it is shipped."""

from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from index.analyzer import terms
from index.errors import CorruptIndex
from index.lexicon import Lexicon

SHIPPED = Path(__file__).parents[2] / "index" / "models" / "lexicon"


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "en.tsv").write_text("hous\tmaison\t60\tchambr\t30\nrain\tplui\t97\n")
    (tmp_path / "fr.tsv").write_text("plui\train\t95")  # the last line feed may be missing
    return tmp_path


@pytest.fixture(scope="module")
def shipped() -> Lexicon:
    return Lexicon.load(SHIPPED)


def test_translations_come_likeliest_first_with_their_probability(folder: Path) -> None:
    lexicon = Lexicon.load(folder)
    assert lexicon.translate("hous", source="en") == (("maison", 0.6), ("chambr", 0.3))
    assert lexicon.translate("plui", source="fr") == (("rain", 0.95),)


def test_a_term_is_looked_up_in_its_own_language_only(folder: Path) -> None:
    assert Lexicon.load(folder).translate("plui", source="en") == ()


def test_a_term_without_entry_has_no_translation(folder: Path) -> None:
    assert Lexicon.load(folder).translate("", source="fr") == ()


def test_a_missing_file_is_named_with_the_remedy(folder: Path) -> None:
    (folder / "fr.tsv").unlink()
    with pytest.raises(CorruptIndex, match=r"(?s)fr\.tsv.*training\.lexicon"):
        Lexicon.load(folder)


def test_a_line_without_translation_is_refused(folder: Path) -> None:
    (folder / "en.tsv").write_text("hous\n")
    with pytest.raises(CorruptIndex, match=r"en\.tsv has a line without translation"):
        Lexicon.load(folder)


def test_a_file_that_is_not_sorted_is_refused(folder: Path) -> None:
    (folder / "en.tsv").write_text("rain\tplui\t97\nhous\tmaison\t60\n")
    with pytest.raises(CorruptIndex, match=r"en\.tsv is not sorted"):
        Lexicon.load(folder)


def test_every_line_of_the_shipped_files_is_found_again(shipped: Lexicon) -> None:
    for entries, language in ((shipped.english, "en"), (shipped.french, "fr")):
        lines = (SHIPPED / f"{language}.tsv").read_text("utf-8").splitlines()
        assert [f"{term}\t{entries.find(term)}" for term in entries.terms()] == lines


@given(term=st.text() | st.characters(categories=["Cs"]))
def test_a_term_is_found_whole_or_not_at_all(shipped: Lexicon, term: str) -> None:
    assert bool(shipped.translate(term, source="fr")) == (term in set(shipped.french.terms()))


@pytest.mark.parametrize(
    ("english", "french"),
    [
        ("government", "gouvernement"),
        ("house", "maison"),
        ("war", "guerre"),
        ("rain", "pluie"),
        ("elected", "élu"),
        ("England", "Angleterre"),
        ("Germany", "Allemagne"),
        ("king", "roi"),
        ("bread", "pain"),
    ],
)
def test_common_words_translate_both_ways(shipped: Lexicon, english: str, french: str) -> None:
    (english_term,), (french_term,) = terms(english, "en"), terms(french, "fr")
    assert french_term in dict(shipped.translate(english_term, source="en"))
    assert english_term in dict(shipped.translate(french_term, source="fr"))


@given(data=st.data())
def test_the_probabilities_of_a_term_fall_and_sum_to_one_at_most(
    shipped: Lexicon, data: st.DataObject
) -> None:
    term = data.draw(st.sampled_from(list(shipped.english.terms())[::37]))
    shares = [share for _, share in shipped.translate(term, source="en")]
    assert 1 <= len(shares) <= 6
    assert shares == sorted(shares, reverse=True)
    assert min(shares) >= 0.05
    assert sum(shares) <= 1 + 1e-9
