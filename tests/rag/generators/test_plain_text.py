import re
import unicodedata

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rag.generators.addresses import addresses
from rag.generators.plain_text import plain

PIECES = st.sampled_from(
    [
        "**", "*", "_", "__", "~~", "`", "```", "#", "# ", "- ", "1. ", "> ", "|", "---", "[", "]",
        "](", "(", ")", "![", "[1]", "[1, 2]", "【3†source】", "(source : 4)", "]: ", "<", ">",
        "</",
        "<img src=x>", "<script>", "</script>", "<!--", "-->", "&lt;", "&amp;", "\\", "https://",
        "evil.com", "www.", "@", "data:", "x", "é", "5", " ", "\u00a0", "\n", ".", "!", "²",
        "\x1b[31m",
        "\u200b", "\u202e", "l’IA", "//", "/p?q=1", ":", "javascript:", "«", "»", "\r", "\t",
    ]
)  # fmt: skip
TANGLES = st.lists(PIECES, max_size=14).map("".join) | st.text(max_size=40)


@given(TANGLES)
def test_cleaning_twice_is_cleaning_once(prose: str) -> None:
    once = plain(prose).text

    assert plain(once).text == once


@given(TANGLES)
def test_no_tangle_leaves_markup_or_an_address(prose: str) -> None:
    text = plain(prose).text

    assert not re.search(r"<[a-zA-Z/!?]|!\[|\]\(|\]:|\]\[|`|\n|\x1b|://", text)
    assert not addresses(text)
    assert {unicodedata.category(one) for one in text}.isdisjoint({"Cc", "Cf", "Cs", "Co"})


@given(st.text(alphabet="abcdeéèœ ’,\u00a0«»", max_size=60))
def test_prose_stays_as_it_is(prose: str) -> None:
    expected = re.sub(r"«[ \u00a0]*»", "", prose)

    assert plain(prose).text.split() == unicodedata.normalize("NFC", expected).split()


@pytest.mark.parametrize(
    ("prose", "text"),
    [
        ("**Le plan** date de *2017*.", "Le plan date de 2017."),
        ("l’**IA** générale", "l’IA générale"),
        ("### Réponse\nLe phare est haut.", "Réponse Le phare est haut."),
        ("- Le phare est haut.", "Le phare est haut."),
        ("2) Le phare est haut.", "Le phare est haut."),
        ("> Le phare est haut.", "Le phare est haut."),
        ("| Année | Prix |\n|---|:-:|\n| 2017 | 3 |", "Année, Prix 2017, 3"),
        ("```json\n{}\n```", "{}"),
        ("Le `phare` est haut.", "Le phare est haut."),
        ("Le ~~petit~~ phare.", "Le petit phare."),
        ("Le <b>phare</b><br/> est haut.", "Le phare est haut."),
        ("&lt;img src=x onerror=alert(1)&gt;Le phare.", "Le phare."),
        ("&amp;lt;b&amp;gt;Le phare.", "Le phare."),
        ("Le phare<script>fetch('x')</script> est haut.", "Le phare est haut."),
        ("Le phare ![vue](https://evil.example/a.png) est haut.", "Le phare est haut."),
        ("Le [phare](https://evil.example/?q=[x](y)) est haut.", "Le phare est haut."),
        ("Le [phare][a] est haut.\n[a]: https://evil.example", "Le phare est haut."),
        ("Le phare (https://evil.example/a) est haut.", "Le phare est haut."),
        ("Voir www.evil.example/a ou evil.com.", "Voir ou."),
        ("Écrire à moi@evil.example merci.", "Écrire à merci."),
        ("Le \x1b[1;31mphare\x1b[0m est haut.", "Le phare est haut."),
        ("Le ph\u200bare\u202e est\U000e0041 haut\ufe0f.", "Le phare est haut."),
    ],
)
def test_markup_is_taken_away_and_the_words_stay(prose: str, text: str) -> None:
    assert plain(prose).text == text


@pytest.mark.parametrize(
    "prose",
    [
        "Un taux de 3,5 % (n° 12) et 5*3 = 15, soit 2 ** 3.",
        "« L’IA », a-t-il dit, coûte 1\u202f200 € le m².",
        "The U.S./China talks cost $3.5 bn; 24/7 e.g. at 5 p.m. (no. 3).",
        "Il écrit snake_case et [sic] : 10⁻³ < 4.",
    ],
)
def test_what_only_looks_like_markup_stays(prose: str) -> None:
    assert plain(prose).text == prose


@pytest.mark.parametrize(
    ("prose", "numbers"),
    [
        ("Le phare est haut [1].", {1}),
        ("Le phare est haut [1, 2] [5].", {1, 2, 5}),
        ("Le phare est haut [1][3].", {1, 3}),
        ("Le phare est haut [2-4].", {2, 3, 4}),
        ("Le phare est haut [^2].", {2}),
        ("Le phare est haut [passage 2].", {2}),
        ("Le phare est haut 【3†source】.", {3}),
        ("Le phare est haut (source : 2).", {2}),
        ("Le phare est haut (sources: 1 et 2).", {1, 2}),
        ("Le phare est haut [1](https://evil.example/a).", {1}),
        ("Le phare est haut.¹²", {12}),
    ],
)
def test_marks_of_citations_are_read_and_taken_away(prose: str, numbers: set[int]) -> None:
    cleaned = plain(prose)

    assert (cleaned.text, cleaned.numbers) == ("Le phare est haut.", numbers)


def test_a_mark_over_all_numbers_is_no_work() -> None:
    assert len(plain("Le phare [1-999].").numbers) < 30


def test_an_address_stays_only_if_it_is_exactly_one_of_those_kept() -> None:
    kept = addresses("Le site lephare.example est ouvert.")

    assert plain("Le site lephare.example est ouvert.", kept=kept).text.startswith(
        "Le site lephare"
    )
    for other in ("https://lephare.example", "lephare.example/?q=secret", "le.lephare.example"):
        assert "example" not in plain(f"Le site {other} est ouvert.", kept=kept).text


@pytest.mark.parametrize(
    "address",
    [
        "https://evil.example/a?b=c", "HTTP://EVIL.EXAMPLE", "//evil.example/a", "www.evil.example",
        "evil.com", "EVIL.COM", "evil.xn--p1ai", "xn--80ak6aa92e.com/x", "mailto:a@evil.example",
        "data:text/html;base64,AAAA", "javascript:alert", "tel:+33123456789", "a@evil.example",
        "ftp://evil.example", "10.0.0.1/admin", "https:\\\\evil.example", "ms-word:ofe|u|x",
    ],
)  # fmt: skip
def test_addresses_of_all_kinds_are_seen(address: str) -> None:
    assert addresses(f"Voir {address} ici")


@pytest.mark.parametrize(
    "prose",
    ["et/ou", "3.5/4", "fin.Le plan", "said.It is", "M. Dupont", "J.-C.", "12:30", "note : oui",
     "p.m.", "le 3.2.1", "à 10 km/h"],
)  # fmt: skip
def test_ordinary_writing_is_no_address(prose: str) -> None:
    assert not addresses(prose)
