"""Whole sentences out of pieces of text, each as soon as it is sure to be whole.

The sentences are the same however the text was cut into pieces. A line ends what stands on it,
unless the next one goes on in lower case. A mark of a citation that comes after the full stop,
"… Shanghai. [2]", is put before it, where `documents.sentences` leaves it with its sentence.
"""

import re
from collections.abc import Iterable, Iterator

from documents.sentences import sentence_spans

_MARK = (
    r"(?:\[[^\[\]\n]{0,40}\](?:\([^()\s]{0,300}\))?|【[^【】\n]{0,80}】"
    r"|\((?i:source|passage|extrait)[^()\n]{0,30}\))"
)
_AFTER = (
    r"(?P<end>(?:(?<=\S)[ \u00a0\u202f])?(?<![.!?…])[.!?…]++(?:[ \u00a0\u202f]?[\"”’»*_]++)?)"
    rf"(?P<marks>(?:[ \u00a0\u202f]*{_MARK})++)"
)
_MARK_AFTER = re.compile(_AFTER + r"(?=\s+\S)")
_MARK_AFTER_OR_LAST = re.compile(_AFTER + r"(?=\s+\S|\s*\Z)")
_LINE = re.compile(r"(?<=\S)[^\S\n]*+\n\s*+(?=\S)")
# An opened bracket may become a mark that belongs to the sentence before.
_OPEN_BRACKET = re.compile(r"[\[【(][^\])】\n]{0,80}\Z|[\[【(][^\])】\n]{0,80}\]\([^()\s]{0,300}\Z")
_MARKS_ALONE = re.compile(rf"\s*(?:{_MARK}\s*)+\Z")
# What the splitter looks at behind a full stop: a word and the beginning of the next.
_TWO_WORDS = re.compile(r"\W*[^\W_]+[\W_]+[^\W_]")
_AHEAD = 100  # characters; more than the splitter looks ahead


def sentences(pieces: Iterable[str], *, longest: int = 1000) -> Iterator[str]:
    """Yield the sentences of the text that `pieces` make up, on one line or more.

    One that is not over after `longest` characters is cut at its last space.
    """
    text = ""
    for piece in pieces:
        for start in range(0, len(piece), longest):
            text = text.lstrip() + piece[start : start + longest]
            done, text = _take(text, longest)
            yield from done
    yield from _all(text)


def _take(text: str, longest: int) -> tuple[list[str], str]:
    """Return the sentences that are sure to be whole, and the rest of `text`."""
    done: list[str] = []
    while line := _line_end(text):
        done += _all(text[: line.start()])
        text = text[line.end() :]
    if not _OPEN_BRACKET.search(text[-400:]):
        whole, text = _whole(text)
        done += whole
    while len(text) > longest:
        cut = max(text.rfind(" ", 0, longest), text.rfind("\n", 0, longest)) + 1 or longest
        done += _all(text[:cut])
        text = text[cut:]
    return done, text


def _line_end(text: str) -> re.Match[str] | None:
    """Return the first end of a line that ends a sentence."""
    for line in _LINE.finditer(text):
        if not text[line.end()].islower():
            return line
    return None


def _whole(text: str) -> tuple[list[str], str]:
    """Return the sentences of a line that more may follow, and what is not sure yet."""
    marked = _MARK_AFTER.sub(_marks_first, text)
    spans = sentence_spans(marked)
    done, rest = [], marked
    for span in spans[:-1]:
        ahead = marked[span.end :]
        sure = _TWO_WORDS.match(ahead) and not _closes(marked, span.end)
        if _MARKS_ALONE.match(ahead) or not (sure or len(ahead) >= _AHEAD):
            break
        done.append(span.of(marked))
        rest = ahead
    return (done, rest) if done else ([], text)


def _all(text: str) -> list[str]:
    """Return the sentences of `text`, to which nothing will be added."""
    marked = _MARK_AFTER_OR_LAST.sub(_marks_first, text)
    return [span.of(marked) for span in sentence_spans(marked)]


def _closes(text: str, end: int) -> bool:
    """Tell whether a quotation ends at `end`: who said it may follow."""
    return text[end - 1] in "\"'”’»"


def _marks_first(match: re.Match[str]) -> str:
    return match["marks"].rstrip() + match["end"]
