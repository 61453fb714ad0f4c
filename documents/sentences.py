"""Where sentences begin and end, in French and English prose.

A sentence runs to its mark (``. ! ? …``) with the quotation marks and brackets that close
after it. A mark is the end only where white space follows and then something that can open
a sentence, so "3.5", "exemple.fr" and "« Vraiment ? » a-t-il demandé" stay whole; a full
stop must further not belong to an abbreviation, an initial or the number of a list item.

Invariant: spans are in order, do not overlap, have no white space at their borders, and
cover every other character of the text.
"""

import re

from documents.abbreviations import COUNTERS, INTRODUCERS, OPEN, OPENERS, PARTICLES, TITLES
from documents.models import Span

_SPACE = "[ \u00a0\u202f\u2009\t]"
# The marks; what closes after them; and the white space that must follow. A guillemet or a
# bracket may stand apart, as French sets it; a straight quotation mark that stands apart opens.
# Every repetition is possessive or bounded, so that no text is read twice.
_CANDIDATE = re.compile(
    rf"(?P<mark>(?<![.!?…])[.!?…]++(?:{_SPACE}{{0,2}}+[!?…]++){{0,4}}+)"
    rf"(?P<closing>(?:(?:{_SPACE}{{0,2}}+[»)\]\u203a]|[\"'”’*_]|\[\d{{1,4}}\])[.!?…]{{0,4}}+){{0,8}}+)"
    r"(?=\s)"
    r"|(?P<wide>[。\uff01\uff1f]++[」』”’\uff09]*+)"
    r"|(?P<blank>\n[^\S\n]*+\n)"
)
_VISIBLE = re.compile(r"\S")
# What may come before the first word: quotation marks, brackets, dashes, bullets, symbols.
_NEXT_WORD = re.compile(r"\s*(?![»)\]”])[\W_]*([^\W_]+)(['’.]?)[\W_]*([^\W_]?)")
_LAST_TOKEN = re.compile(r"[^\s«»“”\"'’()\[\]/,;:–—]*\Z")
_LAST_WORDS = re.compile(r"(\S+)\s+\S+\Z")
_DOTTED = re.compile(r"[^\W\d_](?:[.-]+[^\W\d_])+")  # U.S, J.-P, J.D
_NUMBER = re.compile(r"\d.*|[IVXLCDM]+")
_ITEM_NUMBER = re.compile(r"[(\[«“\"*\s]*(?:\d{1,3}|[A-Za-z]|[IVXivx]{1,5})")
# "Are you ready?" Mr. Doe asked.
_SPEAKER = re.compile(
    r"\s+(?:(?:the|a) )?(?:[^\W\d_][\w.'’-]*\s+){1,4}?"
    r"(?:said|says|asked|asks|added|adds|replied|wrote|told|warned|answered|exclaimed|wondered)\b"
)
_TAIL = 60  # characters looked back at; no abbreviation is longer
_AHEAD = 80  # characters looked ahead at


def sentence_spans(text: str, *, start: int = 0) -> list[Span]:
    """Return the spans of the sentences of `text`, a paragraph, moved by `start`.

    A line break is white space like any other; only a blank line always ends a sentence.
    """
    spans: list[Span] = []
    begin = _skip_space(text, 0)
    for match in _CANDIDATE.finditer(text):
        end = match.end()
        if begin < end and _ends_sentence(text, begin, match):
            end = begin + len(text[begin:end].rstrip())
            spans.append(Span(start + begin, start + end))
            begin = _skip_space(text, end)
    last = len(text.rstrip())
    if begin < last:
        spans.append(Span(start + begin, start + last))
    return spans


def _skip_space(text: str, position: int) -> int:
    visible = _VISIBLE.search(text, position)
    return visible.start() if visible else len(text)


def _ends_sentence(text: str, begin: int, match: re.Match[str]) -> bool:
    if match["blank"]:
        return True
    after = match.end()
    following = _NEXT_WORD.match(text, after, after + _AHEAD)
    if following is None or not _can_open(following[1]):
        return False  # something closes or goes on with this sentence
    mark, closing = match["mark"], match["closing"]
    if mark == "." and not closing:
        return _full_stop_ends(text, begin, match.start(), following)
    if mark and mark[-1] in "….":
        return not _is_omission(text, match)
    return not (closing and _SPEAKER.match(text, after, after + _AHEAD))


def _can_open(word: str) -> bool:
    """Tell whether a sentence may start with `word`; "iPhone" may, "demande" may not."""
    return not word[0].islower() or (len(word) > 1 and word[1].isupper())


def _is_omission(text: str, match: re.Match[str]) -> bool:
    """Tell whether the mark is "(…)" or "[...]", words left out of a quotation."""
    before = text[match.start() - 1 : match.start()]
    return before in {"(", "["} and match["closing"] in {")", "]"}


def _full_stop_ends(text: str, begin: int, stop: int, following: re.Match[str]) -> bool:
    """Judge a lone full stop by the token before it and the word after it."""
    before = text[max(begin, stop - _TAIL) : stop]
    last = _LAST_TOKEN.search(before)
    token = last[0] if last else ""
    lowered = token.lower()
    if token in INTRODUCERS or _ITEM_NUMBER.fullmatch(text, begin, stop):
        return False
    if lowered in TITLES and token[0].isupper():
        return before.removesuffix(token).rstrip()[-1:].isdigit()  # "12 M. Il …", not "M. Guo"
    if lowered in COUNTERS and not token.isupper():
        return not _NUMBER.fullmatch(following[1])
    if len(token) == 1 and token.isupper():
        return _opens(following) and _may_follow_initial(before, following)
    if lowered in OPEN or _DOTTED.fullmatch(token):
        return _opens(following)
    return True


def _opens(following: re.Match[str]) -> bool:
    return following[1].lower() in OPENERS and following[2] != "."


def _may_follow_initial(before: str, following: re.Match[str]) -> bool:
    """Tell "le plan B. Le gouvernement" from "John F. Kennedy" and "J. Le Carré"."""
    previous = _LAST_WORDS.search(before)
    if previous is None:
        return False
    if following[1].lower() in PARTICLES:
        could_be_number = before[-1] in "IVX"  # "Clément V. Les historiens"
        return not following[3].isupper() and (previous[1][0].islower() or could_be_number)
    return True
