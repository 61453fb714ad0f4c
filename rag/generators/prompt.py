"""The messages that ask a model: rules, the conversation, the passages, the question last.

What documents say is data. Each passage stands between two lines that carry a code: a hash of
all that is shown, so that no document can hold it, and the same question over the same passages
gives the same prompt. Marks that chat templates and servers read as their own (``<|…|>``,
``[INST]``, ``<think>``) are broken with a space, and what cannot be seen is left out.
"""

import hashlib
import re
from collections.abc import Sequence
from dataclasses import dataclass

from documents.models import Language
from documents.sentences import sentence_spans
from rag.drafts import Task
from rag.errors import GeneratorUnavailable
from rag.generators.chat import Message
from rag.generators.instructions import INSTRUCTIONS, Instructions
from rag.generators.plain_text import visible
from rag.models import Turn
from rag.phrases import spoken_date
from rag.retrieval import Found

_TOKEN = re.compile(r"[A-Za-z]{1,4}|\S")
_MARKUP = re.compile(r"<(?=[^\s\d])|\[(?=/?[A-Z_]{3,}\])")
_OVERHEAD = 64  # tokens of a chat template around two messages
_TURNS = 3
_TURN_CHARACTERS = 500
_HISTORY_SHARE = 0.25  # of the budget
_TITLE_CHARACTERS = 200


@dataclass(frozen=True, slots=True)
class Prompt:
    """What the model is sent; the passage numbered n is ``found[n - 1]``."""

    messages: tuple[Message, ...]
    found: tuple[Found, ...]


def estimated_tokens(text: str) -> int:
    """Return how many tokens `text` is at most likely to be.

    Four unaccented letters of a word count as one, and so does any other visible character:
    about a third more than the tokenizers of current models make of French and English prose,
    and safe for figures and other scripts.
    """
    return sum(1 for _ in _TOKEN.finditer(text))


def write_prompt(task: Task, *, budget_tokens: int) -> Prompt:
    """Return the messages that ask `task`, within `budget_tokens` by `estimated_tokens`.

    Passages that do not fit are left out, the last first; none is cut.

    Raises:
        GeneratorUnavailable: not even one passage fits.
    """
    language = task.question.language
    words = INSTRUCTIONS[language]
    texts = [defused(one.hit.stored.passage.text) for one in task.found]
    code = _code([task.question.text, *texts])
    question = f"{words.question}: {defused(task.question.text)}"
    room = budget_tokens - _OVERHEAD - sum(map(estimated_tokens, (words.rules, question)))
    history = _history(task.history, words, room=int(max(room, 0) * _HISTORY_SHARE))
    room -= estimated_tokens(history)
    shown: list[str] = []
    for number, (one, text) in enumerate(zip(task.found, texts, strict=True), start=1):
        block = _block(one, text, number, code, language)
        room -= estimated_tokens(block)
        if room < 0:
            break
        shown.append(block)
    if task.found and not shown:
        raise GeneratorUnavailable(
            f"No passage fits a prompt of {budget_tokens} tokens: use a model with a longer "
            "context, or lower SOURCIER_ANSWER_MAX_TOKENS."
        )
    content = "\n\n".join(part for part in (history, *shown, question) if part)
    messages = (Message("system", words.rules), Message("user", content))
    return Prompt(messages, tuple(task.found[: len(shown)]))


def rewrite_prompt(sentence: str, language: Language) -> tuple[Message, ...]:
    """Return the messages that ask for `sentence` in `language`."""
    rules = INSTRUCTIONS[language].rewrite
    return Message("system", rules), Message("user", defused(sentence))


def standalone_prompt(
    text: str, turns: Sequence[Turn], language: Language, *, budget_tokens: int
) -> tuple[Message, ...]:
    """Return the messages that ask for `text` as a question that needs no `turns` before it.

    The turns stand between two lines that carry a code, as passages do.
    """
    words = INSTRUCTIONS[language]
    code = _code([text, *(part for turn in turns for part in (turn.question, turn.answer))])
    begin, end = (f"=== {mark} ({code}) ===" for mark in (words.talk, words.end_of_talk))
    question = f"{words.question}: {defused(text)}"
    always = (words.standalone, begin, end, question)
    room = budget_tokens - _OVERHEAD - sum(map(estimated_tokens, always))
    content = "\n".join([begin, *_told(turns, words, room=room), end, "", question])
    return Message("system", words.standalone), Message("user", content)


def defused(text: str) -> str:
    """Return `text` without what a chat template could take for its own marks."""
    return _MARKUP.sub(lambda mark: mark.group() + " ", visible(text))


def _code(texts: Sequence[str]) -> str:
    """Return a code that stands in none of `texts`."""
    digest = hashlib.blake2b("\0".join(texts).encode("utf-8", "replace"), digest_size=8)
    while any(digest.hexdigest() in text for text in texts):
        digest.update(b"again")
    return digest.hexdigest()


def _block(found: Found, text: str, number: int, code: str, language: Language) -> str:
    words = INSTRUCTIONS[language]
    document = found.hit.stored.document
    title = " ".join(defused(document.title).split())[:_TITLE_CHARACTERS]
    lines = [f"=== {words.passage} {number} ({code}) ==="]
    if title:
        lines.append(f"{words.title}: {title}")
    if document.published_at:
        lines.append(f"{words.date}: {spoken_date(document.published_at, language)}")
    return "\n".join([*lines, text, f"=== {words.end} {number} ({code}) ==="])


def _history(turns: Sequence[Turn], words: Instructions, *, room: int) -> str:
    """Return the last turns under a heading, as far as they fit `room`."""
    told = _told(turns, words, room=room - estimated_tokens(words.conversation))
    return "\n".join([words.conversation, *told]) if told else ""


def _told(turns: Sequence[Turn], words: Instructions, *, room: int) -> list[str]:
    """Return the last turns, oldest first, as far as they fit `room`."""
    told: list[str] = []
    for turn in reversed(turns[-_TURNS:]):
        said = f"{words.asked}: {_shortened(turn.question)}"
        if turn.answer:
            said += f"\n{words.answered}: {_shortened(turn.answer)}"
        room -= estimated_tokens(said)
        if room < 0:
            break
        told.insert(0, said)
    return told


def _shortened(text: str) -> str:
    """Return the first whole sentences of `text`, on one line."""
    text = " ".join(defused(text).split())
    if len(text) <= _TURN_CHARACTERS:
        return text
    ends = [span.end for span in sentence_spans(text) if span.end <= _TURN_CHARACTERS]
    return text[: ends[-1] if ends else _TURN_CHARACTERS]
