"""What a pronoun most likely means: something that the question before or its answer names."""

import re
from dataclasses import dataclass

from documents.language import detect
from documents.models import Language
from documents.normalization import fold
from documents.sentences import sentence_spans
from rag.answer_kind import question_kind
from rag.conversation.mentions import FUNCTION_WORDS, Mention, mentions
from rag.conversation.pronouns import Anaphor
from rag.conversation.question_frames import framed

_COMPLEMENT = r"\s+(?:de|du|des|d['’]|of)\s*"
_COUNTED = re.compile(
    r"(?:combien .{0,60}?\bd(?:e |['’])|how many )(?P<what>\w+s)\b", re.IGNORECASE
)
_READ = 300  # characters of an answer that are read: its first sentence
_ASKED_FOR: dict[str, frozenset[str]] = {
    "person": frozenset({"person", "name"}),
    "place": frozenset({"place", "name"}),
    "thing": frozenset({"name", "place"}),
}
# "Who is the mayor of ...", "Quel est le plus haut sommet ...": the answer is the new topic.
_RELATIONS = frozenset({
    "auteur", "author", "biggest", "capital", "capitale", "ceo", "chancelier", "chancellor", "chef",
    "city", "directeur", "director", "directrice", "fastest", "first", "fondateur", "founder",
    "gouverneur", "governor", "head", "highest", "king", "largest", "leader", "longest", "maire",
    "mayor", "minister", "ministre", "most", "oldest", "patron", "patronne", "pdg", "plus",
    "premier", "premiere", "president", "presidente", "queen", "reine", "richest", "roi",
    "smallest", "tallest", "ville", "youngest",
})  # fmt: skip


@dataclass(frozen=True, slots=True)
class Topic:
    """What is being talked about: a question that stands by itself, and its answer."""

    question: str
    answer: str
    language: Language


def referent(anaphor: Anaphor, topic: Topic) -> str:
    """Return what `anaphor` stands for, in the words of `topic`; at worst, all it is about."""
    if anaphor.want == "all":
        return about(topic.question)
    named = [m for m in mentions(topic.question, topic.language) if m.kind not in _NOTHINGS]
    rated = [
        (_fit(anaphor, mention) + _of_question(mention, position, named), mention)
        for position, mention in enumerate(named)
    ]
    said = {fold(mention.core) for mention in named}
    is_where = anaphor.want == "place" and not any(m.kind == "place" for m in named)
    for position, mention in enumerate(_answered(topic)):
        if not said & {fold(mention.core)} and mention.kind not in _NOTHINGS:
            bonus = _of_answer(mention, position, topic, is_where=is_where)
            rated.append((_fit(anaphor, mention) + bonus, mention))
    counted = _COUNTED.match(topic.question) if anaphor.form == "plural" else None
    if counted is not None:
        article = "les " if topic.language == "fr" else "the "
        return article + counted["what"]
    best = max(rated, key=lambda pair: pair[0], default=None)
    if best is not None and best[0] > 0:
        return _with_complement(best[1], topic.question, named)
    return about(topic.question)


def _with_complement(mention: Mention, question: str, named: list[Mention]) -> str:
    """Return "le séisme de Lisbonne" for "le séisme": a common noun says too little."""
    if mention.kind == "noun" and mention in named:
        following = next((m for m in named if m.start > mention.end), None)
        if following and re.fullmatch(_COMPLEMENT, question[mention.end : following.start]):
            return question[mention.start : following.end]
    text = mention.text
    if mention.article:
        return text[0].lower() + text[1:]
    if mention.kind == "noun" or (mention.kind == "name" and mention.text[0].islower()):
        article = {"du": "le ", "au": "le ", "des": "les ", "aux": "les "}.get(mention.lead, "")
        return article + text
    return text


def answering_name(topic: Topic) -> str | None:
    """Return the first name in the answer that the question does not say."""
    said = fold(topic.question).split()
    for mention in _answered(topic):
        if mention.kind in ("person", "name") and not set(fold(mention.core).split()) & set(said):
            return mention.text
    return None


def about(question: str) -> str:
    """Return the words of `question` after its asking words: what it is about."""
    core = framed(question).core
    words = core.split()
    while words and fold(words[0]) in FUNCTION_WORDS and len(words) > 1:
        if fold(words[0]) in {"le", "la", "les", "the", "un", "une", "a", "an"}:
            break
        words = words[1:]
    text = " ".join(words)
    return text[0].lower() + text[1:] if text and fold(words[0]) in FUNCTION_WORDS else text


_NOTHINGS = ("date", "number")


def _answered(topic: Topic) -> list[Mention]:
    """Return what the first sentence of the answer names."""
    answer = topic.answer[:_READ]
    spans = sentence_spans(answer)
    if not spans:
        return []
    sentence = answer[spans[0].start : spans[0].end]
    return mentions(sentence, detect(sentence, default=topic.language))


def _of_question(mention: Mention, position: int, named: list[Mention]) -> float:
    """Return how likely a mention of the question is meant: names, and what comes first."""
    score = 3.0 - 0.3 * position
    if mention.kind == "noun" and any(other.kind != "noun" for other in named):
        score -= 1.5
    return score


def _of_answer(mention: Mention, position: int, topic: Topic, *, is_where: bool) -> float:
    """Return how likely a mention of the answer is meant: above all, what was asked for."""
    if mention.kind == "noun":
        return -2.0
    parts = framed(topic.question)
    kind = question_kind(topic.question)
    asks_who_it_is = parts.sort == "noun" and not _RELATIONS & set(fold(parts.core).split())
    if asks_who_it_is or mention.kind not in _ASKED_FOR.get(kind, ()):
        return 0.5 - 0.3 * position
    if parts.sort == "none" or (parts.sort == "adverb" and not is_where):
        return 0.5 - 0.3 * position  # "Where is Bhutan?" is about Bhutan
    if kind == "person" and mention.kind != "person":
        return 3.5 - 0.5 * position
    return 4.5 - 0.5 * position


def _fit(anaphor: Anaphor, mention: Mention) -> float:
    """Return how well the pronoun and the mention agree."""
    is_person = mention.kind == "person"
    human_noun = mention.kind == "noun" and fold(mention.core).split()[0] in _RELATIONS
    if anaphor.want == "person":
        return _agreement(anaphor, mention) + (
            3 if is_person else 0 if mention.kind == "name" or human_noun else -3
        )
    score = _agreement(anaphor, mention)
    if anaphor.want == "thing":
        is_where = mention.kind == "place" and mention.lead  # "in Finland" is where, not what
        score += -3 if is_person or human_noun else -3.5 if is_where else 1
    elif anaphor.want == "place":
        score += 4 if mention.kind == "place" else -1
    elif anaphor.form in ("f", "m") and is_person:  # "il", "elle"
        score += 2
    return score


def _agreement(anaphor: Anaphor, mention: Mention) -> float:
    """Return how well gender and number agree."""
    if anaphor.form in ("f", "m"):
        if mention.plural:
            return -2.0
        return 0.0 if mention.gender is None else 1.0 if mention.gender == anaphor.form else -4.0
    if anaphor.form == "plural":
        return 1.0 if mention.plural else 0.0 if mention.gender is None else -3.0
    return -1.0 if mention.plural and anaphor.want == "thing" else 0.0
