"""Messages of a conversation as a question with its history.

What the system or a developer says is not used: answers come from the documents alone.
"""

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal

from fastapi.exceptions import RequestValidationError

from rag.models import Turn
from rag.refusals import is_refusal

# Follow-ups are understood from the last turns, and from how these begin.
_TURNS = 50
_LONGEST = 1000


@dataclass(frozen=True, slots=True)
class Said:
    """What the person, or the service, said."""

    role: Literal["user", "assistant"]
    text: str


@dataclass(frozen=True, slots=True)
class Conversation:
    """The question that is asked now, and what was said before it, oldest first."""

    question: str
    history: tuple[Turn, ...] = ()

    @property
    def text(self) -> str:
        """Everything that was said."""
        said = [part for turn in self.history for part in (turn.question, turn.answer)]
        return "\n".join([*said, self.question])


def conversation(messages: Sequence[Said], *, parameter: str) -> Conversation:
    """Return the question that the last of `messages` asks, after those before it.

    Raises:
        RequestValidationError: the last one is not the person's.
    """
    if not messages or messages[-1].role != "user":
        message = "The last message must be a question, from the role user"
        raise RequestValidationError(
            [{"type": "value_error", "loc": ("body", parameter), "msg": message}]
        )
    turns: list[Turn] = []
    for said in messages[:-1]:
        if said.role == "user":
            turns.append(Turn(said.text[:_LONGEST]))
        elif turns and not is_refusal(said.text):
            before = turns.pop()
            turns.append(Turn(before.question, f"{before.answer} {said.text}".strip()[:_LONGEST]))
    return Conversation(messages[-1].text, tuple(turns[-_TURNS:]))
