"""Tell the lines around an article (menus, credits, prompts, links) from what it says.

What is marked here stays in the stored text but can never be quoted, so a sentence of prose
must not be marked: a line counts as boilerplate for what it says and how it stands (short,
without a full stop, at the head or the tail, beside other such lines), never for one word.
"""

import re
from collections.abc import Sequence
from enum import Enum, auto

from documents import boilerplate_phrases as phrases
from documents.dates import is_dateline
from documents.normalization import fold
from documents.paragraphs import Paragraph, ends_sentence

_LONGEST = 400  # characters; boilerplate that is longer reads like prose
_OPENING = 20  # characters that name what a paragraph is
_MOST_WORDS = 40
_MARKS = ' .:!?…«»"“”>\u203a→|–—*•·[]'
_RIGHTS_WORD = re.compile(r"©|copyright|\(c\)|reserve|reproduction")
_TEASER_WORDS = 25
_MOST_TEASERS = 40  # paragraphs that may follow the last sentence of an article
_LONGEST_DATE = 100  # characters
_HEAD = 15  # paragraphs among which a title may be repeated


class _Kind(Enum):
    """What a line of boilerplate does."""

    CONTROL = auto()
    LINK = auto()
    PROMPT = auto()
    RIGHTS = auto()
    CREDIT = auto()
    NOTE = auto()  # source, tags, date, byline, separator


# At the end of an article these open what belongs to the site, up to the end.
_OPENS_TAIL = {_Kind.CONTROL, _Kind.LINK, _Kind.PROMPT, _Kind.RIGHTS}


def boilerplate(paragraphs: Sequence[Paragraph]) -> list[bool]:
    """Tell for each of the paragraphs of one document whether it is boilerplate."""
    kinds = [_kind(paragraph) for paragraph in paragraphs]
    _mark_repeated_titles(paragraphs, kinds)
    _mark_captions(paragraphs, kinds)
    prose = [
        number
        for number, paragraph in enumerate(paragraphs)
        if kinds[number] is None and _is_prose(paragraph)
    ]
    _mark_lone_words(paragraphs, kinds)
    if prose:
        _mark_margin(paragraphs, kinds, range(prose[0]))
        _mark_margin(paragraphs, kinds, range(prose[-1] + 1, len(paragraphs)))
        _mark_tail(paragraphs, kinds, prose[-1] + 1)
    return [kind is not None for kind in kinds]


def _kind(paragraph: Paragraph) -> _Kind | None:
    """Judge a paragraph by what it says alone."""
    text = paragraph.text
    if paragraph.level is None and phrases.SOURCES.match(fold(text[:_OPENING])):
        return _Kind.NOTE  # as long as it may be
    if len(text) > _LONGEST or text.count(" ") >= _MOST_WORDS:
        return None
    line = fold(text).lstrip(_MARKS)
    if not any(map(str.isalnum, line)):
        return _Kind.NOTE
    return _demand(line, text) or (None if paragraph.level is not None else _annotation(line, text))


def _demand(line: str, text: str) -> _Kind | None:
    """Judge what a site says to its readers, be it set as a heading or not."""
    if phrases.CONTROLS.fullmatch(line.rstrip(_MARKS)):
        return _Kind.CONTROL
    if phrases.PROMPTS.match(line):
        return _Kind.PROMPT
    if _RIGHTS_WORD.search(line) and phrases.RIGHTS.search(line):
        return _Kind.RIGHTS
    return _Kind.LINK if _is_link(line, text) else None


def _is_link(line: str, text: str) -> bool:
    match = phrases.LINKS.match(line)
    if match is None:
        return False
    rest = line[match.end() :].lstrip()
    # "Latest news: the vote was won." is prose, "Lire aussi : Le vote est gagné !" is not.
    return (
        not rest.strip(_MARKS) or bool(match["also"] and rest[0] == ":") or not ends_sentence(text)
    )


def _annotation(line: str, text: str) -> _Kind | None:
    """Judge what stands beside a text or a picture; never a heading."""
    words = text.count(" ") + 1
    if ends_sentence(text) and words > 8:
        return None
    if phrases.CREDITS.match(line) or phrases.FILE_NAME.fullmatch(text):
        return _Kind.CREDIT
    noted = (
        (phrases.SOURCE.match(line) and words <= 12)
        or phrases.TAGS.match(line)
        or phrases.HASHTAGS.fullmatch(text)
        or (phrases.BREADCRUMB.fullmatch(line) and words <= 15)
        or (phrases.DATED.match(line) and words <= 14 and any(map(str.isdigit, line)))
    )
    return _Kind.NOTE if noted else None


def _is_prose(paragraph: Paragraph) -> bool:
    words = paragraph.text.count(" ") + 1
    return paragraph.level is None and (
        words >= 25 or (words >= 6 and ends_sentence(paragraph.text))
    )


def _mark_repeated_titles(paragraphs: Sequence[Paragraph], kinds: list[_Kind | None]) -> None:
    """Keep one of the lines that repeat a title at the head: the marked one, or the lower one.

    Where text stands between them, the upper one is its title.
    """
    kept: dict[str, int] = {}
    above = -1  # the last paragraph that is not boilerplate
    for number, paragraph in enumerate(paragraphs[:_HEAD]):
        if kinds[number] is not None:
            continue
        if not _is_prose(paragraph) and 2 <= paragraph.text.count(" ") < _MOST_WORDS:
            title = fold(paragraph.text)
            earlier = kept.setdefault(title, number)
            if earlier < number:
                marked = paragraph.level is not None and paragraphs[earlier].level is None
                worse = earlier if marked or earlier == above else number
                kinds[worse] = _Kind.NOTE
                kept[title] = earlier + number - worse
        if kinds[number] is None:
            above = number


def _mark_captions(paragraphs: Sequence[Paragraph], kinds: list[_Kind | None]) -> None:
    """Mark a line right above a credit where it begins a block or follows boilerplate."""
    for number in range(1, len(paragraphs)):
        caption = paragraphs[number - 1]
        if (
            kinds[number] is _Kind.CREDIT
            and paragraphs[number].attached
            and kinds[number - 1] is None
            and caption.level is None
            and caption.text.count(" ") < _MOST_WORDS
        ):
            after_boilerplate = caption.attached and kinds[number - 2] is not None
            if after_boilerplate or (number > 1 and not ends_sentence(caption.text)):
                kinds[number - 1] = _Kind.CREDIT


def _mark_lone_words(paragraphs: Sequence[Paragraph], kinds: list[_Kind | None]) -> None:
    """Mark a control that stands alone between blank lines ("Publicité")."""
    last = len(paragraphs) - 1
    for number in range(1, last):
        paragraph = paragraphs[number]
        alone = not paragraph.attached and not paragraphs[number + 1].attached
        if alone and kinds[number] is None and paragraph.level is None and _is_menu(paragraph):
            kinds[number] = _Kind.CONTROL


def _is_menu(paragraph: Paragraph) -> bool:
    return len(paragraph.text) < 40 and fold(paragraph.text).strip(_MARKS) in phrases.MENU


def _mark_margin(paragraphs: Sequence[Paragraph], kinds: list[_Kind | None], margin: range) -> None:
    """Mark what is boilerplate only before the first or after the last sentence."""
    dates = []
    for number in margin:
        paragraph = paragraphs[number]
        if kinds[number] is not None or paragraph.level is not None:
            continue
        if _is_menu(paragraph):
            kinds[number] = _Kind.CONTROL
        elif phrases.BYLINE.fullmatch(paragraph.text):
            kinds[number] = _Kind.NOTE
        elif _is_date(paragraph):
            dates.append(number)
    # One date is the article's; several are a chronology.
    if len(dates) == 1:
        others = (p for p, kind in zip(paragraphs, kinds, strict=True) if kind is None)
        if sum(map(_is_date, others)) == 1:
            kinds[dates[0]] = _Kind.NOTE


def _is_date(paragraph: Paragraph) -> bool:
    return len(paragraph.text) < _LONGEST_DATE and is_dateline(paragraph.text)


def _mark_tail(paragraphs: Sequence[Paragraph], kinds: list[_Kind | None], first: int) -> None:
    """Mark the teasers after the first control, link or prompt below the last sentence."""
    if len(paragraphs) - first > _MOST_TEASERS:
        return
    opened = False
    for number in range(first, len(paragraphs)):
        opened = opened or kinds[number] in _OPENS_TAIL
        text = paragraphs[number].text
        is_teaser = text.count(" ") < _TEASER_WORDS and not ends_sentence(text)
        if opened and is_teaser and kinds[number] is None:
            kinds[number] = _Kind.LINK
