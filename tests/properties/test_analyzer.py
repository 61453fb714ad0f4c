import unicodedata

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from index.analyzer import LANGUAGES, Language, terms
from index.tokenizer import fold, stretches, tokens

languages = st.sampled_from(LANGUAGES)
letters = st.text("abcdeéèêëàâçîïôùûüÿœæñABCDEÉÈÀÇŒ", min_size=1, max_size=14)


@settings(deadline=None)
@given(st.text(), languages)
@example("\u0345", "fr")
@example("ﬁn ⅷ ² ½ İ ß", "en")
def test_terms_are_short_plain_and_never_empty(text: str, language: Language) -> None:
    for term in terms(text, language):
        assert 0 < len(term) <= 64
        assert all(c.isalnum() or c == "." for c in term)


@settings(deadline=None)
@given(st.text(), languages)
def test_terms_do_not_depend_on_the_unicode_form(text: str, language: Language) -> None:
    composed = unicodedata.normalize("NFC", text)
    decomposed = unicodedata.normalize("NFD", text)
    assert terms(composed, language) == terms(decomposed, language)


@settings(deadline=None)
@given(letters, languages)
def test_a_word_has_the_same_term_with_and_without_accents(word: str, language: Language) -> None:
    with_accents, without = terms(word, language), terms(fold(word), language)
    # Without its accent a word may be one that carries no meaning ("maïs", "mais").
    assert with_accents == without or not without


@settings(deadline=None)
@given(st.text("aeiouéèàlmnrst", min_size=3, max_size=14), languages)
def test_case_does_not_matter(word: str, language: Language) -> None:
    assert terms(word.upper(), language) == terms(word, language)


@settings(deadline=None)
@given(number=st.integers(min_value=0), language=languages)
@pytest.mark.parametrize("mark", [" ", ",", ".", "\u00a0", "\u202f", "'", "’"])
def test_a_number_has_one_term_however_it_is_grouped(
    mark: str, number: int, language: Language
) -> None:
    assert terms(f"{number:,}".replace(",", mark), language) == [str(number)[:64]]


@settings(deadline=None)
@given(st.lists(letters, max_size=6), languages)
def test_words_are_analysed_one_by_one(words: list[str], language: Language) -> None:
    apart = [term for word in words for term in terms(word, language)]
    assert terms(" ".join(words), language) == apart


@settings(deadline=None)
@given(st.text(st.sampled_from("aÉœ019.,'’ -\u00a0\u0301\n\t\x1cΣ中")))
@example("il y a 1 200 ans, J. R. Dupont")
@example("1\n200 et\u00a01\u00a0200")
def test_the_stretches_of_a_text_have_its_tokens(text: str) -> None:
    apart = [token for stretch in stretches(text) for token in tokens(stretch)]
    assert apart == tokens(text)
