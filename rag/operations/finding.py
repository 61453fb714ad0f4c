"""What an examination found: that something is well, or what is wrong and how to mend it."""

from dataclasses import dataclass
from typing import Literal

State = Literal["ok", "warn", "fail"]


@dataclass(frozen=True, slots=True)
class Finding:
    """What was seen of `part`; `remedy` says what to do about it, empty where all is well."""

    part: str
    state: State
    message: str
    remedy: str = ""


def well(part: str, message: str) -> Finding:
    """Return that nothing is wrong."""
    return Finding(part, "ok", message)
