import pytest
from hypothesis import given
from hypothesis import strategies as st

from documents.models import Language, Passage, Sentence
from documents.sentences import sentence_spans
from rag.quoting.antecedent import antecedent_of, with_bracket

LONG_FR = (
    " a longuement défendu devant le conseil réuni dans la grande salle du port, malgré la pluie "
    "et malgré le vent qui couvrait parfois les voix, le projet de la jetée neuve et des quais."
)
LONG_EN = (
    " spoke at length before the council that had met in the great hall of the port, in spite of "
    "the rain and of the wind that at times drowned every voice, for the new pier and the quays."
)


def passage(text: str, language: Language) -> Passage:
    sentences = tuple(Sentence(span.start, span.end) for span in sentence_spans(text))
    return Passage(0, len(text), text, language, sentences)


def said(text: str, language: Language) -> str:
    """Return how the last sentence of `text` is said."""
    read = passage(text, language)
    last = read.sentences[-1]
    sentence = text[last.start : last.end]
    found = antecedent_of(read, last)
    if found is None:
        return sentence
    if found.name is None:
        return f"{text[found.sentence.start : found.sentence.end]} {sentence}"
    return with_bracket(sentence, found)


@pytest.mark.parametrize(
    ("text", "language"),
    [
        ("Anne Le Goff dirige le port. Elle a ajouté que le quai ouvrirait.", "fr"),
        ("La Chine a signé l’accord. Elle compte douze ports.", "fr"),
        ("Le conseil a voté la loi. Il siège à Brest.", "fr"),
        ("Les pêcheurs ont signé. Ils partent demain.", "fr"),
        ("Le quai s’est affaissé. Cela représente un tiers du port.", "fr"),
        ("Le maire a reçu Anne Le Goff. Cette dernière a refusé.", "fr"),
        ("Anne Le Goff dirige le port. En 2021, elle a vendu la flotte.", "fr"),
        ("Margaret Oakley opened the bakery. She added that it would close.", "en"),
        ("The bakery moved in 1978. It employs nine people.", "en"),
        ("Two sisters ran it. They baked bread.", "en"),
        ("The oven cracked. This led to the move.", "en"),
    ],
)
def test_a_short_sentence_that_names_who_comes_along(text: str, language: Language) -> None:
    assert said(text, language) == text


@pytest.mark.parametrize(
    ("text", "language", "expected"),
    [
        (
            f"Le maire Paul Rivoal{LONG_FR} Il a ajouté que tout irait bien.",
            "fr",
            "Il [Paul Rivoal] a ajouté que tout irait bien.",
        ),
        (
            f"Mme Kerbrat{LONG_FR} Selon ce plan, elle a promis un quai.",
            "fr",
            "Selon ce plan, elle [Mme Kerbrat] a promis un quai.",
        ),
        (
            f"Margaret Oakley{LONG_EN} She added that it would close.",
            "en",
            "She [Margaret Oakley] added that it would close.",
        ),
    ],
)
def test_a_name_in_brackets_stands_for_a_long_sentence(
    text: str, language: Language, expected: str
) -> None:
    assert said(text, language) == expected


def test_a_name_is_found_before_another_sentence_with_a_pronoun() -> None:
    text = "Anne Le Goff dirige le port. Elle l’aime. Elle a ajouté que le quai ouvrirait."

    assert said(text, "fr") == "Elle [Anne Le Goff] a ajouté que le quai ouvrirait."


@pytest.mark.parametrize(
    ("sentence", "language"),
    [
        ("Il faut attendre.", "fr"),
        ("Il y a trois ports.", "fr"),
        ("Il s’agit d’un échec.", "fr"),
        ("Il est clair que le port fermera.", "fr"),
        ("Il n’est pas nécessaire de partir.", "fr"),
        ("Il pleut.", "fr"),
        ("It is clear that the port will close.", "en"),
        ("It rains.", "en"),
        ("It was said that she left.", "en"),
        ("Le port a rouvert.", "fr"),
        ("Illustre, le port a rouvert.", "fr"),
        ("Pour Solène Marchetti, il a rouvert.", "fr"),
    ],
)
def test_what_needs_nothing_is_left_alone(sentence: str, language: Language) -> None:
    before = {"fr": "Paul Rivoal a parlé.", "en": "Paul Rivoal spoke."}[language]

    assert said(f"{before} {sentence}", language) == sentence


@pytest.mark.parametrize(
    "before",
    [
        f"Le maire Paul Rivoal a reçu Jean Kerbrat, qui{LONG_FR}",  # who was born?
        f"Le port{LONG_FR}",  # nobody is named
        f"La maire, Mme Kerbrat,{LONG_FR}",  # not « il »
        "Il a parlé.",
    ],
)
def test_nobody_is_named_where_it_is_not_sure_who(before: str) -> None:
    assert said(f"{before} Il est né à Brest.", "fr") == "Il est né à Brest."


def test_nothing_stands_before_the_first_sentence_or_across_a_heading() -> None:
    text = "Anne Le Goff\nElle dirige le port."
    first, second = Sentence(0, 12, heading=True), Sentence(13, len(text))
    read = Passage(0, len(text), text, "fr", (first, second))

    assert antecedent_of(read, second) is None
    assert antecedent_of(passage("Elle dirige le port.", "fr"), Sentence(0, 20)) is None


@given(before=st.text(max_size=60), after=st.text(max_size=60))
def test_any_text_can_be_read_and_a_bracket_is_all_that_is_added(before: str, after: str) -> None:
    read = passage(f"{before}. Il {after}", "fr")
    for sentence in read.sentences:
        text = read.text[sentence.start : sentence.end]
        found = antecedent_of(read, sentence)
        if found and found.name:
            assert with_bracket(text, found).replace(f" [{found.name}]", "", 1) == text
