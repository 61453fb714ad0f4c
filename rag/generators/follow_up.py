"""A chat model asked for the question that a follow-up stands for."""

import logging
from collections.abc import Iterable
from contextlib import closing
from dataclasses import dataclass

from rag.conversation.question_frames import marked, unmarked
from rag.conversation.rewording import FollowUp, is_faithful
from rag.errors import GeneratorUnavailable
from rag.generators.chat import ChatModel, CutShort
from rag.generators.plain_text import plain
from rag.generators.prompt import standalone_prompt
from rag.generators.thoughts import without_thoughts
from rag.question import Translator

logger = logging.getLogger(__name__)

_SECONDS = 5.0  # more, and whoever asks has waited in vain for anything to happen
_LONGEST = 500  # characters of a line that are read
_QUOTATION = " \t\n\u00a0\u202f\"'“”«»"


@dataclass(frozen=True, slots=True)
class FollowUpWriter:
    """Lets `model` word follow-ups (`rag.pipeline.Rewriter`), for at most `seconds` each."""

    model: ChatModel
    translator: Translator
    seconds: float = _SECONDS

    def reword(self, asked: FollowUp) -> str | None:
        """Return `asked` in the words of the model, None where they cannot be used."""
        messages = standalone_prompt(
            asked.text, asked.history, asked.language, budget_tokens=self.model.prompt_tokens
        )
        try:
            with closing(self.model.stream(messages, seconds=self.seconds)) as pieces:
                line = _first_line(without_thoughts(pieces)).strip(_QUOTATION)
        except GeneratorUnavailable as error:
            logger.info("the rules complete the follow-up: %s", error)
            return None
        if not line.endswith("?") or plain(line).text != line:
            return None
        wording = marked(unmarked(line), asked.language)
        return wording if is_faithful(wording, asked, self.translator) else None


def _first_line(pieces: Iterable[str]) -> str:
    """Return the first line that is not empty; what a model adds below is not waited for."""
    text = ""
    try:
        for piece in pieces:
            text = (text + piece).lstrip()
            if "\n" in text or len(text) > _LONGEST:
                break
    except CutShort:
        return ""
    return text.partition("\n")[0].rstrip()
