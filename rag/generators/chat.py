"""What a chat model is here: messages in, pieces of text out, as soon as they are written."""

from collections.abc import Generator, Sequence
from dataclasses import dataclass
from typing import Literal, Protocol

Pieces = Generator[str, None, None]


@dataclass(frozen=True, slots=True)
class Message:
    """What the system or the user says to the model."""

    role: Literal["system", "user"]
    content: str


class CutShort(Exception):
    """The model reached its bound of tokens: what it wrote last may be no whole sentence."""


class ChatModel(Protocol):
    """Writes an answer; `prompt_tokens` is how long the messages may be, together."""

    @property
    def name(self) -> str: ...

    @property
    def prompt_tokens(self) -> int: ...

    def stream(self, messages: Sequence[Message], *, seconds: float | None = None) -> Pieces:
        """Yield the answer piece by piece; closing the generator stops the model.

        `seconds` leaves it less time than it has for an answer.

        Raises:
            GeneratorUnavailable: the model cannot be reached, took too long or broke off.
            CutShort: after the last piece, if the model had more to say.
        """
        ...
