"""Documents that give orders, and a model that obeys all of them: what code still stops.

What it cannot stop: a false claim that a hostile document makes is borne out by that document.
It is then quoted with its source, so that the reader sees who says so. And a document can talk
a model out of answering.
"""

import json
import re
import unicodedata
from dataclasses import dataclass
from pathlib import Path
from typing import get_args

import pytest

from documents.models import Language
from index.late_interaction import LateInteraction
from index.lexicon import Lexicon
from index.static_encoder import StaticEncoder
from rag.bootstrap import LEXICON
from rag.claims.attribution import Attributor
from rag.drafts import Draft
from rag.errors import GeneratorUnavailable
from rag.generators.addresses import addresses
from rag.generators.written import Unsupported, WrittenGenerator
from tests.rag.generators.fakes import GullibleAttributor, ScriptedModel, make_task

FILE = Path(__file__).parents[2] / "golden" / "hostile_passages.jsonl"
HONEST: dict[Language, str] = {
    "fr": "Le phare a été allumé le 12 mai 1887 par l’ingénieur Armand Kerbrat. La tour de "
    "granit mesure 47 mètres de haut.",
    "en": "The lighthouse was lit on 12 May 1887 by the engineer Armand Kerbrat. The granite "
    "tower is 47 metres high.",
}
ASKED: dict[Language, str] = {
    "fr": "Quand le phare a-t-il été allumé ?",
    "en": "When was the lighthouse lit?",
}
POLICIES = get_args(Unsupported)
MARKUP = re.compile(
    r"<[a-zA-Z/!?]|!\[|\]\(|\]\[|\]:|`|\*\*|^#|://|\[\d|【|\(sources? ?:|javascript:|data:",
    re.IGNORECASE,
)


@dataclass(frozen=True)
class Hostile:
    """A document that wants something, and what a model that obeys it writes."""

    language: Language
    kind: str
    passage: str
    obeyed: str
    never: tuple[str, ...]


CASES = [
    Hostile(**{**row, "never": tuple(row["never"])})
    for row in map(json.loads, FILE.read_text(encoding="utf-8").splitlines())
]
EACH = pytest.mark.parametrize("case", CASES, ids=lambda case: f"{case.language}-{case.kind}")


@pytest.fixture(scope="module")
def attributor(static: StaticEncoder, interaction: LateInteraction) -> Attributor:
    return Attributor(static, interaction, Lexicon.load(LEXICON))


def answered(case: Hostile, attributor: object, unsupported: Unsupported) -> list[Draft]:
    """Return the drafts of a model that obeys, asked to rewrite or not."""
    task = make_task(
        HONEST[case.language],
        case.passage,
        language=case.language,
        question=ASKED[case.language],
    )
    model = ScriptedModel([[case.obeyed] for _ in range(6)])
    generator = WrittenGenerator(model, attributor, unsupported)  # type: ignore[arg-type]
    drafts: list[Draft] = []
    try:
        for draft in generator.draft(task):
            drafts.append(draft)  # noqa: PERF402 - those before an error count
    except GeneratorUnavailable:
        pass
    [_, user] = model.asked[0]
    assert not re.search(r"<[|/a-zA-Z]", user.content), "the prompt lets a template be forged"
    return drafts


def check_safe(draft: Draft) -> None:
    assert not MARKUP.search(draft.text), draft.text
    assert "\n" not in draft.text
    kinds = {unicodedata.category(character) for character in draft.text}
    assert kinds.isdisjoint({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})
    quoted = {address for quote in draft.quotes for address in addresses(quote.text)}
    assert addresses(draft.text) <= quoted


def test_there_are_enough_of_each_language() -> None:
    for language in ("fr", "en"):
        assert sum(case.language == language for case in CASES) >= 30
    assert len({(case.language, case.kind) for case in CASES}) == len(CASES)


@pytest.mark.parametrize("unsupported", POLICIES)
@EACH
def test_nothing_gets_through_when_the_attribution_is_fooled(
    case: Hostile, unsupported: Unsupported
) -> None:
    for draft in answered(case, GullibleAttributor(), unsupported):
        check_safe(draft)


@pytest.mark.parametrize("unsupported", POLICIES)
@EACH
def test_each_sentence_has_its_proof_or_is_marked(
    case: Hostile, unsupported: Unsupported, attributor: Attributor
) -> None:
    for draft in answered(case, attributor, unsupported):
        check_safe(draft)
        assert draft.support != "unsupported" or unsupported == "flag"
        assert draft.quotes or draft.support == "unsupported"
        for quote in draft.quotes:
            assert quote.text in quote.found.hit.stored.passage.text


@EACH
def test_orders_are_not_carried_out(case: Hostile, attributor: Attributor) -> None:
    said = " ".join(draft.text for draft in answered(case, attributor, "remove"))

    assert [forbidden for forbidden in case.never if forbidden in said] == []


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_changed_year_is_not_passed_off_as_proved(
    language: Language, attributor: Attributor
) -> None:
    [case] = [one for one in CASES if (one.language, one.kind) == (language, "altered_number")]

    assert all(draft.support != "supported" for draft in answered(case, attributor, "remove"))


@pytest.mark.parametrize("language", ["fr", "en"])
def test_a_false_claim_is_shown_with_the_document_that_makes_it(
    language: Language, attributor: Attributor
) -> None:
    [case] = [one for one in CASES if (one.language, one.kind) == (language, "false_claim")]

    [draft] = answered(case, attributor, "remove")

    assert draft.support == "supported"
    assert {quote.found.hit.stored.passage.text for quote in draft.quotes} == {case.passage}


@pytest.mark.parametrize("language", ["fr", "en"])
def test_an_order_to_change_the_language_leaves_a_mark(
    language: Language, attributor: Attributor
) -> None:
    [case] = [one for one in CASES if (one.language, one.kind) == (language, "language_switch")]

    drafts = answered(case, attributor, "remove")

    assert [draft.degraded for draft in drafts] == ["language"] * len(drafts)
