"""Server-sent events [1]: the data of each, out of the bytes of a response.

[1] HTML Living Standard, 9.2.6, https://html.spec.whatwg.org/multipage/server-sent-events.html
"""

import codecs
import re
from collections.abc import Iterable, Iterator

from rag.errors import GeneratorUnavailable

_LINE_END = re.compile(r"\r\n|\n|\r")
_LONGEST = 1 << 18  # characters of an event


def event_data(chunks: Iterable[bytes]) -> Iterator[str]:
    r"""Yield the data of each event; one that the end cuts off is dropped.

    Lines end with ``\n``, ``\r\n`` or ``\r``; a chunk may end anywhere, inside a character too.

    Raises:
        GeneratorUnavailable: an event is longer than a model's words can be.
    """
    data: list[str] = []
    size = 0
    for line in _lines(chunks):
        if not line:
            if data:
                yield "\n".join(data)
            data, size = [], 0
        elif line == "data" or line.startswith("data:"):
            data.append(line[5:].removeprefix(" "))
            size += len(line)
            if size > _LONGEST:
                raise GeneratorUnavailable("The model server sent an event without end.")


def _lines(chunks: Iterable[bytes]) -> Iterator[str]:
    decoder = codecs.getincrementaldecoder("utf-8")("replace")
    begun: list[str] = []  # of a line, its end not read yet
    size = 0
    held = ""  # a last \r
    for chunk in chunks:
        text = held + decoder.decode(chunk)
        held = "\r" if text.endswith("\r") else ""
        *lines, rest = _LINE_END.split(text[: len(text) - len(held)])
        for line in lines:
            yield "".join([*begun, line])
            begun, size = [], 0
        begun.append(rest)
        size += len(rest)
        if size > _LONGEST:
            raise GeneratorUnavailable("The model server sent a line without end.")
    if held:
        yield "".join(begun)
