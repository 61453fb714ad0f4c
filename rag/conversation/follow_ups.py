"""Questions that lean on the conversation, made to stand by themselves.

"Et en 2026 ?", "Who signed it?" and "Pourquoi ?" say too little to be searched for. Rules over
the surface of the last questions and answers complete them in well under a millisecond; a
question that says enough is left alone. The result need not be elegant: it must find the
passages that answer, and read well enough to be shown.
"""

import re
from collections.abc import Sequence
from dataclasses import replace

from documents.language import detect_question
from documents.models import Language
from documents.normalization import normalize
from rag.conversation.anaphora import anaphor
from rag.conversation.fragments import completed, fragment, is_fragment
from rag.conversation.mentions import mentions
from rag.conversation.pronouns import Anaphor
from rag.conversation.question_frames import marked, unmarked
from rag.conversation.referents import Topic, referent
from rag.models import Turn

_TURNS = 6  # what was said earlier matters no more
_LONGEST = 300  # characters: a longer question says enough
_ANSWER = 1000  # characters of an answer that may matter
_OWNERLESS = re.compile(
    r"(?:et |and )?"
    r"(?:(?:quel(?:le)?s?) (?:est|sont|était|étaient|sera) (?:le |la |les |l['’])[\w-]+"
    r"|what(?:['’]s| is| are| was| were) the (?:\w+ )?"
    r"(?:price|cost|consequences?|results?|budget|date|reasons?|causes?|goals?|aims?|purpose|"
    r"effects?|risks?|benefits?|advantages|disadvantages|conditions|deadline|penalty|penalties|"
    r"limits?|impact|alternatives?|conclusions?|duration|size|height|population|area|amount|"
    r"differences?))"
    r"(?: exactement| exactly)?",
    re.IGNORECASE,
)
_LINK = re.compile(r"(?:et|and|mais|but|alors|so)\b,? +", re.IGNORECASE)
_TYPED_INVERSION = re.compile(r"[ -]t[ '’-](ils?|elles?|on)\b")
_ANYTHING = Anaphor(0, 0, "thing")


def standalone(text: str, history: Sequence[Turn], *, language: Language) -> str | None:
    """Return the question that `text` asks after `history`, oldest first, in `language`.

    None where `text` stands by itself, or where nothing was said before.
    """
    text = _cleaned(text)
    if not history or not _leans(text, language):
        return None
    topic = _topic(history[-_TURNS:], language)
    return None if topic is None else _completed(text, topic, language)


def spoken_language(text: str, history: Sequence[Turn], *, default: Language = "fr") -> Language:
    """Return the language of `text`; names alone are in the one last spoken in `history`."""
    for turn in history[-_TURNS:]:
        default = detect_question(turn.question, default=default)
    return detect_question(text, default=default)


def _topic(turns: Sequence[Turn], default: Language) -> Topic | None:
    """Return what is talked about in the end: the last question, completed, and its answer."""
    asked: list[Topic] = []
    for turn in turns:
        question = _cleaned(turn.question)
        default = detect_question(question, default=default)
        if _says_something(question):
            asked.append(Topic(question[:_LONGEST], normalize(turn.answer[:_ANSWER]), default))
    if not asked:
        return None
    first = len(asked) - 1
    while first > 0 and _leans(asked[first].question, asked[first].language):
        first -= 1
    topic = asked[first]
    for turn_topic in asked[first + 1 :]:
        whole = _completed(turn_topic.question, topic, turn_topic.language)
        topic = replace(turn_topic, question=(whole or turn_topic.question)[:_LONGEST])
    return topic


def _cleaned(text: str) -> str:
    """Return `text` on one line; what is longer than any follow-up is cut."""
    line = " ".join(normalize(text[: 2 * _LONGEST]).split())
    return _TYPED_INVERSION.sub(r"-t-\1", line)  # "a t'il"


def _says_something(text: str) -> bool:
    return any(character.isalnum() for character in text)


def _leans(text: str, language: Language) -> bool:
    """Tell whether `text` needs the conversation to be understood."""
    if len(text) > _LONGEST or not _says_something(text):
        return False
    bare = unmarked(text)
    return (
        is_fragment(bare)
        or anaphor(bare, language) is not None
        or _OWNERLESS.fullmatch(bare) is not None
        or _is_name_asked(text, language)
    )


def _completed(text: str, topic: Topic, language: Language) -> str | None:
    bare = unmarked(text)
    piece = fragment(bare) or bare
    found = anaphor(piece, language)
    if found is not None:
        return _with_referent(piece, found, topic, language)
    if _OWNERLESS.fullmatch(bare):  # "Quelles sont les conséquences ?"
        return _with_referent(bare, _ANYTHING, topic, language)
    if _is_name_asked(text, language):  # "Marseille ?"
        bare = f"{'Et' if language == 'fr' else 'And'} {bare}"
    return completed(bare, topic, language)


def _is_name_asked(text: str, language: Language) -> bool:
    """Tell whether `text` is a name and a question mark; without it, it is a search."""
    if not text.endswith("?"):
        return False
    name = unmarked(text)
    named = mentions(f"… {name}", language)
    return len(named) == 1 and named[0].text == name


def _with_referent(text: str, found: Anaphor, topic: Topic, language: Language) -> str:
    """Return `text` with what the pronoun means in its place, or in brackets at the end."""
    name = referent(found, topic)
    written = found.write(name) if found.write is not None else None
    if written is None:
        text = f"{text} ({name})"
    else:
        text = text[: found.start] + written + text[found.end :]
    link = _LINK.match(text)
    return marked(text[link.end() :] if link else text, language)
