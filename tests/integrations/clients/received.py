"""What a real client received, thing by thing, and the questions that all of them ask."""

from dataclasses import dataclass, fields
from typing import Final

import httpx2

from tests.integrations.running import Services

QUESTION: Final = "Quand la CNIL a-t-elle été créée ?"
FACT: Final = "1978"
STREAMED: Final = "Which fines did the CNIL impose?"  # two sentences, of a French document
STREAMED_FACT: Final = "Clearview"
UNANSWERED: Final = "Quelle est la recette du gratin dauphinois ?"
REFUSAL: Final = "Les documents ne permettent pas"
UNKNOWN: Final = "letters"  # a collection that is not there


@dataclass(frozen=True, slots=True)
class Cell:
    """Whether something arrived, None where the client's protocol has no such thing; and what."""

    arrived: bool | None
    told: str


@dataclass(frozen=True, slots=True)
class Received:
    """All that one client received."""

    answer: Cell
    stream: Cell
    citations: Cell
    refusal: Cell
    error: Cell
    auth: Cell

    @classmethod
    def names(cls) -> list[str]:
        """Return the things that are looked for, in their order."""
        return [field.name for field in fields(cls)]


def answer(text: str) -> Cell:
    """Return what an answer to `QUESTION` shows: it holds the fact."""
    return Cell(FACT in text, f"« {text} »")


def stream(pieces: list[str], whole: str) -> Cell:
    """Return what a stream shows: text in pieces, which together are the whole."""
    told = [piece for piece in pieces if piece]
    complete = "".join(told) == whole and STREAMED_FACT in whole
    return Cell(complete and len(told) > 1, f"{len(told)} pieces, together the whole")


def quotes(services: Services, found: list[tuple[str, int, int, str]]) -> Cell:
    """Return what quotes show, each with the address of its text: all are verbatim."""
    verbatim = [
        httpx2.get(address_of(services, address)).text[start:end] == quote
        for address, start, end, quote in found
    ]
    return Cell(bool(found) and all(verbatim), f"{_count(len(found), 'quote')}, verbatim")


def refusal(text: str, sources: int) -> Cell:
    """Return what a refusal shows: it says so, without a source."""
    return Cell(REFUSAL in text and sources == 0, f"« {text[:62]}… », no source")


def error(name: str, message: object) -> Cell:
    """Return what an unknown collection shows: an error that says so."""
    told = str(message)
    return Cell("no collection 'letters'" in told, f"{name}: {told}")


def auth(refused: str, *, opened: bool) -> Cell:
    """Return what keys show: without one refused, with one let in."""
    return Cell(bool(refused) and opened, f"without a key {refused}, with one let in")


def address_of(services: Services, path: str) -> str:
    """Return the whole address of a stored text."""
    return path if path.startswith("http") else f"{services.open_url}{path}"


def _count(number: int, thing: str) -> str:
    return f"{number} {thing}" if number == 1 else f"{number} {thing}s"
