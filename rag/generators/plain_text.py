"""From a model's prose to plain text: no Markdown, no HTML, no address, no mark of a citation.

Rules are applied until nothing changes, so what one of them uncovers another takes away, and
``plain(plain(t).text, …)`` changes nothing. What is left is for reading, not for rendering:
it holds no link, no image, no tag and nothing invisible, whoever displays it.
"""

import html
import re
import unicodedata
from collections.abc import Callable
from dataclasses import dataclass

from rag.generators.addresses import without_addresses

_ROUNDS = 24  # prose needs two or three; what never settles is no prose
_MOST_MARKS = 20  # in a range, "[1-9999]"
_SPACE = " \t\n\u00a0\u202f\u2009"

_ANSI = re.compile(r"\x1b\[[0-?]*[ -/]*[@-~]|\x1b[\]PX^_][^\x07\x1b]*(?:\x07|\x1b\\)?|\x1b[@-_]?")
# Invisible, though of no category that says so: fillers and selectors of variants.
_FILLERS = re.compile(
    "[\u034f\u115f\u1160\u17b4\u17b5\u180b-\u180f\u3164\uffa0\ufe00-\ufe0f\U000e0100-\U000e01ef]"
)
_INVISIBLE = frozenset({"Cc", "Cf", "Cs", "Co", "Cn", "Zl", "Zp"})

_NUMBERS = r"\d{1,3}(?:\s*(?:[,;&–-]|et|and)\s*\d{1,3})*"
_WORDS = (
    r"(?:sources?|passages?|extraits?|excerpts?|documents?|docs?|réf(?:érences?)?|refs?"
    r"|references?|citations?)"
)
_MARK = re.compile(
    rf"[{_SPACE}]*(?:"
    rf"\[\s*\^?(?:{_WORDS}\s*[:.]?\s*)?(?P<brackets>{_NUMBERS})\s*\](?:\([^()]*\))?"
    rf"|[【\u3014\uff3b]\s*(?P<lenticular>{_NUMBERS})[^】\u3015\uff3d\n]{{0,80}}[】\u3015\uff3d]"
    rf"|\(\s*{_WORDS}\s*[:.]?\s*\[?(?P<parentheses>{_NUMBERS})\]?\s*\)"
    r"|(?<=[.!?…»”\" ])(?P<raised>[⁰¹²³⁴⁵⁶⁷⁸⁹]{1,3}))",
    re.IGNORECASE,
)
_RAISED = str.maketrans("⁰¹²³⁴⁵⁶⁷⁸⁹", "0123456789")
_RANGE = re.compile(r"(\d+)(?:\s*[–-]\s*(\d+))?")

_RULES: tuple[tuple[re.Pattern[str], str], ...] = tuple(
    (re.compile(pattern, re.IGNORECASE | re.MULTILINE), instead)
    for pattern, instead in (
        (r"\\([!-/:-@\[-`{-~])", r"\1"),  # an escape
        (r"<(script|style|svg|iframe|object|template|math|noscript)\b[^>]*>.*?</\1\s*>", " "),
        (r"<[|\uff5c][^<>\n]{0,80}[|\uff5c]>|\[/?INST\]", ""),  # a mark of a chat template
        (r"<!--.*?-->|<!\[CDATA\[.*?\]\]>", " "),
        (r"<[a-z/!?][^<>]{0,2000}>", ""),  # a tag
        (r"!\[[^\[\]]*\](?:\([^()]*\)|\[[^\[\]]*\])?", ""),  # an image
        (r"\[([^\[\]]*)\]\((?:[^()]|\([^()]*\))*\)", r"\1"),  # a link
        (r"\[([^\[\]]*[^\W\d][^\[\]]*)\]\[[^\[\]]*\]", r"\1"),  # a link by reference
        (r"^[ \t]*\[[^\[\]]*\]:.*$", ""),  # what such a reference stands for
        (r"^[ \t]*(?:`{3,}|~{3,})[\w+-]*[ \t]*$", ""),  # the border of a block of code
        (r"`+", ""),
        (r"^[ \t]*(?:[-=_*][ \t]*){3,}$", ""),  # a rule, or the line under a heading
        (r"^[ \t]*\|?(?:[ \t]*:?-{2,}:?[ \t]*\|)+[ \t:|-]*$", ""),  # the rule in a table
        (r"^[ \t]*\||\|[ \t]*$", ""),
        (r"[ \t]*\|+[ \t]*", ", "),
        (r"^[ \t]*#{1,6}(?:[ \t]+|$)|[ \t]+#+[ \t]*$", ""),  # a heading
        (r"^[ \t]*>+[ \t]?", ""),  # a quotation
        (r"^[ \t]*(?:[-*+•◦‣▪●–—][ \t]+|\d{1,2}[.)][ \t]+(?=\S))", ""),  # an item of a list
        (
            r"(?<!\d)\*{2,}(?=\S)|(?<=\S)\*{2,}(?!\d)|~~+|(?<![^\W_])__+|__+(?![^\W_])",
            "",
        ),  # bold, struck
        (r"(?<![\w*])\*(?=[^\s*])|(?<=[^\s*])\*(?![\w*])", ""),  # italic
        (r"(?<!\w)_(?=\S)|(?<=\S)_(?!\w)", ""),
        (r"\](?=[(\[:])", "] "),  # so that nothing left over is a link
        (r"!(?=\[)", ""),
        (r"<>|\([\s,;:]*\)|\[[\s,;:]*\]|«[\s\u00a0\u202f]*»|“\s*”", ""),  # emptied
    )
)
_OPENING = re.compile(r"<(?=[a-zA-Z/!?])")  # may become a tag with the next sentence
_BREAK = re.compile(r"[ \t]*\n[ \t\n]*|[ \t]{2,}|\t")  # between lines, or too wide


@dataclass(frozen=True, slots=True)
class Plain:
    """Text that is safe to show, and the passage numbers that were marked in it."""

    text: str
    numbers: frozenset[int]


def plain(prose: str, *, kept: frozenset[str] = frozenset()) -> Plain:
    """Return `prose` as plain text on one line, without addresses but for those in `kept`."""
    numbers: set[int] = set()
    text = visible(prose)
    for _ in range(_ROUNDS):
        cleaned = _once(text, kept, numbers.update)
        if cleaned == text:
            cleaned = _BREAK.sub(" ", _OPENING.sub("< ", text))
        if cleaned == text:
            return Plain(text, frozenset(numbers))
        text = cleaned
    return Plain("", frozenset(numbers))


def visible(text: str) -> str:
    """Return `text` in NFC without terminal codes and without what cannot be seen."""
    text = _FILLERS.sub("", _ANSI.sub("", text))
    if not text.isprintable():
        text = "".join(
            one for one in text if one == "\n" or unicodedata.category(one) not in _INVISIBLE
        )
    return unicodedata.normalize("NFC", text)


def _once(text: str, kept: frozenset[str], note: Callable[[set[int]], None]) -> str:
    def marked(match: re.Match[str]) -> str:
        [group] = [group for group in match.groups() if group]
        note(_numbers(group.translate(_RAISED)))
        return ""

    while (unescaped := html.unescape(text)) != text:
        text = unescaped
    text = _MARK.sub(marked, visible(text))
    for pattern, instead in _RULES:
        text = pattern.sub(instead, text)
    text = without_addresses(text, kept=kept)
    return _BREAK.sub(lambda gap: "\n" if "\n" in gap.group() else " ", text).strip(_SPACE)


def _numbers(marked: str) -> set[int]:
    """Return the numbers in "1, 3-5"."""
    found: set[int] = set()
    for match in _RANGE.finditer(marked):
        first = int(match[1])
        last = int(match[2] or first)
        found.update(range(first, min(last, first + _MOST_MARKS) + 1) if last > first else [first])
    return found
