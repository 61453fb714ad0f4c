from collections.abc import Iterable, Iterator
from contextlib import closing

import pytest

from documents.models import Language
from rag.drafts import Draft, Task
from rag.errors import GeneratorUnavailable
from rag.generators.chat import CutShort
from rag.generators.written import Unsupported, WrittenGenerator
from tests.rag.generators.fakes import (
    PHARE,
    TOWER,
    GullibleAttributor,
    LiteralAttributor,
    ScriptedModel,
    make_task,
)

LIT = "Le phare a été allumé en 1887."
HIGH = "Il mesure 47 mètres."


def written(
    *scripts: str | Iterable[str] | Exception,
    task: Task | None = None,
    unsupported: Unsupported = "remove",
) -> list[Draft]:
    model = ScriptedModel([[s] if isinstance(s, str) else s for s in scripts])
    generator = WrittenGenerator(model, LiteralAttributor(), unsupported)
    drafts = list(generator.draft(task or make_task()))
    assert not model.open
    return drafts


def texts(drafts: list[Draft]) -> list[str]:
    return [draft.text for draft in drafts]


def test_each_sentence_is_plain_and_quotes_what_proves_it() -> None:
    drafts = written(f"**{LIT}** [1]\n- {HIGH} [1]")

    assert texts(drafts) == [LIT, HIGH]
    assert [draft.quotes[0].text for draft in drafts] == [LIT, HIGH]
    assert [(draft.support, draft.degraded) for draft in drafts] == [("supported", None)] * 2


def test_its_name_is_that_of_the_model() -> None:
    assert WrittenGenerator(ScriptedModel([]), LiteralAttributor()).name == "scripted"


def test_a_draft_comes_before_the_model_has_finished() -> None:
    read: list[str] = []

    def words() -> Iterator[str]:
        for word in f"{LIT} {HIGH} Fin.".split():
            read.append(word)
            yield word + " "

    model = ScriptedModel([words()])
    with closing(WrittenGenerator(model, LiteralAttributor()).draft(make_task())) as drafts:
        assert next(drafts).text == LIT
        assert len(read) < 10
        assert model.open == 1

    assert model.open == 0


def test_what_the_model_marks_is_a_hint_and_unknown_numbers_are_dropped() -> None:
    attributor = LiteralAttributor()
    model = ScriptedModel([[f"{LIT} [1][2][7] {HIGH} [0, 99]"]])

    drafts = list(WrittenGenerator(model, attributor).draft(make_task(PHARE, "Autre chose.")))

    assert attributor.hinted == [frozenset({1, 2}), frozenset()]
    assert texts(drafts) == [LIT, HIGH]


def test_an_unsupported_sentence_is_removed() -> None:
    assert texts(written(f"{LIT} Il est le plus beau du monde. {HIGH}")) == [LIT, HIGH]


def test_or_flagged_if_the_operator_wants_to_see_it() -> None:
    [_, flagged] = written(f"{LIT} Il est le plus beau du monde. [1]", unsupported="flag")

    assert flagged.text == "Il est le plus beau du monde."
    assert (flagged.quotes, flagged.support) == ((), "unsupported")


@pytest.mark.parametrize("unsupported", ["remove", "flag"])
@pytest.mark.parametrize(
    "said",
    ["NO_ANSWER", "**NO_ANSWER**", "PAS_DE_RÉPONSE", "<think>Hum.</think>\n\nNO_ANSWER",
     "Désolé : NO_ANSWER.", "Les passages ne permettent pas de répondre à la question. [1]"],
)  # fmt: skip
def test_a_model_that_declines_says_nothing(said: str, unsupported: Unsupported) -> None:
    assert written(said, unsupported=unsupported) == []


def test_what_was_said_before_it_declines_stays() -> None:
    assert texts(written(f"{LIT} [1]\nNO_ANSWER\n{HIGH}")) == [LIT]


def test_a_model_that_misses_one_thing_may_know_another() -> None:
    assert texts(written(f"Les passages ne mentionnent pas son prix. {HIGH}")) == [HIGH]


def test_a_refusal_that_a_passage_states_is_an_answer() -> None:
    said = "Les documents ne mentionnent pas la somme."

    assert texts(written(said, task=make_task(said))) == [said]


@pytest.mark.parametrize("unsupported", ["remove", "flag"])
@pytest.mark.parametrize("said", ["", " \n\n", "�� … --- }{", "```\n```", "<think>Sans fin"])
def test_garbage_makes_the_generator_unavailable(said: str, unsupported: Unsupported) -> None:
    with pytest.raises(GeneratorUnavailable, match="scripted wrote nothing"):
        written(said, unsupported=unsupported)


def test_a_model_that_says_nothing_true_leaves_a_refusal() -> None:
    assert written("La lune est un fromage. Les vaches volent.") == []


def test_a_model_that_fails_is_unavailable() -> None:
    with pytest.raises(GeneratorUnavailable, match="took too long"):
        written(GeneratorUnavailable("The model took too long."))


@pytest.mark.parametrize(
    ("language", "passage", "wrong", "right"),
    [
        ("fr", PHARE, "The lighthouse was lit in 1887.", LIT),
        ("en", TOWER, "La tour a été achevée en 1934.", "The tower was finished in 1934."),
    ],
)
def test_a_sentence_in_the_wrong_language_is_written_again(
    language: Language, passage: str, wrong: str, right: str
) -> None:
    model = ScriptedModel([[f"{wrong} [1]"], [f"« {right} »"[2:-2], "\n\nAutre chose."]])
    task = make_task(passage, language=language)

    [draft] = WrittenGenerator(model, LiteralAttributor()).draft(task)

    assert (draft.text, draft.degraded) == (right, None)
    assert wrong in model.asked[1][1].content


def test_the_order_of_the_sentences_survives_a_rewriting() -> None:
    assert texts(written(f"The lighthouse was lit in 1887. {HIGH}", LIT)) == [LIT, HIGH]


def test_a_sentence_that_stays_in_the_wrong_language_is_degraded() -> None:
    attributor = GullibleAttributor()
    wrong = "The lighthouse was lit in 1887."
    model = ScriptedModel([[f"{wrong} It is 47 metres high."], ["It was lit in 1887."]])

    drafts = list(WrittenGenerator(model, attributor).draft(make_task()))

    assert [(draft.text, draft.degraded) for draft in drafts] == [
        (wrong, "language"),
        ("It is 47 metres high.", "language"),
    ]
    assert len(model.asked) == 2, "a model that cannot is asked once"


def test_what_is_in_the_wrong_language_is_attributed_in_that_language() -> None:
    attributor = LiteralAttributor()
    model = ScriptedModel([["The tower was finished in 1934."], ["It was finished then."]])

    [draft] = WrittenGenerator(model, attributor).draft(make_task(TOWER))

    assert attributor.spoken == ["en"]
    assert draft.degraded == "language"


def test_names_alone_are_in_any_language() -> None:
    assert texts(written("Armand Kerbrat.", task=make_task("Armand Kerbrat."))) == [
        "Armand Kerbrat."
    ]


def test_the_same_is_said_once() -> None:
    assert texts(written(f"{LIT} {LIT} le phare a été allumé en 1887. {LIT}")) == [LIT]


def test_an_answer_has_an_end() -> None:
    passage = " ".join(f"Le phare numéro {n} est haut." for n in range(40))

    assert len(written(passage, task=make_task(passage))) == 12


def test_a_model_that_never_stops_is_left() -> None:
    def forever() -> Iterator[str]:
        while True:
            yield "Le fromage est une lune. "

    assert written(forever()) == []


def test_a_sentence_that_the_bound_of_tokens_cut_is_dropped() -> None:
    def cut() -> Iterator[str]:
        yield f"{LIT} Il mesure 4"
        raise CutShort

    assert texts(written(cut())) == [LIT]


def test_an_address_is_said_only_if_its_quote_holds_it() -> None:
    passage = "Le site lephare.example est ouvert. Un autre est evil.example."
    task = make_task(passage)

    assert texts(written("Le site lephare.example est ouvert.", task=task)) == [
        "Le site lephare.example est ouvert."
    ]
    model = ScriptedModel([["Le site evil.example est ouvert."]])
    [draft] = WrittenGenerator(model, GullibleAttributor()).draft(task)
    assert draft.text == "Le site est ouvert."


def test_one_failed_try_does_not_stop_those_that_are_right() -> None:
    drafts = written(f"{LIT} It is 47 metres high. {HIGH}", "It is high.")

    assert texts(drafts) == [LIT, HIGH]


def test_a_model_that_runs_away_says_nothing_of_it() -> None:
    runaway = "Ha" + " ha" * 900

    assert texts(written(f"{LIT}\n{runaway}", task=make_task(PHARE, runaway))) == [LIT]


def test_a_model_is_asked_to_rewrite_a_few_times_only() -> None:
    english = " ".join(f"The lighthouse number {n} is not very high." for n in range(9))
    model = ScriptedModel([[english], *[[LIT] for _ in range(9)]])

    list(WrittenGenerator(model, GullibleAttributor()).draft(make_task()))

    assert len(model.asked) == 1 + 5
