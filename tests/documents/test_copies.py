"""Texts that are nearly the same are told from those that only look alike."""

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from documents.copies import ALIKE, MARKS, Sketch

WIRE_FR = """\
Le phare de Kerbrat, sur la côte nord, a rouvert ses portes au public samedi matin après trois ans \
de travaux. Les ouvriers ont remplacé la lanterne et renforcé l’escalier de granit, rongé par le \
sel. Le chantier a coûté 2,4 millions d’euros, dont la moitié a été payée par la région. « Nous \
avons retrouvé les plans de 1887 dans un grenier », raconte la conservatrice, Anne Le Goff. Les \
visiteurs peuvent désormais monter jusqu’à la galerie, par groupes de douze personnes. La mairie \
attend 30 000 visiteurs par an, deux fois plus qu’avant la fermeture. Un petit musée a été \
installé dans l’ancienne maison du gardien, où l’on voit les optiques d’origine. Le prochain \
chantier concernera la corne de brume, muette depuis 1994."""
WIRE_EN = """\
The mill of Oakley will grind flour again from September, the parish council said on Monday. Two \
carpenters spent a winter on its sails, which a storm had torn off in 1987. The village paid for \
the timber, and a charity for the stones. "We could not let it rot," said the miller's daughter, \
Ruth Harding, who keeps the keys. Children from the school will sow an acre of wheat beside the \
stream each spring. Bread from the first sack will be sold at the harvest fair, for a new roof. \
The council hopes that four thousand people will come in the first year, most of them by bus."""
WIRES = [pytest.param(WIRE_FR, id="fr"), pytest.param(WIRE_EN, id="en")]

MARKET_MONDAY = """\
La Bourse de Paris a terminé en hausse de 0,8 % lundi, portée par les valeurs bancaires. Le CAC 40 \
a gagné 61 points à 7 512 points. Société Générale a pris 3,1 %, BNP Paribas 2,4 %. À l’inverse, \
Kering a perdu 2,2 %. Le baril de brent a reculé à 71 dollars. L’euro s’échangeait à 1,08 dollar. \
Les investisseurs attendent mercredi la décision de la banque centrale."""
MARKET_TUESDAY = """\
La Bourse de Paris a terminé en baisse de 1,2 % mardi, plombée par le secteur du luxe. Le CAC 40 a \
perdu 90 points à 7 422 points. Kering a cédé 4,5 %, Hermès 3,3 %. À l’inverse, TotalEnergies a \
gagné 1,9 %. Le baril de brent a grimpé à 74 dollars. L’euro s’échangeait à 1,07 dollar. Les \
investisseurs digèrent les chiffres de l’inflation américaine."""
OTHER_REPORT = """\
Après trois ans de travaux, le phare de Kerbrat accueille de nouveau le public. Anne Le Goff, qui \
dirige le site, se réjouit d’avoir retrouvé les plans de la construction. Granit rongé par le sel, \
lanterne à bout de souffle : il fallait agir, dit-elle. La facture, 2,4 millions d’euros, a été \
partagée avec la région. On monte maintenant jusqu’à la galerie, mais à douze au plus."""


def resemblance(one: str, other: str) -> float:
    return Sketch.of([one]).resemblance(Sketch.of([other]))


def sentences(text: str) -> list[str]:
    return text.replace(". ", ".\n").split("\n")


@pytest.mark.parametrize("wire", WIRES)
@pytest.mark.parametrize(
    "edit",
    [
        lambda text: text,
        lambda text: "Bonne nouvelle pour les promeneurs, et pour toute la commune. " + text,
        lambda text: text + " (AFP) Tous droits réservés, reproduction interdite sans accord.",
        lambda text: " ".join(sentences(text)[:-1]),
        lambda text: " ".join(sentences(text)[1:]),
        lambda text: text.replace("’", "'").replace("«", '"').replace("\u00a0", " ").upper(),
        lambda text: text.replace("trois ans", "plus de trois ans").replace("Monday", "Tuesday"),
        lambda text: text.replace(" ", "\n"),
    ],
    ids=["same", "intro", "outro", "cut end", "cut start", "typography", "some words", "lines"],
)
def test_wire_copy_is_a_copy_whatever_its_editors_did(wire: str, edit: object) -> None:
    assert callable(edit)
    edited = edit(wire)

    assert resemblance(wire, edited) >= ALIKE
    assert set(Sketch.of([wire]).marks) & set(Sketch.of([edited]).marks)


@pytest.mark.parametrize(
    ("one", "other"),
    [
        (WIRE_FR, WIRE_EN),
        (WIRE_FR, OTHER_REPORT),
        (MARKET_MONDAY, MARKET_TUESDAY),
        (WIRE_FR, WIRE_FR[: len(WIRE_FR) // 3]),
        (WIRE_FR, WIRE_FR[: len(WIRE_FR) // 3] + MARKET_MONDAY + MARKET_TUESDAY),
    ],
    ids=["other text", "other report", "same form", "an extract", "a quote in a longer text"],
)
def test_what_is_no_copy_is_told_apart(one: str, other: str) -> None:
    assert resemblance(one, other) < ALIKE


def test_too_little_text_proves_nothing() -> None:
    brief = "Le phare de Kerbrat a rouvert samedi après trois ans de travaux."

    assert resemblance(brief, brief) == 0.0
    assert Sketch.of([brief]).marks == []
    assert Sketch.of([]).pack() == b""


def test_the_order_of_passages_and_their_overlap_change_nothing() -> None:
    first, second = " ".join(sentences(WIRE_FR)[:5]), " ".join(sentences(WIRE_FR)[4:])

    cut = Sketch.of([second, first])

    assert cut.resemblance(Sketch.of([WIRE_FR])) == 1.0


def test_a_sketch_is_small_and_survives_being_kept() -> None:
    long = Sketch.of([" ".join(f"mot{number}" for number in range(5000))])

    assert len(long.pack()) == 1024
    assert len(long.marks) == MARKS
    assert Sketch.unpack(long.pack()).resemblance(long) == 1.0


@pytest.mark.parametrize("share", [0.9, 0.75, 0.5, 0.25])
def test_the_resemblance_is_near_the_true_one(share: float) -> None:
    words = [f"mot{number}" for number in range(3000)]
    kept = round(3000 * share)
    one, other = " ".join(words), " ".join(words[:kept])

    assert resemblance(one, other) == pytest.approx(share, abs=0.13)


WORDS = st.lists(st.sampled_from(["le", "phare", "fut", "bâti", "en", "1887"]), min_size=60)


@settings(deadline=None, max_examples=50)
@given(WORDS.map(" ".join), WORDS.map(" ".join))
def test_resemblance_is_a_share_and_the_same_both_ways(one: str, other: str) -> None:
    share = resemblance(one, other)

    assert 0 <= share <= 1
    assert share == resemblance(other, one)
    assert resemblance(one, one) == 1.0 or not Sketch.of([one]).marks
