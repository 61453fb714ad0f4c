import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rag.answer_kind import Kind, candidates, holds, question_kind


@pytest.mark.parametrize(
    ("question", "kind"),
    [
        ("Qui est Guo Jiakun ?", "person"),
        ("Who chairs the summit?", "person"),
        ("Quel ministre a signé ?", "person"),
        ("Quand le sommet a-t-il eu lieu ?", "date"),
        ("En quelle année la loi est-elle entrée en vigueur ?", "date"),
        ("When was it signed?", "date"),
        ("What year did it open?", "date"),
        ("In 1962, when was it closed?", "date"),
        ("Depuis quand existe-t-il ?", "date"),
        ("Le phare a été allumé quand ?", "date"),
        ("What did the crew do when it sank?", "thing"),
        ("Que fait l’équipage quand il pleut ?", "thing"),
        ("Combien de pays ont signé ?", "number"),
        ("How many countries signed?", "number"),
        ("How old is the tower?", "number"),
        ("Quel est le montant de l’amende ?", "number"),
        ("Quelle part du budget va aux puces ?", "number"),
        ("Où se trouve le siège ?", "place"),
        ("D’où vient-il ?", "place"),
        ("ou se trouve le siege", "place"),
        ("Where is the headquarters?", "place"),
        ("Dans quelle ville le sommet a-t-il eu lieu ?", "place"),
        ("Pourquoi les États-Unis n’ont-ils pas signé ?", "reason"),
        ("Why was it closed?", "reason"),
        ("Que prévoit la loi ?", "thing"),
        ("What does the act forbid?", "thing"),
    ],
)
def test_a_question_asks_for_a_kind_of_thing(question: str, kind: Kind) -> None:
    assert question_kind(question) == kind


@pytest.mark.parametrize(
    ("kind", "sentence", "question"),
    [
        ("date", "Il a ouvert le 12 mai.", "Quand a-t-il ouvert ?"),
        ("date", "It closed in 1931.", "When did it close?"),
        ("date", "It opened on Monday.", "When did it open?"),
        ("number", "La tour mesure 47 mètres.", "Combien mesure la tour ?"),
        ("number", "They baked three hundred loaves.", "How many loaves?"),
        ("person", "La directrice, Solène Marchetti, a parlé.", "Qui dirige ?"),
        ("place", "Le siège est à Shanghai.", "Où est le siège ?"),
        ("reason", "Il a fermé parce que la route est dangereuse.", "Pourquoi ?"),
        ("reason", "It closed because the road is dangerous.", "Why?"),
        ("thing", "N’importe quoi.", "Que dit-il ?"),
    ],
)
def test_a_sentence_holds_what_was_asked_for(kind: Kind, sentence: str, question: str) -> None:
    assert holds(kind, sentence, question)


@pytest.mark.parametrize(
    ("kind", "sentence", "question"),
    [
        ("date", "Il a ouvert ses portes.", "Quand a-t-il ouvert ?"),
        ("date", "La loi de 2024 est longue.", "Quand la loi de 2024 entre-t-elle en vigueur ?"),
        ("number", "La tour est haute.", "Combien mesure la tour ?"),
        ("person", "La tour est haute.", "Qui a bâti la tour ?"),
        ("person", "Elle a vu Armand Kerbrat partir.", "Qui est Armand Kerbrat ?"),
        ("reason", "La tour est haute.", "Pourquoi est-elle haute ?"),
    ],
)
def test_what_the_question_said_itself_is_no_answer(
    kind: Kind, sentence: str, question: str
) -> None:
    assert not holds(kind, sentence, question)


ANY_KIND = st.sampled_from(["person", "date", "place", "number", "reason", "thing"])


@settings(deadline=None, max_examples=150)
@given(kind=ANY_KIND, sentence=st.text(max_size=60), question=st.text(max_size=60))
def test_any_text_can_be_asked_and_read(kind: Kind, sentence: str, question: str) -> None:
    assert question_kind(question) in ("person", "date", "place", "number", "reason", "thing")
    if kind not in ("thing", "reason"):
        assert holds(kind, sentence, question) == bool(candidates(kind, sentence, question))
