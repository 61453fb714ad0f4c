import pytest

from index.analyzer import LANGUAGES, Language, fingerprint, terms


@pytest.mark.parametrize(
    ("written", "typed"),
    [
        ("énergie", "energie"),
        ("économie", "economie"),
        ("élevé", "eleve"),
        ("élevées", "elevees"),
        ("première", "premiere"),
        ("annoncèrent", "annoncerent"),
        ("réglementation européenne", "reglementation europeenne"),
        ("où êtes-vous allé à Noël", "ou etes-vous alle a Noel"),
        ("Éléonore", "ELEONORE"),
        ("cœur", "coeur"),
        ("nævus", "naevus"),
    ],
)
def test_words_typed_without_accents_give_the_same_terms(written: str, typed: str) -> None:
    assert terms(written, "fr") == terms(typed, "fr") != []


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    "elided",
    ["l'usine", "l’usine", "L'Usine", "d'usine", "qu'usine", "jusqu'usine", "lorsqu’usine"],
)
def test_elided_articles_are_dropped(elided: str, language: Language) -> None:
    assert terms(elided, language) == terms("usine", language)


@pytest.mark.parametrize(
    "forms",
    [
        "élevé élevée élevés élevées eleve elevees",
        "premier première premiers premières",
        "annonce annoncer annoncé annoncée annoncèrent annonçait annoncera",
        "étranger étrangère étrangers étrangères",
        "complet complète complètes",
        "cheval chevaux",
    ],
)
def test_forms_of_a_french_word_share_a_term(forms: str) -> None:
    assert len(set(terms(forms, "fr"))) == 1


def test_endings_that_only_look_like_verbs_are_kept() -> None:
    assert terms("différent adhérent cohérent", "fr") == ["different", "adherent", "coherent"]


@pytest.mark.parametrize("apostrophe", ["'", "’"])
def test_aujourdhui_stays_whole(apostrophe: str) -> None:
    assert terms(f"Aujourd{apostrophe}hui", "fr") == ["aujourdhui"]
    assert terms(f"d{apostrophe}aujourd{apostrophe}hui", "fr") == ["aujourdhui"]


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("1200", ["1200"]),
        ("1 200", ["1200"]),
        ("1\u00a0200", ["1200"]),
        ("1\u202f200", ["1200"]),
        ("1,200", ["1200"]),
        ("1.200", ["1200"]),
        ("1’200", ["1200"]),
        ("1 200 000", ["1200000"]),
        ("1,200.50", ["1200.5"]),
        ("1 200,50", ["1200.5"]),
        ("3,5", ["3.5"]),
        ("3.50", ["3.5"]),
        ("0.200", ["0.2"]),
        ("0,75 %", ["0.75"]),
        ("2,0", ["2"]),
        ("145 %", ["145"]),
        ("145%", ["145"]),
        ("26.04.2025", ["26", "4", "2025"]),
        ("2017-2030", ["2017", "2030"]),
        ("1, 2, 3", ["1", "2", "3"]),
        ("1,2,3", ["1", "2", "3"]),
        ("12 345", ["12345"]),
        ("12 3456", ["12", "3456"]),
        ("1er", ["1"]),
        ("2e", ["2"]),
        ("20th", ["20"]),
        ("1990s", ["1990"]),
        ("007", ["7"]),
        ("$3.5bn", ["3.5", "bn"]),
    ],
)
def test_numbers_have_one_spelling(written: str, expected: list[str], language: Language) -> None:
    assert terms(written, language) == expected


@pytest.mark.parametrize("language", LANGUAGES)
@pytest.mark.parametrize(
    ("written", "expected"),
    [
        ("U.S.", ["us"]),
        ("US", ["us"]),
        ("U.S.A.", ["usa"]),
        ("J.D.", ["jd"]),
        ("J. D.", ["jd"]),
        ("JD", ["jd"]),
        ("R1", ["r1"]),
        ("910B", ["910b"]),
        ("5G", ["5g"]),
        ("O’Brien", ["obrien"]),
        ("COVID-19", ["covid", "19"]),
        ("CO₂", ["co2"]),
    ],
)
def test_names_and_acronyms_are_kept(written: str, expected: list[str], language: Language) -> None:
    assert terms(written, language) == expected


def test_initials_stop_where_the_name_begins() -> None:
    assert terms("the U.S.A. J.D. Vance", "en") == ["usa", "jd", "vanc"]
    assert terms("M. Guo", "fr") == ["guo"]


def test_hyphens_separate_words() -> None:
    assert terms("États-Unis", "fr") == ["etat", "unis"]
    assert terms("vice-président", "fr") == [*terms("vice", "fr"), *terms("président", "fr")]


def test_possessives_and_contractions_leave_the_word() -> None:
    assert terms("China's plan, the States' plans", "en") == ["china", "plan", "state", "plan"]
    assert terms("It's what they'd don't we’ll", "en") == []


def test_words_without_meaning_are_dropped() -> None:
    assert terms("Qui est-ce que c’est, et pourquoi ?", "fr") == []
    assert terms("Who is it, and why?", "en") == []


def test_an_acronym_that_looks_like_a_stop_word_is_kept() -> None:
    assert terms("the US told us", "en") == ["us", "told"]
    assert terms("the WHO, who", "en") == ["who"]
    assert terms("l'AI Act que j'ai lu", "fr") == ["ai", "act", "lu"]


def test_an_accent_that_makes_another_word_saves_it() -> None:
    assert terms("mais le maïs", "fr") == ["mais"]


def test_characters_that_show_nothing_do_not_split_a_word() -> None:
    assert terms("gou\u00advernement \ufeffgouver\u200bnement", "fr") == ["gouvern", "gouvern"]


def test_a_word_without_end_gives_one_short_term() -> None:
    for text in ("x" * 100_000, "1," + "000," * 2_000 + "000", "é" * 5_000):
        assert [len(term) <= 64 for term in terms(text, "en")] == [True]


def test_each_language_has_its_own_stems() -> None:
    assert terms("gouvernements", "fr") == ["gouvern"]
    assert terms("governments", "en") == ["govern"]


def test_the_fingerprint_is_short_and_stable() -> None:
    assert fingerprint() == fingerprint()
    assert len(fingerprint()) == 16
