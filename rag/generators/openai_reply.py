"""What an OpenAI-compatible server says in a reply, or in a part of one that streams.

Every field may be missing or of another type than it should be: servers differ.
"""

import json
from dataclasses import dataclass

from index.over_http.error_code import error_code
from rag.errors import GeneratorUnavailable
from rag.generators.chat import CutShort

DONE = "[DONE]"  # the last event of a stream


@dataclass(frozen=True, slots=True)
class Part:
    """Words of the answer; `finish` says why they are the last, None where more may follow."""

    text: str
    finish: str | None

    def check_whole(self) -> None:
        """Raise unless the model ended of itself.

        Raises:
            CutShort: it reached its bound of tokens.
            GeneratorUnavailable: the server held the answer back.
        """
        if self.finish == "length":
            raise CutShort
        if self.finish == "content_filter":
            raise GeneratorUnavailable("The model server held its answer back (content_filter).")


def read_part(payload: str) -> Part:
    """Read a whole reply or one part of a stream.

    Raises:
        GeneratorUnavailable: it is an error, or nothing that such a server says.
    """
    try:
        said = json.loads(payload)
    except (ValueError, RecursionError):
        said = None
    if not isinstance(said, dict):
        raise GeneratorUnavailable("The model server sent what is no JSON object.")
    if said.get("error"):
        raise GeneratorUnavailable(f"The model server failed{error_code(payload)}.")
    choices = said.get("choices")
    if not isinstance(choices, list):
        raise GeneratorUnavailable("The model server sent a reply without choices.")
    choice = choices[0] if choices and isinstance(choices[0], dict) else {}
    message = choice.get("delta") or choice.get("message")
    content = message.get("content") if isinstance(message, dict) else None
    finish = choice.get("finish_reason")
    return Part(
        content if isinstance(content, str) else "", finish if isinstance(finish, str) else None
    )
